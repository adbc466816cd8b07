--- Scripts: tell the language and the direction of what is written in another script than the document.
--
-- Input:  the AST with values bound, each in a Span or Div with the attribute `key`.
-- Output: Div `lang` `dir` around paragraphs and lists that run the other way than what they stand in, by their first letter,
--         and these attributes on such headings; Span `lang` around words in Arabic, Hebrew, Han, kana and hangul, with `dir`
--         where they run the other way than their paragraph; metadata `dir` where the document runs from right to left. Nothing else is changed.
-- By hand: pandoc --lua-filter filters/scripts.lua. SPECFLOW.language = {tag, direction} is the document's, SPECFLOW.han maps data
--         keys to the language of their Han characters; without it kana are Japanese, hangul Korean, and Han Chinese.
--
-- A paragraph's direction is that of its first letter, and of the document where it has none: rules P2 and P3 of the Unicode
-- bidirectional algorithm (UAX #9), with ranges in place of the character database. Code runs from left to right.

local List = pandoc.List
local stringify = pandoc.utils.stringify

local modules = pandoc.path.join { pandoc.path.directory(PANDOC_SCRIPT_FILE), 'modules' }
local script_of = dofile(pandoc.path.join { modules, 'letters.lua' })
local context = assert(loadfile(pandoc.path.join { modules, 'context.lua' }))(SPECFLOW)

local language = context.language or { tag = 'en', direction = 'ltr' }
local han = context.han or {}
local DOCUMENT, PRIMARY = language.direction, language.tag:match '^%a+'

local RTL = { arab = true, hebr = true, mark = true }
local MARKED = { arab = true, hebr = true, han = true, hang = true }
local SCRIPT_OF_TAG = { ar = 'arab', fa = 'arab', ur = 'arab', ps = 'arab', he = 'hebr', yi = 'hebr', ja = 'han', zh = 'han', ko = 'hang' }
local TAG = { arab = 'ar', hebr = 'he', hang = 'ko' }

local function direction_of_script(script) return RTL[script] and 'rtl' or 'ltr' end

--- Return whether a text may hold one of the scripts that are told apart; bytes alone tell, and quickly.
local function is_foreign(text)
  return text:find '[\xd6-\xdf\xe1\xe3-\xed\xef\xf0]' ~= nil or text:find '\xe2[\xba\xbb]' ~= nil or text:find '\u{200f}' ~= nil
end

--- Return the direction of the first letter, nil where there is none.
local function direction_of(inlines)
  local function none() return {} end -- what is no text of the line: code, notes, and what pictures say to those who cannot see them
  local text = stringify(pandoc.Inlines(inlines):walk { Code = none, Note = none, Image = none })
  for _, point in utf8.codes(text, true) do
    local script = script_of(point)
    if script then return direction_of_script(script) end
  end
end

local KANA = '\xe3[\x81-\x83]'

--- Return the tag of the language that a script stands for here: the document's own where that is written in it.
local function tag_of(script, text, key)
  if script == 'han' then
    local own = SCRIPT_OF_TAG[PRIMARY]
    return key and han[key] or text:find(KANA) and 'ja' or (own == 'han' or own == 'hang') and language.tag or 'zh-Hans'
  end
  return SCRIPT_OF_TAG[PRIMARY] == script and language.tag or TAG[script]
end

--- What an element stands in: the direction, the language that is stated, and the data key. Elements with a key have their own.
local function framed(frame, element)
  local key = element.attributes and element.attributes.key
  if not key or key == '' or key == frame.key then return frame end
  return { direction = frame.direction, lang = frame.lang, key = key }
end

--- Attributes as a list, since the order of a Lua table's keys changes from run to run.
local function attributes(lang, dir)
  local list = List {}
  if lang then list:insert { 'lang', lang } end
  if dir then list:insert { 'dir', dir } end
  return pandoc.Attr('', {}, list)
end

--- Return a Str's text cut into pieces of one script each: lists of text and script; signs go with the letters before them.
local function pieces(text)
  local out, from, current = List {}, 1, nil
  for at, point in utf8.codes(text, true) do
    local script = script_of(point)
    if script == 'mark' then script = false end
    if script then
      if current and script ~= current then
        out:insert { text:sub(from, at - 1), current }
        from = at
      end
      current = script
    end
  end
  out:insert { text:sub(from), current }
  return out
end

local GAPS = { Space = true, SoftBreak = true }
local OPAQUE = { Code = true, Math = true, Image = true, RawInline = true, Note = true, LineBreak = true }

--- Return the one script of an inline's letters, nil where it has none, 'mixed' where it has several.
local function script_in(inline)
  if GAPS[inline.t] then return nil end
  if inline.t == 'Code' then return 'other' end
  if OPAQUE[inline.t] then return inline.t == 'Note' and nil or 'other' end
  local found
  for _, point in utf8.codes(inline.t == 'Str' and inline.text or stringify(inline), true) do
    local script = script_of(point)
    if script and script ~= 'mark' then
      if found and found ~= script then return 'mixed' end
      found = script
    end
  end
  return found
end

local mark_inlines -- (inlines, frame) -> inlines

local function is_lettered(run) return run.script and run.script ~= 'mixed' end

--- Move the numbers that follow a run of letters into it: "Ledger 3.1" must stay together where it is turned round.
local function take_numbers(run, following)
  local last = 0
  for i, inline in ipairs(following.inlines) do
    if inline.t == 'Str' and inline.text:find '%d' then last = i end
  end
  for _ = 1, last do run.inlines:insert(following.inlines:remove(1)) end
end

--- Return the runs of inlines that are in one script, each {script =, inlines =}; words are cut where the script changes.
local function runs_of(inlines)
  local runs = List {}
  local function add(inline, script)
    local last = runs[#runs]
    if last and last.script == script and script ~= 'mixed' then
      last.inlines:insert(inline)
    else
      runs:insert { script = script, inlines = pandoc.Inlines { inline } }
    end
  end
  for _, inline in ipairs(inlines) do
    local script = script_in(inline)
    if script == 'mixed' and inline.t == 'Str' then
      for _, piece in ipairs(pieces(inline.text)) do add(pandoc.Str(piece[1]), piece[2]) end
    else
      add(inline, script)
    end
  end
  local joined = List {}
  for _, run in ipairs(runs) do
    local last, before = joined[#joined], joined[#joined - 1]
    if is_lettered(run) and last and not last.script and before and before.script == run.script then
      joined:remove() -- what has no letters, between two runs of one script, belongs to them
      before.inlines:extend(last.inlines)
      before.inlines:extend(run.inlines)
    elseif is_lettered(run) and last and last.script == run.script then
      last.inlines:extend(run.inlines)
    else
      if not run.script and last and is_lettered(last) then take_numbers(last, run) end
      if #run.inlines > 0 then joined:insert(run) end
    end
  end
  return joined
end

--- Return a run without the signs at its ends that belong to what is around it, and these signs.
-- A sentence's full stop, or half a pair of brackets, would jump to the other side of a run that is turned round.
local function trimmed(inlines)
  local before, after = pandoc.Inlines {}, pandoc.Inlines {}
  local text = stringify(inlines)
  local first, last = inlines[1], inlines[#inlines]
  if first.t == 'Str' and not text:find '[%)%]}]' then
    local open, rest = first.text:match '^([%(%[{]+)(.+)$'
    if open then
      before:insert(pandoc.Str(open))
      inlines[1] = pandoc.Str(rest)
    end
  end
  last = inlines[#inlines]
  if last.t == 'Str' then
    local closing = text:find '[%(%[{]' and '[%.,;:!%?]' or '[%.,;:!%?%)%]}]'
    local rest, signs = last.text:match('^(.-)(' .. closing .. '+)$')
    if rest and rest ~= '' then
      inlines[#inlines] = pandoc.Str(rest)
      after:insert(pandoc.Str(signs))
    end
  end
  return before, inlines, after
end

--- Return a run in a Span that tells its language and direction, where they are not those around it.
local function told(run, frame)
  local direction = direction_of_script(run.script)
  if #run.inlines == 1 then frame = framed(frame, run.inlines[1]) end
  local lang
  if MARKED[run.script] then
    lang = tag_of(run.script, stringify(run.inlines), frame.key)
  elseif direction ~= frame.direction and DOCUMENT == 'ltr' then
    lang = language.tag
  end
  if lang == frame.lang then lang = nil end
  if direction == frame.direction then
    return lang and pandoc.Inlines { pandoc.Span(run.inlines, attributes(lang)) } or run.inlines
  end
  local before, words, after = trimmed(run.inlines)
  return before .. { pandoc.Span(words, attributes(lang, direction)) } .. after
end

mark_inlines = function(inlines, frame)
  local out = pandoc.Inlines {}
  for _, run in ipairs(runs_of(inlines)) do
    if is_lettered(run) then
      out:extend(told(run, frame))
    else
      for _, inline in ipairs(run.inlines) do
        if inline.content and inline.t ~= 'Note' then inline.content = mark_inlines(inline.content, framed(frame, inline)) end
        out:insert(inline)
      end
    end
  end
  return out
end

local mark_blocks -- (blocks, frame) -> blocks

local LINES = { Para = true, Plain = true, Header = true }
local LISTS = { BulletList = true, OrderedList = true }

--- Return the direction of a block, nil where it has none of its own.
local function direction_of_block(block)
  if LINES[block.t] then return direction_of(block.content) end
  if block.t == 'CodeBlock' then return 'ltr' end
  if LISTS[block.t] then
    local found
    for _, item in ipairs(block.content) do
      local own = item[1] and direction_of_block(item[1])
      if found and own and own ~= found then return nil end
      found = found or own
    end
    return found
  end
  if block.t == 'BlockQuote' and block.content[1] then return direction_of_block(block.content[1]) end
end

local INSIDE = {}

function INSIDE.Para(block, frame)
  block.content = mark_inlines(block.content, frame)
  return block
end
INSIDE.Plain, INSIDE.Header = INSIDE.Para, INSIDE.Para
function INSIDE.BlockQuote(block, frame)
  block.content = mark_blocks(block.content, frame)
  return block
end
function INSIDE.Div(block, frame)
  block.content = mark_blocks(block.content, framed(frame, block))
  return block
end
function INSIDE.BulletList(block, frame)
  local items = block.content
  for i, item in ipairs(items) do items[i] = mark_blocks(item, frame) end
  block.content = items
  return block
end
INSIDE.OrderedList = INSIDE.BulletList
function INSIDE.DefinitionList(block, frame)
  local entries = block.content
  for _, entry in ipairs(entries) do
    entry[1] = mark_inlines(entry[1], frame)
    for i, definition in ipairs(entry[2]) do entry[2][i] = mark_blocks(definition, frame) end
  end
  block.content = entries
  return block
end
-- A caption stays a paragraph, since the filters of each format put its label in front of its first words.
function INSIDE.Figure(block, frame)
  local caption = block.caption
  for _, line in ipairs(caption.long) do line.content = mark_inlines(line.content, frame) end
  block.caption = caption
  block.content = mark_blocks(block.content, frame)
  return block
end
function INSIDE.Table(block, frame)
  local caption, head, bodies, foot = block.caption, block.head, block.bodies, block.foot
  local function rows(list)
    for _, row in ipairs(list) do
      for _, cell in ipairs(row.cells) do cell.contents = mark_blocks(cell.contents, frame) end
    end
    return list
  end
  for _, line in ipairs(caption.long) do line.content = mark_inlines(line.content, frame) end
  head.rows, foot.rows = rows(head.rows), rows(foot.rows)
  for _, body in ipairs(bodies) do body.head, body.body = rows(body.head), rows(body.body) end
  block.caption, block.head, block.bodies, block.foot = caption, head, bodies, foot
  return block
end

--- Return the one language of the words of a block that is turned round, nil where it has several.
local function language_in(block, direction, key)
  if direction == 'ltr' then return DOCUMENT == 'ltr' and block.t ~= 'CodeBlock' and language.tag or nil end
  local text, found = stringify(block), nil
  for _, point in utf8.codes(text, true) do
    local script = script_of(point)
    if RTL[script] and MARKED[script] then
      if found and found ~= script then return nil end
      found = script
    end
  end
  return found and tag_of(found, text, key)
end

--- Return the block marked inside.
local function inside(block, frame)
  local mark = INSIDE[block.t]
  return mark and mark(block, frame) or block
end

mark_blocks = function(blocks, frame)
  local out, group, open = pandoc.Blocks {}, pandoc.Blocks {}, nil
  local function close()
    if open then out:insert(pandoc.Div(group, attributes(open.told, open.direction))) end
    group, open = pandoc.Blocks {}, nil
  end
  for _, block in ipairs(blocks) do
    local own = direction_of_block(block)
    if own and own ~= frame.direction then
      local lang = language_in(block, own, frame.key)
      local turned = { direction = own, lang = lang or frame.lang, told = lang ~= frame.lang and lang or nil, key = frame.key }
      if block.t == 'Header' then -- in a Div it would become a section of its own in HTML
        close()
        block = inside(block, turned)
        if turned.told then block.attributes.lang = turned.told end
        block.attributes.dir = own
        out:insert(block)
      else
        if open and (open.direction ~= own or open.lang ~= turned.lang) then close() end
        open = turned
        group:insert(inside(block, turned))
      end
    else
      close()
      out:insert(inside(block, frame))
    end
  end
  close()
  return out
end

local WHOLE = { direction = DOCUMENT, lang = language.tag }

local function mark_note(note)
  note.content = mark_blocks(note.content, WHOLE)
  return note
end

function Pandoc(doc)
  local title = doc.meta.title
  local is_title = title and pandoc.utils.type(title) == 'Inlines'
  if DOCUMENT == 'ltr' and not is_foreign(stringify(doc.blocks)) and not (is_title and is_foreign(stringify(title))) then return nil end
  if DOCUMENT == 'rtl' then doc.meta.dir = 'rtl' end
  doc.blocks = mark_blocks(doc.blocks, WHOLE):walk { Note = mark_note }
  return doc
end
