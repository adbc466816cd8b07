--- HTML: what the HTML edition prints of the numbers, captions and blocks that the shared filters computed.
--
-- Input:  the shared AST. The document's title is the page's only h1, so headings move down one level.

local bag = pandoc.mediabag

local function number_of(element)
  local number = element.attributes.number
  element.attributes.number, element.attributes.appendix = nil, nil
  return number
end

local function Header(header)
  local number = number_of(header)
  if number then
    if header.classes:includes 'appendix' then number = 'Appendix ' .. number end
    header.content:insert(1, pandoc.Space())
    header.content:insert(1, pandoc.Span({ pandoc.Str(number) }, { class = 'section-number' }))
  end
  header.level = math.min(header.level + 1, 6)
  return header
end

local function labelled(caption, label)
  if #caption.long == 0 then return caption end
  local first = caption.long[1]
  first.content:insert(1, pandoc.Space())
  first.content:insert(1, pandoc.Span({ pandoc.Str(label .. ':') }, { class = 'caption-label' }))
  caption.long[1] = first
  return caption
end

local function Table(tbl)
  local number = number_of(tbl)
  local name = pandoc.utils.stringify(tbl.caption.long)
  if number then
    tbl.caption = labelled(tbl.caption, 'Table ' .. number)
    name = 'Table ' .. number .. ': ' .. name
  end
  -- a table that is wider than the screen scrolls, and what scrolls has to be reachable with the keyboard
  -- (as pairs: the order of a Lua table's keys changes from run to run, and with it the edition's bytes)
  local attributes = { { 'tabindex', '0' }, { 'role', 'region' }, { 'aria-label', name ~= '' and name or 'Table' } }
  return pandoc.Div({ tbl }, pandoc.Attr('', { 'table-scroll' }, attributes))
end

local function Figure(figure)
  local number = number_of(figure)
  if number then figure.caption = labelled(figure.caption, 'Figure ' .. number) end
  return figure
end

local function Image(image)
  local mime, bytes = bag.lookup(image.src)
  if mime then image.src = bag.make_data_uri(mime, bytes) end
  return image
end

local function CodeBlock(code)
  code.attributes.tabindex = '0' -- long lines may scroll
  return code
end

return { { Header = Header, Table = Table, Figure = Figure, Image = Image, CodeBlock = CodeBlock } }
