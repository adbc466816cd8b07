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

--- Return the list with its items spaced, or nil where they are so already, as most are.
local function space_items(list)
  local is_changed = false
  for _, item in ipairs(list.content) do
    local first = item[1]
    local wanted = is_followed(item[2]) and 'Para' or 'Plain'
    if is_paragraph(first) and first.t ~= wanted then
      item[1] = pandoc[wanted](first.content)
      is_changed = true
    end
  end
  return is_changed and list or nil
end

local function number_items(list)
  local spaced = space_items(list)
  if list.delimiter == 'Period' then return spaced end
  list.delimiter = 'Period'
  return list
end

return { { BulletList = space_items, OrderedList = number_items } }
