--- Links to other documents of the batch: what the host knows of their specs. Filters use this; it is no filter.
--
-- Loaded with the global SPECFLOW_ASK, which is nil where pandoc runs by hand: then no link is one. Gives a function of a link and
-- the data key that it came from. A link to a spec, by its path with or without `.yaml` or by the document's id, gets the class
-- `sibling` and the spec's path as its target; filters/siblings.lua makes it lead to the edition of each format.

local ask = ...

--- Return whether the target may be that of a spec: a relative one that names a YAML file, or nothing with a suffix.
local function is_likely(target)
  local path = target:gsub('[?#].*$', '')
  if path == '' or path:match '^/' or path:match '^[%a][%w+.-]*:' then return false end
  local name = path:match '[^/]*$'
  return name ~= '' and (name:match '%.ya?ml$' or not name:match '%.%a%w?%w?%w?$')
end

return function(link, key)
  if not ask or not is_likely(link.target) then return link end
  local found, why = ask { sibling = link.target }
  if not found then
    if why ~= '' then pandoc.log.warn(('[link-dangling] %s: %s'):format(key, why)) end
  else
    link.target = found.target
    link.classes:insert 'sibling'
  end
  return link
end
