"""A company whose weeks, fiscal years, weekends and zone are not those of everybody: all values equal the oracle's.

The fiscal year begins in February, so that fiscal quarters are no calendar quarters, the week on Sunday, and the day
at 13:30 UTC, among the events. The company's own hours decide its working days first, and its weekend once it has none.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.settings import Settings, load_settings
from orchestration import pipeline, transform
from orchestration.metrics import compiler
from tests.oracle.compare import closing_disagreements, cohort_disagreements, disagreements
from tests.oracle.drivers import Drivers, driver_disagreements
from tests.oracle.goals import goal_disagreements
from tests.oracle.ledger import Ledger, Rules
from tests.oracle.periods import Calendar
from tests.oracle.quotas import working_days
from tests.oracle.trends import Trends, previous_disagreements, trend_disagreements
from tests.orchestration.companies import copy_company, write_worked_example
from tests.simulated_company import load_and_build
from tests.worked_example import EXAMPLE

AS_OF = date(2026, 3, 31)
ZONE = "Australia/Adelaide"
RULES = Rules(zone=ZONE, week_start=7, fiscal_start=2, weekend=(5, 6))
CALENDAR = {
    'reporting_timezone = "Europe/Berlin"': f'reporting_timezone = "{ZONE}"',
    'week_start = "monday"': 'week_start = "sunday"',
    '["saturday", "sunday"]': '["friday", "saturday"]',
    "fiscal_year_start_month = 1": "fiscal_year_start_month = 2",
}
HOLIDAY = "2026-03-19"
HOURS = """
[company.business_hours]
holidays = [{ date = 2026-03-19, name = "Eid" }]
"""
OPEN = {"sunday": 7, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4}
RANGES = (("09:30", "13:00"), ("13:30", "18:00"))
# Of periods that no calendar quarter or year is, two that follow others, and of teams and of the company as a whole.
TARGETS = """\
kpi,period_grain,period_start_date,dimension,member,target_value,currency_code,relative_to,relative_change
credited_sales_amount,fiscal_quarter,2026-02-01,team,APAC,30000,EUR,,
credited_sales_amount,fiscal_year,2026-02-01,sales_rep,R2,120000,USD,,
credited_sales_amount,fiscal_quarter,2025-11-01,sales_rep,R1,9000,USD,,
leads,fiscal_quarter,2026-02-01,total,all,,,previous_period,0.1
leads,week,2026-03-15,total,all,,,previous_period,0.1
win_rate,fiscal_year,2026-02-01,total,all,0.4,,,
"""


def _write_ledger(folder: Path, *, has_hours: bool) -> Path:
    """The example's files, its tickets under a schedule of their own, and the company's hours if it has any."""
    shutil.copytree(EXAMPLE, folder)
    for name in ("business_hours", "holidays", "tickets"):
        file = folder / f"{name}.csv"
        file.write_text(file.read_text().replace("default", "desk"))
    if has_hours:
        rows = [("default", ZONE, number, *times) for number in OPEN.values() for times in RANGES]
        _append(folder / "business_hours.csv", rows)
        _append(folder / "holidays.csv", [("default", HOLIDAY, "Eid")])
    header, *rows = csv.reader(io.StringIO(TARGETS))
    with (folder / "targets.csv").open() as file:
        old = list(csv.DictReader(file))
    with (folder / "targets.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows([*old, *(dict(zip(header, row, strict=True)) for row in rows)])
    return folder


def _append(file: Path, rows: Iterable[tuple[object, ...]]) -> None:
    with file.open("a", newline="") as opened:
        csv.writer(opened).writerows(rows)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The worked example with another calendar and business hours of its own, built."""
    folder = tmp_path_factory.mktemp("calendar")
    settings = write_worked_example(folder / "company")
    truth = _write_ledger(folder / "truth", has_hours=False)
    for name in ("business_hours", "holidays", "targets", "tickets"):
        shutil.copy(truth / f"{name}.csv", settings.folder / "imports")
    text = settings.file.read_text()
    for old, new in CALENDAR.items():
        assert old in text
        text = text.replace(old, new)
    ranges = ", ".join(f'"{opens}-{closes}"' for opens, closes in RANGES)
    settings.file.write_text(text + HOURS + "".join(f"{name} = [{ranges}]\n" for name in OPEN))
    settings = load_settings(settings.file)
    load_and_build(settings)
    return settings


