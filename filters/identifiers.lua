--- Identifiers: every heading, captioned table and figure gets an anchor of its own.
--
-- Input:   headings without identifiers (two values may hold the same heading), identifiers that authors wrote.
-- Output:  the authors' identifiers kept, the others made from the heading's words, all different.

local stringify = pandoc.utils.stringify

local function slug(text)
  local words = pandoc.text.lower(text):gsub('\u{a0}', ' '):gsub('[%c%p%s]+', '-'):gsub('^%-+', ''):gsub('%-+$', '')
  return words ~= '' and words or 'section'
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
    if taken[element.identifier] then
      pandoc.log.warn(('[duplicate-identifier] %s: is used twice; references lead to the first'):format(element.identifier))
      element.identifier = unique(element.identifier)
    end
    taken[element.identifier] = true
    return element
  end
  doc.blocks = doc.blocks:walk { traverse = 'topdown', Header = keep, Table = keep, Figure = keep }
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
    Header = name('', function(header) return stringify(header.content) .. ' ' end),
    Table = name('tbl-', function(tbl) return stringify(tbl.caption.long) end),
    Figure = name('fig-', function(figure) return stringify(figure.caption.long) end),
  }
  return doc
end
