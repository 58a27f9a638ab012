"""The commands that only look: status, check, doctor, sql."""

import csv
import json
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import typer

from ingestion.settings import FilesSettings, Settings
from orchestration import builds, layout, lock, sources
from orchestration.cli import output
from orchestration.cli.session import AsJson, settings_of


class Format(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


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
    import duckdb

    from orchestration.serving import reader

    with output.errors_as_exit_codes(as_json=as_json):
        try:
            names, rows = reader.query(
                settings_of(context),
                sys.stdin.read() if statement == "-" else statement,
                known_on=known_on.date() if known_on else None,
            )
        except duckdb.Error as error:
            print(f"funnel: {error}", file=sys.stderr)
            raise typer.Exit(int(output.Exit.WRONG_USE)) from None
    if as_json or format is Format.JSON:
        print(_rows_as_json(names, rows))
    elif format is Format.CSV:
        _print_csv(names, rows)
    else:
        output.table("", names, rows)


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


def _print_csv(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow(["" if cell is None else _plain(cell) for cell in row])


def _rows_as_json(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A list of objects; decimals keep all their digits as JSON numbers."""
    objects = [
        "{" + ", ".join(f"{json.dumps(name)}: {_json(cell)}" for name, cell in zip(names, row, strict=True)) + "}"
        for row in rows
    ]
    return "[" + ",\n ".join(objects) + "]"


def _json(cell: Any) -> str:
    if isinstance(cell, Decimal):
        return format(cell, "f") if cell.is_finite() else "null"
    if isinstance(cell, float) and not math.isfinite(cell):
        return "null"
    return json.dumps(cell, default=_plain)


def _plain(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell)