def _problems(settings: Settings, ledger: Ledger) -> list[str]:
    """Everything in which the marts and the oracle differ."""
    trends = Trends(ledger)
    with duckdb.connect(settings.warehouse_path, read_only=True) as connection:
        values, targets, drivers, kpi_trends = (
            connection.sql(f"select * from marts.{mart}").df()
            for mart in ("kpi_values", "fct_sales_targets", "kpi_drivers", "kpi_trends")
        )
        found = cohort_disagreements(ledger, connection) + closing_disagreements(ledger, connection)
    return [
        *found,
        *disagreements(trends.frame, values),
        *goal_disagreements(ledger, trends.values, values, targets),
        *trend_disagreements(trends, kpi_trends),
        *previous_disagreements(trends, values),
        *driver_disagreements(Drivers(trends).all(), drivers),
    ]


def rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    """What the marts answer."""
    with duckdb.connect(settings.warehouse_path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_every_value_of_another_calendar_equals_the_oracle(company: Settings, tmp_path: Path) -> None:
    ledger = Ledger.read(_write_ledger(tmp_path / "truth", has_hours=True), AS_OF, RULES)
    assert _problems(company, ledger) == []
    assert rows(
        company,
        "select distinct kpi, period_grain from marts.kpi_values where value is not null and kpi in"
        " ('quota_pace', 'pipeline_coverage', 'leads', 'lead_response_minutes_median')"
        " and period_grain = 'fiscal_quarter' and period_start_date in ('2025-11-01', '2026-02-01') order by kpi",
    ) == [
        ("lead_response_minutes_median", "fiscal_quarter"),
        ("leads", "fiscal_quarter"),
        ("pipeline_coverage", "fiscal_quarter"),
        ("quota_pace", "fiscal_quarter"),
    ]


def test_the_calendar_of_bi_and_of_metrics_is_the_company_s(company: Settings) -> None:
    calendar = Calendar(week_start=7, fiscal_start=2)
    days = rows(
        company,
        "select calendar_date, week_start_date, fiscal_quarter_start_date, fiscal_year_start_date, fiscal_year_number,"
        " is_weekend, is_working_day from marts.dim_dates where calendar_date between '2025-01-01' and '2026-12-31'",
    )
    assert len(days) == 730
    for day, *shown in days:
        starts = [calendar.period_of(day, grain) for grain in ("week", "fiscal_quarter", "fiscal_year")]
        ends = calendar.last_day(starts[-1], "fiscal_year").year
        at_work = day.isoweekday() in OPEN.values() and day.isoformat() != HOLIDAY
        assert shown == [*starts, ends, day.isoweekday() in (5, 6), at_work], day
    manifest = compiler.metrics(company)
    for grain, name in (("week", "company_week"), ("fiscal_quarter",) * 2, ("fiscal_year",) * 2):
        compiled = compiler.sql(manifest, ["leads"], group_by=[f"metric_time__{name}"], where=[])
        published = rows(
            company,
            "select period_start_date, value from marts.kpi_values where kpi = 'leads' and dimension = 'total'"
            f" and period_grain = '{grain}' and value > 0 order by 1",
        )
        assert len(published) > 1
        query = f"select cast(period as date), leads from ({compiled}) as t(period, leads) order by 1"
        assert rows(company, query) == published


def test_without_business_hours_the_weekend_decides_the_working_days(company: Settings, tmp_path: Path) -> None:
    settings = copy_company(company.folder, tmp_path / "company")
    settings.file.write_text(settings.file.read_text().partition(HOURS)[0])
    settings = load_settings(settings.file)
    pipeline.load(settings)
    assert transform.run_dbt(settings, ["run", "--select", "+dim_dates"])
    ledger = Ledger.read(_write_ledger(tmp_path / "truth", has_hours=False), AS_OF, RULES)
    shown = rows(
        settings,
        "select month_start_date, month_end_date, count(*) filter (where is_working_day) from marts.dim_dates"
        " where year_number = 2026 group by all",
    )
    assert len(shown) == 12
    assert shown == [(first, last, working_days(ledger, first, last)) for first, last, _ in shown]
    assert working_days(ledger, date(2026, 3, 1), AS_OF) == 23
