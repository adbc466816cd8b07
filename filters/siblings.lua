--- Siblings: a link to another spec leads to that document's edition of the same format.
--
-- Input:   links with the class `sibling` to `../ledger/ledger.yaml`, in the AST that is written as one format.
-- Output:  links to `../ledger/ledger.docx`, `.pdf` or `.html`, without the class.

local SUFFIXES = { docx = 'docx', typst = 'pdf', html5 = 'html', html = 'html' }

function Link(link)
  if not link.classes:includes 'sibling' then return nil end
  link.classes = link.classes:filter(function(class) return class ~= 'sibling' end)
  link.target = link.target:gsub('%.ya?ml(#?[^#]*)$', '.' .. assert(SUFFIXES[FORMAT], 'there is no edition of ' .. FORMAT) .. '%1')
  return link
end
