--- Lists: an item's first paragraph is tight unless another paragraph follows it, and numbers are followed by a full stop.
--
-- Input:  lists as Markdown gives them, where one long item makes every item loose, and `1)` is a number as well.
-- Output: the same lists, each item spaced by its own content, alike in all formats. HTML knows no other sign after a number
--         than the full stop.

local function is_paragraph(block) return block and (block.t == 'Para' or block.t == 'Plain') end

--- Return whether a paragraph follows directly, be it inside the Div of a value.
local function is_followed(block)
  if not block then return false end
  if block.t == 'Div' then return is_paragraph(block.content[1]) end
  return is_paragraph(block)
end

local function space_items(list)
  for _, item in ipairs(list.content) do
    local first = item[1]
    if is_paragraph(first) then
      item[1] = is_followed(item[2]) and pandoc.Para(first.content) or pandoc.Plain(first.content)
    end
  end
  return list
end

local function number_items(list)
  list.delimiter = 'Period'
  return space_items(list)
end

return { { BulletList = space_items, OrderedList = number_items } }
