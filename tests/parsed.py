"""dbt's parsed project, made once for all test processes of a session: every new company would parse it for itself."""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path

from ingestion.settings import Settings
from orchestration import transform

SHARED = "FUNNELHOUSE_TESTS_SHARED"


def adopt(settings: Settings) -> None:
    """Give a new company the project as parsed with its variables."""
    if SHARED in os.environ and settings.warehouse.engine != "spark":
        transform.adopt_parsed(settings, once(settings))


def once(settings: Settings) -> Settings:
    """The company of this session that has the project parsed with these variables, and so its manifest."""
    arguments = hashlib.sha256(repr(transform.arguments(settings)).encode()).hexdigest()[:16]
    known = settings.model_copy(update={"folder": Path(os.environ[SHARED]) / "parsed" / arguments})
    known.folder.mkdir(parents=True, exist_ok=True)
    with (known.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not transform.is_parsed(known):
            transform.run_dbt(known, ["parse"])
    return known
