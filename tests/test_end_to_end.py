"""From a vendor's HTTP answer to a KPI: the marts agree with the oracle, whatever way the history arrived."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingestion.sandbox import marketing
from tests import narrowing
from tests.oracle.compare import disagreements
from tests.oracle.drivers import Drivers, driver_disagreements
from tests.oracle.trends import previous_disagreements, trend_disagreements
from tests.simulated_company import Simulated, simulate

SLICES = [date(2026, 5, 31), date(2026, 6, 29), date(2026, 6, 30)]
# Of the goals for leads of June the one that came into force later counts, of sales in May the one that is no step.
GOALS = """\
kpi,period_grain,period_start_date,dimension,member,target_value,currency_code,valid_from,valid_to,baseline_value,relative_to,relative_change,path_periods
leads,month,2026-06-01,total,all,,,2026-06-01,,,previous_period,0.1,
leads,month,2026-07-01,total,all,,,2026-06-01,,,previous_period,0.1,
leads,month,2026-04-01,total,all,,,2026-03-01,2026-04-01,,previous_period,0.5,
leads,month,2026-03-01,channel,paid_search,,,,,,previous_year,0.25,
tickets_created,week,2026-03-30,total,all,,,,,,previous_year,-0.05,
win_rate,quarter,2026-04-01,team,Enterprise,,,,,,previous_year,0.05,
win_rate,month,2026-01-01,total,all,0.3,,,,0.25,,,3
sales_amount,month,2026-04-01,total,all,,,,,,previous_year,0.15,
sales_amount,month,2026-03-01,channel,paid_search,90000,EUR,,,40000,,,4
sales_amount,month,2026-05-01,channel,paid_search,65000.5,EUR,,,,,,
average_deal_amount,month,2026-04-01,total,all,,,,,,previous_period,0.1,
sales_cycle_days_mean,quarter,2026-01-01,total,all,,,,,,previous_period,-0.1,
sales_cycle_days_median,month,2026-02-01,total,all,,,,,,previous_year,-0.125,
net_revenue_retention,quarter,2026-04-01,total,all,,,,,,previous_period,0.02,
cac,quarter,2026-04-01,total,all,,,,,3000,baseline,-0.2,
mrr,month,2026-02-01,total,all,60000,,,,,,,
credited_sales_amount,month,2026-04-01,team,Commercial,,,,,,previous_period,0.1,
credited_sales_amount,quarter,2026-01-01,team,Enterprise,,,,,,previous_year,0.333333,
credited_sales_amount,month,2026-08-01,team,Enterprise,,,,,,previous_period,0.1,
"""


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """A company that was loaded only on the last day."""
    folder = tmp_path_factory.mktemp("at_once")
    return simulate(folder, seed=11, scale=0.3, days=[SLICES[-1]], first=SLICES[0], goals=GOALS)


@pytest.fixture(scope="module")
def in_slices(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """The same company, loaded and built on three days: after a month, and after a night."""
    folder = tmp_path_factory.mktemp("in_slices")
    return simulate(folder, seed=11, scale=0.3, days=SLICES, goals=GOALS)


def test_every_kpi_equals_the_oracle(at_once: Simulated) -> None:
    values = at_once.kpi_values()
    assert len(values) > 10_000
    assert values[values.dimension == "total"].value.notna().sum() > 1_000
    assert disagreements(at_once.truth(), values) == []
    assert at_once.cohort_disagreements() == []
    assert at_once.closing_disagreements() == []
    assert at_once.life_disagreements() == []


def test_what_a_campaign_brought_meets_what_its_platform_charged(at_once: Simulated) -> None:
    values = at_once.kpi_values()
    of_campaigns = values[(values.dimension == "campaign") & (values.period_grain == "year") & (values.numerator > 0)]
    returns = of_campaigns[(of_campaigns.kpi == "roas") & of_campaigns.value.notna()]
    leads = of_campaigns[of_campaigns.kpi == "cost_per_lead"]
    assert set(returns.member) <= set(marketing.CAMPAIGN_IDS.values())
    assert len(set(returns.member)) > 1
    assert len(set(leads[leads.value.notna()].member)) > 1


def test_every_trend_equals_the_oracle(at_once: Simulated) -> None:
    trends = at_once.mart("kpi_trends")
    tests = {"two_proportions", "poisson_rates", "welch_t", "mann_whitney_u"}
    assert set(trends[trends.p_value.notna()].significance_test) == tests
    assert trend_disagreements(at_once.trends, trends) == []
    assert at_once.kpi_values().previous_year_value.notna().sum() > 1_000
    assert previous_disagreements(at_once.trends, at_once.kpi_values()) == []


def test_every_driver_equals_the_oracle(at_once: Simulated) -> None:
    drivers = at_once.mart("kpi_drivers")
    assert set(drivers.period_grain) == {"month", "quarter"}
    assert set(drivers.dimension) == {"channel", "region", "segment", "product", "team", "sales_rep"}
    assert len(drivers[drivers.mix_effect.notna()]) > 50
    assert driver_disagreements(Drivers(at_once.trends).all(), drivers) == []


def test_every_target_and_attainment_equals_the_oracle(at_once: Simulated) -> None:
    targets = at_once.mart("fct_sales_targets")
    relative = targets[targets.relative_to.isin(["previous_period", "previous_year"])]
    assert len(relative) == 13  # the fourteenth is no longer in force
    assert relative[["target_amount_reporting", "target_value"]].notna().any(axis=1).sum() > 8
    assert targets.path_step.notna().sum() == 6
    assert at_once.goal_disagreements() == []


def test_history_in_slices_gives_the_same_content_as_at_once(at_once: Simulated, in_slices: Simulated) -> None:
    """So that what equals the oracle after a full load does so after incremental ones."""
    content = in_slices.content_hashes()
    assert {"kpi_values", "kpi_trends", "kpi_drivers", "fct_sales_targets"} <= set(content)
    assert content == at_once.content_hashes()


def test_a_night_of_news_is_followed_by_key(in_slices: Simulated) -> None:
    with duckdb.connect(in_slices.warehouse, read_only=True) as connection:
        built = dict(connection.sql("select built, count(*) from built_from.versions group by built").fetchall())
    assert built["by key"] > 100
    assert built["by sums"] > 5
    assert built["by rows"] > 3


def test_models_have_the_keys_and_add_up_as_they_claim(in_slices: Simulated) -> None:
    assert list(narrowing.disagreements(in_slices.warehouse, in_slices.target)) == []


def test_an_earlier_as_of_date_does_not_see_later_events(at_once: Simulated) -> None:
    earlier = at_once.build_as_of(date(2026, 4, 14))
    values = earlier.kpi_values()
    assert set(values.as_of_date.astype(str)) == {"2026-04-14"}
    assert disagreements(earlier.truth(), values) == []
    assert earlier.cohort_disagreements() == []
    assert earlier.closing_disagreements() == []
    assert earlier.life_disagreements() == []
    drivers = earlier.mart("kpi_drivers")
    assert set(drivers[drivers.is_significant].significance_test) == {"two_proportions"}
    assert driver_disagreements(Drivers(earlier.trends).all(), drivers) == []
    trends = earlier.mart("kpi_trends")
    assert len(trends[~trends.is_complete_period & trends.p_value.notna()]) > 50
    assert trend_disagreements(earlier.trends, trends) == []
    assert previous_disagreements(earlier.trends, values) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "scale", "days"),
    [
        (1, 0.1, [date(2025, 12, 31)]),
        (2, 1.0, [date(2026, 3, 31)]),
        (3, 0.5, [date(2026, 2, 10), date(2026, 2, 11), date(2026, 3, 29)]),
        (4, 0.3, [date(2025, 10, 25), date(2025, 10, 26), date(2025, 10, 27)]),
        (5, 2.0, [date(2026, 6, 30)]),
    ],
)
def test_other_companies_agree_with_the_oracle_too(tmp_path: Path, seed: int, scale: float, days: list[date]) -> None:
    company = simulate(tmp_path, seed=seed, scale=scale, days=days)
    assert disagreements(company.truth(), company.kpi_values()) == []
