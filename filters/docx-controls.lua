--- DOCX: marks what is to become a content control in each row of the approval block.
--
-- Input:  the table that approval.lua makes, and what specflow tells of the sign-off (SPECFLOW.signoff).
-- Output: in the rows of roles that sign, bookmarks `_sf_role_<number>_<part>` around name, decision, comment and date, and in
--         the cell to be signed; the number is the role's in the sign-off, from 1. A part that is not there gets a place of
--         its own. specflow/finish/docx_controls.py makes the controls.

local modules = pandoc.path.join { pandoc.path.directory(PANDOC_SCRIPT_FILE), 'modules' }
local signoff = assert(loadfile(pandoc.path.join { modules, 'context.lua' }))(SPECFLOW).signoff

local numbers = {} -- of the roles, by data key
for number, role in ipairs(signoff and signoff.roles or {}) do numbers[role.key] = number end

local marked = {} -- a role's controls stand in the first row that it has
local ids = 700000 -- of bookmarks, far from those of other writers

--- Return the inlines with the bookmark of a part around them.
local function marks(number, part, inlines)
  ids = ids + 1
  local start = ('<w:bookmarkStart w:id="%d" w:name="_sf_role_%d_%s"/>'):format(ids, number, part)
  return pandoc.Inlines { pandoc.RawInline('openxml', start) } .. inlines
    .. { pandoc.RawInline('openxml', ('<w:bookmarkEnd w:id="%d"/>'):format(ids)) }
end

--- Return the lines that inlines make.
local function lines_of(inlines)
  local lines = pandoc.List {}
  if #inlines > 0 then lines:insert(pandoc.Inlines {}) end
  for _, inline in ipairs(inlines) do
    if inline.t == 'LineBreak' then lines:insert(pandoc.Inlines {}) else lines[#lines]:insert(inline) end
  end
  return lines
end

local function inlines_of(lines)
  local inlines = pandoc.Inlines {}
  for i, line in ipairs(lines) do
    if i > 1 then inlines:insert(pandoc.LineBreak()) end
    inlines:extend(line)
  end
  return inlines
end

--- Change the first paragraph of the blocks, which may stand in a Div for its language; return if there is one.
local function change_first(blocks, change)
  for i, block in ipairs(blocks) do
    if block.t == 'Plain' or block.t == 'Para' then
      block.content = change(block.content)
      blocks[i] = block
      return true
    end
    local inner = block.t == 'Div' and block.content
    if inner and change_first(inner, change) then
      block.content = inner
      blocks[i] = block
      return true
    end
  end
  return false
end

--- Change the lines of a cell.
local function change_lines(cell, change)
  local function changed(inlines)
    local lines = lines_of(inlines)
    change(lines)
    return inlines_of(lines)
  end
  local blocks = cell.contents
  if not change_first(blocks, changed) then blocks:insert(pandoc.Plain(changed(pandoc.Inlines {}))) end
  cell.contents = blocks
end

--- Return the data key of the first value in inlines or blocks that is called so: `approvals[0]` of `approvals[0].name`.
local function key_of(content, part)
  local key
  content:walk {
    Span = function(span)
      key = key or (span.attributes.key or ''):match('^(.+)%.' .. part .. '$')
    end,
  }
  return key
end

--- Mark the line that holds a value, or a new one where the cell has none: the first, or the last.
local function mark_value(lines, number, part, is_first)
  for at, line in ipairs(lines) do
    if key_of(line, part) then
      lines[at] = marks(number, part, line)
      return
    end
  end
  lines:insert(is_first and 1 or #lines + 1, marks(number, part, pandoc.Inlines {}))
end

local function mark_first(lines, number, part) lines[1] = marks(number, part, lines[1] or pandoc.Inlines {}) end

local function mark_row(row)
  local cells = row.cells
  local key = #cells == 5 and key_of(cells[1].contents, 'role')
  local number = key and numbers[key]
  if not number or marked[number] then return row end
  marked[number] = true
  change_lines(cells[2], function(lines) mark_value(lines, number, 'name', true) end)
  change_lines(cells[3], function(lines)
    mark_first(lines, number, 'decision')
    mark_value(lines, number, 'comment', false)
  end)
  change_lines(cells[4], function(lines) mark_first(lines, number, 'date') end)
  change_lines(cells[5], function(lines) mark_first(lines, number, 'signature') end)
  row.cells = cells
  return row
end

local function mark_table(tbl)
  for _, body in ipairs(tbl.bodies) do
    for at, row in ipairs(body.body) do body.body[at] = mark_row(row) end
  end
  return tbl
end

return {
  {
    Div = function(div)
      if signoff and div.classes:includes 'approval-block' then return div:walk { Table = mark_table } end
    end,
  },
}
