"""Targets of a spreadsheet and of the configuration, and a KPI whose meaning changes on a date."""

from __future__ import annotations

import io
import shutil
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from ingestion.settings import Settings, load_settings
from orchestration import layout, transform
from tests.oracle.compare import disagreements
from tests.oracle.goals import goal_disagreements
from tests.oracle.kpis import by_key, compute
from tests.oracle.ledger import Ledger, Rules
from tests.orchestration.companies import copy_company, write_worked_example
from tests.simulated_company import load_and_build
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
MODEL = 'attribution_model = [{ model = "first_touch" }, { valid_from = 2026-02-15, model = "linear" }]'
HEADLINE = 'cac_headline = [{ level = "paid" }, { valid_from = 2026-02-01, level = "loaded" }]'
REDEFINED = """
[[kpi.definitions]]
kpi = "win_rate"
computed_as = "win_rate_by_value"
valid_from = 2026-03-01

[[kpi.definitions]]
kpi = "sales_cycle_days_median"
computed_as = "opportunity_cycle_days_median"
valid_from = 2026-02-01

[[kpi.definitions]]
kpi = "lead_to_mql_rate"
formula = "persons whose lead score reached 50 / leads; until January it was 30"
valid_from = 2026-02-01
"""
RULES = Rules(
    headlines=(
        (date(1900, 1, 1), "win_rate", "win_rate"),
        (date(2026, 3, 1), "win_rate", "win_rate_by_value"),
        (date(1900, 1, 1), "sales_cycle_days_median", "sales_cycle_days_median"),
        (date(2026, 2, 1), "sales_cycle_days_median", "opportunity_cycle_days_median"),
        (date(1900, 1, 1), "lead_to_mql_rate", "lead_to_mql_rate"),
        (date(2026, 2, 1), "lead_to_mql_rate", "lead_to_mql_rate"),
        (date(1900, 1, 1), "cac", "cac_paid"),
        (date(2026, 2, 1), "cac", "cac_loaded"),
        (date(1900, 1, 1), "roas", "roas_first_touch"),
        (date(2026, 2, 15), "roas", "roas_linear"),
    )
)
SOURCE = """
[sources.goals]
kind = "files"
path = "goals.csv"
entity = "targets"

[[targets]]
kpi = "mqls"
period_grain = "month"
period_start_date = 2026-03-01
target_value = 2.5

[[targets]]
kpi = "mqls"
period_grain = "quarter"
period_start_date = 2026-01-01
dimension = "channel"
member = "paid_search"
relative_to = "baseline"
relative_change = 0.5
baseline_value = 4
"""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's files with all targets in one."""
    folder = tmp_path_factory.mktemp("ledger")
    for path in EXAMPLE.glob("*.csv"):
        shutil.copy(path, folder)
    written = [pd.read_csv(text, dtype=str) for text in (EXAMPLE / "targets.csv", io.StringIO(GOALS))]
    configured = pd.DataFrame(tomllib.loads(SOURCE)["targets"]).fillna({"dimension": "total", "member": "all"})
    pd.concat([*written, configured]).to_csv(folder / "targets.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The worked example with a second file of targets and two headlines that change in February, built."""
    settings = write_worked_example(tmp_path_factory.mktemp("targets"))
    (settings.folder / "goals.csv").write_text(GOALS)
    file = settings.folder / "funnelhouse.toml"
    text = file.read_text().replace("[kpi]\n", f"[kpi]\n{HEADLINE}\n")
    file.write_text(text.replace('attribution_model = "first_touch"', MODEL) + REDEFINED + SOURCE)
    settings = load_settings(file)
    load_and_build(settings)
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


def test_every_target_and_what_follows_from_it_equals_the_oracle(company: Settings, ledger: Path) -> None:
    truth = compute(ledger, AS_OF, RULES)
    with duckdb.connect(company.warehouse_path, read_only=True) as connection:
        values = connection.sql("select * from marts.kpi_values").df()
        targets = connection.sql("select * from marts.fct_sales_targets").df()
    assert targets.relative_to.notna().sum() == 5
    assert goal_disagreements(Ledger.read(ledger, AS_OF, RULES), by_key(truth), values, targets) == []
    assert disagreements(truth, values[values.is_official_version]) == []


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


def test_targets_of_the_configuration_count_like_those_of_a_file(company: Settings) -> None:
    assert rows(
        company,
        "select period_grain, dimension, member, target_value from marts.kpi_values where kpi = 'mqls'"
        " and target_value is not null order by period_grain",
    ) == [
        ("month", "total", "all", Decimal("2.500000")),
        ("quarter", "channel", "paid_search", Decimal("6.000000")),
    ]
    assert rows(company, "select distinct source_system from marts.fct_sales_targets where kpi = 'mqls'") == [
        ("(configuration)",)
    ]


def test_targets_that_make_no_sense_are_reported(company: Settings) -> None:
    assert rows(
        company, "select kpi, member, finding from marts.kpi_target_findings order by kpi, member, finding"
    ) == [
        ("credited_sales_amount", "R99", "unknown_member"),
        ("happiness", "all", "unknown_kpi"),
        ("win_rate", "EMEA", "ratio_as_percent"),
    ]


def test_both_versions_of_a_definition_stand_side_by_side(company: Settings) -> None:
    assert rows(
        company,
        "select kpi, version, valid_from, valid_to, computed_as, change_note is not null"
        " from marts.kpi_definitions where kpi in ('cac', 'roas', 'sales_cycle_days_median', 'win_rate')"
        " order by kpi, version",
    ) == [
        ("cac", 1, date(1900, 1, 1), date(2026, 2, 1), "cac_paid", True),
        ("cac", 2, date(2026, 2, 1), None, "cac_loaded", True),
        ("roas", 1, date(1900, 1, 1), date(2026, 2, 15), "roas_first_touch", True),
        ("roas", 2, date(2026, 2, 15), None, "roas_linear", True),
        ("sales_cycle_days_median", 1, date(1900, 1, 1), date(2026, 2, 1), "sales_cycle_days_median", True),
        ("sales_cycle_days_median", 2, date(2026, 2, 1), None, "opportunity_cycle_days_median", True),
        ("win_rate", 1, date(1900, 1, 1), date(2026, 3, 1), "win_rate", True),
        ("win_rate", 2, date(2026, 3, 1), None, "win_rate_by_value", True),
    ]
    both = "select period_grain, period_start_date, dimension, member, numerator, denominator, value from marts."
    for kpi, version, name in (
        ("cac", 1, "cac_paid"),
        ("cac", 2, "cac_loaded"),
        ("roas", 1, "roas_first_touch"),
        ("roas", 2, "roas_linear"),
        ("sales_cycle_days_median", 2, "opportunity_cycle_days_median"),
        ("win_rate", 2, "win_rate_by_value"),
    ):
        shown = rows(company, f"{both}kpi_values where kpi = '{kpi}' and version = {version} order by all")
        assert len(shown) > 50
        assert shown == rows(company, f"{both}kpi_values where kpi = '{name}' order by all")


def test_a_meaning_that_changed_in_the_source_breaks_the_chart_and_keeps_the_numbers(company: Settings) -> None:
    [before, since] = rows(
        company,
        "select version, valid_from, formula, computed_as from marts.kpi_definitions"
        " where kpi = 'lead_to_mql_rate' order by version",
    )
    assert before[:2] == (1, date(1900, 1, 1))
    assert "score" not in str(before[2])
    assert since == (
        2, date(2026, 2, 1), "persons whose lead score reached 50 / leads; until January it was 30",
        "lead_to_mql_rate",
    )  # fmt: skip
    assert rows(
        company,
        "select period_start_date, version, is_definition_break from marts.kpi_values where kpi = 'lead_to_mql_rate'"
        " and period_grain = 'month' and dimension = 'total' and is_official_version"
        " and period_start_date >= date '2026-01-01' order by period_start_date",
    ) == [(date(2026, 1, 1), 1, False), (date(2026, 2, 1), 2, True), (date(2026, 3, 1), 2, False)]
    first, second = (
        rows(
            company,
            "select period_grain, period_start_date, dimension, member, numerator, denominator, value"
            f" from marts.kpi_values where kpi = 'lead_to_mql_rate' and version = {version} order by all",
        )
        for version in (1, 2)
    )
    assert len(first) > 50
    assert first == second


def test_a_redefined_kpi_keeps_its_name_and_what_it_meant_before(company: Settings) -> None:
    assert rows(
        company,
        "select distinct kpi, version, label, owner from marts.kpi_definitions where kpi = 'win_rate' order by version",
    ) == [("win_rate", version, "Win rate", "Sales operations") for version in (1, 2)]
    [(count, same)] = rows(
        company,
        "select count(*), count(*) filter (where shown.numerator is not distinct from parts.numerator)"
        " from (select period_start_date, numerator from marts.kpi_values where kpi = 'win_rate' and version = 1"
        " and period_grain = 'month' and dimension = 'total' and is_official_version) as shown"
        " inner join (select date_trunc('month', component_date) as period_start_date, sum(numerator) as numerator"
        " from marts.kpi_components where kpi = 'win_rate' and version = 1 and component_scope = 'all' group by 1)"
        " as parts using (period_start_date)",
    )
    assert count == same == 1  # January; February closed nothing, March is told by value


def test_a_redefinition_that_is_no_kpi_or_of_another_unit_is_not_published(company: Settings, tmp_path: Path) -> None:
    settings = copy_company(company.folder, tmp_path / "company")
    with duckdb.connect(settings.warehouse_path) as connection:
        for kpi, computed_as in (("leads", "happiness"), ("csat", "leads"), ("mqls", "sqls")):
            connection.execute(
                "insert into meta.kpi_headlines values (?, ?, '1900-01-01', null), (?, ?, '2026-01-01', null)",
                [kpi, kpi, kpi, computed_as],
            )
    assert transform.run_dbt(settings, ["run", "--select", "int_kpi_headlines_dated", "kpi_definitions"])
    check = (layout.DBT_PROJECT / "tests" / "assert_redefinitions_keep_the_unit.sql").read_text()
    for model, relation in (
        ("int_kpi_headlines_dated", "intermediate.int_kpi_headlines_dated"),
        ("kpi_definitions", "marts.kpi_definitions"),
    ):
        check = check.replace(f"{{{{ ref('{model}') }}}}", relation)
    assert {row[:2] for row in rows(settings, check)} == {("csat", "csat"), ("csat", "leads"), ("leads", "happiness")}
    assert rows(company, check) == []


def test_one_version_of_a_definition_is_the_official_one(company: Settings) -> None:
    assert rows(
        company,
        "select period_start_date, version, is_definition_break from marts.kpi_values"
        " where kpi = 'cac' and period_grain = 'month' and dimension = 'total' and is_official_version"
        " and period_start_date >= date '2026-01-01' order by period_start_date",
    ) == [(date(2026, 1, 1), 1, False), (date(2026, 2, 1), 2, True), (date(2026, 3, 1), 2, False)]
    # days change on the day, the month and the week in which it lies keep the definition of their first day
    assert rows(
        company,
        "select period_grain, period_start_date, version from marts.kpi_values"
        " where kpi = 'roas' and dimension = 'total' and is_official_version and is_definition_break order by all",
    ) == [
        ("day", date(2026, 2, 15), 2),
        ("month", date(2026, 3, 1), 2),
        ("week", date(2026, 2, 16), 2),
    ]
    assert rows(
        company,
        "select attribution_model, min(closed_date) >= date '2026-02-15', max(closed_date) < date '2026-02-15'"
        " from marts.fct_attribution where is_headline_model group by all order by all",
    ) == [("first_touch", False, True), ("linear", True, False)]
    assert (
        rows(
            company,
            "select kpi, period_grain, period_start_date, dimension, member, count(*)"
            " from marts.kpi_values where dimension = 'total' group by all having sum(is_official_version::int) <> 1",
        )
        == []
    )
    # March is loaded cost, the first quarter began with paid media
    assert rows(
        company,
        "select card.period_grain, card.version, card.value = shown.value from marts.kpi_scorecard as card"
        " inner join marts.kpi_values as shown using (period_grain, period_start_date)"
        " where card.kpi = 'cac' and shown.dimension = 'total' and period_grain in ('month', 'quarter')"
        " and shown.kpi = case period_grain when 'month' then 'cac_loaded' else 'cac_paid' end order by all",
    ) == [("month", 2, True), ("quarter", 1, True)]
