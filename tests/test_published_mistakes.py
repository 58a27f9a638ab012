"""The mistakes that published packages make (kpis.md, last part), one test each, on one small company."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.settings import load_settings
from orchestration import findings
from tests.simulated_company import load_and_build

_COMPANY = """\
[company]
name = "Mistakes Ltd"
reporting_currency = "USD"
reporting_timezone = "UTC"
as_of_date = 2026-03-31
"""
FILES = {
    "sales_reps": """\
        sales_rep_id,sales_rep_name,team
        R1,Winner,North
        R2,Mixed,North
        """,
    "accounts": """\
        account_id,account_name
        A1,Twin
        A2,Twin
        A3,Three
        """,
    "leads": """\
        lead_id,email,account_id,created_at,source
        L1,one@a.example,A1,2026-01-05T09:00:00Z,ads
        L2,two@b.example,A2,2026-02-05T09:00:00Z,
        """,
    "pipeline_stages": """\
        pipeline_id,stage_id,stage_label,stage_order,probability,is_closed,is_won
        main,s1,Talking,1,0.10,false,false
        main,s2,Closed Lost,2,0.60,false,false
        main,won,Hooray,3,1,true,true
        main,lost,Nope,4,0,true,false
        main,s5,Sixty in a hundred,5,60,false,false
        """,
    "opportunities": """\
        opportunity_id,account_id,pipeline_id,stage,amount,currency_code,created_at,closed_at,owner_sales_rep_id,is_deleted,probability
        O1,A1,main,won,1000,USD,2026-01-05T09:00:00Z,2026-02-05T09:00:00Z,R1,false,
        O2,A2,main,won,2000,USD,2026-01-15T09:00:00Z,2026-02-15T09:00:00Z,R2,false,
        O3,A3,main,lost,500,USD,2026-01-20T09:00:00Z,2026-02-20T09:00:00Z,R2,false,
        O4,,main,won,300,USD,2026-02-01T09:00:00Z,2026-03-04T09:00:00Z,R1,false,
        O5,A3,main,s2,700,USD,2026-03-02T09:00:00Z,,R2,false,
        O6,A3,main,s2,50,USD,2026-03-02T09:00:00Z,,R2,false,60
        """,
    "opportunity_contacts": """\
        opportunity_id,lead_id,is_primary
        O1,L1,true
        O1,L1,true
        """,
    "opportunity_accounts": """\
        opportunity_id,account_id,is_primary
        O1,A1,true
        O1,A1,true
        """,
    "campaigns": """\
        campaign_id,campaign_name,channel
        C1,Ads,paid_search
        C2,Silent,display
        """,
    "channel_mapping": """\
        source,channel,is_paid
        ads,paid_search,true
        """,
    "ad_spend": """\
        spend_date,campaign_id,spend_amount,currency_code,impressions,clicks
        2026-01-10,C1,100,USD,1000,50
        2026-01-11,C1,100,EUR,3000,30
        2026-01-12,C2,40,USD,500,0
        """,
    "exchange_rates": """\
        rate_date,currency_code,rate
        2026-01-09,EUR,1.20
        """,
    "subscription_periods": """\
        subscription_id,account_id,valid_from_date,valid_to_date,status,recurring_amount,currency_code,billing_interval
        S1,A1,2026-02-05,,active,50,USD,month
        """,
    "tickets": """\
        ticket_id,account_id,created_at,ticket_channel,opened_by
        T1,A1,2026-03-02T09:00:00Z,email,customer
        T2,A1,2026-03-03T09:00:00Z,email,customer
        """,
    "ticket_events": """\
        ticket_id,occurred_at,event_type,actor_type,is_public
        T1,2026-03-02T09:00:00Z,message,customer,true
        T1,2026-03-02T10:00:00Z,message,agent,true
        T2,2026-03-03T09:00:00Z,message,customer,true
        T2,2026-03-03T09:30:00Z,message,agent,false
        """,
    "activities": """\
        activity_id,activity_type,occurred_at,sales_rep_id,is_completed
        M1,meeting,2026-03-05T09:00:00Z,R1,true
        M2,meeting,2026-03-06T09:00:00Z,R1,false
        """,
}


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of the company, built once."""
    folder = tmp_path_factory.mktemp("mistakes")
    (folder / "imports").mkdir()
    text = _COMPANY
    for name, rows in FILES.items():
        (folder / "imports" / f"{name}.csv").write_text("\n".join(line.strip() for line in rows.splitlines()) + "\n")
        text += f'\n[sources.{name}]\nkind = "files"\npath = "imports/{name}.csv"\nentity = "{name}"\n'
        text += 'source_system = "crm"\n'
    (folder / "funnelhouse.toml").write_text(text)
    settings = load_settings(folder / "funnelhouse.toml")
    load_and_build(settings)
    return settings.warehouse_path


