"""Files of costs, and what extracting them gives."""

from pathlib import Path
from typing import Any

import orjson

from ingestion import landing
from ingestion.run_report import StreamReport
from ingestion.settings import Settings
from tests.ingestion.scripted import company, extract_files, load, raw

COSTS = "cost_id,cost_date,category,amount,currency_code\n"
SOURCE = '[sources.costs]\nkind = "files"\npath = "costs*"\nentity = "costs"\nsettle = "0s"\n'


def costs(
    folder: Path, content: str | bytes, *, name: str = "costs.csv", extra: str = ""
) -> tuple[Settings, StreamReport]:
    """Extract one file of costs."""
    settings = company(folder, SOURCE + extra)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return settings, extract_files(settings)["costs"]


def mapped(settings: Settings, entity: str = "costs") -> list[dict[str, Any]]:
    """The mapped rows of the live records."""
    load(settings)
    rows = raw(settings, f"raw_files.{entity}", "payload, is_deleted")
    return [orjson.loads(payload)["mapped"] for payload, is_deleted in rows if not is_deleted]


def reasons(settings: Settings) -> list[str]:
    """Why rows were quarantined."""
    return [entry["reason"] for entry in landing.quarantined(settings)]
