"""Quotes that sales writes for deals: drafts, quotes that were sent, and some that were never allowed to be."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from ingestion.sandbox.clock import iso_millis
from ingestion.sandbox.deals import Deal, is_made_by_merging, standing_for
from ingestion.sandbox.records import Record

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

Row = dict[str, str]
SENT = ("APPROVAL_NOT_NEEDED", "APPROVED")
_FIRST_ID = 61_000_000_001


@dataclass(slots=True, eq=False)
class Quote(Record):
    """One quote; the mutation `status` holds the CRM's own word."""

    deal: Deal
    amount: str | None

    @property
    def created_at(self) -> dt.datetime:
        """The moment it was written."""
        return self.inserted_at


def simulate(world: "World") -> list[Quote]:
    """Return every quote in the order of insertion."""
    rng = world.random("quotes")
    quotes: list[Quote] = []
    for deal in world.deals:
        if not is_made_by_merging(deal):
            quotes.extend(_quote(rng, deal) for _ in range(rng.choice((0, 0, 1, 1, 2))))
    quotes.sort(key=lambda quote: quote.inserted_at)
    for number, quote in enumerate(quotes):
        quote.record_id = str(_FIRST_ID + 9 * number)
        quote.mutations = [change for change in quote.mutations if change.recorded_at <= world.end]
        quote.mutations.sort(key=lambda change: change.recorded_at)
    return quotes


def ledger_tables(world: "World", now: dt.datetime) -> dict[str, list[Row]]:
    """Return the truth about the quotes that were sent."""
    return {"quotes": list(_rows(world, now))}


def _rows(world: "World", now: dt.datetime) -> Iterator[Row]:
    for quote in world.quotes:
        if quote.is_visible(now) and quote.value("status", now) in SENT:
            yield {
                "quote_id": quote.record_id,
                "opportunity_id": standing_for(world, quote.deal, now).deal_id,
                "sent_at": iso_millis(quote.created_at),
                "amount": quote.amount or "",
                "currency_code": quote.deal.currency,
            }


def _quote(rng: Random, deal: Deal) -> Quote:
    """Return a quote from some moment of the deal's life before it was merged away."""
    merged = [change.recorded_at for change in deal.mutations if change.field == "merged_into"]
    last = min(merged, default=max(change.recorded_at for change in deal.mutations))
    at = deal.inserted_at + (last - deal.inserted_at) * rng.random()
    at -= dt.timedelta(microseconds=at.microsecond % 1000)
    amount = None if rng.random() < 0.05 else deal.value("amount", at)
    quote = Quote("", at, deal=deal, amount=amount)
    quote.change("status", "DRAFT", at)
    draw, at = rng.random(), at + dt.timedelta(minutes=rng.randint(1, 3000))
    if draw < 0.6:
        quote.change("status", "APPROVAL_NOT_NEEDED", at)
    elif draw < 0.85:
        quote.change("status", "PENDING_APPROVAL", at)
        if draw > 0.65:
            outcome = "REJECTED" if draw > 0.8 else "APPROVED"
            quote.change("status", outcome, at + dt.timedelta(minutes=rng.randint(5, 5000)))
    if rng.random() < 0.05:
        quote.change("is_deleted", "true", at + dt.timedelta(days=rng.randint(4, 40)))
    return quote
