"""The record of every build: small JSON files, written by rename, readable at any time without a lock."""

import json
import os
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ingestion.settings import Settings
from orchestration import layout

Json = dict[str, Any]


def now_text() -> str:
    """The present as ISO text in UTC with microseconds, the form of every instant in these files."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def new_build_id() -> str:
    """An identifier that sorts by the time of its creation and is unique."""
    moment = datetime.now(UTC)
    return f"{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03d}-{secrets.token_hex(2)}"


def write_json(path: Path, value: Mapping[str, Any]) -> Path:
    """Write a JSON file so that a reader sees the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(value, file, indent=1, default=as_json)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return path


def read_json(path: Path) -> Json | None:
    """The content of a JSON file, or None when there is none or it is not JSON."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def write(settings: Settings, build_id: str, name: str, value: Mapping[str, Any]) -> Path:
    """Store one part (`build`, `audit`, `hashes`, `publication` …) of a build."""
    return write_json(layout.builds(settings) / build_id / f"{name}.json", value)


def read(settings: Settings, build_id: str, name: str) -> Json | None:
    """One part of a build, or None when it was never written."""
    return read_json(layout.builds(settings) / build_id / f"{name}.json")


def content_hashes(settings: Settings, build_id: str) -> dict[str, str]:
    """Content hash of every mart of a build: those that its audit saw, and what its publication added."""
    parts = [read(settings, build_id, name) or {"marts": {}} for name in ("hashes", "restatements")]
    return {name: entry["content_hash"] for part in parts for name, entry in part["marts"].items()}


def latest(settings: Settings) -> str | None:
    """Identifier of the newest build that finished its models or failed in them; None before the first."""
    folder = layout.builds(settings)
    if not folder.is_dir():
        return None
    names = sorted((path.parent.name for path in folder.glob("*/build.json")), reverse=True)
    return names[0] if names else None


def remove_old(settings: Settings, *, keep: int = 30) -> None:
    """Forget the oldest unpublished builds beyond `keep`; what a publication rests on stays."""
    folder = layout.builds(settings)
    names = sorted((path.name for path in folder.iterdir() if path.is_dir()), reverse=True)
    for name in names[keep:]:
        if (folder / name / "publication.json").exists():
            continue
        for file in (folder / name).iterdir():
            file.unlink()
        (folder / name).rmdir()


def as_json(value: Any) -> Any:
    """JSON's form of a value that it does not know: dates as ISO text, decimals and paths as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | Path):
        return str(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    if hasattr(value, "item"):
        return value.item()
    return str(value)
