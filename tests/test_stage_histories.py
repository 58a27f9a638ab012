"""The worked example with less of a stage history: without its closings, and without any, told by versions alone."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from ingestion.settings import Settings, load_settings
from orchestration import pipeline, transform
from tests.oracle.compare import closing_disagreements, disagreements, life_disagreements
from tests.oracle.kpis import compute
from tests.oracle.ledger import Ledger, Rules
from tests.orchestration.companies import write_worked_example
from tests.simulated_company import WITHOUT_CHECKS, load_and_build
from tests.worked_example import differences, expected_rows

MARCH = date(2026, 3, 31)
RULES = Rules(renewal_pipelines=frozenset({"renewals"}))
RENEWALS = """
[sources.opportunities.pipelines.renewals]
is_renewal = true
"""
# E1 renews by its pipeline, E2 and E3 are won on one day, E4 has companies without a flag, E5 closed on the day on
# which it was last seen open, E6 was closed when it was first seen, and came back, E7 has not moved yet.
OPPORTUNITIES = """\
E1,A10,renewals,won,,100.00,2026-03-12,2026-03-02T09:00:00Z,2026-03-12T10:00:00Z
E2,A5,main,won,,100.00,2026-03-18T15:00:00Z,2026-03-11T09:00:00Z,2026-03-18T16:00:00Z
E3,A5,main,won,,200.00,2026-03-18T09:00:00Z,2026-03-11T09:00:00Z,2026-03-18T10:00:00Z
E4,,main,s1,new,300.00,,2026-03-12T09:00:00Z,2026-03-12T10:00:00Z
E5,A6,main,s1,new,400.00,,2026-02-10T09:00:00Z,2026-03-02T10:00:00Z
E5,A6,main,won,new,400.00,2026-03-02,2026-02-10T09:00:00Z,2026-03-09T10:00:00Z
E6,A3,main,lost,new,500.00,2026-02-20,2026-01-26T09:00:00Z,2026-02-21T10:00:00Z
E6,A3,main,s2,new,500.00,2026-02-20,2026-01-26T09:00:00Z,2026-03-04T09:00:00Z
E6,A3,main,won,new,500.00,2026-03-20,2026-01-26T09:00:00Z,2026-03-20T10:00:00Z
E7,A7,main,s2,new,600.00,,2026-03-05T09:00:00Z,2026-03-05T10:00:00Z
"""
SOURCE_OF_EVENTS = """
[sources.opportunity_stage_events]
kind = "files"
path = "imports/opportunity_stage_events.csv"
entity = "opportunity_stage_events"
source_system = "crm"
"""
COLUMNS = (
    "opportunity_id", "account_id", "pipeline_id", "stage", "opportunity_type", "amount", "closed_at", "created_at",
    "updated_at",
)  # fmt: skip


def rewrite(file: Path, rows: list[dict[str, str]]) -> None:
    """A file of these rows, with every column that any of them has."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def read(file: Path) -> list[dict[str, str]]:
    """The rows of a file."""
    with file.open(newline="") as rows:
        return list(csv.DictReader(rows))


def asked(settings: Settings, query: str) -> list[tuple[object, ...]]:
    """The rows of a query, dates as text."""
    with duckdb.connect(settings.warehouse_path, read_only=True) as connection:
        return [tuple(map(str, row)) for row in connection.execute(query).fetchall()]


def values_of(settings: Settings) -> pd.DataFrame:
    """All values that the marts give."""
    with duckdb.connect(settings.warehouse_path, read_only=True) as connection:
        return connection.sql("select * from marts.kpi_values").df()


