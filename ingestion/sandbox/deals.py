"""Deals: opened with people, moved through stages, won or lost (mistakes and merges: deal_changes.py)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from ingestion.sandbox import pipelines
from ingestion.sandbox.clock import iso_millis
from ingestion.sandbox.people import Person, days
from ingestion.sandbox.pipelines import Pipeline
from ingestion.sandbox.records import Record

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

FIRST_DEAL_ID = 8_000_000_001
_SEGMENT_AMOUNT = {"smb": 4_000, "mid_market": 14_000, "enterprise": 45_000, None: 3_000}


@dataclass(slots=True, eq=False)
class Deal(Record):
    """One deal of the CRM.

    Mutations: `dealstage`, `amount`, `closedate` (an instant as text), `hubspot_owner_id`, `contact+`/`contact-`,
    `company+`/`company-`. The attributes `amount`, `won_at` and `lost_at` tell the outcome at the end of the
    simulated history; `company_id` and `contact_id` are the primary ones at creation.
    """

    name: str
    created_at: dt.datetime
    pipeline: Pipeline
    deal_type: str | None
    currency: str
    company_id: str | None
    contact_id: str | None
    amount: Decimal | None = None
    won_at: dt.datetime | None = None
    lost_at: dt.datetime | None = None
    has_duplicate_associations: bool = False

    @property
    def deal_id(self) -> str:
        """The CRM's deal id."""
        return self.record_id

    @property
    def is_won(self) -> bool:
        """Whether the deal's last outcome within the simulated history is a win."""
        return self.won_at is not None

    @property
    def is_renewal(self) -> bool:
        """Whether the deal lives in the renewal pipeline."""
        return self.pipeline is pipelines.RENEWALS

    def move(self, stage_id: str, at: dt.datetime) -> None:
        """Enter a stage; closing stages also set the outcome, others clear it."""
        self.change("dealstage", stage_id, at)
        self.won_at = at if stage_id == self.pipeline.won else None
        self.lost_at = at if stage_id == self.pipeline.lost else None

    def set_amount(self, amount: Decimal | None, at: dt.datetime) -> None:
        """Change the amount."""
        self.amount = amount
        self.change("amount", None if amount is None else str(amount), at)

    def set_close_date(self, close: dt.datetime, at: dt.datetime) -> None:
        """Change the close date."""
        self.change("closedate", iso_millis(close), at)


def is_made_by_merging(deal: Deal) -> bool:
    """Tell whether the deal came into being when others were merged: what it has, it has from them."""
    return any(change.field == "merged_from" and change.recorded_at == deal.inserted_at for change in deal.mutations)


def standing_for(world: "World", deal: Deal, now: dt.datetime) -> Deal:
    """Return the deal that stands for one at a moment: itself, or what it was merged into."""
    while (survivor := deal.merged_into(now)) is not None:
        deal = world.deal(survivor)
    return deal


def generate(world: "World", people: Sequence[Person]) -> list[Deal]:
    """Return the deals of the people that sales talks to, with their expansions and renewals, unordered."""
    rng = world.random("deals")
    by_company: dict[str, list[Person]] = {}
    for person in people:
        if person.company_id is not None and person.kind != "subscriber":
            by_company.setdefault(person.company_id, []).append(person)
    deals: list[Deal] = []
    for person in people:
        if person.opportunity_at is None or person.opportunity_at > world.end:
            continue
        deal = _first_deal(world, rng, person)
        _add_contacts(rng, deal, person, by_company)
        deals.append(deal)
        if deal.won_at is not None and deal.company_id is not None:
            deals.extend(_later_deals(world, rng, deal, person))
    return deals


def new_deal(
    world: "World", rng: Random, person: Person | None, at: dt.datetime, pipeline: Pipeline, deal_type: str | None
) -> Deal:
    """Return a deal in its first stage, with amount, expected close, owner and associations."""
    company = world.company(person.company_id) if person and person.company_id else None
    currency = company.currency if company and rng.random() < 0.92 else rng.choice(("USD", "EUR", "GBP"))
    deal = Deal(
        record_id="",
        inserted_at=at,
        name=f"{company.name if company else 'Private customer'} - {pipeline.label}",
        created_at=at,
        pipeline=pipeline,
        deal_type=deal_type,
        currency=currency,
        company_id=company.company_id if company else None,
        contact_id=person.person_id if person else None,
    )
    deal.move(pipeline.open_stages[0].stage_id, at)
    typical = _SEGMENT_AMOUNT[company.segment if company else None]
    amount = Decimal(round(typical * rng.lognormvariate(0, 0.5), rng.choice((-2, -2, 0)))).quantize(Decimal("1"))
    deal.set_amount(amount, at)
    deal.set_close_date(at + days(rng, 20, 70), at)
    if deal.contact_id:
        deal.change("contact+", deal.contact_id, at)
    if deal.company_id:
        deal.change("company+", deal.company_id, at)
    return deal


