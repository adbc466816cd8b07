--- What specflow tells the filters about a document. Filters use this; it is no filter.
--
-- Loaded with the global SPECFLOW, which is nil where pandoc runs by hand: then the JSON file that the environment variable
-- SPECFLOW_CONTEXT names stands for it. Gives a table, empty where nothing is told.

local given = ...
if given then return given end
local path = os.getenv 'SPECFLOW_CONTEXT'
if not path then return {} end
local file = assert(io.open(path, 'rb'))
local text = file:read 'a'
file:close()
return pandoc.json.decode(text, false)
