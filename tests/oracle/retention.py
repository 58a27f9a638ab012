"""Who and what stayed: two ends of a period compared, and the service that came before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.ledger import Ledger, instant, truth
from tests.oracle.money import Recurring
from tests.oracle.people import latest, merges, survivor
from tests.oracle.periods import MONTHS, Calendar
from tests.oracle.service import GOOD_FROM

Key = tuple[str, str, date, str, str]
BASE = ("logo_churn_rate", "revenue_churn_rate", "net_revenue_retention", "gross_revenue_retention")
RETENTION = {*BASE, *(f"{kpi}_12m" for kpi in BASE)}
LOADS = {0: "0", 1: "1", 2: "2\u20133", 3: "2\u20133"}


class ServiceBands:
    """How a customer's service was in the 90 days before a period."""

    def __init__(self, ledger: Ledger) -> None:
        merged = merges(ledger, "accounts")
        merged_tickets = merges(ledger, "tickets")
        self.created: dict[str, list[date]] = defaultdict(list)
        self.answers: dict[str, list[tuple[date, str, bool]]] = defaultdict(list)
        self.has_tickets, self.has_ratings = bool(ledger.rows("tickets")), bool(ledger.rows("ratings"))
        owner = {}
        sent = latest(ledger.rows("tickets"), "ticket_id")
        known = {*sent, *merged_tickets}
        for key, row in sent.items():
            is_gone = truth(row.get("is_deleted"), False) or row.get("merged_into_ticket_id") or key in merged_tickets
            day = ledger.day(row["created_at"])
            if not is_gone and day and day <= ledger.as_of:
                owner[key] = survivor(merged, row.get("account_id") or "")
                self.created[owner[key]].append(day)
        last = {}
        for row in ledger.rows("ratings"):
            ticket, is_csat = row.get("ticket_id"), (row.get("survey_type") or "csat") == "csat"
            if not is_csat or not ledger.happened(row["rated_at"]) or (ticket in known and ticket not in owner):
                continue
            subject, moment = ticket or row["rating_id"], (instant(row["rated_at"]), row["rating_id"])
            if subject not in last or moment > last[subject][0]:
                last[subject] = (moment, row)
        for (_, key), row in sorted(last.values(), key=lambda answer: answer[0]):
            ticket, day = row.get("ticket_id"), ledger.day(row["rated_at"])
            who = owner[ticket] if ticket in owner else survivor(merged, row.get("account_id") or "")
            good = (
                truth(row["is_good"], False)
                if row.get("is_good")
                else int(row["score"]) >= GOOD_FROM[int(row["scale_max"])]
            )
            assert day is not None
            self.answers[who].append((day, key, good))

    def members(self, customer: str, start: date) -> Iterator[tuple[str, str]]:
        """The customer's bands for the period that begins on a day."""
        window = [start - timedelta(days=back) for back in range(1, 91)]
        if self.has_ratings:
            given = [good for day, _, good in self.answers[customer] if day in window]
            yield "csat_band", ("good" if given[-1] else "bad") if given else "none"
        if self.has_tickets:
            yield "ticket_load_band", LOADS.get(sum(day in window for day in self.created[customer]), "4+")


def a_year_before(day: date) -> date:
    """The same day of the year before; a month's last day stays a month's last day."""
    following = day + timedelta(days=1)
    if following.day == 1:
        return following.replace(year=following.year - 1) - timedelta(days=1)
    return day.replace(year=day.year - 1)


def retention(recurring: Recurring, as_of: date, calendar: Calendar) -> dict[Key, list[Decimal]]:
    """Numerator and denominator of every retention KPI by period and member."""
    bands = ServiceBands(recurring.ledger)
    sums: dict[Key, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for grain in MONTHS:
        for start in sorted({calendar.period_of(end, grain) for end in recurring.ends}):
            end = min(calendar.last_day(start, grain), as_of)
            for suffix, then in (("", start - timedelta(days=1)), ("_12m", a_year_before(end))):
                for kpi, customer, numerator, denominator in _compared(recurring, then, end):
                    who = [("total", "all"), *recurring.members(customer).items()]
                    if kpi == "logo_churn_rate" and not suffix:
                        who += bands.members(customer, start)
                    for dimension, member in who:
                        both = sums[kpi + suffix, grain, start, dimension, member]
                        both[0] += numerator
                        both[1] += denominator
    return sums


def _compared(recurring: Recurring, then: date, now: date) -> Iterator[tuple[str, str, Decimal, Decimal]]:
    """KPI, customer, numerator and denominator of everyone who was active on the earlier day, at its rates."""
    later = recurring.revalued(now, then)
    for customer, before in recurring.at(then).items():
        left = later.get(customer, Decimal(0)) if customer in recurring.at(now) else Decimal(0)
        kept = min(before, left)
        yield "logo_churn_rate", customer, Decimal(customer not in recurring.at(now)), Decimal(1)
        yield "revenue_churn_rate", customer, before - kept, before
        yield "net_revenue_retention", customer, left, before
        yield "gross_revenue_retention", customer, kept, before
