"""What is to be measured, and the companies that it is measured on."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.company import Company

GROWTH = 10


@dataclass
class Plan:
    """The options of a run. The small company has the chosen scale, the large one ten times that.

    `full_runs` keeps the full runs of each company by scale, so that rows share them.
    """

    scale: float
    records: int
    repeats: int
    folder: Path
    stack: ExitStack
    only: str | None = None
    full_runs: dict[float, list[Any]] = field(default_factory=dict)
    _companies: dict[float, Company] = field(default_factory=dict)

    def small(self) -> Company:
        """The company of the chosen scale, its vendors running."""
        return self._company(self.scale)

    def large(self) -> Company:
        """The company of ten times the chosen scale, its vendors running."""
        return self._company(self.scale * GROWTH)

    def _company(self, scale: float) -> Company:
        if scale not in self._companies:
            self._companies[scale] = self.stack.enter_context(Company(self.folder, scale))
        return self._companies[scale]
