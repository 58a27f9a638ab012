"""How the KPIs relate to what vendors show: every name exists, every headline is told, every claim has a source."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.cli.tie_out import PAGE, page, tie_outs

HEADLINES = {
    "leads", "mqls", "sqls", "lead_to_mql_rate", "opportunities_created", "win_rate", "deals_won", "sales_amount",
    "average_deal_amount", "sales_cycle_days_median", "opportunity_cycle_days_mean", "pipeline_amount",
    "weighted_pipeline_amount", "stage_conversion_rate", "quota_attainment", "mrr", "mrr_new", "mrr_expansion",
    "mrr_contraction", "mrr_churned", "logo_churn_rate", "revenue_churn_rate", "net_revenue_retention",
    "gross_revenue_retention", "arpa", "revenue_invoiced_amount", "clv_simple", "csat",
    "first_response_minutes_median", "resolution_minutes_median", "first_resolution_minutes_median", "ticket_backlog",
    "tickets_created", "tickets_solved", "ticket_reopen_rate", "marketing_spend_amount", "impressions", "clicks",
    "roas",
}  # fmt: skip
UNSOURCED = "not documented"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return tie_outs()


@pytest.fixture(scope="module")
def kpis(models: list[dict[str, Any]]) -> set[str]:
    """Names of the registry."""
    return {entry["name"] for model in models for entry in model["config"]["meta"].get("kpis", [])}


def test_every_kpi_of_a_tie_out_exists(rows: list[dict[str, str]], kpis: set[str]) -> None:
    assert {row["kpi"] for row in rows} - kpis == set()


def test_every_headline_is_held_against_a_vendor(rows: list[dict[str, str]]) -> None:
    assert HEADLINES - {row["kpi"] for row in rows} == set()


def test_every_vendor_of_the_page_is_told(rows: list[dict[str, str]]) -> None:
    vendors = {"hubspot", "salesforce", "stripe", "chartmogul", "zendesk", "google_ads"}
    assert {row["vendor"] for row in rows} == vendors


def test_every_variant_is_a_kpi_or_a_column_of_a_mart(
    rows: list[dict[str, str]], kpis: set[str], models: list[dict[str, Any]]
) -> None:
    columns = {f"{model['name']}.{name}" for model in models if model["fqn"][1] == "marts" for name in model["columns"]}
    assert len(columns) > 100
    assert {row["variant"] for row in rows if row["variant"]} - kpis - columns == set()


def test_every_row_has_a_source_or_says_that_there_is_none(rows: list[dict[str, str]]) -> None:
    def is_sourced(text: str) -> bool:
        return text == UNSOURCED or all(address.startswith("https://") for address in text.split() or [""])

    assert [row for row in rows if not is_sourced(row["source"])] == []
    assert sum(row["source"] == UNSOURCED for row in rows) * 10 < len(rows)


def test_no_row_is_without_an_explanation_and_none_stands_twice(rows: list[dict[str, str]]) -> None:
    assert [row for row in rows if not row["explanation"].endswith(".")] == []
    keys = [(row["kpi"], row["vendor"], row["vendor_name"]) for row in rows]
    assert len(keys) == len(set(keys))


def test_a_name_in_an_explanation_is_a_kpi_or_said_by_a_vendor(rows: list[dict[str, str]], kpis: set[str]) -> None:
    def named(text: str) -> set[str]:
        return {word.strip(".,;:()") for word in text.split() if "_" in word}

    mentioned = {name for row in rows for name in named(row["explanation"])}
    assert mentioned - kpis == {"closed_by_merge"}


def test_the_page_is_what_the_seed_tells(rows: list[dict[str, str]]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(rows), "run `python -m orchestration.cli.tie_out`"


def test_a_bar_in_a_cell_does_not_break_the_table() -> None:
    row = {
        "kpi": "mrr",
        "vendor": "stripe",
        "vendor_name": "A|B",
        "vendor_place": "C",
        "relation": "same",
        "explanation": "D.",
        "variant": "",
        "source": UNSOURCED,
    }
    assert page([row]).endswith("| `mrr` | A\\|B (C) | the same | D. |  | not documented |\n")
