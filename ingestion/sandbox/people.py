"""People: where they come from and how they pass through the lifecycle.

Mistakes and merges are in people_changes.py, later owners in handovers.py.
"""

import bisect
import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingestion.sandbox import marketing
from ingestion.sandbox.companies import COUNTRIES, Company
from ingestion.sandbox.records import Record
from ingestion.sandbox.reps import SalesForce

FIRST_PERSON_ID = 100_001
LIFECYCLE = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")
_FIRST_NAMES = (
    "Anna",
    "Boris",
    "Carla",
    "Dan",
    "Eva",
    "Felix",
    "Grete",
    "Hugo",
    "Ida",
    "Jonas",
    "Karla",
    "Léo",
    "Mia",
    "Nils",
)
_LAST_NAMES = (
    "Adler",
    "Bauer",
    "Costa",
    "Dupont",
    "Evans",
    "Fischer",
    "García",
    "Huber",
    "Ivanov",
    "Jensen",
    "Keller",
    "Lang",
)
_FREE_MAIL = ("gmail.com", "outlook.com", "gmx.de", "proton.me")


@dataclass(slots=True, eq=False)
class Person(Record):
    """One contact record of the CRM; several records may be one human being.

    `created_at` is the CRM's creation date before any merge; `opportunity_at` is the moment at which sales
    opens a deal with this person, None when it never does. Lifecycle and owner live in the mutations
    `lifecyclestage`, `hs_lead_status`, `hubspot_owner_id`; touches in `touch` (value "source|campaign id|type").
    """

    first_name: str
    last_name: str
    email: str | None
    company_id: str | None
    created_at: dt.datetime
    source: str | None
    source_detail: str | None
    campaign_id: str | None
    country: str
    country_code: str
    region: str | None
    kind: str
    opportunity_at: dt.datetime | None = None
    extra_company_ids: tuple[str, ...] = field(default=())

    @property
    def person_id(self) -> str:
        """The CRM's contact id."""
        return self.record_id


def generate(
    rng: random.Random,
    moments: list[dt.datetime],
    companies: Sequence[Company],
    sales_force: SalesForce,
) -> list[Person]:
    """Return one person per moment, oldest first, with their lifecycle up to the deal."""
    company_moments = [company.created_at for company in companies]
    people: list[Person] = []
    for number, moment in enumerate(moments):
        known = bisect.bisect_right(company_moments, moment)
        company = companies[rng.randrange(known)] if known and rng.random() < 0.78 else None
        person = _person(rng, number, moment, company)
        live(rng, person, sales_force)
        people.append(person)
    return people


def _person(rng: random.Random, number: int, moment: dt.datetime, company: Company | None) -> Person:
    draw = rng.random()
    kind = "subscriber" if draw < 0.08 else "outbound" if draw < 0.18 else "inbound"
    source, _, detail = rng.choices(marketing.SOURCES, [weight for _, weight, _ in marketing.SOURCES])[0]
    campaign_id: str | None = None
    if kind == "outbound":
        source, detail = marketing.OUTBOUND_SOURCE, "IMPORT"
    elif source == "PAID_SEARCH":
        campaign = rng.choice([campaign for campaign in marketing.CAMPAIGNS if campaign.converts])
        campaign_id, detail = campaign.campaign_id, campaign.name
    first, last = rng.choice(_FIRST_NAMES), rng.choice(_LAST_NAMES)
    if company is not None:
        country, code, region = company.country, company.country_code, company.region
        domain = company.domain
    else:
        country, code, region, _ = rng.choice(COUNTRIES)
        domain = rng.choice(_FREE_MAIL)
    return Person(
        record_id=str(FIRST_PERSON_ID + 3 * number),
        inserted_at=moment,
        first_name=first,
        last_name=last,
        email=f"{first}.{last}.{number}@{domain}".lower() if rng.random() < 0.97 else None,
        company_id=company.company_id if company else None,
        created_at=moment,
        source=source,
        source_detail=detail,
        campaign_id=campaign_id,
        country=country,
        country_code=code,
        region=region if company is None and rng.random() < 0.9 else None,
        kind=kind,
    )


