--- Links: a link to another file shows where it leads, because the document is also read on paper.
--
-- Input:   `[Project Manifest](../00_PROJECT_MANIFEST.md)`
-- Output:  the same link followed by its target in parentheses. Web and mail links and references stay as they are.

function Link(link)
  local target = link.target
  if target == '' or target:match '^#' or target:match '^[%a][%w+.-]*:' then return nil end
  if pandoc.utils.stringify(link.content) == target then return nil end
  if link.classes:includes 'sibling' then target = target:gsub('%.ya?ml(#?[^#]*)$', '%1') end -- each format has its own suffix
  return { link, pandoc.Space(), pandoc.Str '(', pandoc.Code(target), pandoc.Str ')' }
end
