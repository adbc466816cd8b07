--- Quotation marks of a language in place of straight ones. `values.lua` uses this; it is no filter.
--
-- Loaded with the language's four marks, the outer pair and the inner one; gives a function that puts them into blocks. Straight
-- double quotes become the outer pair, single ones the inner, and inside their own kind the other; pairs may stand across
-- emphasis and links. Apostrophes become U+2019. What has no partner stays as typed, and so do inches and feet (19" rack, 5'10"),
-- 'n', empty pairs, and words that look like code (name="x", {"a": 1}, "order_id").

local MARKS = ...
local APOSTROPHE = '\u{2019}'

local SPACES = { [' '] = true, ['\u{a0}'] = true, ['\u{202f}'] = true, ['\u{2009}'] = true, ['\u{3000}'] = true }
local OPENING = {} -- what a quotation may follow without a space
for mark in ('([{<-–—/«„“‘‚‹¿¡'):gmatch(utf8.charpattern) do OPENING[mark] = true end
local CLOSING = {} -- what no quotation begins with
for mark in (',;:!?)]}'):gmatch(utf8.charpattern) do CLOSING[mark] = true end
local OBJECT = '\0' -- stands for code, a formula or an image: as good as a letter
local CUT = { po = true, mo = true, be = true } -- Italian words that end in an apostrophe
local INSIDE = { Emph = true, Strong = true, Strikeout = true, Underline = true, Span = true, SmallCaps = true, Superscript = true, Subscript = true }

local function is_wide(char) -- Chinese and Japanese, which have no spaces around quotations
  if not char or #char < 3 then return false end
  local code = utf8.codepoint(char)
  return code >= 0x2e80 and code <= 0x9fff or code >= 0xf900 and code <= 0xfaff or code >= 0xff00 and code <= 0xffef
end

local function is_digit(char) return char ~= nil and char:find '^%d$' ~= nil end

local function is_letter(char)
  if not char then return false end
  if #char == 1 then return char == OBJECT or char:find '%a' ~= nil end
  local code = utf8.codepoint(char)
  return code >= 0xc0 and not (code >= 0x2000 and code <= 0x206f) and not is_wide(char)
end

local function is_space(char) return char == nil or SPACES[char] == true end

local function looks_like_code(word)
  return word:find '[={}<>\\|_]' ~= nil or word:find '%[["\']' ~= nil or word:find '["\']%]' ~= nil or word:find '%w%(["\']' ~= nil
    or word:find('()', 1, true) ~= nil or word:find('://', 1, true) ~= nil
end

--- Return whether the link shows where it leads, or nothing.
local function is_bare(link)
  local text = pandoc.utils.stringify(link.content)
  return text == '' or text == link.target or 'mailto:' .. text == link.target
end

--- Return the characters of the inlines, those of markup included.
local function characters(inlines, out)
  for _, inline in ipairs(inlines) do
    local kind = inline.t
    if kind == 'Str' then
      for char in inline.text:gmatch(utf8.charpattern) do out:insert(char) end
    elseif kind == 'Space' or kind == 'SoftBreak' or kind == 'LineBreak' then
      out:insert ' '
    elseif INSIDE[kind] or kind == 'Link' and not is_bare(inline) then
      characters(inline.content, out)
    elseif kind ~= 'Note' then
      out:insert(OBJECT)
    end
  end
  return out
end

--- Put the characters back where they came from; `at` is the first one's index. Return the index after the last.
local function put_back(inlines, chars, at)
  for i, inline in ipairs(inlines) do
    local kind = inline.t
    if kind == 'Str' then
      local last = at + utf8.len(inline.text) - 1
      local text = table.concat(chars, '', at, last)
      if text ~= inline.text then inlines[i] = pandoc.Str(text) end
      at = last + 1
    elseif INSIDE[kind] or kind == 'Link' and not is_bare(inline) then
      local content = inline.content
      at = put_back(content, chars, at)
      inline.content = content
      inlines[i] = inline
    elseif kind ~= 'Note' then
      at = at + 1
    end
  end
  return at
end

--- Return which characters belong to words that look like code.
local function code_words(chars)
  local kept, from = {}, 1
  for i = 1, #chars + 1 do
    if is_space(chars[i]) then
      if looks_like_code(table.concat(chars, '', from, i - 1)) then
        for k = from, i - 1 do kept[k] = true end
      end
      from = i + 1
    end
  end
  return kept
end

--- Return the word that ends before the index.
local function word_before(chars, at)
  local from = at
  while is_letter(chars[from - 1]) do from = from - 1 end
  return table.concat(chars, '', from, at - 1):lower()
