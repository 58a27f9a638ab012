"""The worked example through the whole pipeline: every expected number."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ingestion.settings import load_settings
from orchestration import pipeline, transform
from tests.oracle.compare import (
    closing_disagreements,
    cohort_disagreements,
    disagreements,
    life_disagreements,
)
from tests.oracle.drivers import Drivers, driver_disagreements
from tests.oracle.facts import Fact
from tests.oracle.kpis import collect, sums_by
from tests.oracle.ledger import Ledger, Rules
from tests.oracle.trends import Trends, previous_disagreements, trend_disagreements
from tests.orchestration.companies import copy_company
from tests.simulated_company import WITHOUT_CHECKS
from tests.worked_example import EXAMPLE, differences, expected_rows

DIMENSIONS = (
    "channel", "source", "campaign", "region", "segment", "product", "opportunity_type", "currency", "team",
    "sales_rep", "ticket_channel", "agent_group",
)  # fmt: skip
# Together they reach every KPI whose components have more dimensions than one.
GROUPINGS = [
    ("channel", "region", "segment"), ("channel", "team"), ("source", "sales_rep"), ("channel", "campaign"),
    ("channel", "currency"), ("currency", "region"), ("campaign", "opportunity_type", "currency"),
    ("product", "region"), ("ticket_channel", "agent_group"), ("region", "segment", "ticket_channel"),
]  # fmt: skip
# What they divide by differs from dimension to dimension.
ONE_AT_A_TIME = {
    "cac", "cac_direct", "cac_loaded", "cac_paid", "cac_payback_months", "cost_per_lead", "cost_per_mql",
    "cost_per_opportunity", "cost_per_sql", "stage_conversion_from_lead_rate", "stage_conversion_rate",
    "stage_transition_rate",
}  # fmt: skip
MARCH = date(2026, 3, 31)


@pytest.fixture(scope="module")
def march(audited_folder: Path) -> Path:
    """The warehouse of the example as of the end of March."""
    return load_settings(audited_folder / "funnelhouse.toml").warehouse_path


@pytest.fixture(scope="module")
def earlier(audited_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of the example built again as of a day in March."""
    settings = copy_company(audited_folder, tmp_path_factory.mktemp("earlier") / "company")
    settings.file.write_text(settings.file.read_text().replace("as_of_date = 2026-03-31", "as_of_date = 2026-03-16"))
    settings = load_settings(settings.file)
    pipeline.load(settings)
    assert transform.run_dbt(settings, WITHOUT_CHECKS)
    return settings.warehouse_path


@pytest.mark.parametrize(("warehouse", "as_of"), [("march", MARCH), ("earlier", date(2026, 3, 16))])
def test_the_marts_give_every_number_of_the_worked_example(
    warehouse: str, as_of: date, request: pytest.FixtureRequest
) -> None:
    ledger = Ledger.read(EXAMPLE, as_of)
    expected, trends = expected_rows(f"as_of_{as_of}"), Trends(ledger)
    with duckdb.connect(request.getfixturevalue(warehouse), read_only=True) as connection:
        values, drivers, kpi_trends = (
            connection.sql(f"select * from marts.{mart}").df() for mart in ("kpi_values", "kpi_drivers", "kpi_trends")
        )
        assert cohort_disagreements(ledger, connection) == []
        assert closing_disagreements(ledger, connection) == []
        assert life_disagreements(ledger, connection) == []
    assert set(values.as_of_date.astype(str)) == {str(as_of)}
    assert {row.kpi for row in expected} <= set(values.kpi)
    assert differences(expected, values) == []
    assert disagreements(trends.frame, values) == []
    assert len(drivers) > 20
    assert driver_disagreements(Drivers(trends).all(), drivers) == []
    assert trend_disagreements(trends, kpi_trends) == []
    assert previous_disagreements(trends, values) == []


