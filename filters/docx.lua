--- DOCX: the shared AST in the words of Word: fields for numbers, styles for blocks, and marks for specflow's finish.
--
-- Input:  the shared AST.
-- Output: captions with SEQ fields, references as REF fields, each with the computed number as its cached result; named
--         styles for what has no style of its own; and paragraphs of style "Section Break" that the finish turns into page
--         breaks, the contents list and sections. Section numbers come from Word's own lists.

local NO_BREAK = '\u{a0}'

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

local function field(code, result)
  local function mark(kind) return '<w:r><w:fldChar w:fldCharType="' .. kind .. '"/></w:r>' end
  return mark 'begin' .. '<w:r><w:instrText xml:space="preserve"> ' .. code .. ' </w:instrText></w:r>' .. mark 'separate'
    .. '<w:r><w:t xml:space="preserve">' .. escaped(result) .. '</w:t></w:r>' .. mark 'end'
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

--- Return "Table A-" and its counter as a field, bookmarked so that references follow when Word renumbers.
local function label(word, element)
  local prefix, count = element.attributes.number:match '^(.-)(%d+)$'
  local sequence = word .. prefix:gsub('%-', '')
  local text = '<w:r><w:t xml:space="preserve">' .. word .. NO_BREAK .. prefix .. '</w:t></w:r>'
  local xml = text .. field('SEQ ' .. sequence .. ' \\* ARABIC', count)
  return pandoc.Inlines { raw_inline(bookmarked(bookmark_name(element.identifier), xml)), pandoc.Str ':', pandoc.Space() }
end

local function captioned(word)
  return function(element)
    if not element.attributes.number then return nil end
    local caption = element.caption
    caption.long[1].content = label(word, element) .. caption.long[1].content
    element.caption = caption
    element.attributes.number = nil
    return element
  end
end

local function Header(header)
  local is_newpage = header.classes:includes 'newpage'
  header.attributes = {}
  header.classes = {}
  return is_newpage and { mark 'newpage', header } or header
end

local function Link(link)
  if not link.classes:includes 'reference' then return nil end
  local id, text = link.target:sub(2), pandoc.utils.stringify(link.content)
  local word, number = text:match('^(%a+)' .. NO_BREAK .. '(%S+)$')
  if not word then
    link.classes = {}
    return link
  end
  local name = bookmark_name(id)
  if word == 'Section' then
    return { pandoc.Str(word .. NO_BREAK), raw_inline(field('REF ' .. name .. ' \\r \\h', number)) }
  end
  -- the number of an appendix heading is the words "Appendix A"; a caption's bookmark holds "Table A-1"
  local switches = word == 'Appendix' and ' \\r \\h' or ' \\h'
  return raw_inline(field('REF ' .. name .. switches, word == 'Appendix' and word .. ' ' .. number or text))
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
  if div.classes:includes 'front' then return div.content:map(front_block) end
  if div.classes:includes 'contents' then return mark 'contents' end
  if div.classes:includes 'landscape' then
    return pandoc.Blocks { section_end 'portrait' } .. div.content .. { section_end 'landscape' }
  end
  if div.classes:includes 'approval-block' then return pandoc.Blocks { mark 'keep' } .. div.content end
  if div.attributes['custom-style'] then return nil end
  return div.content
end

local function Span(span)
  if span.classes:includes 'tbd' then return pandoc.Span(span.content, { ['custom-style'] = 'Missing' }) end
  if span.attributes.key then return span.content end
end

local function CodeBlock(code)
  code.attributes = {}
  return code
end

return {
  { Link = Link, Span = Span, CodeBlock = CodeBlock },
  { Header = Header, Table = captioned 'Table', Figure = captioned 'Figure', HorizontalRule = HorizontalRule },
  { Div = Div },
}
