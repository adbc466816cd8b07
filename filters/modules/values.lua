--- How a value is read: its text as pandoc's inlines or blocks, with nothing live in it. `bind.lua` uses this; it is no filter.
--
-- Loaded with the folder of the filters and the globals SPECFLOW and SPECFLOW_ASK; gives a table of functions. A value is {kind =, key =, value =,
-- hole =, kept =}; `kept` lists what the reader must not put into Unicode's normalisation form C, as it does with all it reads.

local here, given, ask = ...

-- a value's first line may be a caption, and must not become part of a label's line: so captions are made here
local captions = assert(loadfile(pandoc.path.join { here, 'captions.lua' }))(here)
local modules = pandoc.path.join { here, 'modules' }
local fences = assert(loadfile(pandoc.path.join { modules, 'fences.lua' }))(modules)

local as_sibling = assert(loadfile(pandoc.path.join { modules, 'siblings.lua' }))(ask)
local labels = assert(loadfile(pandoc.path.join { modules, 'labels.lua' }))(modules, given)
local language = assert(loadfile(pandoc.path.join { modules, 'context.lua' }))(given).language
local marks = type(language) == 'table' and type(language.quotes) == 'table' and language.quotes or nil
local with_marks = marks and assert(loadfile(pandoc.path.join { modules, 'quotes.lua' }))(marks)

local SCHEMES = { http = true, https = true, mailto = true, tel = true }

local function say(code, key, message) pandoc.log.warn(('[%s] %s: %s'):format(code, key, message)) end

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
      rest:insert(1, pandoc.Para { pandoc.Strong(pandoc.Inlines(labels(pandoc.utils.stringify(title.content):lower()))) })
      return pandoc.BlockQuote(rest)
    end
  end },
  Link = { '[%]<:@]', function(link, key)
    if not is_allowed(link.target) then return refused(link.content, link.target, key) end
    link.attr = pandoc.Attr()
    link.target = encode(link.target)
    link.title = printable(link.title)
    return as_sibling(link, key)
  end },
  Image = { '!%[', function(image)
    image.title = printable(image.title)
    return image
  end },
}

--- Return the inlines with a link without text for each `@tbl-latency`, `@fig-…`, `@sec-…` or `@app-…`; a full stop or
-- another mark after it is none of its.
local function with_references(inlines)
  local out, changed = pandoc.Inlines {}, false
  for i, inline in ipairs(inlines) do
    local before, id, after
    if inline.t == 'Str' then before, id, after = inline.text:match '^([^%w@]*)@([tfsa][biep][lgcp]%-[%w_.:\128-\255-]*[%w_\128-\255])(.*)$' end
    local prefix = id and id:match '^(%a+)%-'
    if prefix == 'tbl' or prefix == 'fig' or prefix == 'sec' or prefix == 'app' then
      changed = true
      if before ~= '' then out:insert(pandoc.Str(before)) end
      out:insert(pandoc.Link({}, '#' .. id))
      if after ~= '' then out:extend((with_references(pandoc.Inlines { pandoc.Str(after) }))) end
    else
      out:insert(inline)
    end
  end
  return changed and out or inlines
end

local REFERENCES = {
  traverse = 'topdown',
  Link = function(link) return link, false end, -- no format has links in links
  Inlines = with_references,
}

local function harmless(blocks, value)
  local filter = {}
  for kind, rule in pairs(HARMLESS) do
    local sign, act = rule[1], rule[2]
    if value.value:find(sign) then filter[kind] = function(element) return act(element, value.key) end end
  end
  if next(filter) then blocks = blocks:walk(filter) end
  return value.value:find '@%l%l%l%-' and blocks:walk(REFERENCES) or blocks
end

--- Return whether Markdown sees nothing but words in a stretch of a line: it has no character that may begin markup there.
local function is_literal(text)
  return not text:find "[^%w .,;:()/%%?'\"_+=#>|!&\128-\255%-]"
    and not text:find ':[^ ]' -- :smile:, https://
    and not text:find '&[^ ]'
    and not (text:find('_', 1, true) and (' ' .. text .. ' '):find '%W_' or text:find '_%W' or text:find '_$')
    and not text:lower():find('www', 1, true)
