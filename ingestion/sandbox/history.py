"""Puts people and deals together: first what goes well, then the mistakes, then ids in order of insertion.

Last come the handovers of people, which change nothing else.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ingestion.sandbox import deal_changes, handovers, people_changes
from ingestion.sandbox import deals as deals_module
from ingestion.sandbox import people as people_module
from ingestion.sandbox.deals import FIRST_DEAL_ID, Deal
from ingestion.sandbox.people import Person

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

Kind = TypeVar("Kind", Person, Deal)


@dataclass(slots=True)
class History:
    """All people and deals of the simulated history, in order of insertion."""

    people: list[Person]
    deals: list[Deal]


def generate(world: "World") -> History:
    """Return people and deals with everything that happens to them up to the world's end."""
    rng = world.random("people")
    people = people_module.generate(rng, world.moments(rng, 2000), world.companies, world.sales_force)
    people_changes.add_doubles(world, people)
    deals = deals_module.generate(world, people)
    merges = deal_changes.plant(world, deals)
    deals.sort(key=lambda deal: deal.inserted_at)
    for number, deal in enumerate(deals):
        deal.record_id = str(FIRST_DEAL_ID + 5 * number)
    for merge in merges:
        merge.loser.change("merged_into", merge.survivor.record_id, merge.at)
        merge.survivor.change("merged_from", merge.loser.record_id, merge.at)
    people_changes.plant(world, people, deals)
    handovers.plant(world, people)
    people = _settled(world, people)
    return History(people, _settled(world, deals))


def _settled(world: "World", records: "list[Kind]") -> "list[Kind]":
    """Drop what would happen after the simulated history and put mutations in order."""
    kept = [record for record in records if record.inserted_at <= world.end]
    for record in kept:
        record.mutations = [change for change in record.mutations if change.recorded_at <= world.end]
        record.mutations.sort(key=lambda change: change.recorded_at)
        if isinstance(record, Deal):
            record.won_at = record.won_at if record.won_at and record.won_at <= world.end else None
            record.lost_at = record.lost_at if record.lost_at and record.lost_at <= world.end else None
    return kept
