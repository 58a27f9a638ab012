"""The simulated company's files hold what its ledger says, and change only where somebody edits them."""

import csv
import datetime as dt
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.sandbox import files
from ingestion.sandbox.world import World
from tests.ingestion.sandbox.vendor_requests import world

WORKED_EXAMPLE = Path(__file__).parents[3].parent / "shared" / "worked_example"


@pytest.fixture(scope="module")
def company() -> World:
    """One company for the tests that only read."""
    return world(scale=0.3)


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    "name",
    ["targets", "costs", "exchange_rates", "channel_mapping", "lead_exclusions", "business_hours", "holidays"],
)
def test_columns_are_those_of_the_worked_example(company: World, tmp_path: Path, name: str) -> None:
    if not WORKED_EXAMPLE.exists():
        pytest.skip("the worked example is not here: shared/worked_example")
    files.write(company, tmp_path)
    expected = (WORKED_EXAMPLE / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
    assert (tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0] == expected


def test_costs_have_every_category_and_level(company: World) -> None:
    costs = files.ledger_tables(company, company.now)["costs"]
    assert {row["category"] for row in costs} >= {
        "sales_pay", "marketing_pay", "commission", "travel", "events", "tools", "agency", "overhead", "media_online",
        "media_offline", "customer_success",
    }  # fmt: skip
    assert {row["cac_level"] for row in costs} == {"direct", "loaded", "none", "paid"}
    assert {row["currency_code"] for row in costs} == {"USD", "EUR"}
    assert any(row["channel"] for row in costs)
    assert max(Counter(row["cost_id"] for row in costs).values()) == 1
    assert "" in {row["cac_level"] for row in files.tables(company)["costs"]}


def test_targets_are_unique_and_teams_stand_beside_reps(company: World) -> None:
    targets = files.ledger_tables(company, company.now)["targets"]
    keys = Counter((row["kpi"], row["period_start_date"], row["dimension"], row["member"]) for row in targets)
    assert max(keys.values()) == 1
    assert {"sales_rep", "team", "total"} == {row["dimension"] for row in targets}
    assert {row["currency_code"] for row in targets if row["kpi"] == "credited_sales_amount"} == {"USD", "EUR"}


def test_rates_cover_business_days_up_to_today_and_vary(company: World) -> None:
    rates = files.ledger_tables(company, company.now)["exchange_rates"]
    days = {dt.date.fromisoformat(row["rate_date"]) for row in rates}
    assert max(days) <= company.as_of
    assert {day.isoweekday() for day in days} == {1, 2, 3, 4, 5}
    assert len({row["rate"] for row in rates}) > 100
    assert all(Decimal(row["rate"]) > 0 for row in rates)


def test_time_adds_rows_and_corrects_a_few_of_closed_months() -> None:
    moving = world(scale=0.3)
    before = files.ledger_tables(moving, moving.now)
    moving.advance(dt.date(2026, 5, 20))
    after = files.ledger_tables(moving, moving.now)
    old = {row["cost_id"]: row for row in before["costs"]}
    new = {row["cost_id"]: row for row in after["costs"]}
    late = [row for key, row in new.items() if key not in old and row["cost_date"] <= "2026-03-31"]
    corrected = [key for key in old if new[key] != old[key]]
    assert old.keys() < new.keys()
    assert late or corrected
    assert len(corrected) < len(old) / 10


def test_a_file_that_stays_the_same_is_left_alone(company: World, tmp_path: Path) -> None:
    files.write(company, tmp_path)
    stamps = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    files.write(company, tmp_path)
    assert stamps == {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert read(tmp_path / "costs.csv") == files.tables(company)["costs"]


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    for name in ("first", "second"):
        files.write(world(scale=0.1), tmp_path / name)
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()