end

--- Return whether Markdown sees one paragraph in the text that has nothing but words and simple code in it.
local function is_plain(text)
  if text:find '[%c]' and text:find '[^%C\n]' or text:find '  ' then return false end
  for line in (text .. '\n'):gmatch '(.-)\n' do
    if line == '' or line:find '^[ =+#>|:-]' or line:find '^%d+[.)]' or line:find ' $' then return false end
    local from = 1
    repeat
      local first, last = line:find('`', from, true)
      if not is_literal(line:sub(from, first and first - 1)) then return false end
      if first then
        last = line:match('^`[^` ]`()[^`]', first) or line:match('^`[^` ][^`]*[^` ]`()[^`]', first)
          or line:match('^`[^` ]`()$', first) or line:match('^`[^` ][^`]*[^` ]`()$', first)
        if not last then return false end
      end
      from = last
    until not first
  end
  return true
end

--- Return the inlines of a plain text, its words and its code.
local function plain_inlines(text)
  if not text:find('`', 1, true) then return pandoc.Inlines(text) end
  local out = pandoc.Inlines {}
  for words, code in (text .. '``'):gmatch '([^`]*)`([^`]*)`' do
    if words ~= '' then out:extend(pandoc.Inlines(words)) end
    if code ~= '' then out:insert(pandoc.Code(code)) end
  end
  return out
end