@pytest.fixture(scope="module")
def without_closings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A log that tells no closing that stands: of D03 the undone one is told, D10 has nothing else."""
    settings = write_worked_example(tmp_path_factory.mktemp("closings") / "company")
    file = settings.folder / "imports" / "opportunity_stage_events.csv"
    events = read(file)
    last = {event["opportunity_id"]: event for event in events}
    dropped = [e for e in last.values() if e["stage_id"] in ("won", "lost") and e["opportunity_id"] != "D10"]
    assert len(dropped) == 6
    rewrite(file, [event for event in events if event not in dropped])
    load_and_build(settings)
    return settings


@pytest.fixture(scope="module")
def without_events(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """No log at all, and more opportunities than the example has."""
    settings = write_worked_example(tmp_path_factory.mktemp("versions") / "company", more=RENEWALS)
    imports = settings.folder / "imports"
    opportunities = [
        row | {"lead_id": "L01" if row["opportunity_id"] == "D05" else ""}
        for row in read(imports / "opportunities.csv")
    ]
    for line in OPPORTUNITIES.splitlines():
        more = dict(zip(COLUMNS, line.split(","), strict=True))
        opportunities.append(more | {"currency_code": "USD", "owner_sales_rep_id": "R2", "is_deleted": "false"})
    rewrite(imports / "opportunities.csv", opportunities)
    accounts = read(imports / "opportunity_accounts.csv")
    more_accounts = [{"opportunity_id": "E4", "account_id": account, "is_primary": ""} for account in ("A7", "A2")]
    rewrite(imports / "opportunity_accounts.csv", [*accounts, *more_accounts])
    file = settings.file
    file.write_text(file.read_text().replace(SOURCE_OF_EVENTS, ""))
    (imports / "opportunity_stage_events.csv").unlink()
    settings = load_settings(file)
    load_and_build(settings)
    return settings


def test_a_log_without_closings_gives_every_number_of_the_worked_example(without_closings: Settings) -> None:
    values = values_of(without_closings)
    assert differences(expected_rows(f"as_of_{MARCH}"), values) == []
    assert disagreements(compute(without_closings.folder / "imports", MARCH), values) == []


def test_a_closing_that_only_the_record_dates_has_not_happened_before_its_day(without_closings: Settings) -> None:
    file = without_closings.file
    file.write_text(file.read_text().replace("as_of_date = 2026-03-31", "as_of_date = 2026-03-16"))
    settings = load_settings(file)
    pipeline.load(settings)
    assert transform.run_dbt(settings, WITHOUT_CHECKS)
    values = values_of(settings)
    assert differences(expected_rows("as_of_2026-03-16"), values) == []
    assert disagreements(compute(settings.folder / "imports", date(2026, 3, 16)), values) == []


def test_versions_alone_give_what_the_oracle_says(without_events: Settings) -> None:
    folder = without_events.folder / "imports"
    assert disagreements(compute(folder, MARCH, RULES), values_of(without_events)) == []
    with duckdb.connect(without_events.warehouse_path, read_only=True) as connection:
        ledger = Ledger.read(folder, MARCH, RULES)
        assert closing_disagreements(ledger, connection) == []
        assert life_disagreements(ledger, connection) == []


def test_versions_date_stages_from_the_creation_to_the_close(without_events: Settings) -> None:
    found = asked(
        without_events,
        "select opportunity_id, stage_id, entered_date from marts.fct_opportunity_stage_events as events"
        " join marts.fct_opportunities using (opportunity_key) join marts.dim_stages on events.stage_key ="
        " dim_stages.stage_key where opportunity_id in ('D01', 'E5', 'E6', 'E7') order by 1, event_number",
    )
    assert found == [
        ("D01", "open", "2026-01-08"), ("D01", "won", "2026-01-28"),
        ("E5", "s1", "2026-02-10"), ("E5", "won", "2026-03-02"),
        ("E6", "open", "2026-01-26"), ("E6", "lost", "2026-02-20"), ("E6", "s2", "2026-03-04"),
        ("E6", "won", "2026-03-20"),
        ("E7", "s2", "2026-03-05"),
    ]  # fmt: skip


def test_opportunities_of_versions_have_their_type_days_company_and_contact(without_events: Settings) -> None:
    found = asked(
        without_events,
        "select opportunity_id, opportunity_type, is_renewal, created_date, closed_date, active_days"
        " from marts.fct_opportunities where opportunity_id like 'E%' order by 1",
    )
    assert found == [
        ("E1", "renewal", "True", "2026-03-02", "2026-03-12", "10"),
        ("E2", "expansion", "False", "2026-03-11", "2026-03-18", "7"),
        ("E3", "new", "False", "2026-03-11", "2026-03-18", "7"),
        ("E4", "new", "False", "2026-03-12", "None", "None"),
        ("E5", "new", "False", "2026-02-10", "2026-03-02", "20"),
        ("E6", "new", "False", "2026-01-26", "2026-03-20", "41"),
        ("E7", "new", "False", "2026-03-05", "None", "None"),
    ]
    primary = asked(
        without_events,
        "select opportunity_id, customer_name from marts.bridge_opportunity_accounts"
        " join marts.fct_opportunities as deals using (opportunity_key) join marts.dim_customers on"
        " bridge_opportunity_accounts.customer_key = dim_customers.customer_key"
        " where opportunity_id in ('D05', 'E4') and is_primary order by 1",
    )
    assert primary == [("D05", "Zeta"), ("E4", "Beta")]
    contacts = asked(
        without_events,
        "select lead_id, is_primary from marts.bridge_opportunity_contacts as bridge"
        " join marts.fct_opportunities using (opportunity_key) join marts.fct_leads as leads"
        " on bridge.lead_key = leads.lead_key where opportunity_id = 'D05' order by 1",
    )
    assert contacts == [("L01", "True"), ("L07", "False")]
