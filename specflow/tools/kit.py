"""What one worker keeps ready: the foreign programs, and the house style prepared for them."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from specflow.house import House
from specflow.tools.pandoc import Pandoc
from specflow.tools.typst import Typst


class Tools:
    """One pandoc, one Typst and one house style; a context manager that ends what it started."""

    def __init__(self, pandoc: Pandoc | None = None, typst: Typst | None = None, house: House | None = None) -> None:
        self.pandoc = pandoc or Pandoc()
        self.typst = typst or Typst()
        self.house = house or House()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def prepare(self) -> Self:
        """Return the tools, the programs starting meanwhile: the first document finds them ready."""
        self.pandoc.prepare()
        return self

    def close(self) -> None:
        """End the pandoc worker and remove temporary files; both would come back with the next job."""
        self.pandoc.close()
        self.house.close()
