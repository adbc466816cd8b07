"""What is wrong with a diagram's text."""

from __future__ import annotations


class DiagramInvalid(Exception):
    """The diagram cannot be drawn: `reason`, and its `line` where it is known, counted from 1 in the diagram."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason, line)
        self.reason = reason
        self.line = line

    def __str__(self) -> str:
        return f"line {self.line} of the diagram: {self.reason}" if self.line else f"the diagram {self.reason}"
