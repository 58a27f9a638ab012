"""Drill-through and the star: the facts under a KPI's filter add up to it, and every join that is told holds."""

from __future__ import annotations

from typing import Any

import duckdb

from ingestion.settings import Settings
from orchestration.serving import duckdb_file


def rows_of(settings: Settings, statement: str) -> list[tuple[Any, ...]]:
    current = duckdb_file.current_version(settings)
    assert current
    with duckdb.connect(current["path"], read_only=True) as connection:
        return connection.execute(statement).fetchall()


def test_the_facts_under_the_filter_of_a_sum_are_the_sum(published: Settings) -> None:
    """A sum is that of its measure, a ratio has it as its numerator."""
    kpis = rows_of(
        published,
        "select kpi, drill_through_fact, drill_through_filter, drill_through_date, drill_through_measure"
        " from marts.kpi_definitions where aggregation = 'sum'"
        " or aggregation = 'ratio' and drill_through_measure is not null order by kpi",
    )
    assert len(kpis) > 60
    problems, compared = [], 0
    for kpi, fact, condition, day, measure in kpis:
        compared += rows_of(published, f"select count(*) from marts.kpi_values where kpi = '{kpi}' and numerator <> 0")[
            0
        ][0]
        differences = rows_of(
            published,
            f"with facts as (select date_trunc('month', {day})::date as month, sum({measure}) as total"
            f" from marts.{fact} where {condition} group by all),"
            f" shown as (select period_start_date as month, numerator as total from marts.kpi_values"
            f" where kpi = '{kpi}' and dimension = 'total' and period_grain = 'month')"
            " select month, facts.total, shown.total from facts full join shown using (month)"
            " where coalesce(facts.total, 0) <> coalesce(shown.total, 0) order by month",
        )
        problems += [f"{kpi}: {row}" for row in differences]
    assert compared > 1000
    assert problems == []


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
