--- Typst: the shared AST in the words of templates/layouts/document.typ, for the PDF edition.
--
-- Input:  the shared AST.
-- Output: calls of the layout's functions (#front, #contents, #wide, #keep, #lead, #task, #section-number, #caption-label, #picture,
--         #small-picture, #reference, #spoken, #spoken-blocks, #tbd, #sign-space) around what pandoc's Typst writer makes. Images and
--         formulas carry their alternative text, which PDF/UA-1 demands.

local modules = pandoc.path.join { pandoc.path.directory(PANDOC_SCRIPT_FILE), 'modules' }
local labels = assert(loadfile(pandoc.path.join { modules, 'labels.lua' }))(modules, SPECFLOW)

local stringify = pandoc.utils.stringify
local function raw(text) return pandoc.RawBlock('typst', text) end
local function raw_inline(text) return pandoc.RawInline('typst', text) end
local function quoted(text) return '"' .. text:gsub('\\', '\\\\'):gsub('"', '\\"'):gsub('\n', ' ') .. '"' end

local function enclosed(name, blocks) return pandoc.Blocks { raw('#' .. name .. '[') } .. blocks .. { raw ']' } end

--- Return the element's label, and take off it what only filters need.
local function label_of(attributes)
  local label = attributes.label
  for _, name in ipairs { 'number', 'label', 'appendix' } do
    if attributes[name] then attributes[name] = nil end
  end
  return label
end

--- Return what an element says of its language and direction as the arguments of a call, nil where it says nothing.
local function spoken(attributes)
  local lang, dir = attributes.lang, attributes.dir
  if not lang and not dir then return nil end
  local arguments = pandoc.List {}
  if lang then arguments:insert('lang: ' .. quoted(lang)) end
  if dir then arguments:insert('dir: ' .. dir) end
  return '(' .. table.concat(arguments, ', ') .. ')'
end

local function Header(header)
  local attributes = header.attributes
  local label, call = label_of(attributes), spoken(attributes)
  if label then header.content:insert(1, raw_inline('#section-number(' .. quoted(label) .. ')')) end
  local blocks = pandoc.List { header }
  if call then
    attributes.lang, attributes.dir = nil, nil
    blocks = enclosed('spoken-blocks' .. call, pandoc.Blocks { header })
  end
  if header.classes:includes 'newpage' then blocks:insert(1, raw '#pagebreak(weak: true)') end
  return #blocks == 1 and header or blocks
end

