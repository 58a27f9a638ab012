"""The worked example with a deal that was entered three times: merged records are one deal, and nothing is lost.

D13 was merged into D11, and D11 into D12, which was won. D12 tells one of D11's events itself.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from ingestion.settings import Settings
from orchestration import pipeline
from orchestration.quality import hashes
from orchestration.quality.kpi_identities import PIPELINE_BRIDGE
from orchestration.serving import restatements
from tests.oracle.compare import disagreements
from tests.oracle.kpis import compute
from tests.orchestration.companies import write_worked_example
from tests.simulated_company import load_and_build
from tests.worked_example import EXAMPLE

AS_OF = date(2026, 3, 31)
ADDED = {
    "opportunities": """\
D11,Lambda first entry,,main,s2,new,3000.00,USD,,2026-03-31,,2026-01-05T09:00:00Z,R1,false,2026-01-12T09:00:00Z
D11,Lambda first entry,,main,s2,new,3000.00,USD,,2026-03-31,,2026-01-05T09:00:00Z,R1,true,2026-03-01T10:00:00Z
D12,Lambda,,main,won,new,5000.00,USD,,2026-03-10,2026-03-10,2026-02-10T09:00:00Z,R2,false,2026-03-10T10:00:00Z
D13,Lambda third entry,,main,s1,new,3000.00,USD,,2026-03-31,,2026-01-20T09:00:00Z,R1,false,2026-01-20T09:00:00Z
""",
    "opportunity_stage_events": """\
D11,s1,2026-01-05T09:00:00Z
D11,s2,2026-01-12T09:00:00Z
D12,s2,2026-01-12T09:00:00Z
D12,s1,2026-02-10T09:00:00Z
D12,won,2026-03-10T09:00:00Z
D13,s1,2026-01-20T09:00:00Z
""",
    "opportunity_contacts": "D11,L04,true\nD13,L12,true\n",
    "opportunity_accounts": "D11,A6,true\n",
    "opportunity_splits": "D11,R1,0.25\nD11,R2,0.75\nD13,R1,1.00\n",
    "quotes": "Q9,D11,2026-01-21T10:00:00Z,3000.00,USD\n",
    "activities": "AC90,call,outbound,2026-01-22T10:00:00Z,R1,,D13,true,false,10\n",
    "record_merges": "opportunities,D13,D11,2026-02-01T10:00:00Z\nopportunities,D11,D12,2026-03-01T10:00:00Z\n",
}


def add_to(folder: Path) -> None:
    """Append the rows to the files of a folder."""
    for name, rows in ADDED.items():
        with (folder / f"{name}.csv").open("a") as file:
            file.write(rows)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The company, built."""
    settings = write_worked_example(tmp_path_factory.mktemp("merged") / "company")
    add_to(settings.folder / "imports")
    load_and_build(settings)
    return settings


@pytest.fixture(scope="module")
def warehouse(company: Settings) -> Path:
    """Its marts."""
    return company.warehouse_path


@pytest.fixture(scope="module")
def remembered(company: Settings) -> Path:
    """The marts of what was known on the last day."""
    return Path(pipeline.as_was(company, AS_OF)["path"])


