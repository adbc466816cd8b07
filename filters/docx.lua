--- DOCX: the shared AST in the words of Word: fields for numbers, styles for blocks, and marks for specflow's finish.
--
-- Input:  the shared AST.
-- Output: captions with SEQ fields, references as REF fields, each with the computed number as its cached result; named
--         styles for what has no style of its own; and paragraphs of style "Section Break" that the finish turns into page
--         breaks, the contents list and sections. Section numbers come from Word's own lists.

local modules = pandoc.path.join { pandoc.path.directory(PANDOC_SCRIPT_FILE), 'modules' }
local labels = assert(loadfile(pandoc.path.join { modules, 'labels.lua' }))(modules, SPECFLOW)

local REFERENCE = 'CrossReference' -- the id of the character style that references have
local GAP = '\1' -- stands in a pattern for what is put there

--- Return what a label's pattern has before and after its part; a line must not break between the words and a number.
local function around(name, part)
  local before, after = labels(name, { [part] = GAP }):gsub(' ', '\u{a0}'):match('^(.-)' .. GAP .. '(.*)$')
  return before or '', after or ''
end

local function escaped(text)
  return (text:gsub('[&<>"]', { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;' }))
end
local function raw(xml) return pandoc.RawBlock('openxml', xml) end
local function raw_inline(xml) return pandoc.RawInline('openxml', xml) end

--- Return the name of an anchor's bookmark: at most 40 characters, as Word demands, and different for different anchors.
local function bookmark_name(id)
  local name = '_sf_' .. id:gsub('[^%w_]', '_')
  if #id <= 36 and not id:find '[\128-\255]' then return name end
  return '_sf_' .. id:gsub('[\128-\255]', ''):gsub('[^%w_]', '_'):sub(1, 27) .. '_' .. pandoc.utils.sha1(id):sub(1, 8)
end

--- Return the text of a run; where it shall stay unbroken, no line ends after its hyphens.
local function words_xml(text, unbroken)
  local xml = '<w:t xml:space="preserve">' .. escaped(text) .. '</w:t>'
  return unbroken and (xml:gsub('%-', '</w:t><w:noBreakHyphen/><w:t xml:space="preserve">')) or xml
end

--- Return a field with its cached result, in a character style if one is named; then Word keeps it when it updates the field.
local function field(code, result, style, unbroken)
  if style then code = code .. ' \\* MERGEFORMAT' end
  local look = style and '<w:rPr><w:rStyle w:val="' .. style .. '"/></w:rPr>' or ''
  local function mark(kind) return '<w:r>' .. look .. '<w:fldChar w:fldCharType="' .. kind .. '"/></w:r>' end
  return mark 'begin' .. '<w:r>' .. look .. '<w:instrText xml:space="preserve"> ' .. code .. ' </w:instrText></w:r>' .. mark 'separate'
    .. '<w:r>' .. look .. words_xml(result, unbroken) .. '</w:r>' .. mark 'end'
end

local bookmarks = 500000 -- ids of our own, far from pandoc's

local function bookmarked(name, xml)
  bookmarks = bookmarks + 1
  return ('<w:bookmarkStart w:id="%d" w:name="%s"/>%s<w:bookmarkEnd w:id="%d"/>'):format(bookmarks, name, xml, bookmarks)
end

--- Return an empty paragraph that tells the finish what to do at this place.
local function mark(name)
  return raw('<w:p><w:pPr><w:pStyle w:val="SectionBreak"/></w:pPr>' .. bookmarked('_sf_' .. name, '') .. '</w:p>')
end

local function text_run(text)
  return text == '' and '' or '<w:r>' .. words_xml(text, true) .. '</w:r>'
end

local letters = {} -- by kind: the appendix of the last caption

--- Return the field that counts the tables or figures; it starts again in every appendix. All of a kind are one sequence, so
-- that Word's and LibreOffice's own lists of tables have those of appendices as well.
local function counter(kind, prefix, count)
  local switch = (letters[kind] or '') ~= prefix and ' \\r ' .. count or ''
  letters[kind] = prefix
  return field('SEQ ' .. (kind == 'table' and 'Table' or 'Figure') .. ' \\* ARABIC' .. switch, count)
end

--- Return "Table A-" and its counter, bookmarked so that references follow when Word renumbers.
local function label(kind, element)
  local prefix, count = element.attributes.number:match '^(.-)(%d+)$'
  local before, after = around(kind, 'number')
  local xml = text_run(before .. prefix) .. counter(kind, prefix, count) .. text_run(after)
  local id = element.identifier ~= '' and element.identifier or kind .. '-' .. element.attributes.number
  return raw_inline(bookmarked(bookmark_name(id), xml))
end

--- Return the words of a label's pattern as inlines.
local function words(text) return text == '' and pandoc.Inlines {} or pandoc.Inlines { pandoc.Str(text) } end

--- Put the label into the caption as the language has it: "Table 1: Caption".
local function captioned(kind)
  return function(element)
    local number = element.attributes.number
    if not number then return nil end
    local caption = element.caption
    local first, between, last = labels('caption', { label = GAP, text = '\2' }):match('^(.-)' .. GAP .. '(.-)\2(.*)$')
    caption.long[1].content = words(first) .. { label(kind, element) } .. words(between) .. caption.long[1].content .. words(last)
    element.caption = caption
    element.attributes.number, element.attributes.label = nil, nil
    return element
  end
end

--- Return the attributes that tell pandoc's writer the language and the direction, nil where the element has neither.
local function direction_of(element)
  local attributes = element.attributes
  local lang, dir = attributes.lang, attributes.dir
  if not lang and not dir then return nil end
  local pairs_ = pandoc.List {} -- pairs, since the order of a Lua table's keys is not fixed
  if lang then pairs_:insert { 'lang', lang } end
  if dir then pairs_:insert { 'dir', dir } end
  return pandoc.Attr('', {}, pairs_)
end

--- A heading's direction goes into a Div: pandoc's writer would give a heading's own to the paragraph after it.
local function Header(header)
  local is_newpage = header.classes:includes 'newpage'
  local directed = direction_of(header)
  header.attributes = {}
  header.classes = {}
  local block = directed and pandoc.Div({ header }, directed) or header
  return is_newpage and { mark 'newpage', block } or block
end

--- A figure's image stands alone in its paragraph: of one in a Span pandoc's writer makes a table.
local function bare_picture(block)
  local content = (block.t == 'Plain' or block.t == 'Para') and block.content or {}
  while #content == 1 and content[1].t == 'Span' do content = content[1].content end
  return #content == 1 and content[1].t == 'Image' and content or nil
end

local caption_figure = captioned 'figure'

--- Return the figure with a bare image; without a caption it is a paragraph in the style of figures.
local function Figure(figure)
  local picture = #figure.content == 1 and bare_picture(figure.content[1])
  if not picture then return caption_figure(figure) end
  if #figure.caption.long == 0 or not figure.attributes.number then
    return pandoc.Div({ pandoc.Para(picture) }, pandoc.Attr('', {}, { ['custom-style'] = 'Figure' }))
  end
  figure.content = { pandoc.Plain(picture) }
  return caption_figure(figure)
end

--- Make a field of a reference: the number of a heading, or the bookmarked label of a caption. The number of an appendix has
-- its words with it, "Appendix A"; that of a section gets them here.
local function Link(link)
  if not link.classes:includes 'reference' then return nil end
  local kind, number = link.attributes.kind, link.attributes.number
  if not (kind and number) then
    link.classes, link.attributes = {}, {}
    return link
  end
  local name, text = bookmark_name(link.target:sub(2)), pandoc.utils.stringify(link.content)
  if kind == 'appendix' then return raw_inline(field('REF ' .. name .. ' \\r \\h', (text:gsub('\u{a0}', ' ')), REFERENCE)) end
  if kind ~= 'section' then
    return raw_inline(field('REF ' .. name .. ' \\h', text, REFERENCE, not link.classes:includes 'in-cell'))
  end
  local before, after = around(kind, 'number')
  local made = words(before) .. { raw_inline(field('REF ' .. name .. ' \\r \\h', number, REFERENCE)) } .. words(after)
  return pandoc.Span(made, { ['custom-style'] = 'Cross Reference' })
end

--- Mark the references in a table's cells: there the hyphen of "Table A-1" stays the character that the cell has in all
-- editions, which are compared cell by cell.
local function in_cells(tbl)
  return tbl:walk {
    Link = function(link)
      link.classes:insert 'in-cell'
      return link
    end,
  }
end

local function styled(style, blocks) return pandoc.Div(blocks, pandoc.Attr('', {}, { ['custom-style'] = style })) end

local function HorizontalRule() return styled('Horizontal Rule', { pandoc.Para { raw_inline '<w:r/>' } }) end

--- A section ends with a paragraph that holds its page set-up; the finish puts in sizes, margins, header and footer.
local function section_end(orientation)
  return raw('<w:p><w:pPr><w:pStyle w:val="SectionBreak"/><w:sectPr><w:type w:val="nextPage"/><w:pgSz w:w="0" w:h="0" w:orient="'
    .. orientation .. '"/></w:sectPr></w:pPr></w:p>')
end

local function front_block(block)
  return block.t == 'Para' and styled('Metadata', { block }) or block
end

local function Div(div)
  if div.classes:includes 'front' then return pandoc.Blocks { mark 'front' } .. div.content:map(front_block) .. { mark 'fronted' } end
  if div.classes:includes 'contents' then return mark 'contents' end
  if div.classes:includes 'landscape' then
    return pandoc.Blocks { section_end 'portrait' } .. div.content .. { section_end 'landscape' }
  end
  if div.classes:includes 'approval-block' then return pandoc.Blocks { mark 'keep' } .. div.content end
  if div.attributes['custom-style'] then return nil end
  local directed = direction_of(div)
  return directed and pandoc.Div(div.content, directed) or div.content
end

local function Span(span)
  if span.classes:includes 'tbd' then
    span.attr = { ['custom-style'] = 'Missing' }
    return span
  end
  local directed = direction_of(span)
  if directed then
    span.attr = directed
    return span
  end
  if span.attributes.key then return span.content end
end

local function CodeBlock(code)
  code.attributes = {}
  return code
end

--- Give an item that begins with a table an empty line for its marker: a table has none in Word.
local function marked_items(list)
  local is_changed = false
  for _, item in ipairs(list.content) do
    local first = item[1]
    while first and first.t == 'Div' do first = first.content[1] end
    if first and first.t == 'Table' then
      item:insert(1, pandoc.Plain { raw_inline '<w:r/>' })
      is_changed = true
    end
  end
  return is_changed and list or nil
end

return {
  { Table = in_cells, BulletList = marked_items, OrderedList = marked_items },
  { Link = Link, Span = Span, CodeBlock = CodeBlock },
  { traverse = 'topdown', Header = Header, Table = captioned 'table', Figure = Figure, HorizontalRule = HorizontalRule },
  { Div = Div },
}
