"""How things are measured: work in other processes, both sides in turn, the median of several times."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from orchestration import layout
from tests.bench import machine


@dataclass
class Row:
    """One line of the table. `samples` keeps every single measurement."""

    name: str
    what: str
    measured: str
    goal: str
    is_met: bool | None
    detail: str
    value: float | None = None
    limit: float | None = None
    samples: dict[str, list[float]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As it stands in the JSON file."""
        return asdict(self)


Side = Callable[[], float]


class MeasurementError(Exception):
    """A piece of work that was to be measured did not do its work."""


def in_turn(sides: Mapping[str, Side], repeats: int) -> dict[str, list[float]]:
    """Measure all sides once, then all of them again: what else the machine does meets them alike."""
    samples: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(repeats):
        for name, side in sides.items():
            samples[name].append(side())
    return samples


def median(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def work(task: str, **arguments: Any) -> dict[str, Any]:
    """Do one task of the worker in a process of its own; returns what it measured."""
    done = _run([sys.executable, "-m", "tests.bench.worker", task, json.dumps(arguments, default=str)])
    measured: dict[str, Any] = json.loads(done.splitlines()[-1])
    if measured.get("errors"):
        raise MeasurementError(f"{task}: {measured['errors'][0]}")
    return measured


def funnel(config: Path, *command: str) -> float:
    """Run a `funnel` command as a user does; returns its seconds, the start of the interpreter included."""
    started = time.perf_counter()
    _run([os.fspath(Path(sys.executable).with_name("funnel")), "--config", os.fspath(config), *command])
    return time.perf_counter() - started


def seconds(value: float) -> str:
    """Seconds as the table shows them."""
    return f"{value:.1f} s" if value < 100 else f"{value:.0f} s"


def _run(command: list[str]) -> str:
    environment = {**os.environ, **machine.QUIET}
    done = subprocess.run(
        command, cwd=layout.PROJECT_ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-600:]
        raise MeasurementError(f"{' '.join(command[1:4])} ended with code {done.returncode}: {said}")
    return done.stdout