def asked(warehouse: Path, statement: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        return connection.execute(statement).fetchall()


def test_the_survivor_was_created_with_the_earliest_record_and_is_the_only_one(warehouse: Path) -> None:
    assert asked(
        warehouse,
        "select opportunity_id, created_date, closed_date, opportunity_cycle_days, opportunity_amount, lead_id,"
        " account_id from marts.fct_opportunities left join marts.fct_leads using (lead_key) join marts.dim_customers"
        " on dim_customers.customer_key = fct_opportunities.customer_key"
        " where opportunity_id in ('D11', 'D12', 'D13')",
    ) == [("D12", date(2026, 1, 5), date(2026, 3, 10), 64, 5000, "L04", "A6")]


def test_every_event_of_the_group_is_told_once(warehouse: Path) -> None:
    """D13 begins while D12 stands in s2, which is where the deal is again when D13 is merged."""
    assert asked(
        warehouse,
        "select stage_id, entered_date from marts.fct_opportunity_stage_events join marts.dim_stages using (stage_key)"
        " join marts.fct_opportunities using (opportunity_key) where opportunity_id = 'D12' order by event_number",
    ) == [
        ("s1", date(2026, 1, 5)), ("s2", date(2026, 1, 12)), ("s1", date(2026, 1, 20)),
        ("s2", date(2026, 2, 1)), ("s1", date(2026, 2, 10)), ("won", date(2026, 3, 10)),
    ]  # fmt: skip


def test_quotes_calls_and_credits_are_the_survivors(warehouse: Path) -> None:
    quotes = "select opportunity_id from marts.fct_quotes join marts.fct_opportunities using (opportunity_key)"
    assert asked(warehouse, f"{quotes} where quote_id = 'Q9'") == [("D12",)]
    calls = "select opportunity_id from marts.fct_activities join marts.fct_opportunities using (opportunity_key)"
    assert asked(warehouse, f"{calls} where activity_id = 'AC90'") == [("D12",)]
    credits = (
        "select sales_rep_id, credited_amount_reporting from marts.bridge_opportunity_credits"
        " join marts.dim_sales_reps using (sales_rep_key) join marts.fct_opportunities using (opportunity_key)"
        " where opportunity_id = 'D12' order by 1"
    )
    assert asked(warehouse, credits) == [("R1", 1250), ("R2", 3750)]


def test_the_pipeline_has_it_once_with_the_value_of_the_record_that_there_was(warehouse: Path) -> None:
    found = asked(
        warehouse,
        "select snapshot_date, pipeline_amount from marts.fct_pipeline_daily join marts.fct_opportunities"
        " using (opportunity_key) where opportunity_id = 'D12' order by 1",
    )
    days = dict(found)
    assert len(days) == len(found) == 64
    assert (min(days), max(days)) == (date(2026, 1, 5), date(2026, 3, 9))
    assert (days[date(2026, 1, 31)], days[date(2026, 2, 9)], days[date(2026, 2, 10)]) == (3000, 3000, 5000)


def test_every_value_is_the_oracle_s(warehouse: Path, tmp_path: Path) -> None:
    truth = tmp_path / "truth"
    shutil.copytree(EXAMPLE, truth)
    add_to(truth)
    with duckdb.connect(warehouse, read_only=True) as connection:
        values: pd.DataFrame = connection.sql("select * from marts.kpi_values").df()
    assert disagreements(compute(truth, AS_OF), values) == []


# Of the deals here the merged ones are worth 3,000 and have no row of their own; D07 of the worked example is deleted.
OURS = "opportunity_id = 'D12' or (opportunity_id is null and {amount} = 3000)"


def test_as_it_was_each_is_in_the_pipeline_from_its_creation_until_it_was_merged(remembered: Path) -> None:
    """The events that D12 has of D11 are D11's there, and D12 begins when it was created."""
    assert asked(
        remembered,
        "select opportunity_id, min(snapshot_date), max(snapshot_date), count(*), min(pipeline_amount),"
        " max(pipeline_amount) from marts.fct_pipeline_daily left join marts.fct_opportunities using (opportunity_key)"
        f" where {OURS.format(amount='pipeline_amount')} group by opportunity_key, opportunity_id order by 2",
    ) == [
        (None, date(2026, 1, 5), date(2026, 2, 28), 55, 3000, 3000),
        (None, date(2026, 1, 20), date(2026, 1, 31), 12, 3000, 3000),
        ("D12", date(2026, 2, 10), date(2026, 3, 9), 28, 5000, 5000),
    ]


def test_as_it_was_a_merge_removes_what_was_merged(remembered: Path) -> None:
    assert asked(
        remembered,
        "select flow_date, flow, opportunity_id, flow_amount_reporting from marts.fct_pipeline_flows"
        " left join marts.fct_opportunities using (opportunity_key) where flow_scope = 'all' and"
        f" flow_amount_reporting <> 0 and ({OURS.format(amount='flow_amount_reporting')}) order by 1, 2",
    ) == [
        (date(2026, 1, 5), "created", None, 3000),
        (date(2026, 1, 20), "created", None, 3000),
        (date(2026, 2, 1), "removed", None, 3000),
        (date(2026, 2, 10), "created", "D12", 5000),
        (date(2026, 3, 1), "removed", None, 3000),
        (date(2026, 3, 10), "won", "D12", 5000),
    ]
    assert asked(remembered, PIPELINE_BRIDGE.query) == []


def test_as_it_was_everything_else_is_one_deal(warehouse: Path, remembered: Path) -> None:
    """Only the pipeline tells them apart: no other fact, and no KPI of another kind."""
    found = []
    for file in (warehouse, remembered):
        with duckdb.connect(file, read_only=True) as connection:
            values = connection.sql("select * from marts.kpi_values").fetchall()
            found.append((hashes.content_hashes(connection), set(values)))
    (was, values), (now, known) = found
    assert was.keys() == now.keys()
    different = {name.rpartition(".")[2] for name in was if was[name] != now[name]}
    assert {name for name in different if name.startswith(("fct_", "dim_", "bridge_"))} == {
        f"fct_pipeline_{name}" for name in ("daily", "flows", "closing_bridge", "closing_flows")
    }
    assert {kpi for kpi, *_ in values ^ known if not kpi.startswith("pipeline_")} == {"weighted_pipeline_amount"}


def test_what_is_told_apart_is_restated_by_the_merge(warehouse: Path, remembered: Path) -> None:
    _, rows = restatements.differences(remembered, warehouse, is_redefined=False)
    february = {row[0]: row[5:] for row in rows if row[1:5] == ("month", date(2026, 2, 1), "total", "all")}
    assert february["pipeline_opening_amount"] == (14_000, 11_000, "delete, merge")
    assert february["pipeline_created_amount"] == (39_800, 22_800, "delete, merge")
    assert february["pipeline_amount_changes"] == (0, 2_000, "merge")
    assert february["pipeline_removed_amount"] == (3_000, 0, "merge")
