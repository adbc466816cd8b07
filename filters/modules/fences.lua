--- Diagrams in fences, and their captions. Filters use this; it is no filter.
--
-- Loaded with the folder of the modules. Gives kind_of, which tells what kind of diagram a block is, and Blocks, a filter:
-- a paragraph `Figure: Words {#fig-flow width=60%}` directly before or after a diagram becomes, with it, a Figure.

local take_attributes = dofile(pandoc.path.join { (...), 'attributes.lua' })

local KINDS = { mermaid = 'mermaid', dot = 'dot', graphviz = 'dot', d2 = 'd2' }

local function kind_of(block) return block and block.t == 'CodeBlock' and KINDS[(block.classes[1] or ''):lower()] or nil end

local function is_gap(inline) return inline and (inline.t == 'Space' or inline.t == 'SoftBreak') end

--- Return a text's inlines without the attributes at their end, and these. They may stand in the value that ends the text.
local function parted(content)
  local last = content[#content]
  if last and last.t == 'Span' and last.attributes.key then
    local inner, identifier, attributes = parted(last.content:clone())
    local span = last:clone()
    span.content = inner
    content[#content] = span
    return content, identifier, attributes
  end
  for i, inline in ipairs(content) do
    if inline.t == 'Str' and inline.text:match '^{[#%a]' then
      local identifier, attributes = take_attributes(content, i)
      if identifier then
        while is_gap(content[#content]) do content:remove() end
        return content, identifier, attributes
      end
    end
  end
  return content, '', nil
end

--- Return whether the block is a line `Figure: …`.
local function is_caption(block)
  if not block or not (block.t == 'Para' or block.t == 'Plain') then return false end
  local first = block.content[1]
  return first ~= nil and first.t == 'Str' and first.text == 'Figure:' and #block.content > 1
end

local function figure_of(code, line)
  local content = line.content:clone()
  content:remove(1)
  while is_gap(content[1]) do content:remove(1) end
  local words, identifier, attributes = parted(content)
  for _, pair in ipairs(attributes or {}) do code.attributes[pair[1]] = pair[2] end
  local key = code.attributes.key
  return pandoc.Figure({ code }, { long = { pandoc.Plain(words) } }, pandoc.Attr(identifier, {}, key and { { 'key', key } } or {}))
end

local function Blocks(blocks)
  local out, i = pandoc.Blocks {}, 1
  while i <= #blocks do
    local block, following = blocks[i], blocks[i + 1]
    if is_caption(block) and kind_of(following) then
      out:insert(figure_of(following, block))
      i = i + 2
    elseif kind_of(block) and is_caption(following) and not kind_of(blocks[i + 2]) then
      out:insert(figure_of(block, following))
      i = i + 2
    else
      out:insert(block)
      i = i + 1
    end
  end
  return out
end

return { kind_of = kind_of, Blocks = Blocks }
