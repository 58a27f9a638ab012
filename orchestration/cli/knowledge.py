"""The commands of knowledge time: as-was builds what was known on a day, restatements tells what changed since."""

from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from typing import Annotated, Any

import typer

from orchestration import as_was as past
from orchestration import builds, pipeline
from orchestration.cli import output, rows
from orchestration.cli.session import AsJson, Quiet, Wait, settings_of
from orchestration.lock import DEFAULT_WAIT_SECONDS
from orchestration.serving import reader

Day = Annotated[datetime, typer.Argument(help="The last day whose knowledge counts.", formats=["%Y-%m-%d"])]
_SHOWN_SOURCES = 5
_SHOWN_RESTATEMENTS = 50
_RESTATEMENTS = """
    select * from kpi_restatements
    order by restated_build_id desc, kpi, version, period_grain, period_start_date, dimension, member
"""


def as_was(
    context: typer.Context,
    day: Day,
    force: Annotated[bool, typer.Option("--force", help="Do it even when nothing has changed.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    wait: Wait = DEFAULT_WAIT_SECONDS,
) -> None:
    """Build what was known at the end of a day, in a file of its own; the published version stays as it is.

    Example: funnel as-was 2026-02-28
    """
    with output.errors_as_exit_codes(as_json=as_json):
        settings = settings_of(context)
        with (
            pipeline.writing(settings, "funnel as-was", wait_seconds=wait),
            output.progress_shown(quiet=quiet or as_json),
        ):
            found = pipeline.as_was(settings, day.date(), force=force)
    output.show(found, as_json=as_json, lines=_lines(found))


def restatements(
    context: typer.Context,
    day: Annotated[
        datetime | None, typer.Option("--as-was", help="A day that was built.", formats=["%Y-%m-%d"])
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the published values that changed later, newest first, with the reason; or what differs from an as-was.

    Example: funnel restatements

    Example: funnel restatements --as-was 2026-02-28
    """
    with rows.asking(as_json=as_json):
        settings = settings_of(context)
        names, found = past.restated(settings, day.date()) if day else reader.query(settings, _RESTATEMENTS)
    if as_json:
        output.show({"count": len(found), "rows": [dict(zip(names, row, strict=True)) for row in found]}, as_json=True)
        return
    shown = found if day else found[:_SHOWN_RESTATEMENTS]
    count = len(found)
    title = f"{count} values changed since {day:%Y-%m-%d}" if day else f"{count} published values were restated"
    more = "; the newest are shown, all are in marts.kpi_restatements" if len(shown) < count else ""
    output.table(title + more, names, shown)


COMMANDS: dict[str, Callable[..., None]] = {"as-was": as_was, "restatements": restatements}


def _lines(found: builds.Json) -> list[str]:
    day = found["day"]
    state = "is current, nothing had changed" if found["is_reused"] else "is built"
    return [
        f"what was known on {day} {state}: {found['path']}",
        *_first_loaded_later(day, found["first_loaded_later"]),
        f'query it: funnel sql --as-was {day} "from kpi_scorecard"',
    ]


def _first_loaded_later(day: str, sources: list[dict[str, Any]]) -> list[str]:
    """One line per day on which sources were loaded for the first time."""
    lines = []
    by_day = sorted(sources, key=lambda one: (one["first_loaded_on"], one["source"]))
    for first, group in groupby(by_day, key=lambda one: one["first_loaded_on"]):
        members = list(group)
        names = ", ".join(one["source"] for one in members[:_SHOWN_SOURCES])
        more = f" and {len(members) - _SHOWN_SOURCES} more" if len(members) > _SHOWN_SOURCES else ""
        assumed = sum(one["assumed_records"] for one in members)
        lines.append(
            f"  {names}{more}: first loaded on {first}, after {day}; {assumed} records, of which nothing older is"
            " known, stand as they were first seen, but for what their own history tells"
        )
    return lines
