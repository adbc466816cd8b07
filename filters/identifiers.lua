--- Identifiers: every heading, captioned table and figure gets an anchor of its own.
--
-- Input:   headings without identifiers (two values may hold the same heading), identifiers that authors wrote.
-- Output:  the authors' identifiers kept, the others made, all different: for the heading of a list's item from the item's data
--          key and name (`sec-data_design.data_models.account`, for an appendix `app-glossary`), else from the heading's words.
--          Shorter and older names of the same heading stand in its attribute `aliases`, for filters/references.lua.

local stringify = pandoc.utils.stringify

local function slug(text)
  local words = pandoc.text.lower(text):gsub('\u{a0}', ' '):gsub('[%c%p%s]+', '-'):gsub('^%-+', ''):gsub('%-+$', '')
  return words ~= '' and words or 'section'
end

--- Return the data key of the list in which the heading's item stands, and the item's name; nil if it is no item's heading.
local function item_of(header)
  local list, name
  header.content:walk {
    Span = function(span)
      local found = (span.attributes.key or ''):match '^(.-)%[%d+%]%.[%w_]+$'
      if found then list, name = found, stringify(span.content) end
    end,
  }
  return list, name
end

--- Return what an item's heading is called: its identifier, and its short name.
local function item_names(header)
  local list, name = item_of(header)
  if not list then return nil end
  if header.classes:includes 'appendix' then return 'app-' .. slug(name), nil end
  return 'sec-' .. list .. '.' .. slug(name), 'sec-' .. slug(name)
end

function Pandoc(doc)
  local taken = {}
  local function unique(wanted)
    local id, n = wanted, 1
    while taken[id] do
      n = n + 1
      id = wanted .. '-' .. n
    end
    taken[id] = true
    return id
  end
  local function keep(element)
    if element.identifier == '' then return nil end
    if not taken[element.identifier] then
      taken[element.identifier] = true
      return nil
    end
    pandoc.log.warn(('[duplicate-identifier] %s: is used twice; references lead to the first'):format(element.identifier))
    element.identifier = unique(element.identifier)
    return element
  end
  doc.blocks = doc.blocks:walk { traverse = 'topdown', Header = keep, Table = keep, Figure = keep }
  local function name_heading(header)
    local words = slug(stringify(header.content))
    local aliases = pandoc.List { words }
    if header.identifier == '' then
      local long, short = item_names(header)
      header.identifier = unique(long or words)
      aliases:insert(short)
    end
    local others = aliases:filter(function(alias) return alias ~= header.identifier end)
    if #others > 0 then header.attributes.aliases = table.concat(others, ' ') end
    return header
  end
  local function name(prefix, text_of)
    return function(element)
      local text = text_of(element)
      if element.identifier ~= '' or text == '' then return nil end
      element.identifier = unique(prefix .. slug(text))
      return element
    end
  end
  doc.blocks = doc.blocks:walk {
    traverse = 'topdown',
    Header = name_heading,
    Table = name('tbl-', function(tbl) return stringify(tbl.caption.long) end),
    Figure = name('fig-', function(figure) return stringify(figure.caption.long) end),
  }
  return doc
end
