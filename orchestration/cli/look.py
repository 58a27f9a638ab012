"""The commands that only look: status, check, doctor, sql."""

import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from ingestion.settings import FilesSettings, Settings
from orchestration import builds, layout, lock, sources
from orchestration.cli import output, rows
from orchestration.cli.rows import Format
from orchestration.cli.session import AsJson, settings_of


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Show what is published, how the last run went, and the state of every source.

    Example: funnel status --json
    """
    with output.errors_as_exit_codes(as_json=as_json):
        found = _status(settings_of(context))
    output.show(found, as_json=as_json, lines=_status_lines(found))


def check(context: typer.Context, as_json: AsJson = False) -> None:
    """Check the configuration: keys, secrets that are referred to, files that are imported.

    Example: funnel --config acme/funnelhouse.toml check
    """
    with output.errors_as_exit_codes(as_json=as_json):
        settings = settings_of(context)
        problems = [problem for name in settings.enabled_sources for problem in _source_problems(settings, name)]
        problems += _door_problems(settings)
    lines = [f"{settings.file}: {len(settings.enabled_sources)} enabled sources", *problems]
    output.show(
        {"file": str(settings.file), "sources": list(settings.enabled_sources), "problems": problems},
        as_json=as_json,
        lines=[*lines, "not usable yet" if problems else "fine"],
    )
    if problems:
        raise typer.Exit(int(output.Exit.WRONG_USE))


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Examine space, permissions, versions, the lock, and the integrity of the warehouse and published files.

    Example: funnel doctor
    """
    from orchestration import doctor as examination

    with output.errors_as_exit_codes(as_json=as_json):
        findings = examination.examine(settings_of(context))
    lines = [
        f"{'fine' if finding.is_fine else 'BAD '}  {finding.subject}: {finding.detail}"
        + (f" -> {finding.advice}" if finding.advice and not finding.is_fine else "")
        for finding in findings
    ]
    output.show({"findings": [asdict(finding) for finding in findings]}, as_json=as_json, lines=lines)
    if not all(finding.is_fine for finding in findings):
        raise typer.Exit(int(output.Exit.REFUSED))


def sql(
    context: typer.Context,
    statement: Annotated[str, typer.Argument(help="One statement; `-` reads it from standard input.")],
    format: Annotated[Format, typer.Option("--format", "-f", help="table, csv or json.")] = Format.TABLE,
    known_on: Annotated[
        datetime | None,
        typer.Option("--as-was", help="What was known on this day (see `funnel as-was`).", formats=["%Y-%m-%d"]),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Query the published marts, or those of an as-was, read-only.

    Example: funnel sql "select kpi, value from kpi_values where dimension = 'total'" --format csv
    """
    from orchestration.serving import reader

    with rows.asking(as_json=as_json):
        names, found = reader.query(
            settings_of(context),
            sys.stdin.read() if statement == "-" else statement,
            known_on=known_on.date() if known_on else None,
        )
    rows.show(names, found, Format.JSON if as_json else format)


COMMANDS: dict[str, Callable[..., None]] = {"status": status, "check": check, "doctor": doctor, "sql": sql}


def _status(settings: Settings) -> dict[str, Any]:
    current = builds.read_json(layout.current_json(settings))
    keys = ("path", "build_id", "published_at", "as_of_date")
    owner = lock.owner(layout.locks(settings) / "pipeline.lock")
    known = sources.status(settings)
    return {
        "published": {key: current.get(key) for key in keys} if current else None,
        "last_run": builds.read_json(layout.runs(settings) / "last_run.json"),
        "running": str(owner) if owner else None,
        "sources": {
            name: {"kind": source.kind, "enabled": source.enabled}
            | ({**asdict(known[name]), "problem": known[name].problem} if name in known else {})
            for name, source in settings.sources.items()
        },
    }


def _status_lines(found: dict[str, Any]) -> list[str]:
    published, last = found["published"], found["last_run"]
    lines = ["published: nothing yet"]
    if published:
        lines = [
            f"published: {published['path']}",
            f"           as of {published['as_of_date']}, build {published['build_id']}",
        ]
    if last:
        lines.append(
            f"last run:  {last['status']} at {last['finished_at']}" + (f": {last['error']}" if last["error"] else "")
        )
    if found["running"]:
        lines.append(f"running:   {found['running']}")
    for name, source in found["sources"].items():
        state = source.get("problem") or f"ok, last success {source['last_success_at']}" if source["enabled"] else "off"
        lines.append(f"source     {name} ({source['kind']}): {state}")
    return lines


def _source_problems(settings: Settings, name: str) -> list[str]:
    from ingestion.errors import ConfigurationError

    source = settings.sources[name]
    if isinstance(source, FilesSettings):
        if not list(settings.folder.glob(str(source.path))):
            return [f"source {name}: no file matches {source.path}"]
        return []
    problems = []
    for field in type(source).model_fields:
        value = getattr(source, field)
        if hasattr(value, "get_secret_value"):
            try:
                value.get_secret_value()
            except ConfigurationError as error:
                problems.append(f"source {name}: {field}: {error}")
    return problems


def _door_problems(settings: Settings) -> list[str]:
    from ingestion.errors import ConfigurationError

    try:
        if settings.doors.postgres:
            settings.doors.postgres.url.get_secret_value()
    except ConfigurationError as error:
        return [f"serving.postgres: url: {error}"]
    return []
