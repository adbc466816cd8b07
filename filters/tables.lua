--- Tables: the same relative column widths in every format, from what stands in the cells.
--
-- Input:   tables whose columns have no width, or one that the source's dashes happened to give.
-- Output:  widths that add up to the text's width, left-aligned where nothing was said, and Div.landscape around a table
--          that a portrait page cannot hold, together with the headings right before it, which would else stay alone on a page.
--          Tables of class `fixed` or `document-information` keep their widths.
-- Widths count average characters: a portrait page holds about 97 of them in a table, a landscape page 147.

local PORTRAIT, LANDSCAPE = 97, 147
local PADDING = 3      -- characters that a cell's margins take
local BOLD, MONO = 1.1, 1.08 -- how much wider than plain text a header's and code's characters are
local SHORT = 14       -- a cell this short stays on one line, where there is room
local TOO_WIDE = 110   -- a table whose longest words need more than this lies on its side
local MANY = 8         -- and so does one with this many columns

local NARROW, BROAD = "[iljtfrI.,:;|!'%(%)%[%]/\\]", '[mwMW@%%]'

--- Return whether a character is as broad as two, and a line may break beside it: those of East Asian scripts, by the blocks
-- that UAX #11 calls wide, and emoji.
local function is_wide(point)
  return point >= 0x1100
    and (point <= 0x115F or point >= 0x2E80 and point <= 0xA4CF or point >= 0xAC00 and point <= 0xD7A3
      or point >= 0xF900 and point <= 0xFAFF or point >= 0xFE30 and point <= 0xFE6F or point >= 0xFF00 and point <= 0xFF60
      or point >= 0xFFE0 and point <= 0xFFE6 or point >= 0x1F300 and point <= 0x1FAFF or point >= 0x20000 and point <= 0x3FFFD)
end

--- Return how many average characters the text is as wide as.
local function width(text)
  local count = pandoc.text.len(text)
  if text:find '[\xe1-\xf0]' then
    for _, point in utf8.codes(text, true) do
      if is_wide(point) then count = count + 1 end
    end
  end
  local _, narrow = text:gsub(NARROW, '')
  local _, broad = text:gsub(BROAD, '')
  local _, capitals = text:gsub('%u', '')
  return count - 0.4 * narrow + 0.6 * broad + 0.2 * capitals
end

--- Return the width of the text's longest part that a line cannot break in.
local function longest_word(text)
  local longest = 0
  for part in text:gmatch '%S+' do
    if part:find '[\xe1-\xf0]' then
      local run = {}
      for _, point in utf8.codes(part, true) do
        if is_wide(point) then
          longest = math.max(longest, 2, width(utf8.char(table.unpack(run))))
          run = {}
        else
          run[#run + 1] = point
        end
      end
      part = utf8.char(table.unpack(run))
    end
    longest = math.max(longest, width(part))
  end
  return longest
end

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
    line = math.max(line, width(text))
    word = math.max(word, longest_word(text))
  end
  cell.contents:walk {
    Code = function(inline)
      code = code + pandoc.text.len(inline.text)
      for part in inline.text:gmatch '%S+' do word = math.max(word, pandoc.text.len(part) * MONO) end
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

--- Return the headings that end the blocks, taken off them; what turns the page need not start a new one.
local function taken_headings(blocks)
  local headings = pandoc.Blocks {}
  while blocks[#blocks] and blocks[#blocks].t == 'Header' do
    local heading = blocks:remove(#blocks)
    heading.classes = heading.classes:filter(function(class) return class ~= 'newpage' end)
    headings:insert(1, heading)
  end
  return headings
end

--- Lay out the tables that stand by themselves; only these may turn the page. `before` are the blocks that stand before these.
local function outer(blocks, before)
  local out = pandoc.Blocks {}
  for _, block in ipairs(blocks) do
    if block.t == 'Table' then
      local tbl, wide = layout(block)
      tbl.classes:insert 'laid-out'
      if wide then
        local headings = taken_headings(#out == 0 and before or out)
        tbl = pandoc.Div(headings .. { tbl }, pandoc.Attr('', { 'landscape' }))
      end
      out:insert(tbl)
    elseif block.t == 'Div' then
      block.content = outer(block.content, #out == 0 and before or out)
      out:insert(block)
    else
      out:insert(block)
    end
  end
  return out
end

function Pandoc(doc)
  doc.blocks = outer(doc.blocks, pandoc.Blocks {})
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
