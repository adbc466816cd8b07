--- The approval block: a list of roles becomes one table with the same columns in every format.
--
-- Input:  Div.approval-block around a bullet list, one role an item, whose parts are Spans:
--         - [**Security Review**]{.role}: [Approved]{.decision} - [2026-11-23]{.date}
--         and, as far as known, .name, .function, .organisation and .comment. An item without Spans is read by its words:
--         - **Security Review**: Approved - 2026-11-23
-- Output: the same Div around a Table: role, name and function, decision, date, signature. A comment stands below the
--         decision. The signature cells are left empty, to be signed; their
--         attributes signer-role, signer-name … say by whom.

local modules = pandoc.path.join { pandoc.path.directory(PANDOC_SCRIPT_FILE), 'modules' }
local labels = assert(loadfile(pandoc.path.join { modules, 'labels.lua' }))(modules, SPECFLOW)

local signoff = assert(loadfile(pandoc.path.join { modules, 'context.lua' }))(SPECFLOW).signoff
local standings = {} -- by the data key of the role's entry
for _, standing in ipairs(signoff and signoff.roles or {}) do standings[standing.key] = standing end

local COLUMNS = { 'role', 'who', 'decision', 'date', 'signature' } -- their labels head the table
local WIDTHS = { 0.18, 0.25, 0.22, 0.14, 0.21 }
local PARTS = { 'role', 'name', 'function', 'organisation', 'decision', 'date', 'comment' }

