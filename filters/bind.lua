--- Bind values: each slot token in the template's AST becomes the value's own parsed AST.
--
-- Input:   a document whose text holds tokens (`prefix .. n .. suffix`), and the table of slots.
-- Output:  the same document with the values in place. No value can change what stands around it.
-- By hand: SPECFLOW_CONTEXT=context.json pandoc --lua-filter filters/bind.lua, where context.json holds
--          {"slots": {"prefix": "Qabcq", "suffix": "Z", "values": [{"kind": "prose", "key": "overview.purpose", "value": "…"}]}}
--
-- Kinds: text is literal; inline is one line of Markdown; prose is Markdown blocks; code is a literal block.
-- Values are GitHub-flavoured Markdown. What would be live markup of one format only (raw HTML, TeX, raw attributes) comes out
-- as the text that was typed, and so do links whose scheme is not on the list below (images: see filters/images.lua).
-- Each value stands in a Span or Div (code: on the block itself) with the attribute `key`, its data key.

local List = pandoc.List

local function context()
  if SPECFLOW then return SPECFLOW end
  local file = assert(io.open(assert(os.getenv 'SPECFLOW_CONTEXT', 'SPECFLOW_CONTEXT is not set'), 'rb'))
  local text = file:read 'a'
  file:close()
  return pandoc.json.decode(text, false)
end

-- captions are made where a value is read: its first line may be one, and must not become part of a label's line
local captions = dofile(pandoc.path.join { pandoc.path.directory(PANDOC_SCRIPT_FILE), 'captions.lua' })

local slots = context().slots
local PREFIX = slots.prefix
local TOKEN = PREFIX .. '(%d+)' .. slots.suffix
local used = {}

local SCHEMES = { http = true, https = true, mailto = true, tel = true }

local function say(code, key, message) pandoc.log.warn(('[%s] %s: %s'):format(code, key, message)) end

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

--- Return literal text as inlines: line ends are kept, and runs of spaces as no-break spaces.
local function text_inlines(text)
  local out, is_first = pandoc.Inlines {}, true
  for line in (text .. '\n'):gmatch '(.-)\n' do
    if not is_first then out:insert(pandoc.LineBreak()) end
    is_first = false
    line = line:gsub('\t', '    ')
    local from = 1
    while from <= #line do
      local first, last = line:find(' +', from)
      if not first then
        out:insert(pandoc.Str(line:sub(from)))
        break
      end
      if first > from then out:insert(pandoc.Str(line:sub(from, first - 1))) end
      local edge = first == 1 or last == #line
      local hard = last - first + (edge and 1 or 0)
      if hard > 0 then out:insert(pandoc.Str(('\u{a0}'):rep(hard))) end
      if not edge then out:insert(pandoc.Space()) end
      from = last + 1
    end
  end
  return out
end

--- Return whether a link may lead there: relative targets, fragments and the listed schemes may.
local function is_allowed(target)
  local bare = target:gsub('[%c%s]', ''):gsub('\u{ad}', ''):lower()
  local scheme = bare:match '^([^/?#]-):'
  return not scheme or SCHEMES[scheme] or false
end

--- Return the text without characters that XML cannot hold or nobody can see, which entities such as &#1; may have made.
local function printable(text)
  if not text:find '[%c\xc2\xef]' then return text end
  text = text:gsub('[^%C\t\n]', '\u{fffd}'):gsub('\xc2[\x80-\x9f]', '\u{fffd}'):gsub('\xef\xbb\xbf', '\u{fffd}')
  return (text:gsub('\xef\xb7[\x90-\xaf]', '\u{fffd}'):gsub('\xef\xbf[\xbe\xbf]', '\u{fffd}'))
end

local function encode(target)
  return (target:gsub('[%c%s<>"]', function(char) return ('%%%02X'):format(char:byte()) end))
end

--- Return what is shown instead of a link that must not be live.
local function refused(content, target, key)
  local shown = printable(target):gsub('%s', ' ')
  say('link-refused', key, ('`%s` is not made a link; only web, mail and relative links are'):format(shown))
  if pandoc.utils.stringify(content) == target then return pandoc.Inlines { pandoc.Code(shown) } end
  return content .. { pandoc.Space(), pandoc.Str '(', pandoc.Code(shown), pandoc.Str ')' }
end

