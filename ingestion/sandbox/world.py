"""The simulated company: one seeded, event-sourced history that every vendor shows its own view of.

Stable interface for the vendor modules:

- `World.create(seed, scale, as_of)`; `world.as_of` (date), `world.now` (last millisecond of that day in the
  company's zone, aware UTC), `world.start` and `world.end` (first and last simulated instants, fixed by the
  first `as_of`), `world.advance(to)`.
- `world.random(name)`: an independent `random.Random` per name; take one per subject and never share it.
- `world.part(name, factory)`: builds a part of the world once (`world.part("billing", billing.simulate)`).
- `world.companies`, `world.people`, `world.deals`: everything up to `world.end`, oldest first. A part
  generates up to `world.end` as well and hides what is after `world.now` when it answers.
- `world.company(id)`, `world.person(id)`, `world.deal(id)`, `world.sales_force`, `world.campaigns`.
- `world.rates[currency][date]`: business days only; `world.rate(currency, day)` takes the newest before.

Nothing depends on `now` when the world is generated: the history reaches HORIZON_DAYS beyond the first
`as_of`, so a world advanced to a day is, up to that day, the same as before advancing.
"""

import bisect
import datetime as dt
import threading
from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import TypeVar, cast

from ingestion.sandbox import activities, companies, crm_tickets, history, line_items, marketing, quotes, rates, reps
from ingestion.sandbox.activities import Activity
from ingestion.sandbox.clock import HISTORY_DAYS, HORIZON_DAYS, end_of_day, local_date, local_midnight
from ingestion.sandbox.companies import Company
from ingestion.sandbox.crm_tickets import CrmTicket
from ingestion.sandbox.deals import Deal
from ingestion.sandbox.line_items import LineItem, Product
from ingestion.sandbox.people import Person
from ingestion.sandbox.quotes import Quote
from ingestion.sandbox.reps import SalesForce

Part = TypeVar("Part")


class World:
    """One simulated company; see the module's docstring for the stable interface."""

    def __init__(self, seed: int, scale: float, as_of: dt.date, *, team_moves: bool = False) -> None:
        """Prepare a company; its parts are generated when they are first asked for."""
        self.seed = seed
        self.scale = scale
        self.as_of = as_of
        self.team_moves = team_moves
        self.start = local_midnight(as_of - dt.timedelta(days=HISTORY_DAYS))
        self.end = end_of_day(as_of + dt.timedelta(days=HORIZON_DAYS))
        self._parts: dict[str, object] = {}
        self._lock = threading.RLock()

    @classmethod
    def create(cls, seed: int, scale: float, as_of: dt.date, *, team_moves: bool = False) -> "World":
        """Return a company with two years of history before the end of `as_of`.

        `scale` 1.0 is about 2,000 people, 300 companies and 500 deals. `team_moves` lets sales reps change
        teams, which a CRM forgets.
        """
        return cls(seed, scale, as_of, team_moves=team_moves)

    @property
    def now(self) -> dt.datetime:
        """The last millisecond of `as_of` in the company's zone."""
        return end_of_day(self.as_of)

    def advance(self, to: dt.date) -> None:
        """Move the clock forward; raises ValueError when going back or beyond the simulated history."""
        if to < self.as_of:
            raise ValueError(f"the clock stands at {self.as_of} and cannot go back to {to}")
        if end_of_day(to) > self.end:
            raise ValueError(f"the simulated history ends on {local_date(self.end)}, before {to}")
        self.as_of = to

    def random(self, name: str) -> Random:
        """Return a fresh generator that depends only on the seed and the name."""
        return Random(f"{self.seed}/{name}")

    def part(self, name: str, factory: "Callable[[World], Part]") -> Part:
        """Return the part of that name, built by the factory at the first call."""
        with self._lock:
            if name not in self._parts:
                self._parts[name] = factory(self)
            return cast(Part, self._parts[name])

    def moments(self, rng: Random, per_history: float) -> list[dt.datetime]:
        """Return sorted moments over the whole history: `per_history` × scale of them within two years."""
        span = (self.end - self.start) // dt.timedelta(milliseconds=1)
        count = max(1, round(per_history * self.scale * span / (HISTORY_DAYS * 86_400_000)))
        chosen = sorted(rng.randrange(span) for _ in range(count))
        return [self.start + dt.timedelta(milliseconds=millis) for millis in chosen]

    @cached_property
    def sales_force(self) -> SalesForce:
        """The sales reps."""
        return reps.generate(self.random("reps"), self.start, self.scale, team_moves=self.team_moves)

    @cached_property
    def companies(self) -> list[Company]:
        """All companies, oldest first."""
        rng = self.random("companies")
        return companies.generate(rng, self.moments(rng, 300), self.sales_force)

    @property
    def people(self) -> list[Person]:
        """All people, in the order of insertion, with what happens to them through deals."""
        return self.part("history", history.generate).people

    @property
    def deals(self) -> list[Deal]:
        """All deals, in the order of insertion."""
        return self.part("history", history.generate).deals

    @property
    def activities(self) -> list[Activity]:
        """All calls, meetings and e-mails, in the order of insertion."""
        return self.part("activities", activities.simulate)

    @property
    def products(self) -> list[Product]:
        """The CRM's product library."""
        return self.part("products", line_items.library)

    @property
    def line_items(self) -> list[LineItem]:
        """All line items of deals, in the order of insertion."""
        return self.part("line items", line_items.simulate)

    @property
    def quotes(self) -> list[Quote]:
        """All quotes of deals, in the order of insertion."""
        return self.part("quotes", quotes.simulate)

    @property
    def crm_tickets(self) -> list[CrmTicket]:
        """The tickets kept in the CRM, oldest first."""
        return self.part("crm tickets", crm_tickets.simulate)

    @property
    def campaigns(self) -> tuple[marketing.Campaign, ...]:
        """The campaigns of the ad platforms."""
        return marketing.CAMPAIGNS

    @cached_property
    def rates(self) -> dict[str, dict[dt.date, Decimal]]:
        """Exchange rates by currency and business day."""
        first = local_date(self.start) - dt.timedelta(days=120)
        return rates.generate(self.random("rates"), first, local_date(self.end))

    def rate(self, currency: str, day: dt.date) -> Decimal:
        """Return the newest rate on or before a day; 1 for the reporting currency."""
        if currency == rates.REPORTING_CURRENCY:
            return Decimal(1)
        while day not in self.rates[currency]:
            day -= dt.timedelta(days=1)
        return self.rates[currency][day]

    def companies_at(self, rng: Random, moment: dt.datetime, count: int) -> list[Company]:
        """Return up to `count` different companies that exist at a moment, chosen at random."""
        known = bisect.bisect_right(self.companies, moment, key=lambda company: company.created_at)
        return [self.companies[position] for position in rng.sample(range(known), min(count, known))]

    def company(self, company_id: str) -> Company:
        """Return a company by id; raises KeyError."""
        return self.part("company index", lambda w: {c.record_id: c for c in w.companies})[company_id]

    def person(self, person_id: str) -> Person:
        """Return a person by id; raises KeyError."""
        return self.part("person index", lambda w: {p.record_id: p for p in w.people})[person_id]

    def deal(self, deal_id: str) -> Deal:
        """Return a deal by id; raises KeyError."""
        return self.part("deal index", lambda w: {d.record_id: d for d in w.deals})[deal_id]
