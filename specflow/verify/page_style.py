"""The look of the report's page: light and dark, wide and phone-narrow, without script and without foreign files."""

from __future__ import annotations

STYLE = """\
:root { --ink: #1b2430; --paper: #ffffff; --soft: #f3f5f8; --line: #c3cad4; --muted: #4d5866; --good: #1c6b35;
  --bad: #a3201d; --gone: #fbdcda; --come: #d5f0dc; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaf0; --paper: #14181f; --soft: #1e242d; --line: #465160; --muted: #aeb8c6; --good: #7fd398;
    --bad: #ff9c94; --gone: #5a2522; --come: #1d4a2b; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, "Segoe UI", Arial, sans-serif; overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.25; }
h2 { margin-top: 2.5rem; padding-top: 1rem; border-top: 2px solid var(--line); }
h3 { margin-bottom: 0; }
h4 { margin: 0; font-size: 0.85rem; color: var(--muted); }
code { font-family: ui-monospace, Consolas, "Liberation Mono", monospace; font-size: 0.95em; }
.good, .passed { color: var(--good); }
.bad, .failed { color: var(--bad); font-weight: bold; }
.not-compared, .about, .where, .digest { color: var(--muted); }
.about { margin-top: 0; }
.digest { display: block; font: 0.8rem/1.4 ui-monospace, Consolas, monospace; }
.where { margin: 0; padding: 0.4rem 0.75rem; font-size: 0.9rem; border-bottom: 1px solid var(--line); }
.difference { margin: 0.75rem 0; border: 1px solid var(--line); border-radius: 0.3rem; background: var(--soft); }
.sides { display: grid; grid-template-columns: 1fr 1fr; }
.side { padding: 0.5rem 0.75rem; min-width: 0; }
.side + .side { border-inline-start: 1px solid var(--line); }
.text { white-space: pre-wrap; }
.text.code { font: 0.9em/1.45 ui-monospace, Consolas, "Liberation Mono", monospace; }
del, ins { color: inherit; border-radius: 0.15rem; padding: 0 0.1rem; }
del { background: var(--gone); text-decoration: line-through; }
ins { background: var(--come); text-decoration: underline; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 0.25rem 0.6rem; text-align: start; border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: 0.5rem 0; font-weight: bold; }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
@media (max-width: 40rem) {
  .sides { grid-template-columns: 1fr; }
  .side + .side { border-inline-start: 0; border-top: 1px solid var(--line); }
}
@media print { .difference { break-inside: avoid; } }
"""