local function labelled(caption, label)
  local before, after = labels('caption', { label = label, text = '\0' }):match '^(.*)\0(.*)$'
  local first, last = caption.long[1], caption.long[#caption.long]
  first.content:insert(1, raw_inline('#caption-label(' .. quoted(before) .. ')'))
  caption.long[1] = first
  if after ~= '' then
    last.content:insert(pandoc.Str(after))
    caption.long[#caption.long] = last
  end
  return caption
end

local function Table(tbl)
  local label = label_of(tbl.attributes)
  if label then tbl.caption = labelled(tbl.caption, label) end
  if #tbl.head.rows == 0 then tbl.attributes['typst:fill'] = 'none' end -- the layout fills the first row, as a header
  return tbl
end

local UNITS = { pt = 'pt', mm = 'mm', cm = 'cm', ['in'] = 'in', inch = 'in', em = 'em', ['%'] = '%', px = 'px', [''] = 'px' }

--- Return an image's size as Typst writes it, or nil for what is none; a pixel is 1/96 of an inch.
local function length(value)
  local number, unit = value:match '^(%d+%.?%d*)([%a%%]*)$'
  unit = UNITS[unit]
  if unit == 'px' then return number .. ' * 0.75pt' end
  return unit and number .. unit
end

local function image_call(name, image)
  local parts = { quoted('/' .. image.src), 'alt: ' .. quoted(stringify(image.caption)) }
  for _, name in ipairs { 'width', 'height' } do
    local size = image.attributes[name] and length(image.attributes[name])
    if size then parts[#parts + 1] = name .. ': ' .. size end
  end
  return raw_inline('#' .. name .. '(' .. table.concat(parts, ', ') .. ')')
end

local function Image(image) return image_call('small-picture', image) end

local function Figure(figure)
  local label = label_of(figure.attributes)
  if label then figure.caption = labelled(figure.caption, label) end
  figure.content = figure.content:walk { Image = function(image) return image_call('picture', image) end }
  return figure
end

local function Math(math)
  local typst = pandoc.write(pandoc.Pandoc { pandoc.Plain { math } }, 'typst'):gsub('%s+$', '')
  return raw_inline('#[#set math.equation(alt: ' .. quoted(math.text) .. ');' .. typst .. ']')
end

local BOXES = { ['☐'] = 'false', ['☒'] = 'true' }

--- Return whether the list item is a task, and its state.
local function state_of(item)
  local first = item[1] and (item[1].t == 'Plain' or item[1].t == 'Para') and item[1].content[1]
  return first and first.t == 'Str' and BOXES[first.text] or nil
end

local function BulletList(list)
  for _, item in ipairs(list.content) do
    if not state_of(item) then return nil end
  end
  local out = pandoc.Blocks {}
  for _, item in ipairs(list.content) do
    local state, content = state_of(item), item[1].content
    content:remove(1)
    if content[1] and content[1].t == 'Space' then content:remove(1) end
    item[1].content = content
    out:extend(enclosed('task(' .. state .. ')', pandoc.Blocks(item)))
  end
  return out
end

local SIGNER = { 'role', 'name', 'function', 'organisation', 'meaning' }

--- Return who signs the cell, as the query of the address that specflow/finish/pdf_fields.py makes a signature field of.
local function signer(cell)
  local parts = pandoc.List {}
  for _, part in ipairs(SIGNER) do
    local words = cell.attributes['signer-' .. part]
    local encoded = words and words:gsub('[^A-Za-z0-9]', function(byte) return ('%%%02X'):format(byte:byte()) end)
    if encoded then parts:insert(part .. '=' .. encoded) end
  end
  return #parts > 0 and 'signer: ' .. quoted(table.concat(parts, '&')) or ''
end

local function sign_here(tbl)
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      local last = row.cells[#row.cells]
      if #last.contents == 0 then last.contents = { raw('#sign-space(' .. signer(last) .. ')') } end
    end
  end
  return tbl
end

local function Div(div)
  if div.classes:includes 'front' then return enclosed('front', div.content) end
  if div.classes:includes 'contents' then return raw '#contents()' end
  if div.classes:includes 'landscape' then return enclosed('wide', div.content) end
  if div.classes:includes 'approval-block' then return enclosed('keep', div.content:walk { Table = sign_here }) end
  local call = spoken(div.attributes)
  if call then return enclosed('spoken-blocks' .. call, div.content) end
  return div.content -- #wide may not stand in a container, and #block would add nothing
end

local function called(name, inlines)
  inlines:insert(1, raw_inline('#' .. name .. '['))
  inlines:insert(raw_inline ']')
  return inlines
end

local function Span(span)
  local attributes = span.attributes
  local call = spoken(attributes)
  local is_hole = span.classes:includes 'tbd'
  if is_hole and not call then
    local words = stringify(span)
    if not words:find '[^%w ]' then return raw_inline('#tbd[' .. words .. ']') end -- the most frequent of all: one element for three
  end
  local inlines = (call or is_hole or attributes.key) and span.content
  if call then inlines = called('spoken' .. call, inlines) end
  return is_hole and called('tbd', inlines) or inlines or nil
end

local function Link(link)
  if link.classes:includes 'reference' then link.content = called('reference', link.content) end
  return link
end

local INTRODUCED = { BulletList = true, OrderedList = true, DefinitionList = true, Table = true, Figure = true, CodeBlock = true }
local LONGEST = 160 -- characters of a paragraph that is kept whole, on the page of what it introduces

--- Return whether the block is a short paragraph that ends in a colon.
local function is_lead(block)
  if block.t ~= 'Para' and block.t ~= 'Plain' then return false end
  local text = stringify(block)
  return (text:find ':%s*$' or text:find '：%s*$') and pandoc.text.len(text) <= LONGEST
end

local function what_stands_in(block)
  while block and block.t == 'Div' and not block.classes:includes 'landscape' do block = block.content[1] end
  return block and block.t
end

--- Keep paragraphs that introduce a list, a table, a picture or code with it. Most blocks introduce nothing, and stay as they are.
local function Blocks(blocks)
  local is_changed = false
  for i = #blocks - 1, 1, -1 do
    local block = blocks[i]
    if INTRODUCED[what_stands_in(blocks[i + 1])] and is_lead(block) then
      blocks[i] = pandoc.Para(block.content)
      blocks:insert(i + 1, raw ']')
      blocks:insert(i, raw(block.t == 'Plain' and '#lead(tight: true)[' or '#lead['))
      is_changed = true
    end
  end
  return is_changed and blocks or nil
end

return {
  { Blocks = Blocks },
  { Math = Math, Span = Span, Link = Link },
  { Header = Header, Table = Table, Figure = Figure, BulletList = BulletList },
  { Image = Image },
  { Div = Div },
}
