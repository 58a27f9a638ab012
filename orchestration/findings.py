"""What stops no run and should be looked at: rows in quarantine, notes of the extraction, checks that warn."""

from ingestion import landing, run_report
from ingestion.settings import Settings
from orchestration import builds
from orchestration.quality.verdicts import PASSED, stored

_SHOWN = 3


def of_extraction(settings: Settings) -> list[str]:
    """What the last extraction left in quarantine, a sentence per stream with the first reasons, and what it noted."""
    streams = (run_report.last(settings, "extract") or {"streams": []})["streams"]
    left_out = [_left_out(settings, stream) for stream in streams if stream["quarantined"]]
    noted = [f"{stream['source']}.{stream['entity']}: {note}" for stream in streams for note in stream["notes"]]
    return left_out + noted


def warnings(settings: Settings, build_id: str | None) -> list[str]:
    """What the audit of a build found and let pass."""
    audit = (builds.read(settings, build_id, "audit") if build_id else None) or {"verdicts": []}
    return [
        str(verdict) for verdict in stored(audit["verdicts"]) if verdict.severity == "warn" and verdict.status != PASSED
    ]


def _left_out(settings: Settings, stream: builds.Json) -> str:
    reasons = [
        entry["reason"]
        for entry in landing.quarantined(settings, stream["source"])
        if entry["entity"] == stream["entity"] and entry["batch_id"] in stream["batches"]
    ]
    more = f"; and {len(reasons) - _SHOWN} more" if len(reasons) > _SHOWN else ""
    said = "; ".join(reasons[:_SHOWN]) + more
    return f"{stream['source']}.{stream['entity']}: {stream['quarantined']} quarantined: {said}"
