--- Formulas: what cannot become a formula in every format is a message, so that no format shows TeX.
--
-- Input:   $…$ and $$…$$ in TeX notation.
-- Output:  the same, without blanks at their ends, and each $$…$$ in a paragraph of its own, as Word has it. One that pandoc
--          cannot read becomes code, with a message; specflow stops.

local function trimmed(text) return text:match '^%s*(.-)%s*$' end

--- Return why pandoc's reader of TeX gave up, without the list of all that it would have taken.
local function reason_of(told)
  local text = told:gsub('%s+', ' ')
  local found = text:match 'unexpected (.-) expecting ' or text:match 'unexpected (.*)$'
  if not found then return text end
  if found == 'eof' or found == 'end of input' then return 'it ends too early' end
  local macro = found:match '^control sequence (.*)$'
  return macro and ('`%s` is not known'):format(trimmed(macro)) or 'unexpected ' .. trimmed(found)
end

--- Return why pandoc cannot read the formula, or nil. It writes MathML to find out: all its writers read TeX alike.
local function fault_of(math)
  if math.text == '' then return 'it is empty' end
  local messages = pandoc.log.silence(function()
    pandoc.write(pandoc.Pandoc { pandoc.Plain { math } }, 'html', pandoc.WriterOptions { html_math_method = 'mathml' })
  end)
  for _, message in ipairs(messages) do
    local told = pandoc.json.decode(pandoc.json.encode(message), false)
    if told.type == 'CouldNotConvertTeXMath' then return reason_of(told.message) end
  end
end

local function checked(key)
  local where = key and key .. ': ' or ''
  return function(math)
    math.text = trimmed(math.text)
    local fault = fault_of(math)
    if not fault then return math end
    pandoc.log.warn(('[formula-invalid] %sthe formula `%s` cannot be read: %s'):format(where, math.text, fault))
    return pandoc.Code(math.text)
  end
end

local function in_value(element)
  local key = element.attributes.key
  if key then return element:walk { Math = checked(key) }, false end
end

local function is_display(inline) return inline.t == 'Math' and inline.mathtype == 'DisplayMath' end

local BLANK = { Space = true, SoftBreak = true, LineBreak = true }

--- Return the paragraph's parts: its displayed formulas, and the words before, between and behind them.
local function parted(block)
  local parts = pandoc.Blocks {}
  local words = pandoc.Inlines {}
  local function close()
    while words[1] and BLANK[words[1].t] do words:remove(1) end
    while words[#words] and BLANK[words[#words].t] do words:remove() end
    if #words > 0 then parts:insert(pandoc[block.t](words)) end
    words = pandoc.Inlines {}
  end
  for _, inline in ipairs(block.content) do
    if is_display(inline) then
      close()
      parts:insert(pandoc[block.t] { inline })
    else
      words:insert(inline)
    end
  end
  close()
  return parts
end

local function in_paragraph(block)
  if #block.content > 1 and block.content:find_if(is_display) then return parted(block) end
end

function Pandoc(doc)
  local found, displayed = false, false
  doc:walk { Math = function(math) found, displayed = true, displayed or is_display(math) end }
  if not found then return nil end
  doc = doc:walk { traverse = 'topdown', Span = in_value, Div = in_value, Figure = in_value, Math = checked() }
  return displayed and doc:walk { Para = in_paragraph, Plain = in_paragraph } or doc
end
