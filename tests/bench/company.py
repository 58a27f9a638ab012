"""A simulated company of the benchmark: its vendors in another process, and folders that the pipeline works in."""

import datetime as dt
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from orchestration import company as companies
from orchestration import layout

AS_OF = dt.date(2026, 6, 30)
SEED = 7


class Company:
    """One company and its running vendors; use it in a `with` block."""

    def __init__(self, folder: Path, scale: float) -> None:
        """Start nothing yet."""
        self.folder = folder
        self.scale = scale
        self.as_of = AS_OF
        self.port = 0

    def __enter__(self) -> Self:
        """Start the vendors and read everything once, so that they have generated what they serve."""
        options = ["--seed", str(SEED), "--scale", str(self.scale), "--as-of", AS_OF.isoformat()]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.sandbox_process", *options],
            cwd=layout.PROJECT_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = self._answer()["port"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the vendors end; a large company's may take minutes to give back what they remember, and need not."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def place(self, name: str) -> Path:
        """An empty folder of this company, ready for a first run; returns its configuration."""
        folder = self.folder / f"{self.scale:g}" / name
        shutil.rmtree(folder, ignore_errors=True)
        return self.refresh(folder)

    def refresh(self, folder: Path) -> Path:
        """Write the files and the date as they are at the company today; returns the configuration."""
        (folder / "imports").mkdir(parents=True, exist_ok=True)
        self._tell({"files": str(folder / "imports")})
        return companies.write_demo(folder, port=self.port, as_of=self.as_of)

    def advance(self, days: int) -> None:
        """Let days pass at the vendors."""
        self.as_of += dt.timedelta(days=days)
        self._tell({"advance": self.as_of.isoformat()})

    def _tell(self, content: dict[str, str]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(content) + "\n")
        self._process.stdin.flush()
        self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the simulated vendors ended")
        answer: dict[str, Any] = json.loads(line)
        return answer


def place_without_vendors(folder: Path) -> Path:
    """An empty folder whose sources nobody answers; returns its configuration."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return companies.write_demo(folder, port=1, as_of=AS_OF)
