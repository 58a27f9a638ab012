"""The worked example of a company a million times as large: every amount is too, and every count and rate the same.

Engines multiply decimals of up to 18 digits in 64 bits: a product that has more is an error, and not a number.
"""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from ingestion.settings import Settings
from tests.orchestration.companies import write_worked_example
from tests.simulated_company import load_and_build
from tests.worked_example import expected_rows

FACTOR = 10**6
AMOUNTS = {"amount", "spend_amount", "net_amount", "tax_amount", "total_amount", "recurring_amount"}
BASELINE = """
[[targets]]
kpi = "sales_amount"
period_grain = "quarter"
period_start_date = 2026-01-01
baseline_value = 40000000000
relative_to = "baseline"
relative_change = 0.10
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The example with every amount times a million."""
    settings = write_worked_example(tmp_path_factory.mktemp("large") / "company", more=BASELINE)
    for file in (settings.folder / "imports").glob("*.csv"):
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
        for column in AMOUNTS & set(rows.columns):
            rows[column] = [str(float(text) * FACTOR) if text else "" for text in rows[column]]
        if "target_value" in rows.columns:
            is_amount = rows["currency_code"] != ""
            rows.loc[is_amount, "target_value"] = [
                str(float(text) * FACTOR) for text in rows.loc[is_amount, "target_value"]
            ]
        rows.to_csv(file, index=False)
    load_and_build(settings)
    return settings


def asked(settings: Settings, query: str) -> list[tuple[object, ...]]:
    """The rows of a query."""
    with duckdb.connect(settings.warehouse_path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_amounts_grow_with_the_company_and_nothing_else_does(large: Settings) -> None:
    told = asked(
        large,
        "select kpi, period_grain, strftime(period_start_date, '%Y-%m-%d'), dimension, member, value, unit"
        " from marts.kpi_values",
    )
    found = {tuple(row[:5]): (row[5], FACTOR if row[6] == "currency" else 1) for row in told}
    compared = 0
    for row in expected_rows("as_of_2026-03-31"):
        if not row.value:  # members without anything have no row
            continue
        value, factor = found[row[:5]]
        assert value == pytest.approx(row.value * factor, rel=1e-4), row  # the small ones are rounded to cents
        compared += factor > 1
    assert compared > 100


def test_a_large_target_is_resolved_from_its_baseline(large: Settings) -> None:
    found = asked(large, "select target_amount_reporting from marts.fct_sales_targets where relative_to = 'baseline'")
    assert [float(str(value)) for (value,) in found] == [44_000_000_000]
