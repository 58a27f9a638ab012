"""Attribution: the touches on the way to every win, and what each of them is credited with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

from tests.oracle.facts import Deals, Facts
from tests.oracle.ledger import UNKNOWN, Ledger, instant
from tests.oracle.opportunities import Opportunity, member
from tests.oracle.people import Person
from tests.oracle.spend import NO_CHANNEL, mapped_channels, paid_media

UNATTRIBUTED = "(unattributed)"
ORIGINS = ("channel", "source", "campaign")
MODELS = ("first_touch", "last_touch", "linear", "position_based", "time_decay")
_PRECISION = 60  # digits of the roots in the time decay model


@dataclass(frozen=True, order=True)
class Touch:
    """One touch; they sort by time."""

    at: datetime
    touch_id: str
    lead_id: str
    day: date
    members: tuple[str, str, str]  # channel, source, campaign


def weights(model: str, ages: list[int], half_life: int) -> list[Fraction]:
    """Weight of every touch of a path, given its age in days at the win, oldest touch first."""
    count = len(ages)
    if model == "first_touch":
        return [Fraction(number == 0) for number in range(count)]
    if model == "last_touch":
        return [Fraction(number == count - 1) for number in range(count)]
    if model == "linear" or (model == "position_based" and count <= 2):
        return [Fraction(1)] * count
    if model == "position_based":
        return [Fraction(40), *[Fraction(20, count - 2)] * (count - 2), Fraction(40)]
    with localcontext() as context:
        context.prec = _PRECISION
        return [Fraction(Decimal(2) ** (Decimal(min(ages) - age) / half_life)) for age in ages]


def credits(amount: Decimal, shares: list[Fraction], cent: Decimal) -> list[Decimal]:
    """An amount in proportion to shares, in cents that sum to it; what is left goes to the largest remainders."""
    cents = int(amount / cent)
    exact = [cents * share / sum(shares) for share in shares]
    whole = [int(part) for part in exact]
    most = sorted(range(len(exact)), key=lambda number: (whole[number] - exact[number], number))
    for number in most[: cents - sum(whole)]:
        whole[number] += 1
    return [cent * part for part in whole]


class Attribution:
    """Facts of attributed sales and of the return on advertising."""

    def __init__(self, ledger: Ledger, people: dict[str, Person], deals: Deals, out: Facts) -> None:
        self.ledger, self.people, self.deals, self.out = ledger, people, deals, out
        self.channels = mapped_channels(ledger)
        self.recorded: dict[int, set[tuple[datetime, str, str, str]]] = defaultdict(set)
        for row in ledger.rows("touches"):
            person, at = people.get(row["lead_id"]), instant(row["touched_at"])
            if person and at and ledger.happened(row["touched_at"]):
                told = (at, row.get("source", ""), row["touch_id"], row.get("campaign_id", ""))
                self.recorded[id(person)].add(told)
        media = list(paid_media(ledger))
        self.paid = {at["channel"] for _, at, _ in media} | {
            row["channel"] for row in ledger.rows("channel_mapping") if row.get("is_paid") == "true"
        }
        for day, at, amount in media:
            for model in MODELS:
                there = {name: at[name] for name in ("channel", "campaign")}
                out.ratio(f"roas_{model}", day, there, Decimal(0), amount, record=None)

    def collect(self) -> None:
        """Add the credits of every win."""
        cent = Decimal(1).scaleb(-self.ledger.rules.minor_units)
        for deal in self.deals.deals:
            if not (deal.is_won and deal.closed) or deal.is_renewal or deal.amount <= 0:
                continue
            path = self._path(deal, deal.closed)
            amount = self.deals.amount(deal)
            for model in MODELS:
                if not path:
                    self._credit(model, deal, (UNATTRIBUTED,) * 3, amount)
                    continue
                ages = [(deal.closed - touch.day).days for touch in path]
                shares = weights(model, ages, self.ledger.rules.half_life_days)
                for touch, part in zip(path, credits(amount, shares, cent), strict=True):
                    self._credit(model, deal, touch.members, part)

    def _credit(self, model: str, deal: Opportunity, came_from: tuple[str, str, str], amount: Decimal) -> None:
        """A credit counts where its touch came from and for whom its opportunity belongs to."""
        if not amount:
            return
        assert deal.closed
        at = self.deals.undivided(deal, deal.closed) | dict(zip(ORIGINS, came_from, strict=True))
        self.out.count(f"attributed_sales_amount_{model}", deal.closed, at, amount, deal.key)
        channel, _, campaign = came_from
        if channel in self.paid and channel not in NO_CHANNEL:
            there = {"channel": channel, "campaign": campaign}
            self.out.ratio(f"roas_{model}", deal.closed, there, amount, Decimal(0), deal.key)

    def _path(self, deal: Opportunity, closed: date) -> list[Touch]:
        """The touches of all contacts after the last win before this one and within the lookback, oldest first."""
        since = max(self.deals.earlier_wins(deal), default=date.min)
        first = closed - timedelta(days=self.ledger.rules.lookback_days)
        touches = [touch for person in self._contacts(deal) for touch in self._touches(person)]
        return sorted(touch for touch in touches if since < touch.day and first <= touch.day <= closed)

    def _contacts(self, deal: Opportunity) -> list[Person]:
        rows = [row for row in self.ledger.rows("opportunity_contacts") if row["opportunity_id"] == deal.key]
        named = [row["lead_id"] for row in rows] + [deal.row.get("lead_id", "")]
        return list({id(self.people[name]): self.people[name] for name in named if name in self.people}.values())

    def _touches(self, person: Person) -> list[Touch]:
        """Each touch once, whichever record tells it; none up to the lead date means one at it."""
        once: dict[tuple[datetime, str], tuple[str, str]] = {}
        for at, source, touch_id, campaign in sorted(self.recorded[id(person)]):
            first, named = once.get((at, source), (touch_id, ""))
            once[at, source] = first, max(named, campaign)
        found = [
            Touch(at, touch_id, person.key, self._day(at), self._members(source, campaign))
            for (at, source), (touch_id, campaign) in once.items()
        ]
        if not any(touch.day <= person.lead_date for touch in found):
            first_record = person.records[0]
            members = self._members(first_record.get("source", ""), first_record.get("campaign_id", ""))
            found.append(Touch(person.lead_at, "", person.key, person.lead_date, members))
        return found

    def _day(self, moment: datetime) -> date:
        day = self.ledger.day(moment.isoformat())
        assert day is not None
        return day

    def _members(self, source: str, campaign: str) -> tuple[str, str, str]:
        """Channel, source and campaign of a touch."""
        return self.channels.get(source.strip().lower(), UNKNOWN), member(source), member(campaign)