@pytest.fixture
def ask(marts: Path) -> Any:
    """Rows of a query on the marts."""

    def ask(statement: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(marts, read_only=True) as connection:
            connection.execute("set search_path = 'marts'")
            return connection.execute(statement).fetchall()

    return ask


@pytest.fixture
def value(ask: Any) -> Any:
    """The value of a KPI in a month."""

    def value(kpi: str, month: str, dimension: str = "total", member: str = "all") -> float | None:
        rows = ask(
            f"select value from kpi_values where kpi = '{kpi}' and period_grain = 'month'"
            f" and period_start_date = '{month}-01' and dimension = '{dimension}' and member = '{member}'"
        )
        assert len(rows) == 1, rows
        return rows[0][0]

    return value


def test_1_rep_without_losses_has_all_and_the_team_not_more_than_all(value: Any) -> None:
    assert value("win_rate", "2026-02", "sales_rep", "R1") == 1
    assert value("win_rate", "2026-02", "sales_rep", "R2") == 0.5
    assert value("win_rate", "2026-02", "team", "North") == pytest.approx(2 / 3)


def test_2_days_to_close_are_not_negative(value: Any) -> None:
    assert value("opportunity_cycle_days_median", "2026-02") == 31


def test_3_probability_of_a_stage_weights_and_does_not_multiply(value: Any) -> None:
    assert value("weighted_pipeline_amount", "2026-03") == 420


def test_3_a_percentage_is_no_probability_and_is_told_with_its_line(marts: Path, value: Any) -> None:
    said = findings.of_extraction(load_settings(marts.parents[1] / "funnelhouse.toml"))
    assert sorted(said) == [
        "opportunities.opportunities: 1 quarantined: opportunities.csv, line 7: `probability`: 60 is not between 0"
        " and 1",
        "pipeline_stages.pipeline_stages: 1 quarantined: pipeline_stages.csv, line 6: `probability`: 60 is not between"
        " 0 and 1; required `probability` is empty",
    ]
    assert value("pipeline_amount", "2026-03") == 700


def test_4_unreplied_ticket_is_waiting(value: Any) -> None:
    assert value("tickets_waiting_first_response", "2026-03") == 1


def test_5_subscription_without_an_end_is_there(value: Any) -> None:
    assert value("mrr", "2026-03") == 50
    assert value("active_customers", "2026-03") == 1


def test_6_lead_without_a_session_and_spend_without_a_conversion_stay(value: Any, ask: Any) -> None:
    assert value("leads", "2026-02") == 1
    assert value("marketing_spend_amount", "2026-01", "channel", "display") == 40
    assert value("cost_per_lead", "2026-01", "channel", "display") is None
    assert ask("select count(*) from fct_ad_spend_daily") == [(3,)]


def test_7_ratio_is_the_sum_of_numerators_over_the_sum_of_denominators(value: Any, ask: Any) -> None:
    assert (value("impressions", "2026-01"), value("clicks", "2026-01")) == (4500, 80)
    wrong = ask("""
        select count(*), count(*) filter (where abs(value - numerator / denominator) > 1e-9)
        from kpi_values
        inner join kpi_definitions using (kpi, version)
        where kpi_definitions.aggregation = 'ratio' and denominator <> 0
    """)
    assert wrong[0][0] > 100
    assert wrong[0][1] == 0


def test_8_spend_is_converted_before_it_is_summed(value: Any) -> None:
    assert value("marketing_spend_amount", "2026-01") == 100 + 120 + 40


def test_9_deal_without_a_company_counts_and_equal_names_are_two_companies(value: Any, ask: Any) -> None:
    assert value("sales_amount", "2026-03") == 300
    assert value("new_customers", "2026-02") == 2
    assert ask("select count(*) from dim_customers where customer_name = 'Twin'") == [(2,)]


def test_10_days_without_a_run_have_their_history(ask: Any) -> None:
    days = ask("""
        select count(distinct snapshot_date), min(snapshot_date), max(snapshot_date)
        from fct_pipeline_daily
        where opportunity_key = (select opportunity_key from fct_opportunities where opportunity_id = 'O1')
    """)
    assert [str(cell) for cell in days[0]] == ["31", "2026-01-05", "2026-02-04"]


def test_11_stage_is_what_its_metadata_says_and_not_its_label(value: Any, ask: Any) -> None:
    assert ask("select is_closed, open_count from fct_opportunities where opportunity_id = 'O5'") == [(False, 1)]
    assert value("deals_lost", "2026-03") == 0
    assert value("pipeline_amount", "2026-03") == 700


def test_12_text_false_is_false(value: Any, ask: Any) -> None:
    assert value("meetings", "2026-03") == 1
    assert ask("select count(*) from fct_opportunities") == [(5,)]


def test_13_association_that_stands_twice_counts_once(value: Any, ask: Any) -> None:
    assert value("deals_won", "2026-02") == 2
    assert value("sales_amount", "2026-02") == 3000
    assert ask("select count(*), sum(won_count) from fct_opportunities where opportunity_id = 'O1'") == [(1, 1)]
