--- Rules: a horizontal rule that a page break makes pointless goes.
--
-- Input:   `---` before a heading of class `newpage`.
-- Output:  the heading alone; other rules stay.

function Blocks(blocks)
  for i = #blocks - 1, 1, -1 do
    local following = blocks[i + 1]
    if blocks[i].t == 'HorizontalRule' and following.t == 'Header' and following.classes:includes 'newpage' then
      blocks:remove(i)
    end
  end
  return blocks
end
