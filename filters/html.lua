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

local SHORT, LONG = 24, 26

--- Return whether a word of the table is too long for a narrow column of a printed page.
local function has_long_words(tbl)
  local found = false
  tbl:walk { Str = function(str) found = found or (utf8.len(str.text) or LONG) >= LONG end }
  return found
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
  -- "left" is where a line starts: on the right in a document that runs from right to left
  for i, spec in ipairs(tbl.colspecs) do
    if spec[1] == pandoc.AlignLeft then tbl.colspecs[i] = { pandoc.AlignDefault, spec[2] } end
  end
  -- a table that is wider than the screen scrolls, and what scrolls has to be reachable with the keyboard; it is a group,
  -- since two landmarks must not have the same name and tables without captions have no other
  -- (as pairs: the order of a Lua table's keys changes from run to run, and with it the edition's bytes)
  local attributes = { { 'tabindex', '0' }, { 'role', 'group' }, { 'aria-label', name } }
  local classes = has_long_words(tbl) and { 'table-scroll', 'long-words' } or { 'table-scroll' }
  return pandoc.Div({ tbl }, pandoc.Attr('', classes, attributes))
end

local function Figure(figure)
  local label = label_of(figure)
  if label then figure.caption = labelled(figure.caption, label) end
  return figure
end

--- Take off a reference what HTML does not know; a short one is not broken at the end of a line.
local function Link(link)
  if not link.classes:includes 'reference' then return nil end
  for _, name in ipairs { 'kind', 'number' } do link.attributes[name] = nil end
  if utf8.len(pandoc.utils.stringify(link.content)) <= SHORT then link.classes:insert 'short' end
  return link
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

return { { Header = Header, Table = Table, Figure = Figure, Image = Image, Link = Link, CodeBlock = CodeBlock } }
