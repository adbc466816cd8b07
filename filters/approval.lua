--- The approval block: a list of roles becomes one table with the same columns in every format.
--
-- Input:  Div.approval-block around a bullet list, one role an item, whose parts are Spans:
--         - [**Security Review**]{.role}: [Approved]{.decision} - [2026-11-23]{.date}
--         and, as far as known, .name, .function, .organisation and .comment. An item without Spans is read by its words:
--         - **Security Review**: Approved - 2026-11-23
-- Output: the same Div around a Table: role, name and function, decision, date, signature. A comment stands below the
--         decision. The signature cells are left empty, to be signed.

local modules = pandoc.path.join { pandoc.path.directory(PANDOC_SCRIPT_FILE), 'modules' }
local labels = assert(loadfile(pandoc.path.join { modules, 'labels.lua' }))(modules, SPECFLOW)

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

local function row_of(item)
  local parts = named_parts(item)
  if not parts.role then parts = worded_parts(item) end
  local role = parts.role and { pandoc.Strong(bare(parts.role)) } or none
  return pandoc.Row({
    cell(role),
    cell(parts.name or none, parts['function'] or none, parts.organisation or none),
    cell(parts.decision or none, parts.comment or none),
    cell(parts.date or none),
    cell(none),
  })
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
  return div:walk { BulletList = table_of }
end