def queried(warehouse: Path, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        return connection.sql(query).fetchall()


@pytest.fixture(scope="module")
def additive() -> list[Fact]:
    """Everything that the oracle adds up, over any members at once."""
    facts = collect(Ledger.read(EXAMPLE, MARCH)).facts.additive
    return [fact for fact in facts if fact.kpi not in ONE_AT_A_TIME]


@pytest.fixture(scope="module")
def components(march: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of the example, open for many questions."""
    with duckdb.connect(march, read_only=True) as connection:
        yield connection


def sums_of_components(
    connection: duckdb.DuckDBPyConnection, dimensions: Collection[str], wanted: Mapping[str, Collection[str]]
) -> dict[tuple[str, ...], tuple[Decimal, Decimal]]:
    """What `sums_by` gives, asked of the mart as a BI tool would."""
    names = "".join(f', "{name}"' for name in dimensions)
    given = [f'"{name}" is not null' for name in dimensions]
    given += [f'list_contains(${name}, "{name}")' for name in wanted]
    rows = connection.execute(
        f"select kpi, strftime(component_date, '%Y-%m'){names}, sum(numerator), coalesce(sum(denominator), 0)"
        f" from marts.kpi_components where {' and '.join([*given, 'component_scope = $scope'])}"
        " group by all having sum(numerator) <> 0 or sum(denominator) <> 0",
        {"scope": "all", **{name: sorted(members) for name, members in wanted.items()}},
    ).fetchall()
    return {row[:-2]: row[-2:] for row in rows}


def test_components_give_the_same_sums_by_any_members(
    components: duckdb.DuckDBPyConnection, additive: list[Fact]
) -> None:
    reached = set()
    for dimensions in GROUPINGS:
        shown = sums_of_components(components, dimensions, {})
        assert shown == sums_by(additive, Rules(), dimensions, {}), dimensions
        reached |= {key[0] for key in shown}
    told = components.sql(
        "select kpi from marts.kpi_components group by kpi having bool_or(numerator <> 0 or denominator <> 0)"
    ).fetchall()
    assert reached | ONE_AT_A_TIME == {kpi for (kpi,) in told}
    assert len(reached) > 60


@given(asked=st.data())
@hypothesis_settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_components_give_the_same_sums_under_any_filter(
    components: duckdb.DuckDBPyConnection, additive: list[Fact], asked: st.DataObject
) -> None:
    some = st.lists(st.sampled_from(DIMENSIONS), unique=True, max_size=3)
    dimensions, filtered = asked.draw(some), asked.draw(some)
    if not {*dimensions, *filtered}:
        return
    wanted = {}
    for name in filtered:
        known = sorted({fact.members[name] for fact in additive if name in fact.members})
        wanted[name] = asked.draw(st.sets(st.sampled_from(known), min_size=1))
    shown = sums_of_components(components, dimensions, wanted)
    assert shown == sums_by(additive, Rules(), dimensions, wanted)


def test_every_value_says_how_many_facts_are_behind_it(march: Path) -> None:
    """Four deals were won in March, one for nothing, and one of 6,000 was lost; one win had a paid channel."""
    assert queried(march, "select kpi from marts.kpi_values where value is not null and sample_count is null") == []
    assert queried(march, "select kpi from marts.kpi_values where is_small_sample <> (sample_count < 30)") == []
    counted = dict(
        queried(
            march,
            "select kpi, sample_count from marts.kpi_values where period_grain = 'month' and dimension = 'total'"
            " and period_start_date = '2026-03-01' and is_official_version",
        )
    )
    amounts = {"sales_amount": 4, "win_rate_by_value": 4, "attributed_sales_amount_linear": 3, "roas": 1}
    assert {kpi: counted[kpi] for kpi in amounts} == amounts
    assert counted["quota_attainment"] == counted["quota_pace"] == counted["credited_sales_amount"] == 3
    assert counted["mrr"] == counted["arpa"] == counted["active_customers"]
    assert counted["net_revenue_retention"] == counted["logo_churn_rate"]
    assert queried(march, "select distinct kpi from marts.kpi_components where numerator is null") == []


def test_the_survival_curve_is_the_one_worked_out_by_hand(march: Path) -> None:
    """`clv_predictive` of the example's page: A4 left at age 1, A12 at age 4, 19 exposed and 2 churned in all."""
    rows = queried(
        march,
        "select exposed_count, churned_count, survival_ratio from marts.fct_survival_curves"
        " where is_newest and month_end_date = '2026-03-31' and dimension = 'total' order by age_months",
    )
    assert [row[:2] for row in rows] == [(5, 1), (3, 0), (3, 0), (3, 1), *[(1, 0)] * 5, *[(0, 0)] * 3]
    late = 0.8 * 2 / 3
    curve = [1, *[0.8] * 3, *[late] * 6, late * 17 / 19, late * (17 / 19) ** 2]
    assert [row[2] for row in rows] == pytest.approx(curve, abs=1e-12)
    assert sum(row[2] for row in rows) * 302 * 0.8 == pytest.approx(1813.003878, abs=1e-6)


def test_days_on_which_a_deal_was_closed_in_between_are_no_active_ones(march: Path) -> None:
    """D03 took 53 days and was lost for 12 of them; D10 was entered three days after its close; D05 is open."""
    shown = queried(
        march,
        "select opportunity_id, opportunity_cycle_days, active_days from marts.fct_opportunities"
        " where opportunity_id in ('D02', 'D03', 'D05', 'D10') order by 1",
    )
    assert shown == [("D02", 25, 25), ("D03", 53, 41), ("D05", None, None), ("D10", -3, -3)]


def test_campaigns_have_their_own_return_and_cost(march: Path) -> None:
    """C1 brought D01 (12,000) and four leads for 1,500, C2 D02 (12,500) and one for 830; C3 and the fair nothing."""
    shown = queried(
        march,
        "select kpi, member, numerator, denominator from marts.kpi_values where kpi in ('roas', 'cost_per_lead')"
        " and dimension = 'campaign' and period_grain = 'quarter' and period_start_date = '2026-01-01' order by all",
    )
    assert shown == [
        ("cost_per_lead", "(unknown)", 250, 0),
        ("cost_per_lead", "C1", 1500, 4),
        ("cost_per_lead", "C2", 830, 1),
        ("cost_per_lead", "C3", 150, 0),
        ("roas", "(unknown)", 0, 250),
        ("roas", "C1", 12000, 1500),
        ("roas", "C2", 12500, 830),
        ("roas", "C3", 0, 150),
    ]


def test_the_bridge_of_a_closing_period_by_hand(march: Path) -> None:
    """March opens with D02 and D05 (the coverage's 16,800); D05 is pushed to April at 4,000 × 1.25 and grows there."""
    rows = queried(
        march,
        "select period_grain, opening_amount_reporting, created_amount_reporting, reopened_amount_reporting,"
        " pulled_in_amount_reporting, pushed_out_amount_reporting, amount_changes_reporting, won_amount_reporting,"
        " lost_amount_reporting, fx_amount_reporting, closing_amount_reporting from marts.fct_pipeline_closing_bridge"
        " where dimension = 'total' and (period_grain in ('quarter', 'year') or period_start_date = '2026-03-01')"
        " and period_grain not like 'fiscal%' and period_start_date >= '2026-01-01' order by 1",
    )
    assert rows == [
        ("month", 16800, 6000, 8000, 0, 5000, 0, 24500, 0, 700, 2000),
        ("quarter", 0, 48000, 8000, 0, 5000, 0, 41700, 8000, 700, 2000),
        ("year", 0, 54000, 8000, 0, 0, 1250, 41700, 14000, 700, 8250),
    ]


def test_cohorts_of_the_example_are_those_that_its_tables_show(march: Path) -> None:
    """Five leads of January, of whom three had won by March; A1, who grew, and A4, who left, began in February."""
    leads = queried(
        march,
        "select age_months, sum(lead_count), sum(mql_count), sum(won_count) from marts.fct_lead_cohorts"
        " where cohort_month_date = '2026-01-01' group by 1 order by 1",
    )
    assert leads == [(0, 5, 3, 1), (1, 5, 4, 1), (2, 5, 4, 3)]
    february = queried(
        march,
        "select age_months, sum(customer_count), sum(active_customer_count), sum(mrr_amount_reporting),"
        " sum(net_retained_mrr_amount_reporting), sum(gross_retained_mrr_amount_reporting)"
        " from marts.fct_customer_cohorts where cohort_basis = 'first_mrr' and cohort_month_date = '2026-02-01'"
        " group by 1 order by 1",
    )
    assert february == [(0, 2, 2, 350, 350, 350), (1, 2, 1, 400, 400, 300)]
    so_far = queried(
        march,
        "select sum(customer_count), sum(revenue_to_date_amount_reporting), sum(margin_to_date_amount_reporting)"
        " from marts.fct_customer_cohorts where cohort_basis = 'first_purchase' and month_end_date = '2026-03-31'",
    )
    assert so_far == [(7, 6614, Decimal("5291.2"))]
