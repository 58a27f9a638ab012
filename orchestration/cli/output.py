"""How the command line speaks: tables and bars on a terminal, plain lines off it, JSON on request, exit codes."""

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import typer

from ingestion.errors import ConfigurationError, FunnelhouseError
from orchestration import builds, progress
from orchestration.errors import GateRefused, LockedError, PipelineError, SourceFailed, WrongQuestion


class Exit(IntEnum):
    """Exit codes that other programs rely on."""

    FINE = 0
    REFUSED = 1
    WRONG_USE = 2
    SOURCE_FAILED = 3
    LOCKED = 4


@contextmanager
def errors_as_exit_codes(*, as_json: bool = False) -> Iterator[None]:
    """Turn expected failures into one message and their exit code."""
    try:
        yield
    except LockedError as error:
        _leave(str(error), Exit.LOCKED, as_json)
    except SourceFailed as error:
        _leave(str(error), Exit.SOURCE_FAILED, as_json)
    except GateRefused as error:
        _leave(str(error), Exit.REFUSED, as_json, reasons=error.reasons)
    except WrongQuestion as error:
        _leave(str(error), Exit.WRONG_USE, as_json)
    except PipelineError as error:
        _leave(str(error), Exit.REFUSED, as_json)
    except ConfigurationError as error:
        _leave(str(error), Exit.WRONG_USE, as_json)
    except FunnelhouseError as error:
        _leave(str(error), Exit.SOURCE_FAILED, as_json)


def show(value: Mapping[str, Any], *, as_json: bool, lines: Sequence[str] = ()) -> None:
    """Print a result: the whole of it as JSON, or the lines meant for people."""
    if as_json:
        print(json.dumps(value, indent=1, default=builds.as_json))
    else:
        for line in lines:
            say(line)


def say(text: str) -> None:
    """One line for people; never interpreted as markup."""
    print(text, flush=True)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table; off a terminal it is as wide as its content."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(title=title, title_justify="left")
    for position, name in enumerate(columns):
        numbers = rows and all(isinstance(row[position], int | float | None) for row in rows)
        shown.add_column(name, justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        shown.add_row(*("" if cell is None else _escaped(cell) for cell in row))
    console = Console()
    Console(width=None if console.is_terminal else 10_000).print(shown)


@contextmanager
def progress_shown(*, quiet: bool) -> Iterator[None]:
    """Show the steps of the block: a bar on a terminal, one line per step elsewhere, nothing when quiet."""
    if quiet:
        yield
        return
    with progress.listening(_Bar() if sys.stderr.isatty() else _Lines()):
        yield


class _Lines:
    """One plain line per finished step."""

    def __init__(self) -> None:
        self._name: str | None = None
        self._began = 0.0
        self._count = 0

    def phase(self, name: str) -> None:
        self.end()
        self._name, self._began, self._count = name, time.monotonic(), 0

    def advance(self, *_: Any, **__: Any) -> None:
        self._count += 1

    def end(self) -> None:
        if self._name:
            print(f"{self._name}: {time.monotonic() - self._began:.1f} s", file=sys.stderr, flush=True)
        self._name = None


class _Bar:
    """A live bar per step."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[detail]}"),
            console=Console(stderr=True),
        )
        self._task: Any = None
        self._bars.start()

    def phase(self, name: str) -> None:
        self._finish()
        self._task = self._bars.add_task(name, total=None, detail="")

    def advance(self, text: Any = "", done: int | None = None, total: int | None = None) -> None:
        if self._task is None:
            return
        if done is None:
            self._bars.update(self._task, advance=1, total=total, detail=_escaped(text)[:60])
        else:
            self._bars.update(self._task, completed=done, total=total, detail=_escaped(text)[:60])

    def end(self) -> None:
        self._finish()
        self._bars.stop()

    def _finish(self) -> None:
        if self._task is not None:
            completed = self._bars.tasks[-1].completed or 1
            self._bars.update(self._task, completed=completed, total=completed, detail="")
        self._task = None


def _escaped(value: Any) -> str:
    from rich.markup import escape

    return escape(str(value))


def _leave(message: str, code: Exit, as_json: bool, **more: Any) -> None:
    if as_json:
        print(json.dumps({"error": message, "exit_code": int(code), **more}, indent=1))
    else:
        print(f"funnel: {message}", file=sys.stderr)
    raise typer.Exit(int(code))
