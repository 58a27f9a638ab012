"""Customers, what they cost to win and what they pay every month."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from tests.oracle.facts import Fact, Facts, accounts
from tests.oracle.histories import NEVER
from tests.oracle.ledger import UNKNOWN, Ledger, Row, largest_remainder, money
from tests.oracle.opportunities import Opportunity, member
from tests.oracle.people import Person, merges, survivor

LEVELS = {
    "media_offline": "paid", "media_online": "none", "customer_success": "none", "cogs": "none", "overhead": "loaded",
}  # fmt: skip
PER_MONTH = {
    "month": Fraction(1), "year": Fraction(1, 12), "week": Fraction(52, 12), "day": Fraction(365, 12),
}  # fmt: skip

# Day, kind, instant, opportunity and channel of a purchase: the order in which the first one is chosen.
Purchase = tuple[date, int, datetime, str, str | None]


@dataclass(frozen=True)
class Customer:
    """Who bought at least once."""

    key: str
    first_day: date
    members: dict[str, str]


def customers(ledger: Ledger, deals: list[Opportunity], people: dict[str, Person]) -> dict[str, Customer]:
    """Every customer with the date and the channel of its first purchase."""
    merged = merges(ledger, "accounts")
    first: dict[str, Purchase] = {}

    def bought(key: str, purchase: Purchase) -> None:
        if key and purchase[0] <= ledger.as_of:
            first[key] = min(first.get(key, purchase), purchase)

    for deal in deals:
        if deal.is_won and not deal.is_renewal and deal.amount > 0 and deal.closed:
            channel = deal.person.channel if deal.person else UNKNOWN
            bought(deal.customer, (deal.closed, 0, deal.closing, deal.key, channel))
    for row in ledger.rows("invoices"):
        if row["status"] == "paid" and money(row["net_amount"]) > 0:
            key = survivor(merged, row["account_id"])
            bought(key, (date.fromisoformat(row["invoice_date"]), 1, NEVER, "", None))
    for row in ledger.rows("subscription_periods"):
        if row["status"] in ("active", "past_due") and money(row["recurring_amount"]) > 0:
            key = survivor(merged, row["account_id"])
            bought(key, (date.fromisoformat(row["valid_from_date"]), 2, NEVER, "", None))
    companies = accounts(ledger)
    by_account: dict[str, list[Person]] = defaultdict(list)
    for person in {id(p): p for p in people.values()}.values():
        by_account[survivor(merged, person.account_id)].append(person)
    by_key = {f"person:{person.key}": person for person in people.values()}
    found = {}
    for key, (day, *_, channel) in first.items():
        if channel is None:
            known = [person for person in by_account[key] if person.is_lead]
            channel = min(known, key=lambda p: (p.lead_at, p.key)).channel if known else UNKNOWN
        company: Row = companies.get(key, {})
        if key in by_key:
            person, employer = by_key[key], companies.get(by_key[key].account_id, {})
            company = {name: person.present(name) or employer.get(name) for name in ("region", "segment")}
        members = {
            "channel": channel, "region": member(company.get("region")), "segment": member(company.get("segment")),
        }  # fmt: skip
        found[key] = Customer(key, day, members)
    return found


class Costs:
    """New customers and acquisition cost by channel and by segment."""

    def __init__(self, ledger: Ledger, buyers: dict[str, Customer], out: Facts) -> None:
        self.ledger, self.out = ledger, out
        self.new: dict[str, dict[tuple[int, int], dict[str, Decimal]]] = {
            name: defaultdict(lambda: defaultdict(Decimal)) for name in ("channel", "segment")
        }
        for buyer in buyers.values():
            out.count("new_customers", buyer.first_day, buyer.members)
            for name, months in self.new.items():
                months[buyer.first_day.year, buyer.first_day.month][buyer.members[name]] += 1
            at = {name: buyer.members[name] for name in self.new}
            for kpi in ("cac_paid", "cac_direct", "cac_loaded"):
                out.additive.append(Fact(kpi, buyer.first_day, at, Decimal(0), Decimal(1)))

    def collect(self) -> None:
        """Add cost."""
        campaigns = {row["campaign_id"]: row["channel"] for row in self.ledger.rows("campaigns")}
        for row in self.ledger.rows("ad_spend"):
            day = date.fromisoformat(row["spend_date"])
            if day <= self.ledger.as_of:
                amount = self.ledger.convert(money(row["spend_amount"]), row["currency_code"], day)
                channel = campaigns.get(row["campaign_id"], UNKNOWN)
                self._cost("paid", day, amount, {"channel": channel})
        for row in self.ledger.rows("costs"):
            self._line(row)

    def _line(self, row: Row) -> None:
        day = date.fromisoformat(row["cost_date"])
        level = row.get("cac_level") or LEVELS.get(row["category"], "direct")
        if (
            row["category"] == "media_online"
            and not row.get("cac_level")
            and not self.ledger.rules.media_is_in_ad_spend
        ):
            level = "paid"
        if day > self.ledger.as_of or level == "none":
            return
        share = Decimal(row.get("allocation_ratio") or "1")
        amount = self.ledger.convert(money(row["amount"]) * share, row["currency_code"], day)
        known = {name: row[name] for name in ("channel", "segment") if row.get(name)}
        self._cost(level, day, amount, known)

    def _cost(self, level: str, day: date, amount: Decimal, known: dict[str, str]) -> None:
        """A cost counts in its level and the wider ones; what names no member is shared out."""
        cent = Decimal(1).scaleb(-self.ledger.rules.minor_units)
        names = ["cac_paid", "cac_direct", "cac_loaded"]
        for kpi in names[["paid", "direct", "loaded"].index(level) :]:
            self.out.additive.append(Fact(kpi, day, {}, amount))
            for name, months in self.new.items():
                weights = months.get((day.year, day.month), {})
                if name in known:
                    parts = {known[name]: amount}
                elif weights:
                    parts = largest_remainder(amount, dict(weights), cent)
                else:
                    parts = {"(unallocated)": amount}
                for who, part in parts.items():
                    self.out.additive.append(Fact(kpi, day, {name: who}, part, is_total=False))


class Recurring:
    """MRR by customer at month ends, its movements and what is retained."""

    def __init__(self, ledger: Ledger, buyers: dict[str, Customer], out: Facts) -> None:
        self.ledger, self.out, self.buyers = ledger, out, buyers
        merged = merges(ledger, "accounts")
        self.items = [
            {**row, "account_id": survivor(merged, row["account_id"])}
            for row in ledger.rows("subscription_periods")
            if row["status"] in ("active", "past_due") and money(row["recurring_amount"]) > 0
        ]
        first = min((date.fromisoformat(row["valid_from_date"]) for row in self.items), default=ledger.as_of)
        self.ends = ledger.month_ends(min(first, ledger.as_of))
        self.worth: dict[date, dict[str, Decimal]] = {}

    def at(self, day: date) -> dict[str, Decimal]:
        """MRR by customer on a day, each item rounded once at that day's rate."""
        if day not in self.worth:
            total: dict[str, Decimal] = defaultdict(Decimal)
            for row in self._in_force(day):
                total[row["account_id"]] += self._monthly(row, day)
            self.worth[day] = {key: amount for key, amount in total.items() if amount > 0}
        return self.worth[day]

    def _in_force(self, day: date) -> list[Row]:
        return [
            row
            for row in self.items
            if row["valid_from_date"] <= day.isoformat() < (row.get("valid_to_date") or "9999-12-31")
        ]

    def revalued(self, day: date, rate_day: date) -> dict[str, Decimal]:
        """MRR on a day at an earlier day's rate, of the customers that were active on the earlier day."""
        then = self.at(rate_day)
        total: dict[str, Decimal] = defaultdict(Decimal)
        for row in self._in_force(day):
            if row["account_id"] in then:
                total[row["account_id"]] += self._monthly(row, rate_day)
        return total

    def _monthly(self, row: Row, rate_day: date) -> Decimal:
        exact = (
            Fraction(money(row["recurring_amount"]))
            * PER_MONTH[row["billing_interval"]]
            / int(row.get("billing_interval_count") or 1)
            * Fraction(self.ledger.rate(row["currency_code"], rate_day))
        )
        scale = 10**self.ledger.rules.minor_units
        return Decimal((2 * exact * scale + 1).__floor__() // 2) / scale

    def members(self, key: str) -> dict[str, str]:
        """The members of a customer."""
        if key in self.buyers:
            return self.buyers[key].members
        return dict.fromkeys(("channel", "region", "segment"), UNKNOWN)

    def collect(self) -> None:
        """Add stocks and movements of every month."""
        before = None
        for end in self.ends:
            now = self.at(end)
            for key, amount in now.items():
                at = self.members(key)
                self.out.stocks.append(Fact("mrr", end, at, amount))
                self.out.stocks.append(Fact("active_customers", end, at, Decimal(1)))
                self.out.stocks.append(Fact("arpa", end, at, amount, Decimal(1)))
            self._movements(before, end)
            before = end

    def _movements(self, before: date | None, end: date) -> None:
        then = self.at(before) if before else {}
        now, reopened = self.at(end), self.revalued(end, before) if before else {}
        ever = {key for day in self.ends if before and day <= before for key in self.at(day)}
        for key in {*then, *now}:
            at = self.members(key)
            if key not in then:
                self.out.count("mrr_reactivated" if key in ever else "mrr_new", end, at, now[key])
            elif key not in now:
                self.out.count("mrr_churned", end, at, then[key])
                self.out.count("customers_churned", end, at)
            else:
                change = reopened[key] - then[key]
                if change > 0:
                    self.out.count("mrr_expansion", end, at, change)
                elif change < 0:
                    self.out.count("mrr_contraction", end, at, -change)
                if now[key] != reopened[key]:
                    self.out.count("mrr_fx", end, at, now[key] - reopened[key])
