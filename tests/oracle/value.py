"""What customers are worth: purchases and revenue so far, payback, and what is still to come."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle.facts import Facts
from tests.oracle.ledger import UNKNOWN, Ledger, money, truth
from tests.oracle.money import Customer, Recurring
from tests.oracle.opportunities import Opportunity
from tests.oracle.people import latest, merges, survivor
from tests.oracle.periods import GRAINS, MONTHS

Key = tuple[str, str, date, str, str]
Value = tuple[Decimal | None, Decimal | None, float | None]
Addition = tuple[str, date, dict[str, str], Decimal, Decimal]

SO_FAR = ("repeat_purchase_rate", "clv_historic_revenue", "clv_historic_margin", "customer_lifetime_months")
NO_VALUE_WITHOUT = ("clv_simple", "clv_predictive", "clv_to_cac_ratio")
NOT_KNOWN = Decimal("NaN")  # and so is every sum with it
NOWHERE = dict.fromkeys(("channel", "region", "segment"), UNKNOWN)


class Worth:
    """Everything about value that is not recurring revenue itself."""

    def __init__(
        self, ledger: Ledger, deals: list[Opportunity], buyers: dict[str, Customer], recurring: Recurring, out: Facts
    ) -> None:
        self.ledger, self.deals, self.buyers, self.recurring, self.out = ledger, deals, buyers, recurring, out
        self.lives = Lives(recurring)
        self.additions: list[Addition] = []
        self.revenues: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
        self.bought: dict[str, list[date]] = defaultdict(list)

    def collect(self) -> None:
        """Add what is summed over time, and keep what is told "so far"."""
        for buyer in self.buyers.values():
            for kpi in ("repeat_purchase_rate", "clv_historic_revenue"):
                self.additions.append((kpi, buyer.first_day, buyer.members, Decimal(0), Decimal(1)))
        self._purchases()
        revenue = self._billed() if self.ledger.rows("invoices") else self._won()
        for day, key, amount in revenue:
            members = self.buyers[key].members if key in self.buyers else NOWHERE
            self.additions.append(("clv_historic_revenue", day, members, amount, Decimal(0)))
            self.revenues[key].append((day, amount))
        for spell in self.lives.spells:
            members = self.recurring.members(spell.customer)
            for day in spell.days:
                self.additions.append(("customer_lifetime_months", day, members, Decimal(1), Decimal(0)))
            if spell.gone:
                self.additions.append(("customer_lifetime_months", spell.gone, members, Decimal(0), Decimal(1)))
        self._payback()

    def _purchases(self) -> None:
        for deal in self.deals:
            if deal.is_won and not deal.is_renewal and deal.amount > 0 and deal.closed and deal.customer:
                self.bought[deal.customer].append(deal.closed)
        for key, days in self.bought.items():
            members = self.buyers[key].members
            for number, day in enumerate(sorted(days), start=1):
                if number > 1:
                    self.out.count("repeat_purchases", day, members)
                if number == 2:
                    self.additions.append(("repeat_purchase_rate", day, members, Decimal(1), Decimal(0)))

    def _billed(self) -> Iterable[tuple[date, str, Decimal]]:
        merged = merges(self.ledger, "accounts")
        invoices = latest(self.ledger.rows("invoices"), "invoice_id")
        rows = [
            (row["invoice_date"], row["account_id"], row["currency_code"], money(row["net_amount"]))
            for row in invoices.values()
            if row["status"] in ("paid", "open") and not truth(row.get("is_deleted"), False)
        ]
        rows += [
            (
                row["refunded_date"], invoices.get(row["invoice_id"], {}).get("account_id", ""), row["currency_code"],
                -money(row["net_amount"]),
            )
            for row in latest(self.ledger.rows("refunds"), "refund_id").values()
            if not truth(row.get("is_deleted"), False)
        ]  # fmt: skip
        for written, account, currency, amount in rows:
            day = date.fromisoformat(written)
            if day <= self.ledger.as_of and amount:
                key = survivor(merged, account)
                members = self.buyers[key].members if key in self.buyers else NOWHERE
                converted = self.ledger.convert(amount, currency, day)
                at = {**members, "currency": currency}
                self.out.count("revenue_invoiced_amount", day, at, converted, "" if converted else None)
                yield day, key, converted

    def _won(self) -> Iterable[tuple[date, str, Decimal]]:
        for deal in self.deals:
            if deal.is_won and deal.closed:
                amount = self.ledger.convert(deal.amount, deal.row.get("currency_code", ""), deal.closed)
                yield deal.closed, deal.customer, amount

    def _payback(self) -> None:
        for fact in list(self.out.additive):
            if fact.kpi == "cac_loaded":
                self.out.additive.append(replace(fact, kpi="cac_payback_months", denominator=Decimal(0), record=None))
            elif fact.kpi == "mrr_new":
                share = self.ledger.rules.margin(fact.day)
                members = {name: fact.members[name] for name in ("channel", "segment")}
                worth = NOT_KNOWN if share is None else fact.numerator * share
                record = None if share is None else ""
                self.out.ratio("cac_payback_months", fact.day, members, Decimal(0), worth, record)

    def values(self, first: date, cac: dict[Key, Value]) -> dict[Key, Value]:
        """The KPIs that no sum of days gives, for every period since a day; `cac` has loaded acquisition cost."""
        found: dict[Key, Value] = {}
        for grain in GRAINS:
            start = self.ledger.calendar.period_of(first, grain)
            while start <= self.ledger.as_of:
                last = self.ledger.calendar.last_day(start, grain)
                end = min(last, self.ledger.as_of)
                found |= {(kpi, grain, start, *who): value for (kpi, *who), value in self._so_far(grain, end).items()}
                if grain in MONTHS:
                    found |= self._to_come(grain, start, end, cac)
                start = last + timedelta(days=1)
        return found

    def _so_far(self, grain: str, end: date) -> dict[tuple[str, str, str], Value]:
        found: dict[tuple[str, str, str], Value] = {}
        for kpi, by_member in self._series.items():
            if kpi == "customer_lifetime_months" and grain not in MONTHS:
                continue
            for who, (days, tops, bottoms) in by_member.items():
                position = bisect_right(days, end)
                if not position:
                    continue
                top, bottom = tops[position - 1], bottoms[position - 1]
                found[kpi, *who] = (top, bottom, float(top / bottom) if bottom else None)
                if kpi == "clv_historic_revenue":
                    share = self.ledger.rules.margin(end)
                    margin = None if share is None else top * share
                    value = float(margin / bottom) if margin is not None and bottom else None
                    found["clv_historic_margin", *who] = (margin, bottom, value)
        return found

    @property
    def _series(self) -> dict[str, dict[tuple[str, str], tuple[list[date], list[Decimal], list[Decimal]]]]:
        if not hasattr(self, "_drawn"):
            self._drawn: dict[str, dict[tuple[str, str], tuple[list[date], list[Decimal], list[Decimal]]]] = (
                defaultdict(lambda: defaultdict(lambda: ([], [], [])))
            )
            for kpi, day, members, top, bottom in sorted(self.additions, key=lambda addition: addition[1]):
                for who in [("total", "all"), *members.items()]:
                    days, tops, bottoms = self._drawn[kpi][who]
                    tops.append((tops[-1] if tops else Decimal(0)) + top)
                    bottoms.append((bottoms[-1] if bottoms else Decimal(0)) + bottom)
                    days.append(day)
        return self._drawn

    def _to_come(self, grain: str, start: date, end: date, cac: dict[Key, Value]) -> dict[Key, Value]:
        share, found = self.ledger.rules.margin(end), {}
        accounts: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
        for customer, amount in self.recurring.at(end).items():
            for who in [("total", "all"), *self.recurring.members(customer).items()]:
                accounts[who].append(amount)
        for who, amounts in accounts.items():
            if share is None:
                continue
            margin = Fraction(sum(amounts)) / len(amounts) * Fraction(share)
            table = self.lives.table(end, who)
            months = table.months(self.ledger.rules.clv_horizon_months)
            simple = margin / table.recent if table.recent else None
            found["clv_simple", grain, start, *who] = _only(simple)
            found["clv_predictive", grain, start, *who] = _only(None if months is None else margin * months)
            cost = cac.get(("cac_loaded", grain, start, *who), (None, None, None))
            if who[0] in ("total", "channel") and cost[0] and cost[1]:
                ratio = None if simple is None else simple / (Fraction(cost[0]) / Fraction(cost[1]))
                found["clv_to_cac_ratio", grain, start, *who] = _only(ratio)
        return found


def _only(value: Fraction | None) -> Value:
    return None, None, None if value is None else float(value)


class Spell:
    """Consecutive month ends on which a customer was active."""

    def __init__(self, customer: str, first: date) -> None:
        self.customer, self.days = customer, [first]
        self.gone: date | None = None


class Table:
    """What was seen of leaving customers until a day."""

    def __init__(self) -> None:
        self.exposed: dict[int, int] = defaultdict(int)
        self.churned: dict[int, int] = defaultdict(int)
        self.recent = Fraction(0)

    def months(self, horizon: int) -> Fraction | None:
        """Expected months within the horizon."""
        if not self.exposed:
            return None
        pooled = Fraction(sum(self.churned.values()), sum(self.exposed.values()))
        there, total = Fraction(1), Fraction(0)
        for age in range(1, horizon + 1):
            total += there
            hazard = Fraction(self.churned[age], self.exposed[age]) if age <= max(self.exposed) else pooled
            there *= 1 - hazard
        return total


class Lives:
    """Customers' lives by whole months."""

    def __init__(self, recurring: Recurring) -> None:
        self.recurring = recurring
        self.ends = [day for day in recurring.ends if (day + timedelta(days=1)).day == 1]
        self.spells: list[Spell] = []
        running: dict[str, Spell] = {}
        for day in self.ends:
            active = recurring.at(day)
            for customer in [customer for customer in running if customer not in active]:
                running.pop(customer).gone = day
            for customer in active:
                if customer in running:
                    running[customer].days.append(day)
                else:
                    running[customer] = Spell(customer, day)
                    self.spells.append(running[customer])

    def table(self, end: date, who: tuple[str, str]) -> Table:
        """The life table of a member's customers, of the months that are over by a day."""
        ends = [day for day in self.ends if day <= end]
        table, recent = Table(), [0, 0]
        following = dict(zip(self.ends, self.ends[1:], strict=False))
        for spell in self.spells:
            if who != ("total", "all") and self.recurring.members(spell.customer)[who[0]] != who[1]:
                continue
            for age, day in enumerate(spell.days, start=1):
                later = following.get(day)
                if later is None or later > end:
                    break
                table.exposed[age] += 1
                table.churned[age] += later == spell.gone
                if later in ends[-6:]:
                    recent[0] += later == spell.gone
                    recent[1] += 1
        table.recent = Fraction(recent[0], recent[1]) if recent[1] else Fraction(0)
        return table