local bold_headings = { Header = function(header) return pandoc.Para { pandoc.Strong(header.content) } end }

--- Return inlines whose formulas are such: between "US$7/US$8" is none. GitHub wants no letter or digit outside the dollars.
local function without_money(inlines)
  for i, inline in ipairs(inlines) do
    if inline.t == 'Math' and inline.mathtype == 'InlineMath' then
      local before, after = inlines[i - 1], inlines[i + 1]
      if before and before.t == 'Str' and before.text:find '%w$' or after and after.t == 'Str' and after.text:find '^%w' then
        inlines[i] = pandoc.Str('$' .. inline.text .. '$')
      end
    end
  end
  return inlines
end

--- What makes a value's AST harmless, and free of anchors that could collide. Each function has the text without which there
-- is nothing for it to do: a walk through the AST costs more than reading the value.
local HARMLESS = {
  Str = { '[&\t]', function(str)
    local text = printable(str.text)
    if text ~= str.text or text:find '[\t\n]' then return text_inlines(text) end
  end },
  Inlines = { '%$', without_money },
  Note = { '%[%^', function(note) return pandoc.Note(note.content:walk(bold_headings)) end },
  RawInline = { '<', function(raw) return text_inlines(raw.text) end },
  RawBlock = { '<', function(raw) return pandoc.Para(text_inlines((raw.text:gsub('\n+$', '')))) end },
  Header = { '[#=-]', function(header)
    header.attr = pandoc.Attr()
    return header
  end },
  CodeBlock = { '[`~]', function(code)
    code.attr = pandoc.Attr('', code.classes[1] and { printable(code.classes[1]) } or {})
    return code
  end },
  Span = { ':', function(span)
    local emoji = span.attributes['data-emoji']
    return emoji and pandoc.Str(':' .. emoji .. ':') or span.content
  end },
  Div = { '%[!', function(div) -- > [!NOTE]
    local title = div.content[1]
    if title and title.t == 'Div' and title.classes:includes 'title' then
      local rest = div.content
      rest:remove(1)
      rest:insert(1, pandoc.Para { pandoc.Strong(pandoc.utils.blocks_to_inlines(title.content)) })
      return pandoc.BlockQuote(rest)
    end
  end },
  Link = { '[%]<:@]', function(link, key)
    if not is_allowed(link.target) then return refused(link.content, link.target, key) end
    link.attr = pandoc.Attr()
    link.target = encode(link.target)
    link.title = printable(link.title)
    return link
  end },
  Image = { '!%[', function(image)
    image.title = printable(image.title)
    return image
  end },
}

local function harmless(blocks, value)
  local filter = {}
  for kind, rule in pairs(HARMLESS) do
    local sign, act = rule[1], rule[2]
    if value.value:find(sign) then filter[kind] = function(element) return act(element, value.key) end end
  end
  return next(filter) and blocks:walk(filter) or blocks
end

--- Return whether Markdown would see nothing but words in the text, so that it need not be parsed.
local function is_words(text)
  return not text:find "[^%w%s%.,;%(%)/%%%?'\"\128-\255%-]"
    and not text:find '%c'
    and not text:find '  '
    and not text:find '^[%s%-]'
    and not text:find '^%d+[.)]'
    and not text:find '%s$'
    and not text:lower():find('www', 1, true)
end

--- Tell of what pandoc's reader drops without a word: a footnote inside a footnote.
local function check_notes(value)
  for line in value.value:gmatch '[^\n]+' do
    if line:match '^%[%^[^%]]+%]:.*%[%^[^%]]+%]' then
      return say('footnote-lost', value.key, 'has a footnote inside a footnote, which is left out')
    end
  end
end

--- Return a prose value's blocks.
local function prose_blocks(value)
  local text = value.value
  if value.hole or is_words(text) then return pandoc.Blocks { pandoc.Para(text_inlines(text)) } end
  local format = text:find '^%-%-%-' and 'gfm-yaml_metadata_block' or 'gfm'
  check_notes(value)
  local blocks = harmless(pandoc.read(text .. '\n', format).blocks, value) -- a table's last row needs its line end
  if not (text:find 'Table:' or text:find '!%[') then return blocks end
  for _, filter in ipairs(captions) do blocks = blocks:walk(filter) end
  return blocks
end

