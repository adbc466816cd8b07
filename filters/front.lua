--- Front matter: the metadata that no writer shows becomes a table in the title block, in the same words everywhere.
--
-- Input:  metadata (the YAML at the top of the template), and whatever stands before the first heading.
-- Output: Div.front with those blocks and a two-column table, then an empty Div.contents where the contents list goes.
-- The order and the labels come from the template's manifest: SPECFLOW.front_matter, or by hand the same in the file that
-- SPECFLOW_CONTEXT names, {"front_matter": [{"key": "version", "label": "Version"}]}. Where neither says, all scalars and
-- lists are shown in alphabetical order, labelled by their keys.

local modules = pandoc.path.join { pandoc.path.directory(PANDOC_SCRIPT_FILE), 'modules' }
local context = assert(loadfile(pandoc.path.join { modules, 'context.lua' }))(SPECFLOW)

local IGNORED = { title = true, lang = true }

local function label_of(key)
  local words = key:gsub('[_-]', ' ')
  return words:sub(1, 1):upper() .. words:sub(2)
end

local function entries(meta)
  local wanted = context.front_matter
  if wanted then return wanted end
  local out = pandoc.List {}
  for key in pairs(meta) do
    if not IGNORED[key] then out:insert { key = key, label = label_of(key) } end
  end
  out:sort(function(a, b) return a.key < b.key end)
  return out
end

--- Return the inlines that show a metadata value, or nil for one that has nothing to show.
local function shown(value)
  local kind = pandoc.utils.type(value)
  if kind == 'Inlines' then return #value > 0 and value or nil end
  if kind == 'Blocks' then return pandoc.utils.blocks_to_inlines(value) end
  if kind == 'string' then return value ~= '' and pandoc.Inlines(value) or nil end
  if kind == 'boolean' then return pandoc.Inlines(value and 'yes' or 'no') end
  if kind ~= 'List' then return nil end
  local out = pandoc.Inlines {}
  for _, item in ipairs(value) do
    local inlines = shown(item)
    if inlines then
      if #out > 0 then out:extend { pandoc.Str ',', pandoc.Space() } end
      out:extend(inlines)
    end
  end
  return #out > 0 and out or nil
end

local function information(meta)
  local rows = pandoc.List {}
  for _, entry in ipairs(entries(meta)) do
    local inlines = meta[entry.key] ~= nil and shown(meta[entry.key]) or nil
    if inlines then
      rows:insert(pandoc.Row {
        pandoc.Cell { pandoc.Plain { pandoc.Strong(pandoc.Inlines(entry.label)) } },
        pandoc.Cell { pandoc.Plain(inlines) },
      })
    end
  end
  if #rows == 0 then return nil end
  local left = pandoc.AlignLeft
  local body = { attr = pandoc.Attr(), body = rows, head = {}, row_head_columns = 1 }
  local attr = pandoc.Attr('', { 'document-information' })
  return pandoc.Table({ long = {}, short = nil }, { { left, 0.28 }, { left, 0.72 } }, pandoc.TableHead(), { body },
    pandoc.TableFoot(), attr)
end

function Pandoc(doc)
  local tbl = information(doc.meta)
  if not tbl then return nil end
  local front = pandoc.Blocks {}
  while doc.blocks[1] and doc.blocks[1].t ~= 'Header' do front:insert(doc.blocks:remove(1)) end
  front:insert(tbl)
  doc.blocks:insert(1, pandoc.Div({}, pandoc.Attr('', { 'contents' })))
  doc.blocks:insert(1, pandoc.Div(front, pandoc.Attr('', { 'front' })))
  return doc
end
