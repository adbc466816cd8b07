--- Pictures from the host: what it found or drew goes into the media bag. Filters use this; it is no filter.
--
-- Loaded with the global SPECFLOW_ASK. Gives a function of an image and a question: it returns the image that shows the
-- picture in its right size, and the host's words about it; or nil and why there is no picture. A drawing that has a PNG
-- beside it (for Word) is in the bag twice, as <name>.svg and <name>.png.

local ask = ...
local bag = pandoc.mediabag

return function(image, question)
  question.width, question.height = image.attributes.width, image.attributes.height
  local reply, blobs = ask(question)
  if not reply then return nil, blobs end
  image.src = reply.name .. '.' .. reply.extension
  bag.insert(image.src, reply.mime, blobs[1])
  if blobs[2] then bag.insert(reply.name .. '.png', 'image/png', blobs[2]) end
  image.attributes.width = reply.width
  image.attributes.height = reply.height ~= '' and reply.height or nil
  return image, reply
end
