"""Cohorts of leads and of customers, and the curve of those who stay."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache

from tests.oracle.facts import Facts, People
from tests.oracle.ledger import Ledger
from tests.oracle.money import Recurring, customers
from tests.oracle.opportunities import opportunities
from tests.oracle.people import persons
from tests.oracle.value import Worth

Counts = tuple[int | Decimal | None, ...]


def month(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def following(start: date) -> date:
    """The first day of the month after one that begins on a day."""
    return month(start + timedelta(days=31))


def month_end(start: date) -> date:
    """The last day of a month that begins on a day."""
    return following(start) - timedelta(days=1)


class Cohorts:
    """Everything that is told by the month of a beginning and the months since."""

    def __init__(self, ledger: Ledger) -> None:
        people = persons(ledger)
        deals = opportunities(ledger, people)
        buyers = customers(ledger, deals, people)
        self.ledger, self.buyers = ledger, buyers
        self.funnel = People(ledger, people, deals, Facts())
        self.recurring = Recurring(ledger, buyers, Facts())
        self.worth = Worth(ledger, deals, buyers, self.recurring, Facts())
        self.worth.collect()
        self._then_and_now = cache(self.recurring.revalued)

    def leads(self) -> dict[tuple[date, str, int], Counts]:
        """Leads, and of them those with an MQL, an SQL, an opportunity and a win, by month, channel and age."""
        kinds = {row["event_type"] for row in self.ledger.rows("lead_events")}
        has_contacts = self.ledger.has_contacts
        is_told = ["mql" in kinds, "sql" in kinds, has_contacts, has_contacts]
        cohorts: dict[tuple[date, str], list[list[date | None]]] = defaultdict(list)
        for person in self.funnel.leads:
            if person.lead_date <= self.ledger.as_of:
                moments = [person.mql_events[0] if person.mql_events else None, person.sql_at]
                days = [self.ledger.day(moment.isoformat()) if moment else None for moment in moments]
                days += [self.funnel.first_deal.get(id(person)), self.funnel.first_win.get(id(person))]
                cohorts[month(person.lead_date), person.channel].append(days)
        found: dict[tuple[date, str, int], Counts] = {}
        for (start, channel), members in cohorts.items():
            now, age = start, 0
            while now <= self.ledger.as_of:
                end = month_end(now)
                by_then = [sum(1 for days in members if (day := days[step]) and day <= end) for step in range(4)]
                is_over = end <= self.ledger.as_of
                counts = [count if is_over and told else None for count, told in zip(by_then, is_told, strict=True)]
                found[start, channel, age] = (len(members), *counts)
                now, age = following(now), age + 1
        return found

    def customers(self) -> dict[tuple[str, date, str, int], Counts]:
        """Customers, active ones, MRR then, now, net and gross, buyers, repeating ones, revenue and margin so far."""
        groups: dict[tuple[str, date, str], list[str]] = defaultdict(list)
        begun: set[str] = set()
        for end in self.recurring.ends:
            for key in self.recurring.at(end):
                if key not in begun:
                    begun.add(key)
                    groups["first_mrr", month(end), self.recurring.members(key)["channel"]].append(key)
        for key, buyer in self.buyers.items():
            groups["first_purchase", month(buyer.first_day), buyer.members["channel"]].append(key)
        found: dict[tuple[str, date, str, int], Counts] = {}
        for (basis, start, channel), members in groups.items():
            now, age = start, 0
            while month_end(now) <= self.ledger.as_of:
                found[basis, start, channel, age] = self._as_of(members, month_end(start), month_end(now))
                now, age = following(now), age + 1
        return found

    def _as_of(self, members: list[str], opening: date, end: date) -> Counts:
        recurring: list[int | Decimal | None] = [None] * 5
        if self.ledger.rows("subscription_periods"):
            then, now = self.recurring.at(opening), self.recurring.at(end)
            at_opening_rate = self._then_and_now(end, opening)
            stayed = {key: at_opening_rate[key] for key in members if key in then and key in now}
            recurring = [
                sum(1 for key in members if key in now),
                sum((then.get(key, Decimal(0)) for key in members), Decimal(0)),
                sum((now.get(key, Decimal(0)) for key in members), Decimal(0)),
                sum(stayed.values(), Decimal(0)),
                sum((min(amount, then[key]) for key, amount in stayed.items()), Decimal(0)),
            ]
        days = [self.worth.bought.get(key, []) for key in members]
        revenue = sum(
            (amount for key in members for day, amount in self.worth.revenues.get(key, []) if day <= end), Decimal(0)
        )
        margin = self.ledger.rules.margin(end)
        return (
            len(members),
            *recurring,
            sum(1 for bought in days if any(month(end) <= day <= end for day in bought)),
            sum(1 for bought in days if sum(1 for day in bought if day <= end) > 1),
            revenue,
            None if margin is None else revenue * margin,
        )

    def curves(self) -> dict[tuple[date, str, str, int], tuple[int, int, float]]:
        """Exposed, churned and the share still there, by month end, dimension, member and age."""
        lives = self.worth.lives
        everybody = {("total", "all")}
        for spell in lives.spells:
            everybody |= set(self.recurring.members(spell.customer).items())
        found = {}
        for end in lives.ends:
            for who in everybody:
                table = lives.table(end, who)
                if not table.exposed:
                    continue
                pooled = Fraction(sum(table.churned.values()), sum(table.exposed.values()))
                there, oldest = Fraction(1), max(table.exposed)
                for age in range(1, max(oldest, self.ledger.rules.clv_horizon_months) + 1):
                    exposed, churned = (table.exposed[age], table.churned[age]) if age <= oldest else (0, 0)
                    found[end, *who, age] = (exposed, churned, float(there))
                    there *= 1 - (Fraction(churned, exposed) if exposed else pooled)
        return found
