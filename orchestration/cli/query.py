"""The command that answers for a KPI by its name: query."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer

from orchestration.cli import rows
from orchestration.cli.rows import Format
from orchestration.cli.session import AsJson, settings_of
from orchestration.errors import WrongQuestion

Day = datetime | None


def query(
    context: typer.Context,
    kpi: Annotated[str | None, typer.Argument(help="The KPI's name.", show_default=False)] = None,
    by: Annotated[str, typer.Option("--by", help="Periods and dimensions, separated by commas.")] = "",
    where: Annotated[str | None, typer.Option("--where", help="A condition on dimensions.")] = None,
    first: Annotated[Day, typer.Option("--from", help="The first day that counts.", formats=["%Y-%m-%d"])] = None,
    last: Annotated[Day, typer.Option("--to", help="The last day that counts.", formats=["%Y-%m-%d"])] = None,
    every: Annotated[bool, typer.Option("--list", help="List the KPIs and what they can be asked by.")] = False,
    format: Annotated[Format, typer.Option("--format", "-f", help="table, csv or json.")] = Format.TABLE,
    as_json: AsJson = False,
) -> None:
    """Answer for a KPI of the published version by its name.

    Sums and ratios answer for any combination of their dimensions and any days, through MetricFlow; a member without a
    row had nothing. Other KPIs, such as medians, stocks and retention, answer as they are published: by a period and at
    most one dimension, and for the periods that lie between the days.

    Example: funnel query win_rate --by team,month --where "channel = 'paid_search'" --from 2026-01-01
    """
    from orchestration.metrics import answer

    with rows.asking(as_json=as_json):
        settings = settings_of(context)
        if kpi is None and not every:
            raise WrongQuestion("name a KPI, or list them all: funnel query --list")
        names, found = (
            answer.listed(settings)
            if kpi is None or every
            else answer.answer(
                settings,
                kpi,
                by=by.split(","),
                where=where,
                first=first.date() if first else None,
                last=last.date() if last else None,
            )
        )
    rows.show(names, found, Format.JSON if as_json else format)


COMMANDS: dict[str, Callable[..., None]] = {"query": query}
