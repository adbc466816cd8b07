-- The worker: one pandoc process that converts job after job, so that its tables are loaded once.
--
-- Frame, both ways:  u32 length of the head | head (JSON) | blobs.  The head's `blobs` lists their sizes in bytes.
-- Jobs come on stdin; answers leave on the descriptor named by SPECFLOW_ANSWER_FD, because stdout belongs to whatever a
-- filter may print. A job is
--   { text = blob, from = format, filters = {path...}, context = {...}, resource_path = {dir...},
--     outputs = { { to = format, filters = {path...}, options = {...} } ... } }
-- (blobs are counted from 1) and its answer is { log = {...} } with the shared AST (JSON) and then one blob an output, or
-- { error = { stage =, message =, traceback = }, log = {...} }.
-- Before its answer a job may ask its host, as for a picture: { ask = { fetch = path } } or { ask = { draw = {...} } }. It gets
-- a head with blobs, or { refused = why }. Before each step it says { stage = what } and waits for nothing. The worker itself opens no file that a document names.

local json, mediabag, log = pandoc.json, pandoc.mediabag, pandoc.log

local answers = assert(io.open('/dev/fd/' .. assert(os.getenv 'SPECFLOW_ANSWER_FD'), 'wb'))
local jobs = io.stdin
io.output(io.stderr)
print = function(...)
  local words = table.pack(...)
  for i = 1, words.n do words[i] = tostring(words[i]) end
  io.stderr:write(table.concat(words, '\t'), '\n')
end

--- Return exactly `size` bytes of the next job, or nil when the client is gone.
local function take(size)
  if size == 0 then return '' end
  local bytes = jobs:read(size)
  return bytes and #bytes == size and bytes or nil
end

--- Return the next frame's head and blobs, or nil at the end.
local function receive()
  local length = take(4)
  if not length then return nil end
  local head = json.decode(take(string.unpack('<I4', length)), false)
  local blobs = {}
  for i, size in ipairs(head.blobs) do blobs[i] = take(size) end
  return head, blobs
end

local function send(head, blobs)
  local sizes = pandoc.List {}
  for i, blob in ipairs(blobs) do sizes[i] = #blob end
  head.blobs = sizes
  local text = json.encode(head)
  answers:write(string.pack('<I4', #text), text)
  for _, blob in ipairs(blobs) do answers:write(blob) end
  answers:flush()
end

--- Ask the host, and return the head and the blobs of its answer, or nil and why there is none.
local function ask(question)
  send({ ask = question }, {})
  local head, blobs = receive()
  if not head then os.exit(0) end
  if head.refused then return nil, head.refused end
  return head, blobs
end

--- Return the globals that a filter sees: a fresh copy, so that nothing leaks from one job to the next.
local function environment(path, format, reader_options, writer_options, context)
  local globals = {}
  for name, value in pairs(_G) do globals[name] = value end
  globals._G = globals
  globals.FORMAT = format
  globals.PANDOC_SCRIPT_FILE = path
  globals.PANDOC_READER_OPTIONS = reader_options
  globals.PANDOC_WRITER_OPTIONS = writer_options
  globals.SPECFLOW = context
  globals.SPECFLOW_ASK = ask
  return globals
end

local stage -- what is running now, for the error message; the host is told of filters, since they may end all this

local function enter(name)
  stage = name
  send({ stage = name }, {})
end

local function filtered(doc, paths, format, reader_options, writer_options, context)
  for _, path in ipairs(paths or {}) do
    enter('filter ' .. path)
    if path:match '%.lua$' then
      local globals = environment(path, format, reader_options, writer_options, context)
      doc = pandoc.utils.run_lua_filter(doc, path, globals)
    else
      doc = pandoc.utils.run_json_filter(doc, path, { format })
    end
  end
  return doc
end

local MOST_READ = 4
local known = {} -- the last texts that were read, and their documents, the newest first

--- Return the document of a text. Documents of one template and shape have the same text, since their values are bound into it
-- afterwards: what was read is not read again, unless the reader had something to say of it.
local function read(text, format, options)
  local name = format .. '\0' .. text
  local at = 1
  while known[at] and known[at].name ~= name do at = at + 1 end
  local found = table.remove(known, at)
  if not found then
    local messages, doc = log.silence(pandoc.read, text, format, options)
    if #messages > 0 then return pandoc.read(text, format, options) end
    found = { name = name, doc = doc }
  end
  table.insert(known, 1, found)
  known[MOST_READ + 1] = nil
  return found.doc:clone() -- a filter's changes are not those of the next job
end

local function convert(job, blobs, made)
  mediabag.empty() -- it would carry one document's images into the next
  enter 'reader'
  local reader_options = pandoc.ReaderOptions {}
  local doc = read(blobs[job.text], job.from, reader_options)
  doc = filtered(doc, job.filters, '', reader_options, nil, job.context)
  enter 'json writer'
  made[1] = pandoc.write(doc, 'json')
  for i, output in ipairs(job.outputs) do
    stage = output.to .. ' options'
    local writer_options = pandoc.WriterOptions(output.options)
    local own = filtered(doc, output.filters, output.to, reader_options, writer_options, job.context)
    enter(output.to .. ' writer')
    for key in pairs(own.meta) do
      if key ~= 'title' and key ~= 'lang' and key ~= 'dir' then own.meta[key] = nil end -- DOCX would make properties of them
    end
    made[i + 1] = pandoc.write(own, output.to, writer_options)
  end
end

send({ ready = tostring(PANDOC_VERSION) }, {})
while true do
  local job, blobs = receive()
  if not job then break end
  local answer, made = {}, {}
  local function attempt()
    local trace
    local function note(fault)
      trace = debug.traceback()
      return fault
    end
    local ok, fault = xpcall(convert, note, job, blobs, made)
    if not ok then answer.error = { stage = stage, message = tostring(fault), traceback = trace } end
  end
  -- silence() and with_state() do not restore what they changed when their callback throws: the xpcall has to be inside
  local messages = log.silence(function()
    pandoc.with_state({ resource_path = job.resource_path }, attempt)
  end)
  answer.log = pandoc.List {}
  for i = #messages, 1, -1 do answer.log:insert(json.decode(json.encode(messages[i]), false)) end -- the last one comes first
  send(answer, answer.error and {} or made)
  collectgarbage()
end
