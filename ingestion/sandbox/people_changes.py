"""What goes wrong with people: doubles, test people, merges, deletions; every kind is in every world.

A merged contact carries what HubSpot carries over: the earliest creation date with its source, both touches,
both lifecycle histories, the other e-mail. Pairs are chosen so that the two histories together read as one.
"""

import bisect
import dataclasses
import datetime as dt
from collections import deque
from collections.abc import Callable, Iterable
from random import Random
from typing import TYPE_CHECKING

from ingestion.sandbox import marketing
from ingestion.sandbox.clock import iso_millis
from ingestion.sandbox.deals import Deal
from ingestion.sandbox.people import Person, days, live

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

_QUALIFIED = ("marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")


def add_doubles(world: "World", people: list[Person]) -> None:
    """Add second records with the same e-mail, differently written, and the company's own test people."""
    rng = world.random("doubles")
    ids = _FreeIds(people)
    with_email = [person for person in people if person.email and person.kind == "inbound"]
    added: list[Person] = []
    early = with_email[: len(with_email) * 2 // 3]
    for number, person in enumerate(rng.sample(early, min(len(early), max(2, len(people) // 60)))):
        at = person.created_at + days(rng, 3, 150)
        if at > world.end:
            continue
        email = f" {person.email} " if number % 2 else (person.email or "").title()
        double = _new_person(person, ids.take(at), at, email)
        live(rng, double, world.sales_force)
        added.append(double)
    for number in range(max(3, len(people) // 200)):
        at = world.start + dt.timedelta(days=rng.randint(5, 880), seconds=rng.randrange(86_400))
        domain = marketing.INTERNAL_DOMAIN
        email = "QA.Robot@mailbox.example" if number == 0 else f"tester{number}@{domain}"
        tester = _new_person(rng.choice(people), ids.take(at), at, email)
        live(rng, tester, world.sales_force)
        tester.company_id = None
        tester.opportunity_at = None
        tester.kind = "internal"
        added.append(tester)
    people.extend(added)
    people.sort(key=lambda person: (person.inserted_at, int(person.person_id)))


def plant(world: "World", people: list[Person], deals: list[Deal]) -> None:
    """Merge, delete, restore and move people; deals and their contacts follow."""
    rng = world.random("people changes")
    links = _Links(deals)
    ids = _FreeIds(people)
    seen: dict[str, int] = {}
    for person in people:
        seen[_plain(person.email)] = seen.get(_plain(person.email), 0) + 1
    single = [p for p in people if p.kind != "internal" and p.email and seen[_plain(p.email)] == 1]
    rng.shuffle(single)
    early = world.start + dt.timedelta(days=560)
    single.sort(key=lambda person: person.created_at > early)
    pool = _Pool(single)
    count = max(2, len(people) // 80)
    for number in range(count):
        survivor = pool.take(_can_survive)
        loser = pool.take(lambda person, other=survivor: _fits(person, other))  # type: ignore[misc]
        if survivor is None or loser is None:
            break
        at = max(survivor.created_at, loser.created_at) + days(rng, 1, 60)
        if at > world.end:
            continue
        if number % 3 == 0:
            people.append(_merge_into_third(loser, survivor, at, ids.take(at), links))
        else:
            _absorb(loser, survivor, at, links)
    _delete_some(world, rng, pool, links, max(2, len(people) // 100))
    for _ in range(max(1, len(people) // 100)):
        mover = pool.take(lambda person: person.company_id is not None and person.opportunity_at is None)
        if mover is not None:
            at = mover.created_at + days(rng, 20, 200)
            known = world.companies_at(rng, at, 1)
            mover.change("company_id", known[0].company_id if known else None, at)
    people.sort(key=lambda person: (person.inserted_at, int(person.person_id)))


class _FreeIds:
    """Contact ids between those of the people around a moment, so that ids follow the order of insertion."""

    def __init__(self, people: list[Person]) -> None:
        self._moments = [person.inserted_at for person in people]
        self._ids = [int(person.person_id) for person in people]
        self._taken = set(self._ids)

    def take(self, at: dt.datetime) -> str:
        position = max(0, bisect.bisect_right(self._moments, at) - 1)
        chosen = self._ids[position] + 1
        while chosen in self._taken:
            chosen += 1
        self._taken.add(chosen)
        return str(chosen)


class _Pool:
    """Hands out people, each for one purpose only."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._people = deque(people)

    def take(self, fits: Callable[[Person], bool]) -> Person | None:
        """Return the first one that fits; those passed over go to the end."""
        for _ in range(len(self._people)):
            person = self._people.popleft()
            if fits(person):
                return person
            self._people.append(person)
        return None


class _Links:
    """Which deals a contact belongs to."""

    def __init__(self, deals: list[Deal]) -> None:
        self._deals: dict[str, list[Deal]] = {}
        for deal in deals:
            for change in deal.mutations:
                if change.field == "contact+" and change.value:
                    self._deals.setdefault(change.value, []).append(deal)

    def replace(self, old: str, new: str, at: dt.datetime) -> None:
        """Put one contact in the place of another from a moment on."""
        for deal in dict.fromkeys(self._deals.pop(old, [])):
            later = [c for c in deal.mutations if c.field == "contact+" and c.value == old and c.recorded_at >= at]
            for change in later:
                deal.mutations[deal.mutations.index(change)] = change._replace(value=new)
            if not later:
                deal.change("contact-", old, at)
                deal.change("contact+", new, at)
            if deal.contact_id == old and deal.inserted_at >= at:
                deal.contact_id = new
            self._deals.setdefault(new, []).append(deal)

    def unlink(self, contact_id: str, at: dt.datetime, until: dt.datetime | None) -> None:
        """Take a contact away from its deals, until it is restored."""
        for deal in self._deals.get(contact_id, []):
            if deal.inserted_at > at:
                deal.mutations = [c for c in deal.mutations if c.value != contact_id or c.field != "contact+"]
                continue
            deal.change("contact-", contact_id, at)
            if until is not None:
                deal.change("contact+", contact_id, until)


def _plain(email: str | None) -> str:
    return (email or "").strip().lower()


def _new_person(like: Person, person_id: str, at: dt.datetime, email: str) -> Person:
    return dataclasses.replace(
        like,
        record_id=person_id,
        inserted_at=at,
        created_at=at,
        email=email,
        kind="inbound",
        source="REFERRALS",
        source_detail="partner.example",
        campaign_id=None,
        opportunity_at=None,
        mutations=[],
    )


def _entries(person: Person) -> list[tuple[dt.datetime, str | None]]:
    return [(c.effective_at, c.value) for c in person.mutations if c.field == "lifecyclestage"]


def _touches(person: Person) -> list[dt.datetime]:
    return [change.effective_at for change in person.mutations if change.field == "touch"]


def _can_survive(person: Person) -> bool:
    return person.kind == "inbound" and len(_touches(person)) == 1


def _fits(loser: Person, survivor: Person | None) -> bool:
    """Tell whether two histories read as one: the loser was only a lead, before the survivor qualified."""
    if survivor is None or loser.kind != "inbound" or len(_touches(loser)) != 1:
        return False
    if any(value in _QUALIFIED for _, value in _entries(loser)):
        return False
    qualified = [at for at, value in _entries(survivor) if value in _QUALIFIED]
    if qualified and max(at for at, _ in _entries(loser)) >= min(qualified):
        return False
    is_older = loser.created_at < survivor.created_at
    return is_older == (_touches(loser)[0] < _touches(survivor)[0])


def _carry_over(loser: Person, survivor: Person, at: dt.datetime) -> None:
    """Give the survivor what HubSpot keeps of the absorbed contact."""
    for change in list(loser.mutations):
        if change.field in ("lifecyclestage", "touch") and change.recorded_at <= at:
            survivor.mutations.append(change._replace(recorded_at=at))
    if loser.created_at < survivor.created_at:
        survivor.change("createdate", iso_millis(loser.created_at), at)
        survivor.change("source", loser.source, at)
        survivor.change("source_detail", loser.source_detail, at)
        survivor.change("campaign_id", loser.campaign_id, at)
    if survivor.company_id is None and loser.company_id is not None:
        survivor.change("company_id", loser.company_id, at)
    if survivor.region is None and loser.region is not None:
        survivor.change("region", loser.region, at)
    survivor.change("hs_additional_emails", loser.email, at)
    survivor.change("merged_from", loser.person_id, at)


def _absorb(loser: Person, survivor: Person, at: dt.datetime, links: _Links) -> None:
    _carry_over(loser, survivor, at)
    _vanish(loser, survivor.person_id, at, links)


def _merge_into_third(loser: Person, survivor: Person, at: dt.datetime, new_id: str, links: _Links) -> Person:
    third = dataclasses.replace(survivor, record_id=new_id, inserted_at=at, mutations=[])
    for change in survivor.mutations:
        third.mutations.append(change._replace(recorded_at=max(at, change.recorded_at)))
    third.change("merged_from", survivor.person_id, at)
    _carry_over(loser, third, at)
    _vanish(survivor, new_id, at, links)
    _vanish(loser, new_id, at, links)
    return third


def _vanish(person: Person, survivor_id: str, at: dt.datetime, links: _Links) -> None:
    person.mutations = [change for change in person.mutations if change.recorded_at <= at]
    person.change("merged_into", survivor_id, at)
    links.replace(person.person_id, survivor_id, at)


def _delete_some(world: "World", rng: Random, pool: _Pool, links: _Links, count: int) -> None:
    """Delete people, with and without deals; every third one is restored."""
    for number in range(count):
        has_deal = number % 4 == 1
        person = pool.take(lambda p, wanted=has_deal: (p.opportunity_at is not None) == wanted)  # type: ignore[misc]
        if person is None:
            continue
        at = max(change.recorded_at for change in person.mutations) + days(rng, 5, 90)
        restored = at + days(rng, 2, 40) if number % 3 == 2 else None
        person.change("is_deleted", "true", at)
        if restored is not None:
            person.change("is_deleted", "false", restored)
        links.unlink(person.person_id, at, restored)
