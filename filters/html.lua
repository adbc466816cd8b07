--- HTML: what the HTML edition prints of the numbers, captions and blocks that the shared filters computed.
--
-- Input:  the shared AST. The document's title is the page's only h1, so headings move down one level.

local bag = pandoc.mediabag

local modules = pandoc.path.join { pandoc.path.directory(PANDOC_SCRIPT_FILE), 'modules' }
local labels = assert(loadfile(pandoc.path.join { modules, 'labels.lua' }))(modules, SPECFLOW)

--- Return the element's label, and take off it what only filters need.
local function label_of(element)
  local label = element.attributes.label
  for _, name in ipairs { 'number', 'label', 'appendix' } do element.attributes[name] = nil end
  return label
end

local function Header(header)
  local label = label_of(header)
  if label then
    header.content:insert(1, pandoc.Space())
    header.content:insert(1, pandoc.Span({ pandoc.Str(label) }, { class = 'section-number' }))
  end
  header.level = math.min(header.level + 1, 6)
  return header
end

--- Return the words before and after a caption's own, as the language has them: "Table 1: " and "".
local function around(label)
  return labels('caption', { label = label, text = '\0' }):match '^(.-)(%s*)\0(.*)$'
end

local function labelled(caption, label)
  if #caption.long == 0 then return caption end
  local before, gap, after = around(label)
  local first, last = caption.long[1], caption.long[#caption.long]
  if gap ~= '' then first.content:insert(1, gap == ' ' and pandoc.Space() or pandoc.Str(gap)) end
  first.content:insert(1, pandoc.Span({ pandoc.Str(before) }, { class = 'caption-label' }))
  caption.long[1] = first
  if after ~= '' then
    last.content:insert(pandoc.Str(after))
    caption.long[#caption.long] = last
  end
  return caption
end

local function Table(tbl)
  local label = label_of(tbl)
  local name = pandoc.utils.stringify(tbl.caption.long)
  if label then
    tbl.caption = labelled(tbl.caption, label)
    name = labels('caption', { label = label, text = name })
  end
  if name == '' then name = labels 'table_region' end
  -- a table that is wider than the screen scrolls, and what scrolls has to be reachable with the keyboard; it is a group,
  -- since two landmarks must not have the same name and tables without captions have no other
  -- (as pairs: the order of a Lua table's keys changes from run to run, and with it the edition's bytes)
  local attributes = { { 'tabindex', '0' }, { 'role', 'group' }, { 'aria-label', name } }
  return pandoc.Div({ tbl }, pandoc.Attr('', { 'table-scroll' }, attributes))
end

local function Figure(figure)
  local label = label_of(figure)
  if label then figure.caption = labelled(figure.caption, label) end
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
