"""The last known state of every source: when it last succeeded, and what stands in its way now."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ingestion.run_report import LoadReport, StreamReport
from ingestion.settings import FilesSettings, Settings
from orchestration import builds, layout


@dataclass
class SourceStatus:
    """One enabled source. `failed` and `refused` hold, per stream, the error or the reasons of the landing check."""

    last_attempt_at: str | None = None
    last_success_at: str | None = None
    failed: dict[str, str] = field(default_factory=dict)
    refused: dict[str, list[str]] = field(default_factory=dict)

    @property
    def problem(self) -> str | None:
        """What is wrong with the source, as one sentence without its name, or None."""
        if self.failed:
            stream, error = next(iter(self.failed.items()))
            return f"failed: {error if stream in error else f'{stream}: {error}'}"
        if self.refused:
            stream, reasons = next(iter(self.refused.items()))
            return (
                f"was refused by the landing check: {'; '.join(reasons)}"
                f" (look at it, then `funnel state accept|drop|refetch {stream}`)"
            )
        if self.last_success_at is None:
            return "was never extracted: run `funnel run`"
        return None


def status(settings: Settings) -> dict[str, SourceStatus]:
    """State of every enabled source, by name."""
    stored = builds.read_json(_path(settings)) or {}
    return {name: SourceStatus(**stored.get(name, {})) for name in settings.enabled_sources}


def problems(settings: Settings) -> list[str]:
    """One sentence per enabled source that has a problem."""
    return [f"source {name} {one.problem}" for name, one in status(settings).items() if one.problem]


def record_extraction(settings: Settings, names: Iterable[str], reports: Sequence[StreamReport]) -> None:
    """Remember how the extraction of these sources went."""
    known = status(settings)
    now = builds.now_text()
    for name in names:
        one = known[name]
        one.last_attempt_at = now
        one.failed = {report.stream: _sentence(report) for report in reports if report.source == name and report.error}
        if not one.failed:
            one.last_success_at = now
    _store(settings, known)


def record_load(settings: Settings, names: Iterable[str], reports: Sequence[LoadReport]) -> None:
    """Remember which streams of these sources the landing check holds."""
    known = status(settings)
    for name in names:
        known[name].refused = {
            report.stream: report.reasons for report in reports if report.source == name and report.is_refused
        }
    _store(settings, known)


def metadata_by_asset(
    settings: Settings, extraction: Sequence[StreamReport], loading: Sequence[LoadReport]
) -> dict[tuple[str, str], dict[str, Any]]:
    """What Dagster shows on each raw asset: counts, drift, seconds, and the source's error if there was one."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for report in extraction:
        entry = found.setdefault(_asset(settings, report.source, report.entity), {"status": "ok"})
        for key in ("fetched", "new", "changed", "deleted", "quarantined"):
            entry[key] = entry.get(key, 0) + getattr(report, key)
        entry["seconds"] = round(entry.get("seconds", 0.0) + report.seconds, 3)
        entry["waited_seconds"] = round(entry.get("waited_seconds", 0.0) + report.waited_seconds, 3)
        if report.drift:
            entry["drift"] = report.drift
        if report.cursor_after:
            entry["cursor"] = report.cursor_after
        if report.error:
            entry["status"], entry["error"] = "failed", _sentence(report)
    for loaded in loading:
        entry = found.setdefault(_asset(settings, loaded.source, loaded.entity), {"status": "ok"})
        entry["rows_loaded"] = entry.get("rows_loaded", 0) + loaded.inserted
        if loaded.is_refused:
            entry["status"], entry["refused"] = "refused", loaded.reasons
    return found


def _sentence(report: StreamReport) -> str:
    return (
        f"{report.error}. {report.next}" if report.next and report.next not in str(report.error) else str(report.error)
    )


def _asset(settings: Settings, source: str, entity: str) -> tuple[str, str]:
    configured = settings.sources.get(source)
    return ("files" if isinstance(configured, FilesSettings) else source, entity)


def _path(settings: Settings) -> "layout.Path":
    return layout.runs(settings) / "sources.json"


def _store(settings: Settings, known: dict[str, SourceStatus]) -> None:
    stored = builds.read_json(_path(settings)) or {}
    builds.write_json(_path(settings), {**stored, **{name: asdict(one) for name, one in known.items()}})
