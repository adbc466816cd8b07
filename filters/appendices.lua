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

--- Return the heading's content without a label that was typed before its title: what stands before the title's value up to a
-- colon, whatever the language, or by hand "Appendix A:".
local function title_of(content)
  local before = ''
  for i, inline in ipairs(content) do
    local is_value = inline.t == 'Span' and inline.attributes.key
    if is_value and (before:match ':%s*$' or before:match '：%s*$') then
      return pandoc.Inlines { table.unpack(content, i) }
    end
    if inline.t == 'Str' and inline.text:match ':$' and (before .. inline.text):match '^Appendix%s+[%u%d]+:$' then
      local rest = pandoc.Inlines { table.unpack(content, i + 1) }
      if rest[1] and rest[1].t == 'Space' then rest:remove(1) end
      return #rest > 0 and rest or content
    end
    before = before .. pandoc.utils.stringify(inline)
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
