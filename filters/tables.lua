--- Tables: the same relative column widths in every format, from what stands in the cells.
--
-- Input:   tables whose columns have no width, or one that the source's dashes happened to give.
-- Output:  widths that add up to the text's width, left-aligned where nothing was said, and Div.landscape around a table
--          that a portrait page cannot hold. Tables of class `fixed` or `document-information` keep their widths.
-- Widths count characters: a portrait page holds about 97 of them in a table, a landscape page 147.

local PORTRAIT, LANDSCAPE = 97, 147
local PADDING = 3      -- characters that a cell's margins take
local BOLD, MONO = 1.1, 1.08 -- how much wider than plain text a header's and code's characters are
local SHORT = 14       -- a cell this short stays on one line, where there is room
local TOO_WIDE = 110   -- a table whose longest words need more than this lies on its side
local MANY = 8         -- and so does one with this many columns

local characters = pandoc.text.len

--- Call `visit(cell, column, is_head)` for every cell, columns counted from 1.
local function each_cell(tbl, visit)
  local function rows(list, is_head)
    for _, row in ipairs(list) do
      local column = 1
      for _, cell in ipairs(row.cells) do
        visit(cell, column, is_head)
        column = column + cell.col_span
      end
    end
  end
  rows(tbl.head.rows, true)
  for _, body in ipairs(tbl.bodies) do
    rows(body.head, true)
    rows(body.body)
  end
  rows(tbl.foot.rows)
end

--- Return the lengths of the cell's longest word and longest paragraph, as wide as they are printed.
local function extent(cell, is_head)
  local word, line, code = 0, 0, 0
  for _, block in ipairs(cell.contents) do
    local text = pandoc.utils.stringify(block)
    line = math.max(line, characters(text))
    for part in text:gmatch '%S+' do word = math.max(word, characters(part)) end
  end
  cell.contents:walk {
    Code = function(inline)
      code = code + characters(inline.text)
      for part in inline.text:gmatch '%S+' do word = math.max(word, characters(part) * MONO) end
    end,
  }
  if is_head then return word * BOLD, line * BOLD end
  return word, line + code * (MONO - 1)
end

--- Return for every column the length of its longest word and of its longest paragraph.
local function measure(tbl)
  local word, line = {}, {}
  for i = 1, #tbl.colspecs do word[i], line[i] = 1, 1 end
  each_cell(tbl, function(cell, column, is_head)
    if cell.col_span > 1 then return end
    local longest_word, longest_line = extent(cell, is_head)
    word[column] = math.max(word[column], longest_word)
    line[column] = math.max(line[column], longest_line)
  end)
  return word, line
end

local function sum(numbers)
  local total = 0
  for _, number in ipairs(numbers) do total = total + number end
  return total
end

--- Return the least widths that fit the page: words are cut at the longest limit that makes the columns fit.
local function least(word, line, room)
  local widths
  for limit = 40, 6, -1 do
    widths = {}
    for i = 1, #word do widths[i] = math.max(math.min(word[i], limit), math.min(line[i], limit, SHORT)) + PADDING end
    if sum(widths) <= room then break end
  end
  return widths
end

local function layout(tbl)
  if tbl.classes:includes 'fixed' or tbl.classes:includes 'document-information' or #tbl.colspecs == 0 then return tbl, false end
  local word, line = measure(tbl)
  local wide = #word >= MANY or sum(word) + #word * (PADDING + 1) > TOO_WIDE
  local room = wide and LANDSCAPE or PORTRAIT
  local natural = {}
  for i = 1, #word do natural[i] = math.min(line[i], 70) + PADDING end
  local widths = natural -- where all lines fit, every column gets its share of what is left
  if sum(natural) > room then
    widths = least(word, line, room)
    local wishes = {}
    for i = 1, #widths do wishes[i] = math.max(0.01, natural[i] - widths[i]) end
    local rest, wished = math.max(0, room - sum(widths)), sum(wishes)
    for i = 1, #widths do widths[i] = widths[i] + rest * wishes[i] / wished end
  end
  local total = sum(widths)
  for i, spec in ipairs(tbl.colspecs) do
    local alignment = spec[1] == pandoc.AlignDefault and pandoc.AlignLeft or spec[1]
    tbl.colspecs[i] = { alignment, math.floor(widths[i] / total * 1000) / 1000 }
  end
  return tbl, wide
end

--- Lay out the tables that stand by themselves; only these may turn the page.
local function outer(blocks)
  local out = pandoc.Blocks {}
  for _, block in ipairs(blocks) do
    if block.t == 'Table' then
      local tbl, wide = layout(block)
      tbl.classes:insert 'laid-out'
      out:insert(wide and pandoc.Div({ tbl }, pandoc.Attr('', { 'landscape' })) or tbl)
    elseif block.t == 'Div' then
      block.content = outer(block.content)
      out:insert(block)
    else
      out:insert(block)
    end
  end
  return out
end

function Pandoc(doc)
  doc.blocks = outer(doc.blocks)
  doc.blocks = doc.blocks:walk {
    Table = function(tbl)
      local at = select(2, tbl.classes:find 'laid-out')
      if at then
        tbl.classes:remove(at)
        return tbl
      end
      return (layout(tbl))
    end,
  }
  return doc
end
