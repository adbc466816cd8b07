--- References: a link without text to a heading, table or figure reads "Section 3.1", "Appendix B", "Table A-1" or "Figure 2",
-- and to an unnumbered heading its title.
--
-- Input:   `[](#tbl-latency)` after filters/numbering.lua; links with text are left alone, but have to lead somewhere.
-- Output:  the link with its text and the class `reference`, so that DOCX can make a field of it.

local NO_BREAK = '\u{a0}'

local function unescaped(target)
  return (target:gsub('%%(%x%x)', function(hex) return string.char(tonumber(hex, 16)) end))
end

local function has_references(doc)
  local found = false
  doc.blocks:walk { Link = function(link) found = found or link.target:match '^#' ~= nil end }
  return found
end

function Pandoc(doc)
  if not has_references(doc) then return nil end
  local names, anchors = {}, {}
  local function note(word)
    return function(element)
      local number = element.attributes.number
      anchors[element.identifier] = true
      if number then
        names[element.identifier] = word(element) .. NO_BREAK .. number
      elseif element.t == 'Header' then
        names[element.identifier] = pandoc.utils.stringify(element.content)
      end
    end
  end
  doc.blocks:walk {
    Header = note(function(header) return header.classes:includes 'appendix' and 'Appendix' or 'Section' end),
    Table = note(function() return 'Table' end),
    Figure = note(function() return 'Figure' end),
    Span = function(span) anchors[span.identifier] = true end,
  }
  local function unresolved(target, key)
    local where = key and key .. ': ' or ''
    pandoc.log.warn(('[reference-unresolved] %s`#%s` is no heading, table or figure of this document'):format(where, target))
  end
  local function resolve(key)
    return function(link)
      local target = link.target:match '^#(.+)$'
      if not target then return nil end
      target = unescaped(target)
      link.target = '#' .. target
      if not anchors[target] then unresolved(target, key) end
      if #link.content > 0 then return link end
      link.content = { pandoc.Str(names[target] or '#' .. target) }
      link.classes:insert 'reference'
      return link
    end
  end
  -- from the outside in, so that a link in a value is met with the value's key, which tells the author where to look
  local function in_value(element)
    local key = element.attributes.key
    if key then return element:walk { Link = resolve(key) }, false end
  end
  doc.blocks = doc.blocks:walk { traverse = 'topdown', Span = in_value, Div = in_value, Link = resolve() }
  return doc
end
