"""The commands that move data: run, extract, load, build, audit, publish, rollback."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any

import typer

from ingestion.run_report import LoadReport, StreamReport
from ingestion.settings import Settings
from orchestration import findings, pipeline
from orchestration.cli import output
from orchestration.cli.session import AsJson, Quiet, Wait, settings_of
from orchestration.errors import GateRefused, SourceFailed
from orchestration.lock import DEFAULT_WAIT_SECONDS
from orchestration.quality import gate
from orchestration.quality.verdicts import Verdict

Sources = Annotated[
    list[str] | None, typer.Option("--source", "-s", help="Only this source (may be given several times).")
]
Force = Annotated[bool, typer.Option("--force", help="Do it even when nothing has changed.")]


def run(
    context: typer.Context,
    source: Sources = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    wait: Wait = DEFAULT_WAIT_SECONDS,
) -> None:
    """Do everything: extract, load, build, audit, publish. The run is visible in the Dagster UI.

    Example: funnel --config acme/funnelhouse.toml run
    """
    with _step(context, "funnel run", as_json, quiet, wait) as settings:
        from orchestration import job

        summary = job.run(settings, names=_known(settings, source))
    output.show(summary, as_json=as_json, lines=_run_lines(summary))


def extract(
    context: typer.Context,
    source: Sources = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    wait: Wait = DEFAULT_WAIT_SECONDS,
) -> None:
    """Fetch what is new at the sources into landing.

    Example: funnel extract --source hubspot
    """
    with _step(context, "funnel extract", as_json, quiet, wait) as settings:
        reports = pipeline.extract(settings, names=_known(settings, source))
        _show_streams("Extracted", reports, as_json)
        for finding in [] if as_json else findings.of_extraction(settings):
            output.say(finding)
        failed = [f"{report.stream}: {report.error}" for report in reports if report.error]
        if failed:
            raise SourceFailed("; ".join(failed))


def load(
    context: typer.Context,
    source: Sources = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    wait: Wait = DEFAULT_WAIT_SECONDS,
) -> None:
    """Check what landed and copy it into raw.

    Example: funnel load
    """
    with _step(context, "funnel load", as_json, quiet, wait) as settings:
        reports = pipeline.load(settings, names=_known(settings, source))
        _show_loads(reports, as_json)
        refused = [f"{report.stream}: {'; '.join(report.reasons)}" for report in reports if report.is_refused]
        if refused:
            raise GateRefused(refused)


def build(
    context: typer.Context,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    wait: Wait = DEFAULT_WAIT_SECONDS,
) -> None:
    """Build all models from raw with dbt; does nothing when nothing they depend on has changed.

    Example: funnel build --force
    """
    with _step(context, "funnel build", as_json, quiet, wait) as settings:
        built = pipeline.build(settings, force=force)
    what = "is current, nothing had changed" if built.is_reused else f"built {len(built.models)} models"
    output.show(
        {
            "build_id": built.build_id,
            "status": built.status,
            "is_reused": built.is_reused,
            "as_of_date": built.as_of_date,
        },
        as_json=as_json,
        lines=[f"build {built.build_id} {what}, as of {built.as_of_date}"],
    )


def audit(
    context: typer.Context,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    wait: Wait = DEFAULT_WAIT_SECONDS,
) -> None:
    """Judge the newest build: dbt's tests, the suites, the identities; seal its marts.

    Example: funnel audit --json
    """
    with _step(context, "funnel audit", as_json, quiet, wait) as settings:
        result = pipeline.audit(settings, force=force)
        output.show(result, as_json=as_json, lines=_audit_lines(result))
        if result["status"] != "passed":
            raise GateRefused(gate.refusals(settings, result["build_id"]))


def publish(
    context: typer.Context,
    as_json: AsJson = False,
    quiet: Quiet = False,
    wait: Wait = DEFAULT_WAIT_SECONDS,
) -> None:
    """Publish the newest build when the gate lets it through.

    Example: funnel publish
    """
    with _step(context, "funnel publish", as_json, quiet, wait) as settings:
        publication = pipeline.publish(settings, again=True)
    output.show(publication, as_json=as_json, lines=[_published_line(publication)])


def rollback(
    context: typer.Context,
    to: Annotated[str | None, typer.Option("--to", help="Build to serve (default: the one before).")] = None,
    as_json: AsJson = False,
    wait: Wait = DEFAULT_WAIT_SECONDS,
) -> None:
    """Serve an earlier version again.

    Example: funnel rollback
    """
    with _step(context, "funnel rollback", as_json, True, wait) as settings:
        publication = pipeline.rollback(settings, to)
    output.show(publication, as_json=as_json, lines=[f"rolled back: {_published_line(publication)}"])


COMMANDS: dict[str, Callable[..., None]] = {
    "run": run,
    "extract": extract,
    "load": load,
    "build": build,
    "audit": audit,
    "publish": publish,
    "rollback": rollback,
}


@contextmanager
def _step(context: typer.Context, command: str, as_json: bool, quiet: bool, wait: float) -> Iterator[Settings]:
    with output.errors_as_exit_codes(as_json=as_json):
        settings = settings_of(context)
        with (
            pipeline.writing(settings, command, wait_seconds=wait),
            output.progress_shown(quiet=quiet or as_json),
        ):
            yield settings


def _known(settings: Settings, wanted: list[str] | None) -> list[str] | None:
    for name in wanted or []:
        if name not in settings.enabled_sources:
            known = ", ".join(settings.enabled_sources) or "none"
            raise typer.BadParameter(f"{name!r} is not an enabled source; enabled: {known}")
    return wanted or None


def _show_streams(title: str, reports: Sequence[StreamReport], as_json: bool) -> None:
    if as_json:
        output.show({"streams": [asdict(report) for report in reports]}, as_json=True)
        return
    rows = [
        (r.stream, r.fetched, r.new, r.changed, r.deleted, r.quarantined, round(r.seconds, 1), r.error or "")
        for r in reports
    ]
    output.table(title, ["stream", "fetched", "new", "changed", "deleted", "quarantined", "seconds", "error"], rows)


def _show_loads(reports: Sequence[LoadReport], as_json: bool) -> None:
    if as_json:
        output.show({"batches": [asdict(report) for report in reports]}, as_json=True)
        return
    rows = [(r.stream, r.batch_id, r.landed, r.inserted, "; ".join(r.reasons)) for r in reports]
    output.table("Loaded", ["stream", "batch", "landed", "new versions", "refused because"], rows)


def _audit_lines(result: dict[str, Any]) -> list[str]:
    counts = ", ".join(f"{count} {name}" for name, count in result["counts"].items() if count)
    lines = [f"audit of build {result['build_id']}: {result['status']} ({counts})"]
    for item in result["verdicts"]:
        if item["status"] != "passed":
            lines.append(f"  {item['severity']} {Verdict(**item)}")
    return lines + [f"  no verdict: {check}" for check in result["missing"]]


def _run_lines(summary: dict[str, Any]) -> list[str]:
    published = summary.get("published")
    lines = [_published_line(published)] if published else ["nothing is published"]
    return lines + [f"  look at {finding}" for finding in summary["findings"]]


def _published_line(publication: dict[str, Any]) -> str:
    server = f"; PostgreSQL {publication['postgres']['where']} serves it too" if "postgres" in publication else ""
    return (
        f"published {publication['path']} (build {publication['build_id']}, as of {publication['as_of_date']}){server}"
    )