--- Return the blocks of a text whose paragraphs are all plain, or nil.
local function plain_blocks(text)
  if text:find 'Table:' or text:find 'Figure:' then return nil end
  local paragraphs, at = {}, 1
  while at do
    local first, last = text:find('\n\n', at, true)
    local paragraph = text:sub(at, first and first - 1)
    if not is_plain(paragraph) then return nil end
    paragraphs[#paragraphs + 1] = paragraph
    at = last and last + 1
  end
  local out = pandoc.Blocks {}
  for _, paragraph in ipairs(paragraphs) do
    -- pandoc parts a text into words by itself, and much faster than words can be handed over one by one
    out:insert(pandoc.Para(paragraph:find('`', 1, true) and plain_inlines(paragraph) or paragraph))
  end
  return out
end

--- Tell of what pandoc's reader drops without a word: a footnote inside a footnote.
local function check_notes(value)
  for line in value.value:gmatch '[^\n]+' do
    if line:match '^%[%^[^%]]+%]:.*%[%^[^%]]+%]' then
      return say('footnote-lost', value.key, 'has a footnote inside a footnote, which is left out')
    end
  end
end

--- Return the blocks of the value, with the language's quotation marks where it has any to change.
local function quoted(blocks, value)
  return with_marks and not value.hole and value.value:find '["\']' and with_marks(blocks) or blocks
end

--- Return the text with each `from` as a `to`; neither is a pattern.
local function swapped(text, from, to)
  local out, at = {}, 1
  while true do
    local first, last = text:find(from, at, true)
    if not first then break end
    out[#out + 1] = text:sub(at, first - 1) .. to
    at = last + 1
  end
  return table.concat(out) .. text:sub(at)
end

--- Return the node of an AST with the function done to all of its text, wherever in its constructors that stands.
local function with_text(node, change)
  local function field(name) return function(element) element[name] = change(element[name]) return element end end
  local function attributed(element)
    local attr = element.attr
    for i, class in ipairs(attr.classes) do attr.classes[i] = change(class) end
    for name, text in pairs(attr.attributes) do attr.attributes[name] = change(text) end
    return element
  end
  local text = field 'text'
  local function marked(element) return text(attributed(element)) end
  local function titled(target)
    return function(element)
      element[target], element.title = change(element[target]), change(element.title)
      return attributed(element)
    end
  end
  return node:walk {
    Str = text, Code = marked, CodeBlock = marked, Math = text, RawInline = text, RawBlock = text,
    Link = titled 'target', Image = titled 'src', Span = attributed, Div = attributed,
  }
end

--- Return the blocks that pandoc reads from a text of the value: each sequence that it would change goes in as one character
-- for private use that the text does not have.
local function read(text, format, value)
  if not value.kept then return pandoc.read(text, format).blocks end
  local places, next_place = {}, 0xF0000
  for _, sequence in ipairs(value.kept) do
    repeat next_place = next_place + 1 until not value.value:find(utf8.char(next_place), 1, true)
    places[#places + 1] = { sequence, utf8.char(next_place) }
    text = swapped(text, sequence, utf8.char(next_place))
  end
  return with_text(pandoc.read(text, format).blocks, function(found)
    for _, place in ipairs(places) do found = swapped(found, place[2], place[1]) end
    return found
  end)
end

local function parsed(value)
  local text = value.value
  if value.hole then return pandoc.Blocks { pandoc.Para(text_inlines(text)) } end
  local plain = plain_blocks(text)
  if plain then return plain end
  local format = text:find '^%-%-%-' and 'gfm-yaml_metadata_block' or 'gfm'
  check_notes(value)
  local blocks = harmless(read(text .. '\n', format, value), value) -- a table's last row needs its line end
  if text:find 'Figure:' then blocks = blocks:walk { Blocks = fences.Blocks } end
  if not (text:find 'Table:' or text:find '!%[') then return blocks end
  for _, filter in ipairs(captions) do blocks = blocks:walk(filter) end
  return blocks
end

--- Return a prose value's blocks.
local function prose_blocks(value) return quoted(parsed(value), value) end

--- Return an inline value's inlines. The guard word keeps the line from being read as a list, a heading or a fence.
local function inline_inlines(value)
  local text = value.value:gsub('%s*\n%s*', ' ')
  local function plain(inlines) return quoted(pandoc.Blocks { pandoc.Plain(inlines) }, value)[1].content end
  if value.hole then return plain(text_inlines(text)) end
  if is_plain(text) then return plain(plain_inlines(text)) end
  local guard = 'x '
  local blocks = read(guard .. text, 'gfm', value)
  if #blocks ~= 1 or not blocks[1].content then return plain(text_inlines(text)) end
  local content = quoted(harmless(blocks, value), value)[1].content
  content:remove(1)
  content:remove(1)
  return content
end

--- Return the value's text if it is one paragraph of nothing but words, which pandoc can take as it is; else nil.
local function words_of(value)
  local text = value.value
  if value.hole and not text:find '[%c]' and not text:find '^ ' and not text:find '  ' and not text:find ' $' then return text end
  if value.hole or value.kind ~= 'prose' or text:find "`" or text:find 'Table:' or text:find 'Figure:' then return nil end
  if with_marks and text:find '["\']' then return nil end
  return is_plain(text) and text or nil
end

--- Return a list's blocks alone: pandoc would put the last word of an item right beside the first one of the next.
local function unlisted(list)
  local out = pandoc.Blocks {}
  for _, item in ipairs(list.content) do out:extend(item) end
  return out
end

local function inlines_of(value)
  if value.kind == 'inline' then return inline_inlines(value) end
  if value.kind ~= 'prose' then return text_inlines(value.value) end
  local blocks = prose_blocks(value)
  if #blocks == 0 then return pandoc.Inlines {} end
  if #blocks > 1 or not (blocks[1].t == 'Para' or blocks[1].t == 'Plain') then
    say('prose-flattened', value.key, 'stands in a line of text, so its paragraphs and lists are run together')
  end
  return pandoc.utils.blocks_to_inlines(blocks:walk { BulletList = unlisted, OrderedList = unlisted })
end

return {
  as_sibling = as_sibling,
  bold_headings = bold_headings,
  encode = encode,
  inlines_of = inlines_of,
  is_allowed = is_allowed,
  prose_blocks = prose_blocks,
  refused = refused,
  say = say,
  words_of = words_of,
}