--- Return an inline value's inlines. The guard word keeps the line from being read as a list, a heading or a fence.
local function inline_inlines(value)
  local text = value.value:gsub('%s*\n%s*', ' ')
  if value.hole or is_words(text) then return text_inlines(text) end
  local guard = 'x '
  local blocks = pandoc.read(guard .. text, 'gfm').blocks
  if #blocks ~= 1 or not blocks[1].content then return text_inlines(text) end
  local content = harmless(blocks, value)[1].content
  content:remove(1)
  content:remove(1)
  return content
end

local function inlines_of(value)
  if value.kind == 'inline' then return inline_inlines(value) end
  if value.kind ~= 'prose' then return text_inlines(value.value) end
  local blocks = prose_blocks(value)
  if #blocks == 0 then return pandoc.Inlines {} end
  if #blocks > 1 or not (blocks[1].t == 'Para' or blocks[1].t == 'Plain') then
    say('prose-flattened', value.key, 'stands in a line of text, so its paragraphs and lists are run together')
  end
  return pandoc.utils.blocks_to_inlines(blocks)
end

local function attributes(value) return pandoc.Attr('', value.hole and { 'tbd' } or {}, { key = value.key }) end

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

local unlinked = { Link = function(link) return link.content end } -- no format has links in links

local bind_inlines = {
  Note = flat_note,
  Str = function(str)
    if not has_token(str.text) then return nil end
    local out = pandoc.Inlines {}
    for _, piece in ipairs(pieces(str.text)) do
      if type(piece) == 'string' then out:insert(pandoc.Str(piece)) else out:extend(marked(piece, inlines_of(piece))) end
    end
    return out
  end,
  Code = function(code)
    if not has_token(code.text) then return nil end
    local text, key = literal(code.text)
    return pandoc.Code(text, key ~= '' and { key = key } or {})
  end,
  Math = function(math)
    if not has_token(math.text) then return nil end
    return pandoc.Math(math.mathtype, (literal(math.text)))
  end,
  Link = function(link)
    link.content = link.content:walk(unlinked)
    if not has_token(link.target) then return link end
    local target, key = literal(link.target)
    if not is_allowed(target) then return refused(link.content, target, key) end
    link.target = encode(target)
    return link
  end,
  Image = function(image)
    if has_token(image.src) then image.src = encode((literal(image.src))) end
    return image
  end,
}

