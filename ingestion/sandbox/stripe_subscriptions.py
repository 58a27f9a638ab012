"""Subscriptions of the simulated Stripe account: items, states over time, and what is bound to happen to them."""

import calendar
import datetime as dt
from dataclasses import dataclass, field

from ingestion.sandbox.stripe_catalogue import Price
from ingestion.sandbox.stripe_invoices import DAY, Customer, Discount, Invoice, state_at

PAUSED = "paused"


@dataclass(slots=True)
class Item:
    """A subscription item; `states` are (instant, price, quantity) from its creation on."""

    item_id: str
    created: int
    states: list[tuple[int, tuple[Price, int | None]]]

    def state(self, now: int) -> tuple[Price, int | None]:
        """Return price and quantity at a moment."""
        return state_at(self.states, now) or self.states[0][1]


@dataclass(slots=True)
class Subscription:
    """A subscription with its whole life; every list is in time order."""

    subscription_id: str
    customer: Customer
    start: int
    items: list[Item]
    interval: str
    trial_end: int | None = None
    discount: Discount | None = None
    is_sent: bool = False
    statuses: list[tuple[int, str]] = field(default_factory=list)
    periods: list[tuple[int, tuple[int, int, int]]] = field(default_factory=list)
    cancel_flags: list[tuple[int, bool]] = field(default_factory=list)
    ended_at: int | None = None
    invoices: list[Invoice] = field(default_factory=list)

    def status(self, now: int) -> str:
        """Return the status at a moment; `paused` stands for an active one whose collection is paused."""
        return state_at(self.statuses, now) or "incomplete"


@dataclass(frozen=True, slots=True)
class Plot:
    """What is bound to happen to a subscription; the rest is chance."""

    trial_days: int = 0
    pause_in_period: int | None = None
    unpaid_in_period: int | None = None
    restart_in_period: int | None = None
    add_on_in_period: int | None = None
    contract_in_period: int | None = None
    coupon_in_period: int | None = None
    end_in_period: int | None = None
    cancel_pending_in: int | None = None
    churn: float = 0.02
    is_incomplete: bool = False
    is_calm: bool = False


def add_intervals(anchor: int, interval: str, count: int) -> int:
    """Return the anchor moved by whole billing intervals, clipped to the end of shorter months."""
    if interval in ("day", "week"):
        return anchor + count * (7 * DAY if interval == "week" else DAY)
    moment = dt.datetime.fromtimestamp(anchor, dt.UTC)
    months = moment.month - 1 + count * (12 if interval == "year" else 1)
    year, month = moment.year + months // 12, months % 12 + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return int(moment.replace(year=year, month=month, day=day).timestamp())
