--- References: a link without text to a heading, table or figure reads "Section 3.1", "Appendix B", "Table A-1" or "Figure 2",
-- and to an unnumbered heading its title.
--
-- Input:   `[](#tbl-latency)` after filters/numbering.lua; links with text are left alone, but have to lead somewhere. A heading
--          is known by its identifier and, where no other is called so, by the names in its attribute `aliases`.
-- Output:  the link with its text, the class `reference`, and the attributes `kind` (section, appendix, table, figure) and
--          `number`, so that DOCX can make a field of it. The attribute `aliases` is gone.

local modules = pandoc.path.join { pandoc.path.directory(PANDOC_SCRIPT_FILE), 'modules' }
local labels = assert(loadfile(pandoc.path.join { modules, 'labels.lua' }))(modules, SPECFLOW)

local stringify = pandoc.utils.stringify

local function unescaped(target)
  return (target:gsub('%%(%x%x)', function(hex) return string.char(tonumber(hex, 16)) end))
end

--- Return the words of a reference to a numbered element; a line must not break before the number.
local function words_for(kind, number) return (labels(kind, { number = number }):gsub(' ', '\u{a0}')) end

local function kind_of(element)
  if element.t ~= 'Header' then return element.t:lower() end
  return element.classes:includes 'appendix' and 'appendix' or 'section'
end

function Pandoc(doc)
  local anchors = {}  -- by identifier: what stands there
  local aliases = {}  -- by alias: the identifiers of the headings that are called so
  local function note(element)
    local number = element.attributes.number
    local found = { number = number, kind = number and kind_of(element) }
    found.text = number and words_for(found.kind, number) or element.t == 'Header' and stringify(element.content) or nil
    anchors[element.identifier] = found
    for alias in (element.attributes.aliases or ''):gmatch '%S+' do
      aliases[alias] = aliases[alias] or pandoc.List {}
      aliases[alias]:insert(element.identifier)
    end
    if not element.attributes.aliases then return nil end
    element.attributes.aliases = nil
    return element
  end
  doc.blocks = doc.blocks:walk { Header = note, Table = note, Figure = note }

  local spans -- their identifiers; most documents have no link to one, and to look for them takes long
  local function is_span(id)
    if not spans then
      spans = {}
      doc.blocks:walk { Span = function(span) spans[span.identifier] = true end }
    end
    return spans[id]
  end

  --- Return the identifier that the target means, or nil and why it means none.
  local function identifier_of(target)
    if anchors[target] or is_span(target) then return target end
    local called = aliases[target] or {}
    if #called == 1 then return called[1] end
    if #called == 0 then return nil, 'is no heading, table or figure of this document' end
    return nil, 'may be ' .. table.concat(called:map(function(id) return '`#' .. id .. '`' end), ' or ')
  end

  local function target_of(link)
    local target = link.target:match '^#(.+)$'
    return target and unescaped(target)
  end

  local are_lost = false
  doc.blocks = doc.blocks:walk {
    Link = function(link)
      local target = target_of(link)
      if not target then return nil end
      local id = identifier_of(target)
      are_lost = are_lost or not id
      link.target = '#' .. (id or target)
      if #link.content > 0 then return link end
      local found = anchors[id] or {}
      link.content = { pandoc.Str(found.text or '#' .. target) }
      link.classes:insert 'reference'
      link.attributes.kind = found.kind
      link.attributes.number = found.number
      return link
    end,
  }
  if are_lost then
    -- once more, from the outside in, so that a link in a value is met with the value's key, which tells the author where to look
    local function tell(key)
      return function(link)
        local target = target_of(link)
        local id, why = identifier_of(target or '')
        if target and not id then
          pandoc.log.warn(('[reference-unresolved] %s`#%s` %s'):format(key and key .. ': ' or '', target, why))
        end
      end
    end
    local function in_value(element)
      local key = element.attributes.key
      if not key then return nil end
      element:walk { Link = tell(key) }
      return element, false
    end
    doc.blocks:walk { traverse = 'topdown', Span = in_value, Div = in_value, Link = tell() }
  end
  return doc
end
