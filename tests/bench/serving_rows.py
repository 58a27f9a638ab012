"""Rows about what BI tools wait for."""

import time
from datetime import date
from pathlib import Path

import duckdb

from ingestion.settings import load_settings
from orchestration import layout
from tests.bench.measure import MeasurementError, Row, funnel, median
from tests.bench.plan import Plan

MOST_MILLISECONDS = 20.0
QUERIES = 200
# A trend line of a dashboard: one KPI, 24 months, one dimension.
_QUERY = """
    select period_start_date, member, value
    from marts.kpi_values
    where kpi = ? and period_grain = 'month' and dimension = ? and period_start_date >= ?
    order by period_start_date, member
"""


def dashboard(plan: Plan) -> Row:
    """The time of a dashboard's query on the published file."""
    company = plan.large()
    known = plan.full_runs.get(company.scale)
    config = company.refresh(known[-1].config.parent) if known else company.place("dashboard")
    funnel(config, "run")
    published = layout.current_link(load_settings(config)).resolve()
    rows, taken = _asked(published)
    middle = median(taken)
    return Row(
        name="dashboard",
        what="A dashboard's query of `kpi_values` (one KPI, 24 months, one dimension) on the published file",
        measured=f"{middle:.1f} ms",
        goal=f"< {MOST_MILLISECONDS:.0f} ms median",
        is_met=middle < MOST_MILLISECONDS,
        detail=f"scale {company.scale:g}; {rows:,} rows in `kpi_values`, {len(taken)} queries,"
        f" the slowest {max(taken):.1f} ms",
        value=middle,
        limit=MOST_MILLISECONDS,
        samples={"milliseconds": taken},
    )


def _asked(published: Path) -> tuple[int, list[float]]:
    """Rows of `kpi_values`, and the milliseconds of queries over its KPIs and dimensions in turn."""
    with duckdb.connect(published, read_only=True) as connection:
        found = connection.execute("select count(*), max(as_of_date) from marts.kpi_values").fetchone()
        asked = connection.execute(
            "select distinct kpi, dimension from marts.kpi_values where period_grain = 'month' order by all"
        ).fetchall()
        if not found or not asked:
            raise MeasurementError("the published file has no monthly values")
        count, as_of = found
        first = date(as_of.year - 2, as_of.month, 1)
        taken = []
        for number in range(QUERIES):
            kpi, dimension = asked[number * 7 % len(asked)]
            started = time.perf_counter()
            connection.execute(_QUERY, [kpi, dimension, first]).fetchall()
            taken.append((time.perf_counter() - started) * 1000)
    return int(count), taken