local function trimmed(inlines)
  local gap = { Space = true, SoftBreak = true }
  while inlines[1] and gap[inlines[1].t] do inlines:remove(1) end
  while inlines[#inlines] and gap[inlines[#inlines].t] do inlines:remove() end
  return inlines
end

--- Return the parts of an item that names them with Spans.
local function named_parts(item)
  local parts = {}
  pandoc.Blocks(item):walk {
    Span = function(span)
      for _, part in ipairs(PARTS) do
        if span.classes:includes(part) then parts[part] = span.content end
      end
    end,
  }
  return parts
end

--- Return the parts of `**Role**: decision - date`.
local function worded_parts(item)
  local parts = {}
  local inlines = item[1] and item[1].content and item[1].content:clone() or pandoc.Inlines {}
  if inlines[1] and inlines[1].t == 'Strong' then parts.role = inlines:remove(1).content end
  if inlines[1] and inlines[1].t == 'Str' and inlines[1].text == ':' then inlines:remove(1) end
  local last = #inlines + 1 -- where the last dash stands: a decision may have dashes of its own
  for i, inline in ipairs(inlines) do
    if inline.t == 'Str' and inline.text == '-' then last = i end
  end
  local decision, date = pandoc.Inlines {}, pandoc.Inlines {}
  for i, inline in ipairs(inlines) do
    if i < last then decision:insert(inline) elseif i > last then date:insert(inline) end
  end
  parts.decision, parts.date = trimmed(decision), trimmed(date)
  return parts
end

local function bare(inlines)
  return inlines:walk { Strong = function(strong) return strong.content end }
end

--- Return what the sign-off says of the role whose name was bound to the key `….role`; nil where it says nothing.
local function standing_of(parts)
  local key
  pandoc.Inlines(parts.role or {}):walk {
    Span = function(span) key = key or (span.attributes.key or ''):match '^(.+)%.role$' end,
  }
  return key and standings[key]
end

--- Return a text of the ledger as a value of the data would be bound.
local function bound(standing, part)
  local text = standing.texts[part]
  if text == '' then return nil end
  return pandoc.Inlines { pandoc.Span(pandoc.Inlines(text), { key = standing.key .. '.' .. part }) }
end

--- Put what the ledger says of a role in the place of what the data say, and tell what it is for.
local function signed(parts, standing)
  local label = standing.decision and standing.decision:gsub('-', '_')
  if standing.state == 'by-hand' then parts.remarks = { pandoc.Inlines(labels 'by_hand') } end
  if standing.meaning ~= '' then parts.meaning = pandoc.Inlines(labels(standing.meaning)) end
  if not standing.required then parts.optional = pandoc.Inlines(labels 'optional') end
  if not label then return end
  parts.name = bound(standing, 'name') or parts.name
  parts['function'] = bound(standing, 'function') or parts['function']
  parts.comment = bound(standing, 'comment')
  parts.decision = pandoc.Inlines(labels(label))
  parts.date, parts.time = pandoc.Inlines(standing.moment[1]), pandoc.Inlines(standing.moment[2])
  if standing.state == 'stale' then
    parts.decision = { pandoc.Strong(pandoc.Inlines(labels 'stale')), pandoc.LineBreak() } .. parts.decision
    parts.remarks = { pandoc.Inlines(labels('content', { digest = standing.content })) }
  elseif label == 'rejected' or label == 'withdrawn' then
    parts.decision = pandoc.Inlines { pandoc.Strong(parts.decision) }
  end
end

--- Return the attributes by which a program can read a row: pairs, since the order of a Lua table's keys is not fixed.
local function attributes_of(standing)
  local made = pandoc.List {}
  for _, name in ipairs { 'role', 'name', 'meaning', 'state', 'decision', 'date', 'digest', 'entry', 'required' } do
    local value = standing.data[name]
    if value then made:insert { 'data-' .. name, value } end
  end
  return pandoc.Attr('', {}, made)
end

--- Return a label with a part of it as code: the digest, or what has changed.
local function around(name, part, made, others)
  others = others or {}
  others[part] = '\0'
  local before, after = labels(name, others):match '^(.-)\0(.*)$'
  local out = pandoc.Inlines(before)
  if before:find ' $' then out:insert(pandoc.Space()) end
  return out .. pandoc.Inlines(made) .. pandoc.Inlines(after)
end

--- Return the paragraphs below the table: the digest of the content, and what has changed since stale decisions.
local function notes()
  local out = pandoc.Blocks { pandoc.Para(around('digest', 'digest', { pandoc.Code(signoff.digest) })) }
  for _, note in ipairs(signoff.notes) do
    local made = pandoc.Inlines {}
    for i, change in ipairs(note.changes) do
      if i > 1 then made:extend { pandoc.Str ',', pandoc.Space() } end
      made:insert(pandoc.Code(change))
    end
    if note.more > 0 then made:extend(pandoc.Inlines { pandoc.Space() } .. pandoc.Inlines(labels('more', { number = note.more }))) end
    out:insert(pandoc.Para(around('changed', 'changes', made, { digest = note.content })))
  end
  return out
end

--- Return a cell with one line for each of the given inlines that is there.
local function cell(...)
  local blocks = pandoc.Blocks {}
  for _, inlines in ipairs { ... } do
    if inlines and #inlines > 0 then blocks:insert(pandoc.Plain(inlines)) end
  end
  if #blocks > 1 then
    local lines = pandoc.Inlines {}
    for i, block in ipairs(blocks) do
      if i > 1 then lines:insert(pandoc.LineBreak()) end
      lines:extend(block.content)
    end
    blocks = pandoc.Blocks { pandoc.Plain(lines) }
  end
  return pandoc.Cell(blocks)
end

local none = pandoc.Inlines {}

local SIGNER = { 'role', 'name', 'function', 'organisation', 'meaning' }

--- Return the empty cell that is to be signed; its attributes say by whom, for the signature field of the PDF edition.
local function signature_cell(parts)
  local attributes = pandoc.List {}
  for _, part in ipairs(SIGNER) do
    local words = parts[part] and parts[part]:walk { Span = function(span) if span.classes:includes 'tbd' then return {} end end }
    if words and #words > 0 then attributes:insert { 'signer-' .. part, pandoc.utils.stringify(words) } end
  end
  local made = cell(none)
  made.attr = pandoc.Attr('', {}, attributes)
  return made
end

local function row_of(item)
  local parts = named_parts(item)
  if not parts.role then parts = worded_parts(item) end
  local standing = standing_of(parts)
  if standing then signed(parts, standing) end
  local role = parts.role and { pandoc.Strong(bare(parts.role)) } or none
  return pandoc.Row({
    cell(role, parts.meaning or none, parts.optional or none),
    cell(parts.name or none, parts['function'] or none, parts.organisation or none),
    cell(parts.decision or none, parts.remarks and parts.remarks[1] or none, parts.comment or none),
    cell(parts.date or none, parts.time or none),
    signature_cell(parts),
  }, standing and attributes_of(standing))
end

local function table_of(list)
  local head = pandoc.List {}
  for _, name in ipairs(COLUMNS) do head:insert(pandoc.Cell { pandoc.Plain(pandoc.Inlines(labels(name))) }) end
  local rows = pandoc.List {}
  for _, item in ipairs(list.content) do rows:insert(row_of(item)) end
  local specs = pandoc.List {}
  for i, width in ipairs(WIDTHS) do specs[i] = { pandoc.AlignLeft, width } end
  local body = { attr = pandoc.Attr(), body = rows, head = {}, row_head_columns = 1 }
  return pandoc.Table({ long = {}, short = nil }, specs, pandoc.TableHead { pandoc.Row(head) }, { body },
    pandoc.TableFoot(), pandoc.Attr('', { 'fixed' }))
end

function Div(div)
  if not div.classes:includes 'approval-block' then return nil end
  local made = div:walk { BulletList = table_of }
  if not signoff then return made end
  made.content:extend(notes())
  made.attributes['data-digest'] = signoff.digest
  return made
end
