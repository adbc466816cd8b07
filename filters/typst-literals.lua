--- Typst literals: words that Typst would read as shorthand are written as strings.
--
-- Input:   Str elements such as `--verbose`, `...`, `//`, `1.`, `l’eau`.
-- Output:  #"--verbose"; so that Typst prints them as they are. pandoc's Typst writer escapes most markup, but not "..." and
--          "--", which Typst makes an ellipsis and a dash; and it writes typographic single quotes as straight ones.

if FORMAT ~= 'typst' then return {} end

local function is_safe(text)
  if text:find '\u{2018}' or text:find '\u{2019}' then return false end
  if text == ':' or not text:find '[^%w\128-\255,]' then return true end
  return not (text:find '%p%p' or text:find '^%p' or text:find '^%d+%.$')
end

return {
  {
    Str = function(str)
      if is_safe(str.text) then return nil end
      return pandoc.RawInline('typst', '#"' .. str.text:gsub('[\\"]', '\\%0') .. '";')
    end,
  },
}
