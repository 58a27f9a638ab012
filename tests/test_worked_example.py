"""The worked example through the whole pipeline: every expected number."""

from __future__ import annotations

import re
from datetime import date

import duckdb
import pandas as pd
import pytest

from ingestion.settings import Settings, load_settings
from orchestration import pipeline, transform
from tests.oracle.compare import disagreements
from tests.oracle.kpis import compute, sums_by
from tests.orchestration.companies import write_worked_example
from tests.simulated_company import WITHOUT_CHECKS
from tests.worked_example import EXAMPLE, differences, expected_rows

FILTERS = [("channel", "team"), ("source", "sales_rep"), ("campaign", "opportunity_type", "currency")]
SCENARIOS = {"as_of_2026-03-31": date(2026, 3, 31), "as_of_2026-03-16": date(2026, 3, 16)}


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The example's files, loaded."""
    settings = write_worked_example(tmp_path_factory.mktemp("example"))
    pipeline.extract(settings)
    pipeline.load(settings)
    return settings


def kpi_values(example: Settings, as_of: date) -> pd.DataFrame:
    """What the marts say as of a day."""
    file = example.folder / "funnelhouse.toml"
    file.write_text(re.sub(r"(?m)^as_of_date = \S+$", f"as_of_date = {as_of}", file.read_text()))
    settings = load_settings(file)
    pipeline.load(settings)
    assert transform.run_dbt(settings, WITHOUT_CHECKS)
    with duckdb.connect(settings.warehouse_path, read_only=True) as connection:
        return connection.sql("select * from marts.kpi_values").df()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_marts_give_every_number_of_the_worked_example(example: Settings, scenario: str) -> None:
    values = kpi_values(example, SCENARIOS[scenario])
    expected = expected_rows(scenario)
    assert {row.kpi for row in expected} <= set(values.kpi)
    assert differences(expected, values) == []
    assert disagreements(compute(EXAMPLE, SCENARIOS[scenario]), values) == []


def test_components_give_the_same_sums_under_any_filter(example: Settings) -> None:
    kpi_values(example, date(2026, 3, 31))
    for dimensions in FILTERS:
        wanted = sums_by(EXAMPLE, date(2026, 3, 31), dimensions)
        with duckdb.connect(example.warehouse_path, read_only=True) as connection:
            names, given = ", ".join(dimensions), " and ".join(f"{name} is not null" for name in dimensions)
            rows = connection.execute(
                f"select kpi, strftime(component_date, '%Y-%m'), {names}, sum(numerator), coalesce(sum(denominator), 0)"
                f" from marts.kpi_components where component_scope = 'all' and {given}"
                " group by all having sum(numerator) <> 0 or sum(denominator) <> 0"
            ).fetchall()
        shown = {row[:-2]: row[-2:] for row in rows}
        kpis = {key[0] for key in shown}
        assert len(kpis) > 8
        assert shown == {key: sums for key, sums in wanted.items() if key[0] in kpis}


def test_what_was_known_on_a_day_is_told(example: Settings) -> None:
    """Nothing of March is known: no edit, no deletion, no merge, no record."""
    expected = expected_rows("as_was_2026-02-28")
    assert len(expected) == 22
    with duckdb.connect(pipeline.as_was(example, date(2026, 2, 28))["path"], read_only=True) as connection:
        values = connection.sql("select * from marts.kpi_values").df()
    assert differences(expected, values) == []
