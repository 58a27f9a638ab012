"""Puts people and deals together: first what goes well, then the mistakes, then ids in order of insertion."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingestion.sandbox import deals as deals_module
from ingestion.sandbox import people as people_module
from ingestion.sandbox.deals import FIRST_DEAL_ID, Deal
from ingestion.sandbox.people import Person
from ingestion.sandbox.records import Record

if TYPE_CHECKING:
    from ingestion.sandbox.world import World


@dataclass(slots=True)
class History:
    """All people and deals of the simulated history, in order of insertion."""

    people: list[Person]
    deals: list[Deal]


def generate(world: "World") -> History:
    """Return people and deals with everything that happens to them up to the world's end."""
    rng = world.random("people")
    people = people_module.generate(rng, world.moments(rng, 2000), world.companies, world.sales_force)
    deals = deals_module.generate(world, people)
    deals.sort(key=lambda deal: deal.inserted_at)
    for number, deal in enumerate(deals):
        deal.record_id = str(FIRST_DEAL_ID + 5 * number)
    _settle(world, people)
    _settle(world, deals)
    return History(people, deals)


def _settle(world: "World", records: "list[Person] | list[Deal]") -> None:
    """Drop what would happen after the simulated history and put mutations in order."""
    record: Record
    for record in records:
        record.mutations = [change for change in record.mutations if change.recorded_at <= world.end]
        record.mutations.sort(key=lambda change: change.recorded_at)
        if isinstance(record, Deal):
            record.won_at = record.won_at if record.won_at and record.won_at <= world.end else None
            record.lost_at = record.lost_at if record.lost_at and record.lost_at <= world.end else None
