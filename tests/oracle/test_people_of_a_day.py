"""Who is a person, and since when, as the oracle reads it: merges, deletions and events around the as-of date."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest

from tests.oracle.facts import Facts, People
from tests.oracle.kpis import collect, computed
from tests.oracle.ledger import Ledger, Row
from tests.oracle.people import Person, persons

MERGED = {"entity": "leads", "merged_id": "L08", "survivor_id": "L07", "merged_at": "2026-03-02T10:00:00Z"}


def ledger(as_of: str, **tables: list[Row]) -> Ledger:
    """A ledger of a few rows."""
    return Ledger(defaultdict(list, tables), date.fromisoformat(as_of))


def lead(key: str, created: str, *, is_deleted: bool = False, **more: str) -> Row:
    """A person record."""
    return {
        "lead_id": key, "email": "", "source": "", "created_at": f"{created}T09:00:00Z", "is_deleted": str(is_deleted),
        **more,
    }  # fmt: skip


def event(key: str, kind: str, day: str) -> Row:
    """A lifecycle event."""
    return {"lead_id": key, "event_type": kind, "occurred_at": f"{day}T09:00:00Z"}


def found(books: Ledger) -> list[Person]:
    """All persons that are leads, by lead date."""
    everybody = {id(person): person for person in persons(books).values()}
    return sorted((person for person in everybody.values() if person.is_lead), key=lambda person: person.lead_at)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-03-01", [("2026-02-05", 1), ("2026-02-10", 0)]),
        ("2026-03-02", [("2026-02-05", 1)]),
    ],
)
def test_a_merge_and_the_deletion_that_it_is_happen_on_one_day(as_of: str, expected: list[tuple[str, int]]) -> None:
    books = ledger(
        as_of,
        leads=[lead("L07", "2026-02-10"), lead("L08", "2026-02-05", is_deleted=True)],
        lead_events=[event("L08", "mql", "2026-02-06")],
        record_merges=[MERGED],
    )
    assert [(str(person.lead_date), len(person.mql_events)) for person in found(books)] == expected


def test_who_is_deleted_after_a_merge_does_not_come_back() -> None:
    rows = [lead("L07", "2026-02-10", is_deleted=True), lead("L08", "2026-02-05", is_deleted=True)]
    assert found(ledger("2026-03-31", leads=rows, record_merges=[MERGED])) == []
    assert len(found(ledger("2026-03-31", leads=rows[1:], record_merges=[MERGED]))) == 1  # the survivor was not loaded


def test_events_of_an_id_without_a_record_date_its_survivor() -> None:
    books = ledger(
        "2026-03-31",
        leads=[lead("L07", "2026-02-10")],
        lead_events=[event("L08", "lead", "2026-01-05"), event("L08", "mql", "2026-01-07")],
        record_merges=[MERGED],
    )
    assert [(str(person.lead_date), len(person.mql_events)) for person in found(books)] == [("2026-01-05", 1)]


def test_events_after_the_as_of_date_date_nobody() -> None:
    books = ledger(
        "2026-03-31",
        leads=[
            lead("L01", "2026-01-05"),
            lead("L02", "2026-01-06", is_lead="false"),
            lead("L03", "2026-01-07", is_lead="true"),
            lead("L04", "2026-01-08", is_lead="false"),
        ],
        lead_events=[
            event("L01", "mql", "2026-01-20"),
            event("L01", "lead", "2026-04-10"),
            event("L02", "mql", "2026-01-21"),
            event("L03", "lead", "2026-04-10"),
            event("L04", "mql", "2026-04-10"),
        ],
    )
    assert [(person.key, str(person.lead_date)) for person in found(books)] == [
        ("L01", "2026-01-05"),
        ("L02", "2026-01-21"),
    ]


def test_an_acceptance_before_the_mql_is_counted_unless_another_round_began() -> None:
    books = ledger(
        "2026-03-31",
        leads=[lead("L01", "2026-01-05"), lead("L02", "2026-01-05")],
        lead_events=[
            event("L01", "sql", "2026-02-01"),
            event("L01", "mql", "2026-02-08"),
            event("L02", "sql", "2026-02-01"),
            event("L02", "recycled", "2026-02-03"),
            event("L02", "mql", "2026-02-08"),
        ],
    )
    facts = Facts()
    People(books, persons(books), [], facts).collect()
    counted = [fact.day for fact in facts.additive if fact.kpi == "data_quality_negative_durations"]
    assert counted == [date(2026, 2, 1)]
    assert facts.durations == []


@pytest.mark.parametrize(("contact", "value"), [("", None), ("L01", 0.5)])
def test_without_any_contact_nobody_is_known_to_have_won(contact: str, value: float | None) -> None:
    books = ledger(
        "2026-01-31",
        leads=[lead("L01", "2026-01-05"), lead("L02", "2026-01-05")],
        opportunities=[
            {
                "opportunity_id": "D1", "lead_id": contact, "stage": "won", "amount": "100", "account_id": "A1",
                "created_at": "2026-01-10", "closed_at": "2026-01-20", "updated_at": "2026-01-20T09:00:00Z",
                "owner_sales_rep_id": "",
            }
        ],
    )  # fmt: skip
    values = computed(books, collect(books))
    is_month = (values.period_grain == "month") & (values.dimension == "total")
    rate = values[is_month & (values.kpi == "lead_to_won_rate")].value.iloc[0]
    assert (None if rate != rate else rate) == value
