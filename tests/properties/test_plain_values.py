"""A value of words and simple code, which is not parsed, is bound as pandoc's reader would have read it."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

from effort import examples

from specflow import assets
from specflow.tools.pandoc import find_pandoc

_PROGRAM = """
local filters = arg[1]
local values = assert(loadfile(filters .. '/modules/values.lua'))(filters, {}, function() return nil, '' end)
local function kinds(blocks)
  local found = {}
  local function note(element) found[element.t] = true end
  blocks:walk { Block = note, Inline = note }
  return found
end
local PLAIN = { Para = true, Str = true, Space = true, SoftBreak = true, Code = true }
local unlike, plain = {}, 0
for _, text in ipairs(pandoc.json.decode(io.read 'a', false)) do
  local read = pandoc.read(text .. '\\n', 'gfm').blocks
  local bound = values.prose_blocks { kind = 'prose', key = 'k', value = text }
  local wanted, found = kinds(read), kinds(bound)
  local is_plain = true
  for kind in pairs(wanted) do
    is_plain = is_plain and PLAIN[kind]
  end
  if is_plain then
    plain = plain + 1
    if read ~= bound then unlike[#unlike + 1] = text end
  else
    local changed = { Span = true, Math = true, RawInline = true, RawBlock = true, Div = true } -- which may become text
    local is_changed = false
    for kind in pairs(wanted) do is_changed = is_changed or changed[kind] end
    for kind in pairs(wanted) do
      if not is_changed and not found[kind] then unlike[#unlike + 1] = text break end
    end
  end
end
io.write(pandoc.json.encode { plain = plain, unlike = pandoc.List(unlike) })
"""

_PIECES = [
    *("word", "of", "x", "7", "é", "中文", "a_b", "snake_case_name", "__init__", "1", "12", "www", "http", "e.g", "US"),
    *(" ", " ", " ", " ", " ", " ", "  ", "\n", "\n", "\n\n", "\n\n\n", "\n    ", "\t"),
    *(
        "`",
        "`",
        "`code`",
        "`a b`",
        "`$x`",
        "`` a ` b ``",
        "`|`",
        "_",
        "*",
        "**",
        "~~",
        "$",
        "^",
        "\\",
        "<",
        ">",
        "&",
        "&amp;",
    ),
    *(
        "[",
        "]",
        "(",
        ")",
        "!",
        "#",
        "# ",
        "- ",
        "+ ",
        "+",
        "1. ",
        "2) ",
        "> ",
        "| ",
        "|",
        "---",
        "===",
        ":-",
        ":",
        ": ",
        "://",
    ),
    *(".", ",", ";", "?", "'", '"', "/", "%", "=", "@", ":smile:", "Table:", "{", "}", "-"),
]


def test_plain_values_are_bound_as_they_would_be_read(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311  (the same texts every time)
    texts: list[str] = []
    while len(texts) < examples(1000):
        pieces = chance.choices(_PIECES[: chance.choice((22, 28, 40, len(_PIECES)))], k=chance.randint(1, 12))
        text = "".join(pieces).strip()
        if text and "Table:" not in text:
            texts.append(text)
    program = tmp_path / "program.lua"
    program.write_text(_PROGRAM, "utf-8")
    ran = subprocess.run(
        [find_pandoc(), "lua", program, assets.filters()],
        input=json.dumps(texts).encode(),
        capture_output=True,
        check=True,
    )
    found = json.loads(ran.stdout)
    assert found["unlike"] == []
    assert found["plain"] > len(texts) // 4
