"""Whose a person is on a day, as the oracle reads it: changes, else versions, of the survivor, else of the others."""

from __future__ import annotations

from datetime import date

import pytest

from tests.oracle.facts import Facts, People
from tests.oracle.ledger import Ledger, Row
from tests.oracle.people import persons
from tests.oracle.test_people_of_a_day import event, lead, ledger

REPS = [
    {"sales_rep_id": "R1", "sales_rep_name": "Ann", "team": "North", "valid_from": "", "valid_to": "2026-02-01"},
    {"sales_rep_id": "R1", "sales_rep_name": "Ann", "team": "South", "valid_from": "2026-02-01", "valid_to": ""},
    {"sales_rep_id": "R2", "sales_rep_name": "Bob", "team": "West", "valid_from": "", "valid_to": ""},
]


def change(key: str, at: str, owner: str, what: str = "owner_sales_rep_id") -> Row:
    """A change of a person's owner; a day alone is its morning."""
    return {"lead_id": key, "field": what, "value": owner, "changed_at": at if "T" in at else f"{at}T09:00:00Z"}


def owned(key: str, created: str, owner: str, updated: str = "", **more: str) -> Row:
    """A version of a person record."""
    return lead(key, created, owner_sales_rep_id=owner, updated_at=f"{updated or created}T09:00:00Z", **more)


def merged(loser: str, survivor: str) -> Row:
    """A merge of two records."""
    return {"entity": "leads", "merged_id": loser, "survivor_id": survivor, "merged_at": "2026-03-02T10:00:00Z"}


def owners_on(books: Ledger, *days: str, of: str = "L01") -> list[str]:
    """The owner of a person at the end of some days."""
    return [persons(books)[of].owner(date.fromisoformat(day)) for day in days]


def test_who_is_handed_over_is_the_new_owners_from_that_day_on() -> None:
    changes = [
        change("L01", "2026-02-10", "R2"),
        change("L01", "2026-01-08", "R1"),
        change("L01", "2026-02-20", "", "x"),
    ]
    books = ledger("2026-03-31", leads=[owned("L01", "2026-01-05", "R2")], lead_changes=changes)
    assert owners_on(books, "2026-01-05", "2026-02-09", "2026-02-10", "2026-03-31") == ["R1", "R1", "R2", "R2"]


def test_a_day_is_one_of_the_reporting_zone() -> None:
    changes = [change("L01", "2026-01-05", "R1"), change("L01", "2026-02-09T23:30:00Z", "R2")]
    books = ledger("2026-03-31", leads=[owned("L01", "2026-01-05", "R2")], lead_changes=changes)
    assert owners_on(books, "2026-02-09", "2026-02-10") == ["R1", "R2"]


def test_who_is_taken_away_from_an_owner_has_none() -> None:
    changes = [change("L01", "2026-01-08", "R1"), change("L01", "2026-02-10", ""), change("L01", "2026-03-10", "R2")]
    books = ledger("2026-03-31", leads=[owned("L01", "2026-01-05", "R2")], lead_changes=changes)
    assert owners_on(books, "2026-02-09", "2026-02-10", "2026-03-09", "2026-03-10") == ["R1", "", "", "R2"]


def test_the_last_owner_of_a_day_counts() -> None:
    changes = [change("L01", "2026-02-10T16:00:00+01:00", "R2"), change("L01", "2026-02-10T15:30:00Z", "R1")]
    books = ledger("2026-03-31", leads=[owned("L01", "2026-01-05", "R1")], lead_changes=changes)
    assert owners_on(books, "2026-02-10") == ["R1"]


@pytest.mark.parametrize("survivor", [[owned("L01", "2026-01-05", "")], [owned("L01", "2026-01-20", "")]])
def test_where_the_survivor_has_none_the_earliest_other_record_that_has_one_tells(survivor: list[Row]) -> None:
    books = ledger(
        "2026-03-31",
        leads=[*survivor, owned("L03", "2026-01-12", "R2"), owned("L02", "2026-01-10", "")],
        lead_changes=[change("L02", "2026-02-10", "R1"), change("L02", "2026-02-20", "")],
        record_merges=[merged("L02", "L01"), merged("L03", "L01")],
    )
    assert owners_on(books, "2026-01-25", "2026-02-15", "2026-02-20") == ["R1", "R1", "R2"]


def test_the_survivors_owner_goes_first_and_an_empty_one_gives_way() -> None:
    books = ledger(
        "2026-03-31",
        leads=[owned("L01", "2026-01-05", "R1"), owned("L02", "2026-01-02", "R2")],
        lead_changes=[change("L01", "2026-01-05", "R1"), change("L01", "2026-02-10", "")],
        record_merges=[merged("L02", "L01")],
    )
    assert owners_on(books, "2026-01-05", "2026-02-09", "2026-02-10") == ["R1", "R1", "R2"]


def test_a_record_that_is_made_later_tells_nothing_of_the_days_before_another_one() -> None:
    books = ledger(
        "2026-03-31",
        leads=[owned("L01", "2026-02-10", "R1"), owned("L02", "2026-01-05", "R2")],
        record_merges=[merged("L02", "L01")],
    )
    assert owners_on(books, "2026-01-05", "2026-02-09", "2026-02-10") == ["R2", "R2", "R1"]
    assert owners_on(books, "2025-12-20") == ["R2"]  # the earliest stands for the days before it


def test_versions_tell_it_where_there_are_no_changes() -> None:
    versions = [
        owned("L01", "2026-01-05", "R2", "2026-02-20"),
        owned("L01", "2026-01-05", "R1", "2026-01-15"),
        owned("L01", "2026-01-05", "", "2026-03-05"),
    ]
    for changes in ([], [change("L02", "2026-01-08", "R1"), change("L01", "2026-01-08", "x", "region")]):
        books = ledger("2026-03-31", leads=versions, lead_changes=changes)
        found = owners_on(books, "2026-01-05", "2026-02-19", "2026-02-20", "2026-03-04", "2026-03-05")
        assert found == ["R1", "R1", "R2", "R2", ""]
    books = ledger("2026-03-31", leads=versions, lead_changes=[change("L01", "2026-01-08", "R1")])
    assert owners_on(books, "2026-03-05") == ["R1"]


def test_a_single_version_is_its_owner_throughout() -> None:
    books = ledger("2026-03-31", leads=[owned("L01", "2026-01-05", "R1", "2026-03-20")])
    assert owners_on(books, "2026-01-05", "2026-03-31") == ["R1", "R1"]
    assert owners_on(ledger("2026-03-31", leads=[lead("L01", "2026-01-05")]), "2026-01-05") == [""]


def test_facts_of_a_person_are_those_of_the_owner_and_the_team_of_their_day() -> None:
    told = [("2026-01-05", "R1"), ("2026-02-20", "R2"), ("2026-03-05", "")]
    books = ledger(
        "2026-03-31",
        leads=[owned("L01", "2026-01-05", "")],
        lead_changes=[change("L01", day, rep) for day, rep in told],
        lead_events=[event("L01", "mql", "2026-02-10"), event("L01", "sql", "2026-02-20")],
        sales_reps=REPS,
    )
    facts = Facts()
    People(books, persons(books), [], facts).collect()
    who = {fact.kpi: (fact.members["sales_rep"], fact.members["team"]) for fact in facts.additive}
    assert {kpi: who[kpi] for kpi in ("leads", "mqls", "mql_to_sql_rate", "sqls")} == {
        "leads": ("R1", "North"),
        "mqls": ("R1", "South"),
        "mql_to_sql_rate": ("R1", "South"),
        "sqls": ("R2", "West"),
    }
