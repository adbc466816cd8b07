--- The words that filters print, in the document's language. Filters use this; it is no filter.
--
-- Loaded with the folder of the modules and the global SPECFLOW; gives a function of a label's name and what fills its
-- pattern: labels('appendix', {number = 'B'}) is "Appendix B". Where nobody tells the labels, they are English.

local ENGLISH = {
  section = 'Section {number}', appendix = 'Appendix {number}', table = 'Table {number}', figure = 'Figure {number}',
  caption = '{label}: {text}', image = 'image', diagram = 'Diagram', table_region = 'Table',
  note = 'Note', tip = 'Tip', important = 'Important', warning = 'Warning', caution = 'Caution',
  role = 'Role', who = 'Name and function', decision = 'Decision', date = 'Date', signature = 'Signature',
  approved = 'Approved', approved_with_comments = 'Approved with comments', rejected = 'Rejected', withdrawn = 'Withdrawn',
  stale = 'Stale', by_hand = 'recorded by hand', optional = 'optional',
  authorship = 'Authorship', review = 'Review', approval = 'Approval', responsibility = 'Responsibility',
  digest = 'Content digest: {digest}', content = 'Content {digest}',
  changed = 'Content {digest} has changed since it was decided on: {changes}', more = 'and {number} more',
}

local here, given = ...
local words = assert(loadfile(pandoc.path.join { here, 'context.lua' }))(given).labels or {}

return function(name, parts)
  local pattern = words[name] or assert(ENGLISH[name], 'there is no label ' .. name)
  return (pattern:gsub('{(%w+)}', parts or {}))
end
