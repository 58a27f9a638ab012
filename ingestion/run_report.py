"""What a run of ingestion did, per stream, as JSON under `var/runs/`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from ingestion import landing
from ingestion.settings import Settings


@dataclass
class StreamReport:
    """One stream of one extraction.

    `new` and `changed` count what was written, `fetched` what the source sent. `error` is None when the pass
    closed; `error_kind` then is the class of the error, `next` what to do. `is_unchanged` says that the source told
    before it was read that nothing had changed. `notes` hold overrides and findings.
    """

    source: str
    entity: str
    fetched: int = 0
    new: int = 0
    changed: int = 0
    deleted: int = 0
    quarantined: int = 0
    drift: dict[str, Any] = field(default_factory=dict)
    cursor_before: str | None = None
    cursor_after: str | None = None
    expected_count: int | None = None
    batches: list[str] = field(default_factory=list)
    is_resumed: bool = False
    is_unchanged: bool = False
    seconds: float = 0.0
    waited_seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    error: str | None = None
    error_kind: str | None = None
    next: str = ""

    @property
    def stream(self) -> str:
        """`source.entity`."""
        return f"{self.source}.{self.entity}"


@dataclass
class LoadReport:
    """One batch that was looked at by a load; `reasons` say why it was refused."""

    source: str
    entity: str
    batch_id: str
    landed: int
    inserted: int = 0
    load_seq: int | None = None
    seconds: float = 0.0
    reasons: list[str] = field(default_factory=list)

    @property
    def stream(self) -> str:
        """`source.entity`."""
        return f"{self.source}.{self.entity}"

    @property
    def is_refused(self) -> bool:
        """Whether the batch stays in landing and holds its stream."""
        return bool(self.reasons)


def write(settings: Settings, step: str, reports: Sequence[StreamReport | LoadReport]) -> Path:
    """Store the reports of one step (`extract` or `load`); returns the file."""
    run_at = datetime.now(UTC)
    path = settings.var / "runs" / f"{run_at.strftime('%Y%m%dT%H%M%S%f')}-{step}.json"
    content = {
        "step": step,
        "finished_at": run_at.isoformat(),
        "streams": [asdict(report) for report in reports],
    }
    landing.write_atomically(path, orjson.dumps(content, option=orjson.OPT_INDENT_2))
    return path


def last(settings: Settings, step: str) -> dict[str, Any] | None:
    """The newest report of a step."""
    paths = sorted((settings.var / "runs").glob(f"*-{step}.json"))
    return dict(orjson.loads(paths[-1].read_bytes())) if paths else None
