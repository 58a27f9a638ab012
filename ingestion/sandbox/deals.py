"""Deals: created from people, moved through stages, won or lost (mistakes and merges: deal_changes.py)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from ingestion.sandbox.people import Person
from ingestion.sandbox.records import Record

if TYPE_CHECKING:
    from ingestion.sandbox.world import World


@dataclass(slots=True, eq=False)
class Deal(Record):
    """One deal of the CRM."""

    name: str
    created_at: dt.datetime
    pipeline: str
    deal_type: str | None
    currency: str
    company_id: str | None
    contact_id: str | None
    amount: Decimal | None = None
    won_at: dt.datetime | None = None
    lost_at: dt.datetime | None = None

    @property
    def deal_id(self) -> str:
        """The CRM's deal id."""
        return self.record_id

    @property
    def is_won(self) -> bool:
        """Whether the deal's last outcome within the simulated history is a win."""
        return self.won_at is not None


def generate(world: "World", people: Sequence[Person]) -> list[Deal]:
    """Return all deals, oldest first."""
    return []
