--- Captions: a line `Table: …` beside a table is its caption; an image alone in a paragraph is a figure.
--
-- Input:   GitHub-flavoured Markdown knows neither, so values write
--              Table: Latency by region {#tbl-latency}
--
--              | Region | p99 |
--          (the line may stand after the table as well, always with an empty line between), and
--              ![Caption](picture.png){#fig-flow width=60%}
-- Output:  pandoc's Table and Figure with caption and identifier, as its own Markdown would give them.

local here = ... or pandoc.path.directory(PANDOC_SCRIPT_FILE) -- modules/values.lua tells the folder of the filters
local take_attributes = dofile(pandoc.path.join { here, 'modules', 'attributes.lua' })

local function trim_end(inlines)
  while inlines[#inlines] and (inlines[#inlines].t == 'Space' or inlines[#inlines].t == 'SoftBreak') do inlines:remove() end
end

--- Return the caption's inlines and identifier if the block is a line `Table: …`.
local function caption_line(block)
  if not block or not (block.t == 'Para' or block.t == 'Plain') then return nil end
  local content = block.content:clone()
  if not (content[1] and content[1].t == 'Str' and content[1].text == 'Table:') then return nil end
  content:remove(1)
  while content[1] and content[1].t == 'Space' do content:remove(1) end
  local identifier = ''
  for i, inline in ipairs(content) do
    if inline.t == 'Str' and inline.text:match '^{#' then
      identifier = take_attributes(content, i) or ''
      break
    end
  end
  trim_end(content)
  if #content == 0 then return nil end
  return content, identifier
end

local function bare_table(block) return block and block.t == 'Table' and #block.caption.long == 0 end

local function with_caption(tbl, caption, identifier)
  tbl.caption = { long = { pandoc.Plain(caption) }, short = nil }
  if identifier ~= '' then tbl.identifier = identifier end
  return tbl
end

local function Blocks(blocks)
  local out, i = pandoc.Blocks {}, 1
  while i <= #blocks do
    local block, following = blocks[i], blocks[i + 1]
    local caption, identifier = caption_line(block)
    if caption and bare_table(following) then
      out:insert(with_caption(following, caption, identifier))
      i = i + 2
    elseif bare_table(block) and caption_line(following) and not bare_table(blocks[i + 2]) then
      out:insert(with_caption(block, caption_line(following)))
      i = i + 2
    else
      out:insert(block)
      i = i + 1
    end
  end
  return out
end

local function Inlines(inlines)
  for i, inline in ipairs(inlines) do
    local after = inlines[i + 1]
    if inline.t == 'Image' and after and after.t == 'Str' and after.text:match '^{' then
      local identifier, attributes = take_attributes(inlines, i + 1)
      if identifier then inline.attr = pandoc.Attr(identifier, {}, attributes) end
    end
  end
  return inlines
end

local function figure_of(paragraph)
  local content, key = paragraph.content, nil
  if #content == 1 and content[1].t == 'Span' and content[1].attributes.key then
    key = content[1].attributes.key
    content = content[1].content
  end
  local image = content[1]
  if #content ~= 1 or not image or image.t ~= 'Image' or #image.caption == 0 then return nil end
  local identifier = image.identifier
  image.identifier = ''
  return pandoc.Figure({ pandoc.Plain { image } }, { long = { pandoc.Plain(image.caption) } },
    pandoc.Attr(identifier, {}, { key = key }))
end

return { { Inlines = Inlines }, { Para = figure_of }, { Blocks = Blocks } }
