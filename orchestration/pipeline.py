"""The steps from vendors to publication, each under the lock; Dagster's assets and the command line call the same."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from ingestion import extract as extraction
from ingestion.run_report import LoadReport, StreamReport
from ingestion.settings import Settings
from orchestration import build as building
from orchestration import builds, layout, lock, progress, sources, warehouse
from orchestration.build import Build
from orchestration.errors import PipelineError

# The places between extraction and publication at which a test may kill the process, in the order of a run.
FAULT_POINTS = (
    "build.started",
    "build.models_done",
    "build.recorded",
    "audit.started",
    "audit.evaluated",
    "audit.recorded",
    "publish.started",
    "publish.written",
    "publish.verified",
    "publish.placed",
    "publish.linked",
    "publish.recorded",
)


@contextmanager
def writing(settings: Settings, command: str, *, wait_seconds: float = lock.DEFAULT_WAIT_SECONDS) -> Iterator[None]:
    """Be the one process that writes. Raises LockedError naming the owner when another one keeps the lock."""
    with lock.hold(layout.locks(settings) / "pipeline.lock", command=command, wait_seconds=wait_seconds):
        warehouse.notice_other_writers(settings)
        try:
            yield
        finally:
            warehouse.leave(settings)


def refresh(settings: Settings, *, sources: Sequence[str] | None = None) -> tuple[list[StreamReport], list[LoadReport]]:
    """Extract some or all enabled sources, then load what passes the landing check."""
    with writing(settings, "refresh"):
        return extract(settings, names=sources), load(settings, names=sources)


def extract(settings: Settings, *, names: Sequence[str] | None = None) -> list[StreamReport]:
    """Extract sources into landing, all at once; a source that fails is reported and does not stop the others."""
    chosen = list(settings.enabled_sources if names is None else names)
    with writing(settings, "extract"), progress.phase("extract") as listener:
        reports = extraction.extract(
            settings, sources=chosen, progress=lambda source, entity, _: listener.advance(f"{source}.{entity}")
        )
        sources.record_extraction(settings, chosen, reports)
    return reports


def load(settings: Settings, *, names: Sequence[str] | None = None) -> list[LoadReport]:
    """Load landed batches that pass the landing check, and the parameters of the run."""
    from orchestration.quality import landing

    chosen = list(settings.enabled_sources if names is None else names)
    check = landing.LandingCheck(settings)
    with writing(settings, "load"), progress.phase("load") as listener:
        reports = warehouse.load(settings, chosen, check.refuse, lambda one: listener.advance(one.stream))
        sources.record_load(settings, chosen, reports)
        if check.verdicts:
            landing.record(settings, check.verdicts)
    return reports


def build(settings: Settings, *, force: bool = False) -> Build:
    """Build all models, unless nothing that they depend on has changed."""
    with writing(settings, "build"), progress.phase("build") as listener:
        return building.build(
            settings,
            force=force,
            progress=lambda event: listener.advance(event.name, event.index, event.total),
        )


def as_was(settings: Settings, day: date, *, force: bool = False) -> builds.Json:
    """Build what was known at the end of a day, beside the company's warehouse; nothing is published."""
    from orchestration import as_was as past

    with writing(settings, "as-was"), progress.phase("as-was") as listener:
        return past.build(
            settings, day, force=force, progress=lambda event: listener.advance(event.name, event.index, event.total)
        )


def audit(settings: Settings, *, force: bool = False) -> builds.Json:
    """Audit the newest build, unless it passed already and its marts are untouched."""
    with writing(settings, "audit"), progress.phase("audit"):
        reused = None if force else building.reusable(settings)
        if reused and (stored := builds.read(settings, reused.build_id, "audit")):
            return stored
        from orchestration.quality import audit as auditing

        return auditing.audit(settings)


def publish(settings: Settings, *, again: bool = False) -> builds.Json:
    """Publish the newest build through every door, when the gate lets it through; `again` undoes a rollback.

    A server door that fails raises its error; the file door is published then, and the next call catches up.
    """
    with writing(settings, "publish"):
        return {**publish_file(settings, again=again), **publish_server(settings, examine=again)}


def publish_file(settings: Settings, *, again: bool = False) -> builds.Json:
    """Publish the newest build through the file door, when the gate lets it through."""
    from orchestration.serving import duckdb_file

    with writing(settings, "publish"), progress.phase("publish"):
        return duckdb_file.publish(settings, again=again)


def publish_server(settings: Settings, *, examine: bool = False) -> builds.Json:
    """Bring PostgreSQL to what the file door serves: `{"postgres": …}`, or nothing when that door is off."""
    if settings.doors.postgres is None:
        return {}
    from orchestration.serving import duckdb_file, postgres

    current = duckdb_file.current_version(settings)
    if current is None:
        raise PipelineError("nothing is published yet: run `funnel publish`")

    with writing(settings, "publish"), progress.phase("postgres"):
        return {"postgres": postgres.publish(settings, current["build_id"], examine=examine)}


def rollback(settings: Settings, build_id: str | None = None) -> builds.Json:
    """Serve the version before the current one again, or a named one."""
    from orchestration.serving import duckdb_file

    with writing(settings, "rollback"):
        return {**duckdb_file.rollback(settings, build_id), **publish_server(settings, examine=True)}
