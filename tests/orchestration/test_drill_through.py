"""Drill-through and the star: the facts under a KPI's filter add up to it, and every join that is told holds."""

from __future__ import annotations

from typing import Any

import duckdb

from ingestion.settings import Settings
from orchestration.serving import duckdb_file

COUNTED_BY_THE_SOURCE = ("impressions", "clicks", "web_sessions")
BY_TARGET = "quota_attainment"  # a period without a target has none
BY_TARGET_SO_FAR = "quota_pace"
OF_ANY_GRAIN = "web_visitors"  # the report's own rows of days, weeks and months
OF_TWO_FACTS = "cac_payback_months"  # costs divided by what new customers pay
# A record that is divided has a row for each part.
PART_OF = {
    "fct_attribution": "opportunity_key",
    "bridge_opportunity_credits": "opportunity_key",
    "fct_acquisition_costs": "cost_line_key",
}
CLOSING_DAY = "least(period_end_date, as_of_date) as day"


def rows_of(settings: Settings, statement: str) -> list[tuple[Any, ...]]:
    current = duckdb_file.current_version(settings)
    assert current
    with duckdb.connect(current["path"], read_only=True) as connection:
        return connection.execute(statement).fetchall()


def differences(settings: Settings, kpi: tuple[str, int], facts: str, shown: str) -> list[str]:
    """Where what the rows of a fact give by month or day differs from what `kpi_values` shows for the company."""
    rows = rows_of(
        settings,
        f"with facts as ({facts}), shown as (select {shown} from marts.kpi_values where kpi = '{kpi[0]}'"
        f" and version = {kpi[1]} and dimension = 'total' and period_grain = 'month')"
        " select day, facts.number, shown.number from facts full join shown using (day)"
        " where coalesce(facts.number, 0) <> coalesce(shown.number, 0) order by day",
    )
    return [f"{kpi[0]}: {row}" for row in rows]


def test_the_facts_under_the_filter_are_the_two_sides_of_a_kpi(published: Settings) -> None:
    """All sums, and of the quotients every side of which the fact has a column."""
    kpis = rows_of(
        published,
        "select kpi, version, aggregation, drill_through_fact, drill_through_filter, drill_through_date,"
        " drill_through_measure, drill_through_denominator from marts.kpi_definitions"
        f" where aggregation in ('sum', 'ratio') and 'total' in split(dimensions, ', ') and kpi <> '{BY_TARGET}'"
        " order by kpi",
    )
    problems, compared = [], {("sum", "numerator"): 0, ("ratio", "numerator"): 0, ("ratio", "denominator"): 0}
    for kpi, version, aggregation, fact, condition, day, *columns in kpis:
        for side, column in zip(("numerator", "denominator"), columns, strict=True):
            if column is None or day is None:
                continue
            facts = f"select date_trunc('month', {day})::date as day, sum({column}) as number"
            facts += f" from marts.{fact} where {condition} group by all"
            problems += differences(published, (kpi, version), facts, f"period_start_date as day, {side} as number")
            compared[aggregation, side] += 1
    assert problems == []
    assert compared[("sum", "numerator")] == sum(kpi[2] == "sum" for kpi in kpis) > 45
    assert compared[("ratio", "numerator")] > 25
    assert compared[("ratio", "denominator")] > 12


def test_what_is_computed_anew_says_whether_rows_of_other_days_count(published: Settings) -> None:
    """By the rows of the month alone only those are told that do not say so."""
    kpis = rows_of(
        published,
        "select kpi, version, drill_through_fact, drill_through_filter, drill_through_date, drill_through_measure,"
        " has_rows_of_other_days from marts.kpi_definitions where aggregation = 'recompute'"
        " and sample_source <> 'observations' and drill_through_measure is not null"
        " and 'total' in split(dimensions, ', ') and kpi in (select kpi from marts.kpi_values where value is not null)"
        f" and kpi not in {(BY_TARGET_SO_FAR, OF_ANY_GRAIN)} order by kpi",
    )
    wrong = []
    for kpi, version, fact, condition, day, measure, has_other_days in kpis:
        facts = f"select date_trunc('month', {day})::date as day, sum({measure}) as number"
        facts += f" from marts.{fact} where {condition} group by all"
        found = differences(published, (kpi, version), facts, "period_start_date as day, numerator as number")
        if bool(found) != has_other_days:
            wrong.append((kpi, found))
    assert wrong == []
    assert {kpi[-1] for kpi in kpis} == {True, False}


