"""Facts: what every KPI counts, on its date and with its members, before any period is drawn."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from tests.oracle.ledger import UNKNOWN, Ledger, Row, largest_remainder
from tests.oracle.opportunities import Opportunity, member
from tests.oracle.people import Person, latest, merges, survivor
from tests.oracle.products import main_product, products

ONE = Decimal(1)


@dataclass(frozen=True)
class Fact:
    """One addition to a KPI: numerator and, for ratios, denominator.

    `record` is what it is a part of, where one is added in parts; None says that no number of facts is told by it.
    """

    kpi: str
    day: date
    members: dict[str, str]
    numerator: Decimal = Decimal(0)
    denominator: Decimal = Decimal(0)
    is_total: bool = True
    record: str | None = ""


@dataclass
class Facts:
    """Everything that periods are drawn over."""

    additive: list[Fact] = field(default_factory=list)
    durations: list[Fact] = field(default_factory=list)  # numerator = the observed value
    stocks: list[Fact] = field(default_factory=list)

    def count(
        self, kpi: str, day: date, members: dict[str, str], amount: Decimal = ONE, record: str | None = ""
    ) -> None:
        """Add a count or an amount."""
        self.additive.append(Fact(kpi, day, members, amount, record=record))

    def ratio(
        self,
        kpi: str,
        day: date,
        members: dict[str, str],
        numerator: Decimal | bool,
        denominator: Decimal = ONE,
        record: str | None = "",
    ) -> None:
        """Add to both sides of a ratio."""
        self.additive.append(Fact(kpi, day, members, Decimal(numerator), denominator, record=record))


def accounts(ledger: Ledger) -> dict[str, Row]:
    """Every company by each of its ids."""
    merged = merges(ledger, "accounts")
    rows = latest(ledger.rows("accounts"), "account_id")
    return {key: rows.get(survivor(merged, key), row) for key, row in rows.items()}


class People:
    """Funnel facts of the persons that are leads and not excluded."""

    def __init__(self, ledger: Ledger, people: dict[str, Person], deals: list[Opportunity], out: Facts) -> None:
        self.ledger, self.out, self.companies = ledger, out, accounts(ledger)
        self.leads = list({id(p): p for p in people.values() if p.is_lead and not p.is_excluded}.values())
        self.first_deal: dict[int, date] = {}
        self.first_win: dict[int, date] = {}
        for deal in deals:
            if deal.person is None or deal.is_renewal or deal.created is None:
                continue
            who = id(deal.person)
            self.first_deal[who] = min(deal.created, self.first_deal.get(who, date.max))
            if deal.is_won and deal.closed and deal.amount >= 0:
                self.first_win[who] = min(deal.closed, self.first_win.get(who, date.max))

    def members(self, person: Person, day: date) -> dict[str, str]:
        """The members of a person's fact on its day: owner and team then."""
        company = self.companies.get(person.account_id, {})
        rep = person.owner(day)
        return {
            "channel": person.channel,
            "source": member(person.source),
            "campaign": member(person.campaign),
            "region": member(person.present("region") or company.get("region")),
            "segment": member(person.present("segment") or company.get("segment")),
            "sales_rep": member(rep),
            "team": self.ledger.team(rep, day),
        }

    def _day(self, moment: datetime) -> date:
        day = self.ledger.day(moment.isoformat())
        assert day is not None
        return day

    def collect(self) -> None:
        """Add every funnel fact."""
        for person in self.leads:
            self._lead(person)
            self._qualified(person)
            who = id(person)
            if who in self.first_deal:
                day = self.first_deal[who]
                self.out.ratio("opportunity_to_won_rate", day, self.members(person, day), who in self.first_win)

    def _lead(self, person: Person) -> None:
        if person.lead_date > self.ledger.as_of:
            return
        at = self.members(person, person.lead_date)
        self.out.count("leads", person.lead_date, at)
        self.out.ratio("lead_to_mql_rate", person.lead_date, at, bool(person.mql_events))
        self.out.ratio("lead_to_won_rate", person.lead_date, at, id(person) in self.first_win)

    def _qualified(self, person: Person) -> None:
        for number, moment in enumerate(person.mql_events):
            day = self._day(moment)
            at = self.members(person, day)
            self.out.count("mql_events", day, at)
            if number:
                self.out.count("re_mqls", day, at)
            else:
                self.out.count("mqls", day, at)
                self.out.ratio("mql_to_sql_rate", day, at, person.sql_at is not None)
        if person.sql_at is None:
            return
        day = self._day(person.sql_at)
        at = self.members(person, day)
        self.out.count("sqls", day, at)
        self.out.ratio("sql_to_opportunity_rate", day, at, id(person) in self.first_deal)
        if person.is_qualified_late:
            nothing_sold = dict.fromkeys(("product", "opportunity_type", "currency"), UNKNOWN)
            self.out.count("data_quality_negative_durations", day, at | nothing_sold)
        before = [moment for moment in person.mql_events if moment <= person.sql_at]
        if before:
            hours = Decimal((person.sql_at - before[-1]).total_seconds()) / 3600
            self.out.durations.append(Fact("qualification_hours", day, at, hours))


