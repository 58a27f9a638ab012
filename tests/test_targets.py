"""Targets of a spreadsheet: absolute, relative to what was observed, and on the way to a goal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from ingestion.settings import Settings, load_settings
from orchestration import pipeline, transform
from tests.oracle.kpis import compute
from tests.orchestration.companies import write_worked_example
from tests.simulated_company import WITHOUT_CHECKS
from tests.worked_example import EXAMPLE

AS_OF = date(2026, 3, 31)
GOALS = """\
kpi,period_grain,period_start_date,dimension,member,target_value,baseline_value,relative_to,relative_change,path_periods
leads,month,2026-03-01,total,all,,,previous_period,0.10,
leads,month,2026-05-01,total,all,,,previous_period,0.10,
win_rate,month,2026-01-01,total,all,0.30,0.25,,,3
sales_amount,quarter,2026-01-01,total,all,,20000,baseline,0.5,
credited_sales_amount,month,2026-04-01,sales_rep,R1,,,previous_period,0.10,
credited_sales_amount,month,2026-03-01,sales_rep,R99,5000,,,,
win_rate,month,2026-03-01,team,EMEA,40,,,,
happiness,month,2026-03-01,total,all,1,,,,
"""
SOURCE = """
[sources.goals]
kind = "files"
path = "goals.csv"
entity = "targets"
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The worked example with a second file of targets, built."""
    settings = write_worked_example(tmp_path_factory.mktemp("targets"))
    (settings.folder / "goals.csv").write_text(GOALS)
    file = settings.folder / "funnelhouse.toml"
    file.write_text(file.read_text() + SOURCE)
    settings = load_settings(file)
    pipeline.extract(settings)
    pipeline.load(settings)
    assert transform.run_dbt(settings, WITHOUT_CHECKS)
    return settings


def rows(company: Settings, query: str) -> list[tuple[object, ...]]:
    """What the marts answer."""
    with duckdb.connect(company.warehouse_path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_relative_targets_follow_what_was_observed(company: Settings) -> None:
    truth = compute(EXAMPLE, AS_OF).set_index(["kpi", "period_grain", "period_start_date", "dimension", "member"])
    february = truth.loc["leads", "month", date(2026, 2, 1), "total", "all"]["value"]
    march = truth.loc["leads", "month", date(2026, 3, 1), "total", "all"]["value"]
    assert february > 0
    [(target, attainment)] = rows(
        company,
        "select target_value, attainment from marts.kpi_values where kpi = 'leads' and period_grain = 'month'"
        " and period_start_date = date '2026-03-01' and dimension = 'total'",
    )
    assert target == Decimal(str(february)) * Decimal("1.1")
    assert attainment == pytest.approx(march / february / 1.1)
    credited = truth.loc["credited_sales_amount", "month", date(2026, 3, 1), "sales_rep", "R1"]["value"]
    assert rows(
        company,
        "select target_amount_reporting, target_value from marts.fct_sales_targets"
        " where kpi in ('credited_sales_amount', 'leads') and relative_to is not null order by period_start_date",
    ) == [
        (None, target),
        (Decimal(str(credited)) * Decimal("1.1"), None),
        (None, None),  # May follows April, which is not over
    ]


def test_a_path_and_a_baseline_give_a_target_for_every_period(company: Settings) -> None:
    assert rows(
        company,
        "select target_value from marts.kpi_values where kpi = 'win_rate' and period_grain = 'month'"
        " and dimension = 'total' and target_value is not null order by period_start_date",
    ) == [(Decimal("0.266667"),), (Decimal("0.283333"),), (Decimal("0.300000"),)]
    assert rows(
        company,
        "select target_value from marts.kpi_values where kpi = 'sales_amount' and period_grain = 'quarter'"
        " and period_start_date = date '2026-01-01' and dimension = 'total'",
    ) == [(Decimal("30000.000000"),)]


def test_targets_that_make_no_sense_are_reported(company: Settings) -> None:
    assert rows(
        company, "select kpi, member, finding from marts.kpi_target_findings order by kpi, member, finding"
    ) == [
        ("credited_sales_amount", "R99", "unknown_member"),
        ("happiness", "all", "unknown_kpi"),
        ("win_rate", "EMEA", "ratio_as_percent"),
    ]
