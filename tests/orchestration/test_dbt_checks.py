"""Each check of the project that stands in a file of its own, on one bad row that is there for one transaction."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ingestion.settings import load_settings
from orchestration import builds, layout
from tests.orchestration.companies import spoil_for_now

# What each of them is there for, and what only warns.
BAD_ROWS = {
    "assert_acquisition_costs_equal_their_cost_lines": "update marts.fct_acquisition_costs"
    " set cost_amount = cost_amount + 0.01 where rowid = 0",
    "assert_attributed_amounts_equal_won_amounts": "delete from marts.fct_attribution where rowid ="
    " (select min(rowid) from marts.fct_attribution where credited_amount_reporting > 0)",
    "assert_business_intervals_do_not_overlap": "insert into intermediate.int_business_minutes_cumulated"
    " (source_system, schedule_id, starts_at, ends_at) select source_system, schedule_id,"
    " starts_at + interval 1 hour, ends_at from intermediate.int_business_minutes_cumulated limit 1",
    "assert_configured_pipelines_are_known": "insert into meta.pipeline_settings values ('crm', 'gone', null, true)",
    "assert_credits_equal_won_amounts": "update intermediate.int_opportunity_credits_split"
    " set credited_amount_reporting = credited_amount_reporting + 0.01 where rowid = 0",
    "assert_every_amount_has_an_exchange_rate": "update intermediate.int_cost_lines_unioned set exchange_rate = null"
    " where rowid = 0",
    "assert_line_items_equal_opportunity_amounts": "update marts.fct_opportunity_line_items"
    " set line_amount = line_amount + 1 where rowid = 0",
    "assert_mapped_campaigns_are_known": "insert into meta.value_mappings"
    " values ('hubspot', 'leads', 'campaign_id', 'Spring', 'C77')",
    "assert_merges_have_no_cycle": "insert into intermediate.int_record_merges_unioned"
    " (source_system, entity, merged_id, survivor_id, is_deleted)"
    " values ('crm', 'leads', 'a', 'b', false), ('crm', 'leads', 'b', 'a', false)",
    "assert_mrr_bridge_closes": "update marts.fct_mrr_movements set churned_amount_reporting ="
    " churned_amount_reporting + 1 where rowid = 0",
    "assert_mrr_has_exchange_rates": "update intermediate.int_mrr_item_month_ends set mrr_amount = null"
    " where rowid = 0",
    "assert_opportunities_have_one_primary_in_every_bridge": "update marts.bridge_opportunity_contacts"
    " set primary_count = 1 - primary_count where rowid = 0",
    "assert_people_pass_the_funnel_in_order": "update intermediate.int_people_milestones_reached"
    " set is_mql_after_sql = true where rowid = 0",
    "assert_public_holidays_reach_the_as_of_date": "insert into meta.holiday_calendars values ('default', 'XX')",
    "assert_rated_tickets_are_known": "update intermediate.int_ratings_placed set has_unknown_ticket = true"
    " where rowid = 0",
    "assert_redefinitions_keep_the_unit": "insert into marts.kpi_definitions by name"
    " select kpi, 2 as version, 'days' as unit, direction from marts.kpi_definitions where kpi = 'cac'",
    "assert_splits_sum_to_one": "update intermediate.int_opportunity_splits_unioned"
    " set split_ratio = split_ratio / 2 where rowid = 0",
    "assert_stages_are_known": "update intermediate.int_opportunity_stage_events_cleaned"
    " set stage_key = '(unknown)' where rowid = 0",
    "assert_subscription_periods_do_not_overlap": "insert into intermediate.int_subscription_periods_unioned by name"
    " select * replace (valid_from_date + 1 as valid_from_date) from intermediate.int_subscription_periods_unioned"
    " where valid_to_date is null limit 1",
    "assert_subscriptions_end_after_they_start": "update intermediate.int_subscription_periods_unioned"
    " set valid_to_date = valid_from_date - 1 where rowid = 0",
    "assert_targets_are_sound": "insert into marts.kpi_target_findings by name select 'unknown_kpi' as finding",
    "assert_targets_do_not_overlap": "insert into intermediate.int_targets_planned by name"
    " select * replace (target_value + 1 as target_value) from intermediate.int_targets_planned limit 1",
    "assert_ticket_backlog_is_what_is_not_solved": "update intermediate.int_tickets_measured"
    " set is_solved = not is_solved where rowid = 0",
    "assert_variants_of_tie_outs_are_kpis": "update marts.kpi_tie_outs set variant = 'sales_in_march' where rowid = 0",
    "assert_web_visitors_begin_with_a_period": "insert into intermediate.int_web_visitors_unioned by name"
    " select 'month' as period_grain, date '2026-03-02' as period_start_date, false as is_deleted",
}
WARNINGS = {
    "assert_mapped_campaigns_are_known", "assert_people_pass_the_funnel_in_order", "assert_rated_tickets_are_known",
    "assert_stages_are_known", "assert_targets_are_sound", "assert_web_visitors_begin_with_a_period",
}  # fmt: skip


@pytest.fixture(scope="module")
def checks(audited_folder: Path) -> dict[str, tuple[str, str]]:
    """The statement of each check as the build ran it, and its severity."""
    target = layout.dbt_target(load_settings(audited_folder / "funnelhouse.toml"))
    results, manifest = (builds.read_json(target / f"{name}.json") for name in ("run_results", "manifest"))
    assert results
    assert manifest
    nodes = ((manifest["nodes"][result["unique_id"]], result) for result in results["results"])
    return {
        node["name"]: (result["compiled_code"], node["config"]["severity"].lower())
        for node, result in nodes
        if node["resource_type"] == "test" and node["name"].startswith("assert_")
    }


def test_every_check_has_a_bad_row(checks: dict[str, tuple[str, str]]) -> None:
    assert set(BAD_ROWS) == {path.stem for path in (layout.DBT_PROJECT / "tests").glob("*.sql")} == set(checks)


@pytest.mark.parametrize("check", BAD_ROWS)
def test_one_bad_row_fails_its_check(
    spoilt: duckdb.DuckDBPyConnection, checks: dict[str, tuple[str, str]], check: str
) -> None:
    code, severity = checks[check]
    assert spoilt.execute(code).fetchall() == []
    spoil_for_now(spoilt, BAD_ROWS[check])
    try:
        assert spoilt.execute(code).fetchall() != []
    finally:
        spoilt.rollback()
    assert severity == ("warn" if check in WARNINGS else "error")
