"""People change hands in the simulated company, and nothing else changes with them."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from ingestion.sandbox import handovers, ledger
from ingestion.sandbox.people import Person
from ingestion.sandbox.world import World
from tests.ingestion.sandbox.conftest import AS_OF

FOLLOWS = {"leads": {"owner_sales_rep_id", "updated_at"}, "activities": {"sales_rep_id"}}
Row = dict[str, str]


def without_owners(world: World) -> dict[str, list[Row]]:
    """The ledger without what follows the owners of people."""
    tables = ledger.tables(world, world.end)
    del tables["lead_changes"]
    return {
        name: [{column: value for column, value in row.items() if column not in FOLLOWS.get(name, ())} for row in rows]
        for name, rows in tables.items()
    }


def test_handovers_leave_everything_else_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    found = without_owners(World.create(7, 0.3, AS_OF))
    monkeypatch.setattr(handovers, "plant", lambda world, people: None)
    assert found == without_owners(World.create(7, 0.3, AS_OF))


@pytest.fixture(scope="module")
def world() -> World:
    """A company of the usual size."""
    return World.create(7, 1.0, AS_OF)


def owners(world: World) -> Iterator[tuple[Person, list[str | None]]]:
    """Everybody who ever had an owner, with all of them."""
    for person in world.people:
        if told := person.history("hubspot_owner_id", world.end):
            yield person, [owner for _, owner in told]


def accepted(world: World, person: Person) -> bool:
    """Whether sales ever accepted somebody."""
    return any(stage == "salesqualifiedlead" for _, stage in person.history("lifecyclestage", world.end))


def test_a_part_of_those_whom_sales_accepts_get_another_rep(world: World) -> None:
    handed = [person for person, told in owners(world) if len([owner for owner in told if owner]) > 1]
    possible = [person for person, _ in owners(world) if accepted(world, person)]
    assert all(accepted(world, person) for person in handed)
    assert 0.3 < len(handed) / len(possible) < 0.5
    for _, told in owners(world):
        assert all(before != after for before, after in pairwise(told))


def test_some_have_no_owner_any_more(world: World) -> None:
    cleared = [person for person, told in owners(world) if told[-1] is None]
    assert 0.005 < len(cleared) / len(list(owners(world))) < 0.035
    assert all(person.value("merged_into", world.end) is None for person in cleared)


def test_an_activity_is_that_of_the_owner_of_its_moment(world: World) -> None:
    people = {person.person_id: person for person in world.people}
    later = 0
    for activity in world.activities:
        told = people[activity.contact_id].history("hubspot_owner_id", world.end)
        if activity.owner_id is None:
            continue
        assert activity.owner_id == [owner for at, owner in told if owner and at <= activity.occurred_at][-1]
        later += activity.owner_id != told[0][1]
    assert later


def test_a_contact_made_by_merging_has_the_owners_of_the_one_it_goes_on_with() -> None:
    seen = 0
    for seed in range(1, 9):
        world = World.create(seed, 1.0, AS_OF)
        people = {person.person_id: person for person in world.people}
        for person in world.people:
            merged = [change for change in person.mutations if change.field == "merged_from"]
            if len(merged) < 2 or merged[0].recorded_at != person.inserted_at:
                continue
            before = people[merged[0].value or ""].history("hubspot_owner_id", world.end)
            assert person.history("hubspot_owner_id", person.inserted_at) == before
            seen += len(before) > 1
    assert seen
