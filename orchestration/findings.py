"""What a run found that stops nothing, and that somebody should look at: rows in quarantine, checks that warn."""

from ingestion import landing, run_report
from ingestion.settings import Settings
from orchestration import builds
from orchestration.quality.verdicts import PASSED, stored

_SHOWN = 3


def quarantined(settings: Settings) -> list[str]:
    """One sentence per stream of the last extraction that left rows in quarantine, with the first reasons."""
    report = run_report.last(settings, "extract") or {"streams": []}
    return [_left_out(settings, stream) for stream in report["streams"] if stream["quarantined"]]


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
