--- Appendices: the headings below "Appendices" become appendices, whatever letter was typed before their titles.
--
-- Input:   `## Appendices {.appendices}` (the class may be absent, the word then decides), followed by headings one level
--          deeper such as `### Appendix A: Detailed Algorithms`.
-- Output:  the first is unnumbered and starts a page; the deeper ones get the class `appendix`, lose the typed label, and from
--          the second on start a page. filters/numbering.lua gives them their letters.

local function is_divider(header)
  return header.classes:includes 'appendices' or pandoc.utils.stringify(header.content) == 'Appendices'
end

local function add_class(header, class)
  if not header.classes:includes(class) then header.classes:insert(class) end
end

--- Return the heading's content without a leading "Appendix A:", whose letters or digits may be a value.
local function title_of(content)
  if not pandoc.utils.stringify(content):match '^Appendix%s+[%u%d]+:%s' then return content end
  for i, inline in ipairs(content) do
    if inline.t == 'Str' and inline.text:match ':$' then
      local rest = pandoc.Inlines {}
      for j = i + 1, #content do rest:insert(content[j]) end
      if rest[1] and rest[1].t == 'Space' then rest:remove(1) end
      return rest
    end
  end
  return content
end

function Pandoc(doc)
  local level, count -- of the divider while we are below it, and how many appendices it has so far
  for _, block in ipairs(doc.blocks) do
    if block.t == 'Header' then
      if is_divider(block) then
        level, count = block.level, 0
        add_class(block, 'appendices')
        add_class(block, 'unnumbered')
        add_class(block, 'newpage')
      elseif level and block.level <= level then
        level = nil
      elseif level and block.level == level + 1 then
        count = count + 1
        add_class(block, 'appendix')
        if count > 1 then add_class(block, 'newpage') end
        block.content = title_of(block.content)
      end
    end
  end
  return doc
end
