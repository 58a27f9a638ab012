"""A conversation with Spark from the main environment: statements in, rows out, over a process of its own."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ingestion.settings import Settings
from orchestration.errors import EngineError
from orchestration.spark import environment

_WORKER = Path(__file__).with_name("worker.py")

Rows = list[list[Any]]


class Session:
    """Statements that one Spark process answers, one after the other."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self._process = process
        self._log = log
        self._answer()

    def execute(self, statement: str) -> tuple[list[tuple[str, str]], Rows]:
        """Columns with their Spark types, and rows; decimals, dates and timestamps as text.

        Raises EngineError with what Spark said.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"statement": statement}) + "\n")
            self._process.stdin.flush()
        except OSError:
            raise self._gone() from None
        answer = self._answer()
        return [(name, kind) for name, kind in answer["columns"]], answer["rows"]

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise self._gone()
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise EngineError(answer["error"])
        return answer

    def _gone(self) -> EngineError:
        self._process.wait()
        said = [line for line in self._log.read_text(errors="replace").splitlines() if line.strip()]
        return EngineError(f"the Spark process ended with code {self._process.returncode}: {' '.join(said[-2:])[:500]}")


@contextmanager
def session(settings: Settings) -> Iterator[Session]:
    """A session that ends with the block. Raises EngineError when Spark does not start."""
    environment.require_cluster(settings)
    variables = environment.variables(settings)
    log = environment.home(settings) / "session.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [os.fspath(environment.python(settings)), os.fspath(_WORKER)],
            env={**os.environ, **variables},
            cwd=environment.home(settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        yield Session(process, log)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