def assign(world: "World", rng: Random, deal: Deal, owner: str | None) -> None:
    """Give the deal an owner, hand it over when that one leaves, and sometimes without a reason."""
    at = deal.created_at
    owner = owner or world.sales_force.choose(rng, at)
    if not world.sales_force.is_employed(owner, at):
        owner = world.sales_force.choose(rng, at)
    deal.change("hubspot_owner_id", owner, at)
    last = max(change.recorded_at for change in deal.mutations)
    left = world.sales_force.left_at(owner)
    if left is not None and at < left <= last:
        deal.change("hubspot_owner_id", world.sales_force.choose(rng, left), left)
    elif rng.random() < 0.08:
        handed = at + (last - at) * rng.random()
        handed -= dt.timedelta(microseconds=handed.microsecond % 1000)
        deal.change("hubspot_owner_id", world.sales_force.choose(rng, handed), handed)


def progress(rng: Random, deal: Deal, *, win_ratio: float = 0.47, open_ratio: float = 0.08) -> None:
    """Walk the deal through its pipeline: mostly in order, sometimes skipping or going back, to an outcome."""
    stages = deal.pipeline.open_stages
    position, at = 0, deal.created_at
    outcome = rng.random()
    stops_after = rng.randrange(len(stages)) if outcome > win_ratio else len(stages)
    while position < min(stops_after, len(stages) - 1):
        at += days(rng, 2, 15)
        draw = rng.random()
        if draw < 0.07 and position > 0:
            position -= 1
        else:
            position = min(position + (2 if draw > 0.90 else 1), len(stages) - 1)
        deal.move(stages[position].stage_id, at)
        if rng.random() < 0.18 and deal.amount is not None:
            deal.set_amount((deal.amount * Decimal(rng.choice((80, 90, 110, 125))) / 100).quantize(Decimal("0.01")), at)
        if rng.random() < 0.15:
            deal.set_close_date(at + days(rng, 10, 45), at + dt.timedelta(minutes=3))
    if outcome > 1 - open_ratio:
        return
    at += days(rng, 2, 15)
    deal.move(deal.pipeline.won if outcome <= win_ratio else deal.pipeline.lost, at)
    deal.set_close_date(at, at)


def _first_deal(world: "World", rng: Random, person: Person) -> Deal:
    assert person.opportunity_at is not None
    at = person.opportunity_at
    deal = new_deal(world, rng, person, at, pipelines.SALES, "newbusiness")
    progress(rng, deal)
    assign(world, rng, deal, person.value("hubspot_owner_id", at))
    if rng.random() < 0.93:
        person.change("lifecyclestage", "opportunity", at + dt.timedelta(seconds=rng.randint(1, 9)))
        if deal.won_at is not None:
            person.change("lifecyclestage", "customer", deal.won_at + dt.timedelta(seconds=2))
    return deal


def _later_deals(world: "World", rng: Random, deal: Deal, person: Person) -> list[Deal]:
    assert deal.won_at is not None
    later: list[Deal] = []
    for pipeline, deal_type, share, low, high in (
        (pipelines.SALES, "existingbusiness", 0.4, 45, 300),
        (pipelines.RENEWALS, "renewal", 0.7, 320, 390),
    ):
        at = deal.won_at + days(rng, low, high)
        if rng.random() < share and at <= world.end:
            next_deal = new_deal(world, rng, person, at, pipeline, deal_type)
            progress(rng, next_deal, win_ratio=0.7)
            assign(world, rng, next_deal, None)
            later.append(next_deal)
    return later


def _add_contacts(rng: Random, deal: Deal, person: Person, by_company: dict[str, list[Person]]) -> None:
    """Link colleagues who came after the person: the CRM names no primary contact, the earliest one counts."""
    if deal.company_id is None or rng.random() > 0.3:
        return
    colleagues = [p for p in by_company[deal.company_id] if person.created_at < p.created_at < deal.created_at]
    for colleague in rng.sample(colleagues, min(len(colleagues), rng.randint(1, 2))):
        deal.change("contact+", colleague.person_id, deal.created_at + dt.timedelta(seconds=30))
