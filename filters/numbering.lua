--- Numbering: the one place where numbers are computed.
--
-- Input:   headings; those of class `unnumbered`, and what stands below them, get none; `appendix` ones get a letter.
-- Output:  the attribute `number` on every heading ("3", "3.1", "A", "A.2"), and on every captioned table and figure ("3",
--          in appendices "A-1"); and `label`, the number as it is printed ("3.1", "Appendix A", "Table A-1"). Headings in
--          appendices also get `appendix=yes`. The formats' own filters print the labels.

local modules = pandoc.path.join { pandoc.path.directory(PANDOC_SCRIPT_FILE), 'modules' }
local labels = assert(loadfile(pandoc.path.join { modules, 'labels.lua' }))(modules, SPECFLOW)

--- Return 1 as A, 26 as Z, 27 as AA, 28 as BB: the series that Word counts (ECMA-376 part 1, 17.18.59, upperLetter), so that
-- its own numbering agrees.
local function letters(number) return string.char(65 + (number - 1) % 26):rep((number - 1) // 26 + 1) end

function Pandoc(doc)
  local counters = {}              -- sections, by level
  local appendix, appendices = nil, 0 -- the level of the appendix that we are in, and how many there were
  local silent                     -- the level of the unnumbered heading that we are below
  local captions = {}              -- tables and figures, by kind and appendix

  local function count(level)
    counters[level] = (counters[level] or 0) + 1
    for deeper = level + 1, 9 do counters[deeper] = nil end
  end

  --- Return the counters from one level to another as "2.1"; a level that was skipped counts as 1.
  local function dotted(from, to)
    local parts = {}
    for level = from, to do
      counters[level] = counters[level] or 1
      parts[#parts + 1] = tostring(counters[level])
    end
    return table.concat(parts, '.')
  end

  local function header(element)
    local level = element.level
    if silent and level <= silent then silent = nil end
    if appendix and level <= appendix then appendix = nil end
    if element.classes:includes 'appendix' then
      appendix, silent = level, nil
      appendices = appendices + 1
      for deeper = level + 1, 9 do counters[deeper] = nil end
      element.attributes.number = letters(appendices)
    elseif element.classes:includes 'unnumbered' then
      silent = silent or level
      return element
    elseif silent then
      element.classes:insert 'unnumbered'
      return element
    else
      count(level)
      if appendix then
        element.attributes.number = letters(appendices) .. '.' .. dotted(appendix + 1, level)
      else
        element.attributes.number = dotted(1, level)
      end
    end
    if appendix then element.attributes.appendix = 'yes' end
    local number = element.attributes.number
    local is_chief = element.classes:includes 'appendix'
    element.attributes.label = is_chief and labels('appendix', { number = number }) or number
    return element
  end

  local function captioned(kind)
    return function(element)
      if #element.caption.long == 0 then return nil end
      local prefix = appendix and letters(appendices) .. '-' or ''
      captions[kind .. prefix] = (captions[kind .. prefix] or 0) + 1
      element.attributes.number = prefix .. captions[kind .. prefix]
      element.attributes.label = labels(kind, { number = element.attributes.number })
      return element
    end
  end

  doc.blocks = doc.blocks:walk {
    traverse = 'topdown', -- in the order of the document, whatever the element
    Header = header,
    Table = captioned 'table',
    Figure = captioned 'figure',
  }
  return doc
end
