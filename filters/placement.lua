--- Placement: the approval block's section stands in front of the contents list, where the theme wants it there.
--
-- Input:  SPECFLOW.theme.approval, "front" or "end" (by hand in the file that SPECFLOW_CONTEXT names); Div.approval-block in a
--         section; Div.contents, which filters/front.lua puts behind the title block.
-- Output: where it says "front", the section's heading and all that stands below it, moved before Div.contents. The heading
--         becomes one of level 1 without a number, so that the chapters are counted alike wherever the approval stands.

local modules = pandoc.path.join { pandoc.path.directory(PANDOC_SCRIPT_FILE), 'modules' }
local context = assert(loadfile(pandoc.path.join { modules, 'context.lua' }))(SPECFLOW)

local function holds_approval(block)
  local found = block.t == 'Div' and block.classes:includes 'approval-block'
  if not found and block.content and block.t ~= 'Header' then
    pandoc.Blocks { block }:walk { Div = function(div) found = found or div.classes:includes 'approval-block' end }
  end
  return found
end

--- Return where the blocks have the contents list, and the first and last block of the approval's section.
local function places(blocks)
  local contents, first, last, here
  for i, block in ipairs(blocks) do
    if block.t == 'Div' and block.classes:includes 'contents' then contents = i end
    if block.t == 'Header' then
      if first and block.level <= blocks[first].level then break end
      if not first then here = i end
    end
    if here and not first and holds_approval(block) then first = here end
    if first then last = i end
  end
  return contents, first, last
end

local function moved(header, up)
  header.level = header.level - up
  header.classes = header.classes:filter(function(class) return class ~= 'newpage' end)
  if not header.classes:includes 'unnumbered' then header.classes:insert 'unnumbered' end
  return header
end

function Pandoc(doc)
  if (context.theme or {}).approval ~= 'front' then return nil end
  local contents, first, last = places(doc.blocks)
  if not contents or not first or first < contents then return nil end
  local up = doc.blocks[first].level - 1
  for i = 0, last - first do
    local block = doc.blocks:remove(first + i)
    doc.blocks:insert(contents + i, block.t == 'Header' and moved(block, up) or block)
  end
  return doc
end
