"""Whose people are over time: another rep's once sales has accepted them, and now and then nobody's.

This happens to people who are otherwise done, with a generator for each of them: their deals, activities, merges and
deletions are those of a company in which everybody keeps the first owner.
"""

import datetime as dt
from typing import TYPE_CHECKING

from ingestion.sandbox.people import Person, days, minutes

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

_HANDED_OVER_RATIO, _CLEARED_RATIO = 0.4, 0.02


def plant(world: "World", people: list[Person]) -> None:
    """Hand some of the owned people to another rep when sales accepts them, and take the owner of a few away."""
    for person in people:
        given = next(iter(person.history("hubspot_owner_id", world.end)), None)
        if given is None:
            continue
        since, owner = given
        rng = world.random(f"owner of {_life_of(person)}")
        is_handed_over, is_cleared = rng.random() < _HANDED_OVER_RATIO, rng.random() < _CLEARED_RATIO
        accepted = _accepted_at(person, world.end)
        if is_handed_over and accepted is not None:
            since = max(since, accepted) + (minutes(rng, 1, 240) if rng.random() < 0.5 else days(rng, 1, 12))
            _give(person, world.sales_force.choose(rng, since, other_than=owner), since)
        if is_cleared and not _is_merged(person):
            _give(person, None, since + days(rng, 3, 60))


def _life_of(person: Person) -> str:
    """The id under which somebody began: a contact made by merging goes on with the life of the first one."""
    before = (
        change.value
        for change in person.mutations
        if change.field == "merged_from" and change.recorded_at == person.inserted_at
    )
    return next(before, None) or person.person_id


def _accepted_at(person: Person, now: dt.datetime) -> dt.datetime | None:
    entries = person.history("lifecyclestage", now)
    return next((at for at, stage in entries if stage == "salesqualifiedlead"), None)


def _is_merged(person: Person) -> bool:
    """Whether the owner has to stay: once that of a survivor is gone, only its absorbed contact would tell one."""
    return any(change.field in ("merged_from", "merged_into") for change in person.mutations)


def _give(person: Person, owner: str | None, at: dt.datetime) -> None:
    """Change the owner, unless the record is deleted or merged away by then; what was before it comes with it."""
    recorded = max(at, person.inserted_at)
    if person.is_visible(recorded):
        person.change("hubspot_owner_id", owner, recorded, effective_at=at)
