"""A simulated company that is run through the command line while its vendors misbehave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from ingestion.sandbox.server import SandboxServer
from ingestion.settings import Settings, load_settings
from orchestration import company
from orchestration.serving import duckdb_file
from tests import parsed
from tests.orchestration.companies import funnel

SEED = 7
SCALE = 0.03
FIRST_DAY = date(2026, 5, 31)
NEXT_DAY = date(2026, 6, 20)


def settle(folder: Path, sandbox: SandboxServer, day: date) -> Settings:
    """Point a company at these vendors as they stand at the end of `day`."""
    sandbox.write_files(folder / "imports")
    settings = load_settings(company.write_demo(folder, port=sandbox.port, as_of=day))
    parsed.adopt(settings)
    return settings


def runs(folder: Path, *arguments: str, code: int = 0, **environment: str) -> str:
    """Call the command line, expect its exit code, and return what it said."""
    done = funnel(folder, *arguments, **environment)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def published(settings: Settings) -> dict[str, Any]:
    """What `current.json` says, without the moment; empty when nothing is published."""
    return {name: item for name, item in (duckdb_file.current_version(settings) or {}).items() if name != "path"}


def texts_below(folder: Path, *, without: Iterable[str] = ()) -> dict[Path, bytes]:
    """The bytes of every file of a company, except below some folders."""
    left_out = set(without)
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not left_out & set(path.relative_to(folder).parts)
    }