end

--- Return pairs of indexes, in the order of their openings, and the indexes of apostrophes.
local function found_in(chars)
  local pairs_found, apostrophes, open, opens = pandoc.List {}, {}, pandoc.List {}, {}
  local kept = code_words(chars)

  local function may_open(i)
    local before, after = chars[i - 1], chars[i + 1]
    if is_space(after) or CLOSING[after] then return false end
    return is_space(before) or OPENING[before] or is_wide(before) or opens[i - 1] or apostrophes[i - 1] or false
  end

  local function may_close(i)
    local before, after = chars[i - 1], chars[i + 1]
    return not is_space(before) and not opens[i - 1] and not is_letter(after) and not is_digit(after)
  end

  local function begin(i)
    open:insert(i)
    opens[i] = true
  end

  --- Close the innermost quotation of the kind; what was opened inside it has no partner.
  local function finish(i)
    while chars[open[#open]] ~= chars[i] do opens[open:remove()] = nil end
    local first = open:remove()
    if first < i - 1 then pairs_found:insert { first, i } end
  end

  local function is_open(char)
    return open:find_if(function(i) return chars[i] == char end) ~= nil
  end

  --- Return whether a later quote, and not this one after a digit, closes the quotation.
  local function closes_later(i)
    for k = i + 1, #chars do
      if chars[k] == '"' and not kept[k] and not is_digit(chars[k - 1]) then return may_close(k) and not may_open(k) end
    end
    return false
  end

  local function double(i)
    local before = chars[i - 1]
    if is_open '"' and (may_close(i) and not OPENING[before] or opens[i - 1] and chars[i - 1] == '"') then
      if not (is_digit(before) and closes_later(i)) then finish(i) end
    elseif may_open(i) then
      begin(i)
    end
  end

  local function single(i)
    local before, after = chars[i - 1], chars[i + 1]
    local is_last = open[#open] and chars[open[#open]] == "'"
    local elides = after == '"' and is_letter(chars[i + 2]) and not is_open '"'
    if is_letter(before) and (is_letter(after) or is_digit(after) or elides) then
      apostrophes[i] = true -- don't, l'app, l'"app"
    elseif is_digit(before) and after == 's' and not is_letter(chars[i + 2]) then
      apostrophes[i] = true -- the 1990's
    elseif is_letter(before) and CUT[word_before(chars, i)] then
      apostrophes[i] = true -- un po'
    elseif is_last and may_close(i) then
      finish(i)
    elseif may_open(i) then
      if (after == 'n' or after == 'N') and chars[i + 2] == "'" then
        kept[i + 2] = true -- rock 'n' roll
      elseif is_digit(after) and is_digit(chars[i + 2]) and not is_digit(chars[i + 3]) and chars[i + 3] ~= "'" then
        apostrophes[i] = true -- the '90s
      else
        begin(i)
      end
    elseif is_letter(before) and before ~= OBJECT then
      apostrophes[i] = true -- the users' data
    end
  end

  for i, char in ipairs(chars) do
    if not kept[i] then
      if char == '"' then double(i) elseif char == "'" then single(i) end
    end
  end
  pairs_found:sort(function(one, other) return one[1] < other[1] end)
  return pairs_found, apostrophes
end

--- Return the inlines with the language's marks.
local function set(inlines)
  local chars = characters(inlines, pandoc.List {})
  local pairs_found, apostrophes = found_in(chars)
  local around = pandoc.List {} -- the quotations that we are in, each {its end, whether its marks are the inner ones}
  for _, found in ipairs(pairs_found) do
    while #around > 0 and around[#around][1] < found[1] do around:remove() end
    local is_inner = chars[found[1]] == "'"
    if #around > 0 and around[#around][2] == is_inner then is_inner = not is_inner end
    around:insert { found[2], is_inner }
    found.is_inner = is_inner
  end
  for _, found in ipairs(pairs_found) do
    chars[found[1]], chars[found[2]] = MARKS[found.is_inner and 3 or 1], MARKS[found.is_inner and 4 or 2]
  end
  for i in pairs(apostrophes) do chars[i] = APOSTROPHE end
  put_back(inlines, chars, 1)
  return inlines
end

local function set_content(element)
  element.content = set(element.content)
  return element
end

local function set_caption(image)
  image.caption = set(image.caption)
  return image
end

local SET = { Para = set_content, Plain = set_content, Header = set_content, Image = set_caption }

return function(blocks) return blocks:walk(SET) end