def test_the_rows_under_the_filter_are_as_many_as_the_sample(published: Settings) -> None:
    """Of counts, shares, durations and amounts; what is divided into parts is counted by what it is a part of."""
    kpis = rows_of(
        published,
        "select kpi, version, sample_source, aggregation, drill_through_fact, drill_through_filter, drill_through_date"
        " from marts.kpi_definitions where drill_through_date is not null and 'total' in split(dimensions, ', ')"
        " and case sample_source when 'denominator' then drill_through_denominator is not null"
        " else drill_through_measure is not null end"
        " and (aggregation in ('sum', 'ratio', 'last') or sample_source = 'observations')"
        f" and kpi not in {(*COUNTED_BY_THE_SOURCE, BY_TARGET, OF_TWO_FACTS)} order by kpi",
    )
    problems = []
    for kpi, version, _, aggregation, fact, condition, day in kpis:
        record = f"distinct {PART_OF[fact]}" if fact in PART_OF else "*"
        period = day if aggregation == "last" else f"date_trunc('month', {day})::date"
        rows = f"select {period} as day, count({record}) as number from marts.{fact} where {condition} group by all"
        shown = "sample_count as number, " + ("period_start_date as day" if aggregation != "last" else CLOSING_DAY)
        if aggregation == "last":
            rows += f" having {day} = least(last_day({day}), (select max(as_of_date) from marts.kpi_values))"
        problems += differences(published, (kpi, version), rows, shown)
    assert problems == []
    assert len(kpis) > 80
    assert {kpi[2] for kpi in kpis} == {"numerator", "denominator", "observations", "facts"}


def test_a_date_is_missing_only_where_the_fact_has_none(published: Settings) -> None:
    without = rows_of(published, "select kpi from marts.kpi_definitions where drill_through_date is null order by kpi")
    assert without == [("sla_met_rate",), ("ticket_backlog",), ("tickets_waiting_first_response",)]


def test_every_filter_is_one_of_its_fact(published: Settings) -> None:
    kpis = rows_of(published, "select kpi, drill_through_fact, drill_through_filter from marts.kpi_definitions")
    assert len(kpis) > 100
    for _, fact, condition in kpis:
        rows_of(published, f"select count(*) from marts.{fact} where {condition}")


def test_the_star_is_told_and_holds(published: Settings) -> None:
    joins = rows_of(published, "select table_name, column_name, to_table, to_column from meta.relationships")
    assert ("fct_opportunities", "closed_date", "dim_dates", "calendar_date") in joins
    assert ("fct_opportunities", "customer_key", "dim_customers", "customer_key") in joins
    for table, column, to_table, to_column in joins:
        lost = rows_of(
            published,
            f"select count(*) from marts.{table} as fact anti join marts.{to_table} as dimension"
            f" on fact.{column} = dimension.{to_column} where fact.{column} is not null",
        )
        assert lost == [(0,)], f"{table}.{column} -> {to_table}"


def test_conformed_dimensions_have_an_unknown_row(published: Settings) -> None:
    dimensions = {
        "dim_customers": "customer_key", "dim_sales_reps": "sales_rep_key", "dim_channels": "channel",
        "dim_campaigns": "campaign_key", "dim_regions": "region", "dim_segments": "segment", "dim_stages": "stage_key",
        "dim_products": "product_key",
    }  # fmt: skip
    for dimension, key in dimensions.items():
        assert rows_of(published, f"select count(*) from marts.{dimension} where {key} = '(unknown)'") == [(1,)]
    assert rows_of(published, "select count(*) from marts.dim_dates where is_unknown") == [(1,)]


def test_a_bridge_multiplies_nothing(published: Settings) -> None:
    """By their primaries the bridges give every opportunity once, with the customer that the fact has."""
    total = rows_of(published, "select count(*), sum(opportunity_amount_reporting) from marts.fct_opportunities")
    for bridge in ("bridge_opportunity_contacts", "bridge_opportunity_accounts"):
        joined = rows_of(
            published,
            "select count(*), sum(opportunity_amount_reporting) from marts.fct_opportunities"
            f" join marts.{bridge} using (opportunity_key) where is_primary",
        )
        assert joined == total
    assert rows_of(
        published,
        "select count(*) from marts.fct_opportunities as deals join marts.bridge_opportunity_accounts as bridge"
        " using (opportunity_key) where is_primary and deals.customer_key <> bridge.customer_key",
    ) == [(0,)]
    assert rows_of(
        published,
        "select count(*) from (select opportunity_key, sum(credit_ratio) as shares"
        " from marts.bridge_opportunity_credits group by all having shares <> 1)",
    ) == [(0,)]


def test_the_dictionary_tells_hidden_columns(published: Settings) -> None:
    hidden = rows_of(
        published,
        "select column_name from meta.data_dictionary where table_name = 'fct_leads' and is_hidden order by 1",
    )
    assert hidden == [("campaign_key",), ("customer_key",), ("lead_key",), ("owner_sales_rep_key",)]
