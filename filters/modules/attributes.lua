--- Attributes that an author writes in braces, {#id width=60%}, taken off the end of a text. Filters use this; it is no filter.

--- Return what stands in braces from the given inline on, taken off them: the identifier and a list of pairs; nil for
-- something else in braces.
return function(inlines, first)
  local text, last = '', nil
  for i = first, #inlines do
    local inline = inlines[i]
    text = text .. (inline.t == 'Str' and inline.text or ' ')
    if inline.t == 'Str' and inline.text:find('}', 1, true) then
      last = i
      break
    end
  end
  local inside = last and text:match '^{([^{}]*)}$'
  if not inside then return nil end
  local identifier, attributes = '', pandoc.List {} -- pairs, since the order of a Lua table's keys is not fixed
  for word in inside:gmatch '%S+' do
    local id = word:match '^#([%w_:.-]+)$'
    local key, value = word:match '^(%a+)="?([%w.%%]+)"?$'
    if id then
      identifier = id
    elseif key == 'width' or key == 'height' then
      attributes:insert { key, value }
    else
      return nil
    end
  end
  for _ = first, last do inlines:remove(first) end
  return identifier, attributes
end
