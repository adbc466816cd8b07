--- The title: a single level-1 heading becomes the document's title, and all other headings move up one level.
--
-- Input:  `# Title`, then sections from level 2 on.     Output: metadata `title`, sections from level 1 on.
-- A document with none, or several, level-1 headings is left as it is.

function Pandoc(doc)
  local found
  for i, block in ipairs(doc.blocks) do
    if block.t == 'Header' and block.level == 1 then
      if found then return nil end
      found = i
    end
  end
  if not found then return nil end
  doc.meta.title = doc.blocks:remove(found).content
  doc.blocks = doc.blocks:walk {
    Header = function(header)
      header.level = math.max(1, header.level - 1)
      return header
    end,
  }
  return doc
end