class Deals:
    """Sales facts of the opportunities."""

    def __init__(self, ledger: Ledger, deals: list[Opportunity], out: Facts) -> None:
        self.ledger, self.deals, self.out, self.companies = ledger, deals, out, accounts(ledger)
        self.product_of = {deal.key: main_product(ledger, deal) for deal in deals}
        self.wins: dict[str, list[tuple[date, datetime, str]]] = defaultdict(list)
        for deal in deals:
            if deal.is_won and not deal.is_renewal and deal.amount > 0 and deal.closed:
                self.wins[deal.customer].append(deal.place_among_closed)

    def members(self, deal: Opportunity, day: date) -> dict[str, str]:
        """The members of an opportunity's fact on its day: owner and team then."""
        company = self.companies.get(deal.account_id, {})
        rep = deal.in_force("owner_sales_rep_id", day)
        return {
            "channel": deal.person.channel if deal.person else UNKNOWN,
            "source": member(deal.person.source) if deal.person else UNKNOWN,
            "campaign": member(deal.person.campaign) if deal.person else UNKNOWN,
            "opportunity_type": self._type(deal),
            "product": self.product_of[deal.key],
            "region": member(company.get("region")),
            "segment": member(company.get("segment")),
            "sales_rep": member(rep),
            "team": self.ledger.team(rep, day),
        }

    def _type(self, deal: Opportunity) -> str:
        """Its type, else by whether the closed deal came after a win of its customer."""
        return deal.kind or ("expansion" if deal.closed and self.earlier_wins(deal) else "new")

    def in_currency(self, deal: Opportunity, day: date) -> dict[str, str]:
        """The members of a fact that is counted by currency as well."""
        return {**self.members(deal, day), "currency": deal.row.get("currency_code") or self.ledger.rules.currency}

    def undivided(self, deal: Opportunity, day: date) -> dict[str, str]:
        """The members of a share of an opportunity that is not told by product."""
        return {name: who for name, who in self.in_currency(deal, day).items() if name != "product"}

    def earlier_wins(self, deal: Opportunity) -> list[date]:
        """Days of the wins of its customer before its own close; of one day by the instant."""
        wins = self.wins.get(deal.customer, []) if deal.customer else []
        return [win[0] for win in wins if win < deal.place_among_closed]

    def amount(self, deal: Opportunity) -> Decimal:
        """The present amount in the reporting currency at the closing day's rate, while open at the as-of day's."""
        return self.ledger.convert(deal.amount, deal.row.get("currency_code", ""), deal.closed or self.ledger.as_of)

    def collect(self) -> None:
        """Add every sales fact."""
        for deal in self.deals:
            if not deal.is_renewal:
                self._created(deal)
            if deal.closed:
                self._closed(deal, deal.closed)
                if deal.is_won:
                    self._credit(deal, deal.closed)

    def _created(self, deal: Opportunity) -> None:
        assert deal.created is not None
        at = self.in_currency(deal, deal.created)
        self.out.count("opportunities_created", deal.created, at)
        for product, part in products(self.ledger, deal, self.amount(deal)).items():
            self.out.count("opportunities_created_amount", deal.created, {**at, "product": product}, part, deal.key)
        won = deal.is_won and deal.amount >= 0
        self.out.ratio("win_rate_of_created", deal.created, at, won)
        for (_, before), (day, after) in zip(deal.events, deal.events[1:], strict=False):
            is_closed = [deal.stages.get(stage, (0, False, False))[1] for stage in (before, after)]
            if is_closed == [True, False]:
                self.out.count("closings_undone", day, self.in_currency(deal, day))

    def _closed(self, deal: Opportunity, day: date) -> None:
        at, amount = self.in_currency(deal, day), self.amount(deal)
        assert deal.created is not None
        cycle = (day - deal.created).days
        if cycle < 0:
            self.out.count("data_quality_negative_durations", day, at)
        if deal.is_won:
            for product, part in products(self.ledger, deal, amount).items():
                self.out.count("sales_amount", day, {**at, "product": product}, part, deal.key)
        if deal.amount < 0:
            if deal.is_won:
                self.out.count("credits", day, at)
            return
        self.out.count("deals_won" if deal.is_won else "deals_lost", day, at)
        if deal.is_won and deal.amount > 0:
            self.out.ratio("average_deal_amount", day, at, amount)
        if deal.is_renewal:
            return
        self.out.ratio("win_rate", day, at, deal.is_won)
        if deal.amount > 0:
            self.out.ratio("win_rate_by_value", day, at, amount if deal.is_won else Decimal(0), amount)
        if deal.is_won:
            self._duration("opportunity_cycle_days", day, at, cycle)
            self._duration("sales_cycle_days", day, at, (day - self._cycle_start(deal)).days)
        else:
            self._duration("lost_cycle_days", day, at, (day - self._cycle_start(deal)).days)

    def _duration(self, name: str, day: date, at: dict[str, str], days: int) -> None:
        if days >= 0:
            self.out.durations.append(Fact(name, day, at, Decimal(days)))

    def _cycle_start(self, deal: Opportunity) -> date:
        assert deal.created is not None
        earlier = self.earlier_wins(deal)
        touches = deal.person.touch_days if deal.person else []
        if earlier:
            return min([deal.created, *(day for day in touches if day > max(earlier))])
        return min([deal.created, *([deal.person.lead_date] if deal.person else []), *touches])

    def _credit(self, deal: Opportunity, day: date) -> None:
        splits = {
            row["sales_rep_id"]: Decimal(row["split_ratio"])
            for row in self.ledger.rows("opportunity_splits")
            if row["opportunity_id"] == deal.key
        } or {member(deal.in_force("owner_sales_rep_id", day)): ONE}
        cent = ONE.scaleb(-self.ledger.rules.minor_units)
        for rep, amount in largest_remainder(self.amount(deal), splits, cent).items():
            at = self.undivided(deal, day) | {"sales_rep": rep, "team": self.ledger.team(rep, day)}
            self.out.count("credited_sales_amount", day, at, amount, deal.key if amount else None)
