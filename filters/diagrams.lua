--- Diagrams: fences called mermaid, dot (or graphviz) and d2 become pictures.
--
-- Input:   a fence, alone or with a paragraph `Figure: Words {#fig-flow width=60%}` directly before or after it.
-- Output:  a Figure of class `diagram` with an image in pandoc's media bag; with the words as caption and alternative text, or
--          without a caption. Then the alternative text is the diagram's own title and description (Mermaid's accTitle and
--          accDescr), or else the labels in it.
-- By hand: nobody draws, since specflow does it: captions are set, and the source stays, with a message. So does the source of
--          a diagram that cannot be drawn; specflow stops there.

local modules = pandoc.path.join { pandoc.path.directory(PANDOC_SCRIPT_FILE), 'modules' }
local function module(name, ...) return assert(loadfile(pandoc.path.join { modules, name .. '.lua' }))(...) end
local labels = module('labels', modules, SPECFLOW)
local fences = module('fences', modules)
local shown = SPECFLOW_ASK and module('pictures', SPECFLOW_ASK)

local LONGEST = 250 -- bytes of an alternative text that is made of labels; a longer one nobody listens to

--- Return what a diagram says for those who cannot see it.
local function words_of(reply)
  local own = pandoc.List { reply.title, reply.description }:filter(function(text) return text ~= '' end)
  if #own > 0 then return table.concat(own, '. ') end
  local out = labels 'diagram'
  for i, label in ipairs(reply.labels) do
    if #out + #label > LONGEST then return out .. (i == 1 and '' or ', …') end
    out = out .. (i == 1 and ': ' or ', ') .. label
  end
  return out
end

--- Return the diagram's image, or nil after a message that says why there is none.
local function image_of(code, caption, key)
  local where = key and key .. ': ' or ''
  local kind = fences.kind_of(code)
  if not shown then
    pandoc.log.warn(('[diagram-source] %sthe %s diagram is shown as its source, because nobody draws it'):format(where, kind))
    return nil
  end
  local size = pandoc.List {}
  for _, name in ipairs { 'width', 'height' } do
    if code.attributes[name] then size:insert { name, code.attributes[name] } end
  end
  local image, reply = shown(pandoc.Image({}, '', '', pandoc.Attr('', {}, size)), { draw = { kind = kind, text = code.text } })
  if not image then
    pandoc.log.warn(('[diagram-invalid] %s%s'):format(where, reply))
    return nil
  end
  image.caption = caption or { pandoc.Str(words_of(reply)) }
  return image
end

local function drawing(outer)
  local function in_value(element)
    local key = element.attributes.key
    if key and key ~= outer then return element:walk(drawing(key)), false end
  end
  return {
    traverse = 'topdown', -- so that a diagram in a value is met with the value's key, which tells the author where to look
    Span = in_value,
    Div = in_value,
    Figure = function(figure)
      local code = figure.content[1]
      if #figure.content ~= 1 or not fences.kind_of(code) then return in_value(figure) end
      local image = image_of(code, pandoc.utils.blocks_to_inlines(figure.caption.long), code.attributes.key or figure.attributes.key or outer)
      if not image then return figure, false end
      figure.content = { pandoc.Plain { image } }
      figure.classes = { 'diagram' }
      return figure, false
    end,
    CodeBlock = function(code)
      if not fences.kind_of(code) then return nil end
      local key = code.attributes.key or outer
      local image = image_of(code, nil, key)
      return image and pandoc.Figure({ pandoc.Plain { image } }, { long = {} }, pandoc.Attr('', { 'diagram' }, key and { { 'key', key } } or {}))
    end,
  }
end

function Pandoc(doc)
  local found = false
  doc:walk { CodeBlock = function(code) found = found or fences.kind_of(code) ~= nil end }
  if not found then return nil end
  return doc:walk({ Blocks = fences.Blocks }):walk(drawing())
end