def live(rng: random.Random, person: Person, sales_force: SalesForce) -> None:
    """Add the touches and the lifecycle of a newly created person, up to the deal."""
    at = person.created_at
    if person.kind != "outbound":
        _touches(rng, person)
    if person.kind == "subscriber":
        person.change("lifecyclestage", "subscriber", at)
        return
    if person.kind == "inbound" and rng.random() < 0.12:
        person.change("lifecyclestage", "subscriber", at)
        at += days(rng, 1, 40)
    if person.kind == "outbound":
        _outbound(rng, person, at, sales_force)
    else:
        _inbound(rng, person, at, sales_force)


def _touches(rng: random.Random, person: Person) -> None:
    if person.source is None:
        return
    seen = person.created_at - (days(rng, 0, 12) if rng.random() < 0.4 else minutes(rng, 1, 40))
    touch = f"{person.source}|{person.campaign_id or ''}|ad_click" if person.campaign_id else f"{person.source}||visit"
    person.change("touch", touch, person.created_at, effective_at=seen)
    if rng.random() < 0.25:
        person.change("touch", "EMAIL_MARKETING||email_click", person.created_at + days(rng, 5, 120))


def _outbound(rng: random.Random, person: Person, at: dt.datetime, sales_force: SalesForce) -> None:
    person.change("hubspot_owner_id", sales_force.choose(rng, at), at)
    if rng.random() < 0.2:
        person.change("lifecyclestage", "salesqualifiedlead", at)
    else:
        person.change("lifecyclestage", "lead", at)
        if rng.random() > 0.35:
            return
        at += days(rng, 1, 15)
        person.change("lifecyclestage", "salesqualifiedlead", at)
    if rng.random() < 0.55:
        person.opportunity_at = at + days(rng, 0, 6)


def _inbound(rng: random.Random, person: Person, at: dt.datetime, sales_force: SalesForce) -> None:
    person.change("lifecyclestage", "lead", at)
    person.change("hs_lead_status", "NEW", at)
    draw = rng.random()
    if draw < 0.03:
        person.opportunity_at = at + days(rng, 2, 20)
        return
    if draw > 0.55:
        return
    at = _qualify(rng, person, at + days(rng, 0, 10), sales_force)
    if draw > 0.29:
        return
    at += days(rng, 0, 9)
    person.change("lifecyclestage", "salesqualifiedlead", at)
    person.change("hs_lead_status", "IN_PROGRESS", at)
    if rng.random() < 0.65:
        person.opportunity_at = at + days(rng, 0, 6)


def _qualify(rng: random.Random, person: Person, at: dt.datetime, sales_force: SalesForce) -> dt.datetime:
    """Add the MQL and, for some, recycling, disqualification or a repeated MQL; return the last moment."""
    person.change("lifecyclestage", "marketingqualifiedlead", at)
    if rng.random() < 0.9:
        person.change("hubspot_owner_id", sales_force.choose(rng, at), at + minutes(rng, 1, 300))
    draw = rng.random()
    if draw < 0.12:
        at += days(rng, 3, 30)
        person.change("lifecyclestage", "lead", at)
        at += days(rng, 15, 90)
        person.change("lifecyclestage", "marketingqualifiedlead", at)
    elif draw < 0.18:
        at += days(rng, 2, 20)
        person.change("hs_lead_status", "UNQUALIFIED", at)
        if rng.random() < 0.4:
            at += days(rng, 20, 60)
            person.change("lifecyclestage", "lead", at)
            at += days(rng, 1, 30)
            person.change("lifecyclestage", "marketingqualifiedlead", at)
    elif draw < 0.21:
        at += days(rng, 2, 9)
        person.change("lifecyclestage", "marketingqualifiedlead", at)
    return at


def days(rng: random.Random, low: float, high: float) -> dt.timedelta:
    """Return a random span between two numbers of days, whole milliseconds."""
    return dt.timedelta(milliseconds=int(rng.uniform(low, high) * 86_400_000))


def minutes(rng: random.Random, low: float, high: float) -> dt.timedelta:
    """Return a random span between two numbers of minutes, whole milliseconds."""
    return dt.timedelta(milliseconds=int(rng.uniform(low, high) * 60_000))
