--- Bind values: each slot token in the template's AST becomes the value's own parsed AST.
--
-- Input:   a document whose text holds tokens (`prefix .. n .. suffix`), and the table of slots.
-- Output:  the same document with the values in place. No value can change what stands around it.
-- By hand: SPECFLOW_CONTEXT=context.json pandoc --lua-filter filters/bind.lua, where context.json holds
--          {"slots": {"prefix": "Qabcq", "suffix": "Z", "values": [{"kind": "prose", "key": "overview.purpose", "value": "…"}]}}
--
-- Kinds: text is literal; inline is one line of Markdown; prose is Markdown blocks; code is a literal block.
-- Values are GitHub-flavoured Markdown. What would be live markup of one format only (raw HTML, TeX, raw attributes) comes out
-- as the text that was typed, and so do links whose scheme is not on the list in modules/values.lua (images: see
-- filters/images.lua). Where a language is named, prose and inline values have its quotation marks ({"language": {"quotes": […]}}).
-- Each value stands in a Span or Div (code: on the block itself) with the attribute `key`, its data key.

local List = pandoc.List

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local modules = pandoc.path.join { here, 'modules' }
local values = assert(loadfile(pandoc.path.join { modules, 'values.lua' }))(here, SPECFLOW, SPECFLOW_ASK)
local context = assert(loadfile(pandoc.path.join { modules, 'context.lua' }))(SPECFLOW)

local slots = assert(context.slots, 'there are no slots: SPECFLOW_CONTEXT names no file that tells them')
local PREFIX = slots.prefix
local TOKEN = PREFIX .. '(%d+)' .. slots.suffix
local used = {}

local function slot(number)
  used[number] = true
  return (assert(slots.values[tonumber(number) + 1], 'there is no slot ' .. number))
end

local function has_token(text) return text:find(PREFIX, 1, true) ~= nil end

--- Return the text cut at its tokens: a list of strings and slots.
local function pieces(text)
  local out, from = List {}, 1
  while true do
    local first, last, number = text:find(TOKEN, from)
    if not first then break end
    if first > from then out:insert(text:sub(from, first - 1)) end
    out:insert(slot(number))
    from = last + 1
  end
  if from <= #text then out:insert(text:sub(from)) end
  return out
end

--- Return the text with its tokens replaced by the values as they were typed, and the keys of those values.
local function literal(text)
  local keys, hole = List {}, false
  local filled = text:gsub(TOKEN, function(number)
    local value = slot(number)
    if value.key ~= '' then keys:insert(value.key) end
    hole = hole or value.hole
    return value.value
  end)
  return filled, table.concat(keys, ' '), hole
end

local function attributes(value) return { key = value.key, class = value.hole and 'tbd' or nil } end

local function marked(value, inlines)
  if value.key == '' or #inlines == 0 then return inlines end
  return pandoc.Inlines { pandoc.Span(inlines, attributes(value)) }
end

--- Return a footnote with those inside it in parentheses: HTML would lose them, and Word could not open the document.
local function flat_note(note)
  local function words(inner)
    return pandoc.Inlines { pandoc.Space(), pandoc.Str '(' } .. pandoc.utils.blocks_to_inlines(inner.content) .. { pandoc.Str ')' }
  end
  return pandoc.Note(note.content:walk { Note = words })
end

--- Return the text as code in a line of text, its line ends as line breaks: pandoc's Typst writer has no words for them.
local function code_lines(text, marks)
  local out = pandoc.Inlines {}
  for line in (text .. '\n'):gmatch '(.-)\n' do
    if #out > 0 then out:insert(pandoc.LineBreak()) end
    out:insert(pandoc.Code(line, marks))
  end
  return out
end

--- Return what stands on one line, as headings and terms do: in Typst a line break would end them, in contents lists it looks odd.
local function one_line(inlines)
  return inlines:walk { LineBreak = function() return pandoc.Space() end }
end

local unlinked = { Link = function(link) return link.content end } -- no format has links in links

