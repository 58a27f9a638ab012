"""Visitors of the website: a longer period has the source's own total, never a sum of days."""

from __future__ import annotations

from datetime import date

import duckdb
import pandas as pd
import pytest

from ingestion.settings import Settings, load_settings
from tests.oracle.compare import disagreements
from tests.oracle.kpis import compute
from tests.orchestration.companies import write_worked_example
from tests.simulated_company import load_and_build

SESSIONS = """\
session_date,source,medium,campaign_name,sessions,visitors
2026-01-05,google,cpc,,50,40
2026-01-08,Facebook,paid,,10,8
2026-01-12,google,organic,,20,10
2026-01-12,google,cpc,,5,5
2026-02-03,google,cpc,,60,50
2026-03-03,google,cpc,,7,7
"""
# The quarter is no sum of its months; 2 January is no first day of a month, April is not over, and a day's own total
# goes before its rows.
VISITORS = """\
period_grain,period_start_date,source,visitors
month,2026-01-01,,55
month,2026-01-01,google,44
month,2026-01-01,Facebook,8
month,2026-02-01,,50
quarter,2026-01-01,,90
month,2026-01-02,,1000
month,2026-04-01,,7
day,2026-01-12,,12
week,2026-01-05,,46
"""
SOURCE = """
[sources.{name}]
kind = "files"
path = "imports/{name}.csv"
entity = "{name}"
source_system = "crm"
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The worked example with a web report, built."""
    folder = tmp_path_factory.mktemp("visitors") / "company"
    names = {"web_sessions": SESSIONS, "web_visitors": VISITORS}
    write_worked_example(folder, more="".join(SOURCE.format(name=name) for name in names))
    for name, text in names.items():
        (folder / "imports" / f"{name}.csv").write_text(text)
    settings = load_settings(folder / "funnelhouse.toml")
    load_and_build(settings)
    return settings


@pytest.fixture(scope="module")
def values(company: Settings) -> pd.DataFrame:
    with duckdb.connect(company.warehouse_path, read_only=True) as connection:
        return connection.sql("select * from marts.kpi_values").df()


def shown(values: pd.DataFrame, kpi: str, grain: str, member: str = "all") -> dict[str, float | None]:
    """Value by first day of the period."""
    rows = values[(values.kpi == kpi) & (values.period_grain == grain) & (values.member == member)]
    return {str(row.period_start_date)[:10]: None if pd.isna(row.value) else row.value for row in rows.itertuples()}


def test_visitors_are_the_oracle_s(company: Settings, values: pd.DataFrame) -> None:
    assert disagreements(compute(company.folder / "imports", date(2026, 3, 31)), values) == []


def test_a_longer_period_has_its_own_total_or_none(values: pd.DataFrame) -> None:
    months = shown(values, "web_visitors", "month")
    assert [months[day] for day in ("2026-01-01", "2026-02-01", "2026-03-01")] == [55, 50, None]
    assert shown(values, "web_visitors", "quarter")["2026-01-01"] == 90
    assert shown(values, "web_visitors", "year")["2026-01-01"] is None
    assert shown(values, "web_visitors", "week")["2026-01-05"] == 46
    days = shown(values, "web_visitors", "day")
    assert [days[day] for day in ("2026-01-05", "2026-01-12", "2026-01-13")] == [40, 12, None]
    assert shown(values, "web_visitors", "month", "google") == {"2026-01-01": 44}


def test_the_rate_of_a_period_divides_by_its_own_visitors(values: pd.DataFrame) -> None:
    leads = shown(values, "leads", "month")["2026-01-01"]
    rates = shown(values, "visitor_to_lead_rate", "month")
    assert leads
    assert rates["2026-01-01"] == pytest.approx(leads / 55)
    assert rates["2026-03-01"] is None


def test_the_totals_are_a_mart_of_periods_that_are_over(company: Settings) -> None:
    with duckdb.connect(company.warehouse_path, read_only=True) as connection:
        told = connection.execute(
            "select period_grain, count(*), sum(visitor_count) filter (is_whole_website)"
            " from marts.fct_web_visitors group by all order by 1"
        ).fetchall()
    assert told == [("day", 1, 12), ("month", 4, 105), ("quarter", 1, 90), ("week", 1, 46)]
