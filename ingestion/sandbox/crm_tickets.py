"""The few tickets that sales keeps in the CRM itself; the help desk is elsewhere."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingestion.sandbox.people import days
from ingestion.sandbox.records import Record

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

FIRST_TICKET_ID = 41_000_000_001


@dataclass(slots=True, eq=False)
class CrmTicket(Record):
    """One CRM ticket; the mutation `stage` holds its pipeline stage."""

    subject: str
    company_id: str | None
    owner_id: str | None
    priority: str
    origin: str

    @property
    def created_at(self) -> dt.datetime:
        """The moment it was opened."""
        return self.inserted_at


def simulate(world: "World") -> list[CrmTicket]:
    """Return all CRM tickets, oldest first."""
    rng = world.random("crm tickets")
    tickets: list[CrmTicket] = []
    for number, moment in enumerate(world.moments(rng, 20)):
        known = world.companies_at(rng, moment, 1)
        ticket = CrmTicket(
            record_id=str(FIRST_TICKET_ID + 3 * number),
            inserted_at=moment,
            subject=rng.choice(("Contract copy", "Wrong invoice address", "Access for a colleague")),
            company_id=known[0].company_id if known else None,
            owner_id=world.sales_force.choose(rng, moment),
            priority=rng.choice(("LOW", "MEDIUM", "HIGH")),
            origin=rng.choice(("EMAIL", "PHONE", "FORM", "CHAT")),
        )
        ticket.change("stage", "1", moment)
        if rng.random() < 0.8:
            ticket.change("stage", "4", moment + days(rng, 0.1, 12))
        tickets.append(ticket)
    return tickets
