--- Images in DOCX: a drawing's PNG in its place, because Word shows no SVG without one.
--
-- Input:  images; those of filters/images.lua and filters/diagrams.lua have a PNG of the same name in pandoc's media bag.
-- Output: images that every Word can show.

local function Image(image)
  local name = image.src:match '^(%x+)%.svg$'
  if not name or not pandoc.mediabag.lookup(name .. '.png') then return nil end
  image.src = name .. '.png'
  return image
end

-- a walk through the document costs more than looking if there is anything to do
local has_png = false
for _, item in ipairs(pandoc.mediabag.list()) do has_png = has_png or item.path:find '%.png$' ~= nil end

return has_png and { { Image = Image } } or {}
