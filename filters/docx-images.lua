--- Images in DOCX: a drawing's PNG in its place, because Word shows no SVG without one.
--
-- Input:  images; those of filters/images.lua and filters/diagrams.lua have a PNG of the same name in pandoc's media bag.
-- Output: images that every Word can show.

function Image(image)
  local name = image.src:match '^(%x+)%.svg$'
  if not name or not pandoc.mediabag.lookup(name .. '.png') then return nil end
  image.src = name .. '.png'
  return image
end