--- Return the blocks with their headings below `level`; where no heading may stand they become bold paragraphs.
-- Levels are closed up, because a heading that skips a level has no place in a tagged PDF.
local function settled(blocks, level, nested)
  if nested then return blocks:walk(bold_headings) end
  local open, out = List {}, pandoc.Blocks {}
  for _, block in ipairs(blocks) do
    if block.t == 'Header' then
      while #open > 0 and open[#open] >= block.level do open:remove() end
      open:insert(block.level)
      block.level = math.min(level + #open, 6)
      out:insert(block)
    else
      out:extend(pandoc.Blocks({ block }):walk(bold_headings))
    end
  end
  return out
end

local function blocks_of(value, level, nested)
  if value.kind == 'prose' then return settled(prose_blocks(value), level, nested) end
  return pandoc.Blocks { pandoc.CodeBlock(value.value, attributes(value)) }
end

local function is_block(value) return value.kind == 'prose' or value.kind == 'code' and not value.hole end

local function is_paragraph(block) return block and (block.t == 'Para' or block.t == 'Plain') end

local function is_gap(inline) return inline and (inline.t == 'Space' or inline.t == 'SoftBreak') end

local function holds_block(paragraph)
  for _, inline in ipairs(paragraph.content) do
    if inline.t == 'Str' and has_token(inline.text) then
      for number in inline.text:gmatch(TOKEN) do
        if is_block(slots.values[tonumber(number) + 1]) then return true end
      end
    end
  end
  return false
end

--- Return the paragraph cut around its block values, so that they stand in the same cell, item or quote.
local function split(paragraph, level, nested)
  local out, line = pandoc.Blocks {}, pandoc.Inlines {}
  local Line = paragraph.t == 'Para' and pandoc.Para or pandoc.Plain
  local function flush()
    while is_gap(line[1]) do line:remove(1) end
    while is_gap(line[#line]) do line:remove() end
    if #line > 0 then out:insert(Line(line)) end
    line = pandoc.Inlines {}
  end
  local function place(value)
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
  for _, inline in ipairs(paragraph.content) do
    if inline.t == 'Str' and has_token(inline.text) then
      for _, piece in ipairs(pieces(inline.text)) do
        if type(piece) == 'string' then
          line:insert(pandoc.Str(piece))
        elseif is_block(piece) then
          place(piece)
        else
          line:extend(marked(piece, inlines_of(piece)))
        end
      end
    else
      line:extend(pandoc.Inlines({ inline }):walk(bind_inlines))
    end
  end
  flush()
  return out
end

local bind_blocks -- (blocks, level, nested) -> blocks, level of the last heading

local function bind_rows(rows, level)
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row.cells) do cell.contents = bind_blocks(cell.contents, level, true) end
  end
  return rows
end

local BLOCK = {}

function BLOCK.Header(header, _, nested)
  header.content = header.content:walk(bind_inlines)
  return { header }, header.level
end
function BLOCK.Para(paragraph, level, nested)
  if holds_block(paragraph) then return split(paragraph, level, nested), level end
  paragraph.content = paragraph.content:walk(bind_inlines)
  return { paragraph }, level
end
BLOCK.Plain = BLOCK.Para
function BLOCK.CodeBlock(code, level)
  if has_token(code.text) then
    local text, key, hole = literal(code.text)
    code.text = text
    if hole then code.classes = {} end -- "TBD" is a fault in every language
    if key ~= '' then code.attributes.key = key end
  end
  return { code }, level
end
function BLOCK.BulletList(list, level)
  local items = list.content
  for i, item in ipairs(items) do items[i] = bind_blocks(item, level, true) end
  list.content = items
  return { list }, level
end
BLOCK.OrderedList = BLOCK.BulletList
function BLOCK.DefinitionList(list, level)
  local entries = list.content
  for _, entry in ipairs(entries) do
    entry[1] = entry[1]:walk(bind_inlines)
    for i, definition in ipairs(entry[2]) do entry[2][i] = bind_blocks(definition, level, true) end
  end
  list.content = entries
  return { list }, level
end
function BLOCK.BlockQuote(quote, level)
  quote.content = bind_blocks(quote.content, level, true)
  return { quote }, level
end
function BLOCK.Div(div, level, nested)
  local after
  div.content, after = bind_blocks(div.content, level, nested)
  return { div }, after
end
function BLOCK.Figure(figure, level)
  figure.content = bind_blocks(figure.content, level, true)
  figure.caption.long = bind_blocks(figure.caption.long, level, true)
  return { figure }, level
end
function BLOCK.Table(tbl, level)
  local caption, head, bodies, foot = tbl.caption, tbl.head, tbl.bodies, tbl.foot
  caption.long = bind_blocks(caption.long, level, true)
  head.rows = bind_rows(head.rows, level)
  for _, body in ipairs(bodies) do
    body.head = bind_rows(body.head, level)
    body.body = bind_rows(body.body, level)
  end
  foot.rows = bind_rows(foot.rows, level)
  tbl.caption, tbl.head, tbl.bodies, tbl.foot = caption, head, bodies, foot
  return { tbl }, level
end

bind_blocks = function(blocks, level, nested)
  local out = pandoc.Blocks {}
  for _, block in ipairs(blocks) do
    local bind = BLOCK[block.t]
    if bind then
      local bound
      bound, level = bind(block, level, nested)
      out:extend(bound)
    else
      out:extend(pandoc.Blocks({ block }):walk(bind_inlines))
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
  if kind == 'Blocks' then return (bind_blocks(value, 0, true)) end
  if kind == 'string' then return (literal(value)) end
  if kind == 'List' then return value:map(bind_meta) end
  if kind == 'table' or kind == 'Meta' then
    for _, name in ipairs(names_of(value)) do value[name] = bind_meta(value[name]) end
  end
  return value
end

function Pandoc(doc)
  doc.meta = bind_meta(doc.meta)
  doc.blocks = bind_blocks(doc.blocks, 0, false)
  for i, value in ipairs(slots.values) do
    if not used[tostring(i - 1)] then
      say('slot-lost', value.key ~= '' and value.key or '(template)', 'is printed where pandoc drops it, such as in a comment')
    end
  end
  return doc
end
