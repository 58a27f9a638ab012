"""The ledger has the tables and columns of the unified entities, and holds nothing that has not happened."""

import csv
import datetime as dt
from pathlib import Path

import pytest

from ingestion.sandbox import ledger
from ingestion.sandbox.clock import local_date
from ingestion.sandbox.world import World
from tests.ingestion.sandbox.conftest import AS_OF

EXAMPLE = Path(__file__).parents[3].parent / "shared" / "worked_example"
HAPPENED = (
    ("leads", "created_at"), ("lead_events", "occurred_at"), ("touches", "touched_at"), ("invoices", "invoice_date"),
    ("opportunities", "created_at"), ("opportunity_stage_events", "entered_at"), ("refunds", "refunded_date"),
    ("opportunity_changes", "changed_at"), ("record_merges", "merged_at"), ("tickets", "created_at"),
    ("ticket_events", "occurred_at"), ("ratings", "offered_at"), ("ad_spend", "spend_date"), ("costs", "cost_date"),
    ("subscription_periods", "valid_from_date"), ("accounts", "created_at"), ("lead_changes", "changed_at"),
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger of a small company."""
    made = tmp_path_factory.mktemp("ledger")
    ledger.write(World.create(7, 0.3, AS_OF), made)
    return made


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of one table."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.skipif(not EXAMPLE.exists(), reason="the worked example is not here")
def test_every_table_of_the_worked_example_is_there_with_its_columns(folder: Path) -> None:
    for path in EXAMPLE.glob("*.csv"):
        if path.stem == "expected":
            continue
        wanted = path.read_text(encoding="utf-8").splitlines()[0].split(",")
        written = (folder / path.name).read_text(encoding="utf-8").splitlines()[0].split(",")
        if path.stem != "opportunity_changes":
            assert set(wanted) <= set(written), path.stem


@pytest.mark.parametrize(("table", "column"), HAPPENED)
def test_nothing_in_the_ledger_is_in_the_future(folder: Path, table: str, column: str) -> None:
    found = [row[column] for row in rows(folder, table)]
    assert found
    for text in found:
        day = dt.date.fromisoformat(text) if len(text) == 10 else local_date(dt.datetime.fromisoformat(text))
        assert day <= AS_OF


def test_references_lead_to_rows(folder: Path) -> None:
    accounts = {row["account_id"] for row in rows(folder, "accounts")}
    leads = {row["lead_id"] for row in rows(folder, "leads")}
    deals = {row["opportunity_id"] for row in rows(folder, "opportunities")}
    reps = {row["sales_rep_id"] for row in rows(folder, "sales_reps")}
    for table in ("leads", "opportunities", "invoices", "subscription_periods"):
        assert {row["account_id"] for row in rows(folder, table)} - {""} <= accounts, table
    assert {row["lead_id"] for row in rows(folder, "opportunity_contacts")} <= leads
    for table in ("opportunity_contacts", "opportunity_accounts", "opportunity_stage_events"):
        assert {row["opportunity_id"] for row in rows(folder, table)} <= deals
    for table in ("leads", "opportunities"):
        assert {row["owner_sales_rep_id"] for row in rows(folder, table)} - {""} <= reps, table
    for merge in rows(folder, "record_merges"):
        known = leads if merge["entity"] == "leads" else deals
        assert {merge["merged_id"], merge["survivor_id"]} <= known


def test_the_last_change_of_a_person_is_what_the_person_has(folder: Path) -> None:
    told: dict[str, str] = {}
    for row in sorted(rows(folder, "lead_changes"), key=lambda row: row["changed_at"]):
        assert row["field"] == "owner_sales_rep_id"
        told[row["lead_id"]] = row["value"]
    assert "" in told.values()
    assert {row["lead_id"]: row["owner_sales_rep_id"] for row in rows(folder, "leads")} == {
        row["lead_id"]: told.get(row["lead_id"], "") for row in rows(folder, "leads")
    }


def test_teams_have_a_validity_once_reps_move() -> None:
    world = World.create(7, 0.3, AS_OF, team_moves=True)
    moved = [row for row in ledger.tables(world, world.now)["sales_reps"] if row["valid_to"]]
    assert moved
    for row in moved:
        following = [
            other
            for other in ledger.tables(world, world.now)["sales_reps"]
            if other["sales_rep_id"] == row["sales_rep_id"] and other["valid_from"] == row["valid_to"]
        ]
        assert len(following) == 1
        assert following[0]["team"] != row["team"]
