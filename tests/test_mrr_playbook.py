"""A billing export whose answers were published: 121 periods of 55 customers through the whole pipeline."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import load_settings
from orchestration import pipeline
from tests.simulated_company import load_and_build

EXPORT = Path(__file__).parent / "mrr_playbook" / "subscription_periods.csv"
CONFIGURATION = """\
[company]
name = "Playbook"
reporting_currency = "USD"
as_of_date = 2020-02-29

[sources.playbook]
kind = "files"
path = "exports/*.csv"
entity = "subscription_periods"
[sources.playbook.columns]
account_id = "customer_id"
valid_from_date = "start_date"
valid_to_date = "end_date"
[sources.playbook.constants]
status = "active"
currency_code = "USD"
"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company that has nothing but that export."""
    folder = tmp_path_factory.mktemp("playbook")
    (folder / "exports").mkdir()
    shutil.copy(EXPORT, folder / "exports")
    (folder / "funnelhouse.toml").write_text(CONFIGURATION)
    settings = load_settings(folder / "funnelhouse.toml")
    reports = pipeline.extract(settings)
    assert [(report.fetched, report.quarantined, report.error) for report in reports] == [(121, 0, None)]
    load_and_build(settings)
    return settings.warehouse_path


def values(warehouse: Path, kpi: str, grain: str = "month") -> dict[date, tuple[float | None, ...]]:
    """Numerator, denominator and value of a KPI's total by period."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        rows = connection.execute(
            """
            select period_start_date, numerator, denominator, value
            from marts.kpi_values
            where kpi = ? and period_grain = ? and dimension = 'total'
            """,
            [kpi, grain],
        ).fetchall()
    return {start: tuple(None if number is None else float(number) for number in rest) for start, *rest in rows}


@pytest.mark.parametrize(
    ("month", "amount", "customers"),
    [(date(2019, 6, 1), 1135, 22), (date(2019, 9, 1), 1455, 31), (date(2019, 12, 1), 1255, 28)],
)
def test_recurring_revenue_is_what_was_published(warehouse: Path, month: date, amount: int, customers: int) -> None:
    assert values(warehouse, "mrr")[month] == (amount, None, amount)
    assert values(warehouse, "active_customers")[month] == (customers, None, customers)


@pytest.mark.parametrize(
    ("movement", "kpi", "count", "amount"),
    [
        ("new", "mrr_new", 55, 2295),
        ("churned", "mrr_churned", 58, 2550),
        ("expansion", "mrr_expansion", 30, 660),
        ("contraction", "mrr_contraction", 27, 555),
        ("reactivated", "mrr_reactivated", 3, 150),
    ],
)
def test_the_movements_of_the_whole_history_are_what_was_published(
    warehouse: Path, movement: str, kpi: str, count: int, amount: int
) -> None:
    with duckdb.connect(warehouse, read_only=True) as connection:
        found = connection.execute(
            "select count(*) from marts.fct_mrr_movements where movement_type = ?", [movement]
        ).fetchone()
    assert found == (count,)
    assert sum(numbers[0] or 0 for numbers in values(warehouse, kpi).values()) == amount


def test_december_2019_lost_what_was_published(warehouse: Path) -> None:
    month = date(2019, 12, 1)
    assert values(warehouse, "logo_churn_rate")[month] == (17, 42, pytest.approx(0.4048, abs=5e-5))
    assert values(warehouse, "mrr_churned")[month][0] == 705
    assert values(warehouse, "mrr")[date(2019, 11, 1)][0] == 1840


def test_a_life_is_counted_from_the_first_month_to_the_last(warehouse: Path) -> None:
    """At the end everyone has left: the months of all customers over 58 churns, and no unknown margin is invented."""
    months, churns, _ = values(warehouse, "customer_lifetime_months", "year")[date(2020, 1, 1)]
    with duckdb.connect(warehouse, read_only=True) as connection:
        active = connection.execute("select sum(active_customer_count) from marts.fct_mrr_monthly").fetchone()
    assert (months, churns) == (float(active[0]) if active else None, 58)
    assert set(values(warehouse, "clv_simple").values()) == {(None, None, None)}
