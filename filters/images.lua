--- Images: only pictures from the project's folder, with alternative text.
--
-- Input:   images by their path: PNG, JPEG, SVG.
-- Output:  images in pandoc's media bag under a name made from their content, so that no writer opens a file or an address,
--          with the width in which they fit the page. One that may not be used becomes the words "[image: …]" and a message.
-- By hand: paths that are absolute, remote or climb out of the folder are refused; the others are read from the resource path.
--          There is no SVG then, because nobody has looked at what is in it, and no width but the author's.

local bag = pandoc.mediabag
local EXTENSIONS = { ['image/png'] = 'png', ['image/jpeg'] = 'jpg' }

local modules = pandoc.path.join { pandoc.path.directory(PANDOC_SCRIPT_FILE), 'modules' }
local function module(name, ...) return assert(loadfile(pandoc.path.join { modules, name .. '.lua' }))(...) end
local labels = module('labels', modules, SPECFLOW)
local shown = SPECFLOW_ASK and module('pictures', SPECFLOW_ASK)

--- Return the image with its picture in the media bag, or nil and why it may not be used.
local function placed(image, source)
  if shown then return shown(image, { fetch = source }) end
  if source:match '^%a[%w+.-]*:' then return nil, 'is not a file of the project' end
  if source:match '^[/\\]' or ('/' .. source .. '/'):match '/%.%./' then return nil, 'lies outside the project folder' end
  local ok, mime, bytes = pcall(bag.fetch, source)
  if not ok or not bytes then return nil, 'does not exist' end
  if not EXTENSIONS[mime] then return nil, 'is neither PNG nor JPEG' end
  image.src = pandoc.utils.sha1(bytes) .. '.' .. EXTENSIONS[mime]
  bag.insert(image.src, mime, bytes)
  return image
end

local function words_for(image, source)
  local words = #image.caption > 0 and image.caption or pandoc.Inlines { pandoc.Str(source) }
  return pandoc.Inlines { pandoc.Str('[' .. labels 'image' .. ':'), pandoc.Space() } .. words .. { pandoc.Str ']' }
end

local function place(key)
  local where = key and key .. ': ' or ''
  return function(image)
    local source = image.src
    if #image.caption == 0 then
      pandoc.log.warn(('[image-alt] %sthe image `%s` has no alternative text'):format(where, source))
    end
    local found, why = placed(image, (source:gsub('%%(%x%x)', function(hex) return string.char(tonumber(hex, 16)) end)))
    if not found then
      pandoc.log.warn(('[image-refused] %sthe image `%s` %s'):format(where, source, why))
      return words_for(image, source)
    end
    return found
  end
end

local function in_value(element)
  local key = element.attributes.key
  if key then return element:walk { Image = place(key) }, false end
end

function Pandoc(doc)
  local found = false
  doc:walk { Image = function() found = true end }
  if not found then return nil end
  -- from the outside in, so that an image in a value is met with the value's key, which tells the author where to look
  return doc:walk { traverse = 'topdown', Span = in_value, Div = in_value, Figure = in_value, Image = place() }
end