local bind_inlines = {
  Note = flat_note,
  Str = function(str)
    if not has_token(str.text) then return nil end
    local out = pandoc.Inlines {}
    for _, piece in ipairs(pieces(str.text)) do
      if type(piece) == 'string' then out:insert(pandoc.Str(piece)) else out:extend(marked(piece, values.inlines_of(piece))) end
    end
    return out
  end,
  Code = function(code)
    if not has_token(code.text) then return nil end
    local text, key = literal(code.text)
    return code_lines(text, key ~= '' and { key = key } or {})
  end,
  Math = function(math)
    if not has_token(math.text) then return nil end
    return pandoc.Math(math.mathtype, (literal(math.text)))
  end,
  Link = function(link)
    link.content = link.content:walk(unlinked)
    if not has_token(link.target) then return link end
    local target, key = literal(link.target)
    if not values.is_allowed(target) then return values.refused(link.content, target, key) end
    link.target = values.encode(target)
    return values.as_sibling(link, key)
  end,
  Image = function(image)
    if has_token(image.src) then image.src = values.encode((literal(image.src))) end
    return image
  end,
}

--- Return the blocks with their headings below `level`; where no heading may stand they become bold paragraphs.
-- Levels are closed up, because a heading that skips a level has no place in a tagged PDF.
local function settled(blocks, level, nested)
  if nested then return blocks:walk(values.bold_headings) end
  local open, out = List {}, pandoc.Blocks {}
  for _, block in ipairs(blocks) do
    if block.t == 'Header' then
      while #open > 0 and open[#open] >= block.level do open:remove() end
      open:insert(block.level)
      block.level = math.min(level + #open, 6)
      block.content = one_line(block.content)
      out:insert(block)
    else
      out:extend(pandoc.Blocks({ block }):walk(values.bold_headings))
    end
  end
  return out
end

local function blocks_of(value, level, nested)
  if value.kind == 'prose' then return settled(values.prose_blocks(value), level, nested) end
  return pandoc.Blocks { pandoc.CodeBlock(value.value, attributes(value)) }
end

local function is_block(value) return value.kind == 'prose' or value.kind == 'code' and not value.hole end

local function is_paragraph(block) return block and (block.t == 'Para' or block.t == 'Plain') end

local function is_gap(inline) return inline and (inline.t == 'Space' or inline.t == 'SoftBreak') end

local are_settled -- (inlines) -> boolean

--- Return whether binding changes nothing in the inline: it is words, and no token is among them. To look at it costs less
-- than a walk through it.
local function is_settled(inline)
  local kind = inline.t
  if kind == 'Str' then return not has_token(inline.text) end
  if kind == 'Strong' or kind == 'Emph' then return are_settled(inline.content) end
  return kind == 'Space' or kind == 'SoftBreak'
end

are_settled = function(inlines)
  for _, inline in ipairs(inlines) do
    if not is_settled(inline) then return false end
  end
  return true
end

local function holds_block(inlines)
  for _, inline in ipairs(inlines) do
    if inline.t == 'Str' and has_token(inline.text) then
      for number in inline.text:gmatch(TOKEN) do
        if is_block(slots.values[tonumber(number) + 1]) then return true end
      end
    end
  end
  return false
end

--- Return the paragraph cut around its block values, so that they stand in the same cell, item or quote.
local function split(inlines, Line, level, nested)
  local out, line = pandoc.Blocks {}, pandoc.Inlines {}
  local function flush()
    while is_gap(line[1]) do line:remove(1) end
    while is_gap(line[#line]) do line:remove() end
    if #line > 0 then out:insert(Line(line)) end
    line = pandoc.Inlines {}
  end
  local function place(value)
    local words = value.key ~= '' and values.words_of(value)
    if words then
      line:insert(pandoc.Span(words, attributes(value))) -- without a list of its words: that would cost the most of all
      return
    end
    local blocks = blocks_of(value, level, nested)
    if is_paragraph(blocks[1]) then
      local first = blocks:remove(1)
      if #line == 0 and #blocks > 0 then
        blocks:insert(1, first)
      else
        line:extend(marked(value, first.content))
      end
    end
    if #blocks == 0 then return end
    flush()
    if value.kind == 'prose' and value.key ~= '' then blocks = { pandoc.Div(blocks, attributes(value)) } end
    out:extend(blocks)
  end
  for _, inline in ipairs(inlines) do
    if inline.t == 'Str' and has_token(inline.text) then
      for _, piece in ipairs(pieces(inline.text)) do
        if type(piece) == 'string' then
          line:insert(pandoc.Str(piece))
        elseif is_block(piece) then
          place(piece)
        else
          line:extend(marked(piece, values.inlines_of(piece)))
        end
      end
    elseif is_settled(inline) then
      line:insert(inline)
    else
      line:extend(pandoc.Inlines({ inline }):walk(bind_inlines))
    end
  end
  flush()
  return out
end

local function bound_paragraph(paragraph, level, nested)
  local inlines = paragraph.content
  if holds_block(inlines) then return split(inlines, paragraph.t == 'Para' and pandoc.Para or pandoc.Plain, level, nested) end
  if are_settled(inlines) then return nil end
  paragraph.content = inlines:walk(bind_inlines)
  return { paragraph }
end

local function bound_code(code)
  if not has_token(code.text) then return nil end
  local alone = code.text:match('^%s*' .. TOKEN .. '%s*$')
  if alone and slot(alone).hole then return { pandoc.Para(marked(slot(alone), pandoc.Inlines(slot(alone).value))) } end
  local text, key, hole = literal(code.text)
  code.text = text
  if hole then code.classes = {} end -- "TBD" is a fault in every language
  if key ~= '' then code.attributes.key = key end
  return { code }
end

local function bound_header(header)
  local inlines = header.content
  if are_settled(inlines) then return nil end
  header.content = one_line(inlines:walk(bind_inlines))
  return { header }
end

--- Binds what stands in lists, tables, quotes and figures, where no heading may stand. What a function returns is not gone into.
local NESTED = { traverse = 'topdown' }

local function nested_blocks(blocks) return blocks:walk(NESTED) end

function NESTED.Para(paragraph) return bound_paragraph(paragraph, 0, true), false end
NESTED.Plain = NESTED.Para
function NESTED.CodeBlock(code) return bound_code(code), false end
function NESTED.Header(header) return bound_header(header), false end
function NESTED.LineBlock(lines) return lines:walk(bind_inlines), false end
function NESTED.DefinitionList(list)
  local entries = list.content
  for _, entry in ipairs(entries) do
    entry[1] = one_line(entry[1]:walk(bind_inlines))
    for i, definition in ipairs(entry[2]) do entry[2][i] = nested_blocks(definition) end
  end
  list.content = entries
  return list, false
end
function NESTED.Figure(figure)
  figure.caption.long = figure.caption.long:walk(bind_inlines) -- what is no words has no place in a caption
  return figure
end
function NESTED.Table(tbl)
  local caption = tbl.caption
  caption.long = caption.long:walk(bind_inlines)
  tbl.caption = caption
  return tbl
end

--- Return the blocks bound, and the level of the last heading.
local function bind_blocks(blocks, level)
  local out = pandoc.Blocks {}
  for _, block in ipairs(blocks) do
    local kind = block.t
    if kind == 'Header' then
      level = block.level
      out:extend(bound_header(block) or { block })
    elseif kind == 'Para' or kind == 'Plain' then
      out:extend(bound_paragraph(block, level, false) or { block })
    elseif kind == 'Div' then
      block.content, level = bind_blocks(block.content, level)
      out:insert(block)
    else
      out:extend(nested_blocks(pandoc.Blocks { block }))
    end
  end
  return out, level
end

--- Return the keys of a table, sorted, so that messages come in the same order every time.
local function names_of(fields)
  local names = List {}
  for name in pairs(fields) do names:insert(name) end
  names:sort()
  return names
end

local function bind_meta(value)
  local kind = pandoc.utils.type(value)
  if kind == 'Inlines' then return value:walk(bind_inlines) end
  if kind == 'Blocks' then return nested_blocks(value) end
  if kind == 'string' then return (literal(value)) end
  if kind == 'List' then return value:map(bind_meta) end
  if kind == 'table' or kind == 'Meta' then
    for _, name in ipairs(names_of(value)) do value[name] = bind_meta(value[name]) end
  end
  return value
end

function Pandoc(doc)
  doc.meta = bind_meta(doc.meta)
  doc.blocks = bind_blocks(doc.blocks, 0)
  for i, value in ipairs(slots.values) do
    if not used[tostring(i - 1)] then
      values.say('slot-lost', value.key ~= '' and value.key or '(template)', 'is printed where pandoc drops it, such as a link definition that nothing uses')
    end
  end
  return doc
end
