"""The billing of the simulated company: who pays for what, and what that truly means.

Most subscriptions begin some days after a won deal; some companies sign up by themselves, and consumers buy
with a free-mail address and without any deal. The first customers each carry one of the plots in `_STORIES`,
so that even a small world shows every oddity; all others live by chance.
"""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingestion.sandbox.clock import epoch_seconds
from ingestion.sandbox.companies import Company
from ingestion.sandbox.stripe_catalogue import (
    API_CALLS,
    BUSINESS,
    COACHING,
    EVENTS,
    FOREVER_AMOUNT,
    FOREVER_PERCENT,
    MODULES,
    ONCE,
    REPEATING,
    SETUP,
    STARTER,
    SUPPORT,
    TEAM,
    Catalogue,
    Coupon,
    Product,
)
from ingestion.sandbox.stripe_invoices import (
    DAY,
    CreditNote,
    Customer,
    Discount,
    Invoice,
    Refund,
    credit_note,
    finalise,
    one_off,
    refund,
    settle,
    stripe_id,
)
from ingestion.sandbox.stripe_lives import Life
from ingestion.sandbox.stripe_subscriptions import Item, Plot, Subscription, add_intervals

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

_COMPANY_CUSTOMERS = 95
_CONSUMERS = 25
_FREE_MAIL = ("gmail.com", "outlook.com", "gmx.de", "proton.me")
_TAX_PERCENT = {"DE": 19, "AT": 20, "FR": 20, "ES": 21, "IE": 23, "GB": 20}


@dataclass(frozen=True)
class Offer:
    """What a customer subscribes to: products, interval, plot and coupon."""

    products: tuple[Product, ...] = (TEAM,)
    interval: str = "month"
    plot: Plot = field(default_factory=Plot)
    coupon: Coupon | None = None
    returns: bool = False
    has_second_customer: bool = False


_CALM = Plot(is_calm=True)
_STORIES: tuple[Offer, ...] = (
    Offer(interval="year", plot=Plot(restart_in_period=0, is_calm=True)),
    Offer(plot=Plot(trial_days=14, churn=0.03)),
    Offer(plot=Plot(end_in_period=3, is_calm=True), returns=True),
    Offer(plot=Plot(pause_in_period=3, is_calm=True)),
    Offer((BUSINESS,), plot=Plot(contract_in_period=4, is_calm=True), coupon=FOREVER_PERCENT),
    Offer(MODULES, plot=_CALM),
    Offer((TEAM, API_CALLS), plot=Plot(add_on_in_period=2, is_calm=True)),
    Offer(plot=Plot(unpaid_in_period=3, is_calm=True)),
    Offer((COACHING,), "week", Plot(churn=0.05)),
    Offer(interval="year", plot=Plot(cancel_pending_in=0, is_calm=True), has_second_customer=True),
    Offer((EVENTS,), plot=Plot(churn=0.01)),
    Offer((STARTER,), plot=Plot(is_calm=True), coupon=FOREVER_AMOUNT),
    Offer(plot=Plot(is_incomplete=True), returns=True),
    Offer(plot=Plot(trial_days=30, end_in_period=-1)),
    Offer(coupon=ONCE),
    Offer((BUSINESS,), coupon=REPEATING),
    Offer(plot=Plot(restart_in_period=5)),
    Offer((BUSINESS,), "year", Plot(churn=0.03)),
    Offer(plot=Plot(end_in_period=5), returns=True),
    Offer(interval="year", plot=Plot(cancel_pending_in=1)),
    Offer((STARTER, SUPPORT, API_CALLS), plot=Plot(contract_in_period=4, is_calm=True), coupon=FOREVER_AMOUNT),
    Offer(plot=Plot(coupon_in_period=3, contract_in_period=5, is_calm=True)),
)


@dataclass
class Billing:
    """Everything the Stripe account ever holds, up to the horizon; each list is ordered by creation."""

    world: "World"
    catalogue: Catalogue
    customers: list[Customer] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    credit_notes: list[CreditNote] = field(default_factory=list)

    def ledger_tables(self, now: dt.datetime) -> dict[str, list[dict[str, str]]]:
        """Return the truth about accounts without a company, subscription periods, invoices and refunds."""
        from ingestion.sandbox.stripe_ledger import tables

        return tables(self, now)

    def sort(self) -> None:
        """Put every list in the order of creation."""
        self.customers.sort(key=lambda customer: (customer.created, customer.customer_id))
        self.subscriptions.sort(key=lambda sub: (sub.start, sub.subscription_id))
        self.invoices.sort(key=lambda invoice: (invoice.created, invoice.invoice_id))
        self.refunds.sort(key=lambda refunded: (refunded.created, refunded.refund_id))
        self.credit_notes.sort(key=lambda note: (note.created, note.credit_note_id))


def simulate(world: "World") -> Billing:
    """Return the billing of a world: its customers, and all that happens to them up to `world.end`."""
    start, end = epoch_seconds(world.start), epoch_seconds(world.end)
    billing = Billing(world, Catalogue(start, start + 400 * DAY))
    for number, (at, company) in enumerate(_buyers(world)):
        _Story(billing, world.random(f"billing {number}"), end).of_company(number, at, company)
    for number in range(max(2, round(_CONSUMERS * world.scale * (end - start) / (730 * DAY)))):
        rng = world.random(f"consumer {number}")
        _Story(billing, rng, end).of_consumer(number, rng.randrange(start, end))
    for number, invoice in enumerate(list(billing.invoices)):
        _give_back(billing, world.random(f"refund {invoice.invoice_id}"), number, invoice)
    billing.sort()
    return billing


def _buyers(world: "World") -> Iterator[tuple[int, Company]]:
    """Yield (first moment, company): winners of deals, and every eighth company without any win."""
    first_wins: dict[str, int] = {}
    for deal in world.deals:
        if deal.won_at is not None and deal.company_id is not None and (deal.amount or 0) > 0:
            won = epoch_seconds(deal.won_at)
            first_wins[deal.company_id] = min(won, first_wins.get(deal.company_id, won))
    wanted = max(8, round(_COMPANY_CUSTOMERS * world.scale))
    rng = world.random("buyers")
    found: list[tuple[int, Company]] = []
    spare: list[tuple[int, Company]] = []
    for company in world.companies:
        won_at = first_wins.get(company.company_id)
        if won_at is not None:
            found.append((won_at + rng.randrange(DAY, 12 * DAY), company))
        else:
            spare.append((epoch_seconds(company.created_at) + rng.randrange(5 * DAY, 60 * DAY), company))
    rng.shuffle(found)
    rng.shuffle(spare)
    from_deals = found[: wanted * 7 // 8]
    yield from sorted(from_deals + spare[: wanted - len(from_deals)], key=lambda buyer: buyer[0])


class _Story:
    """Plays one customer: the account, its subscriptions, its one-off invoices."""

    def __init__(self, billing: Billing, rng: random.Random, end: int) -> None:
        self.billing, self.rng, self.end = billing, rng, end

    def of_company(self, number: int, at: int, company: Company) -> None:
        offer = self._offer(number)
        customer = self._customer(at, company, is_linked=number % 6 != 5)
        last = self._subscribe(customer, at + self.rng.randrange(60, 3600), offer)
        if offer.has_second_customer:
            later = at + 90 * DAY
            second = self._customer(later, company, is_linked=True)
            self._subscribe(second, later + 60, Offer((STARTER,), plot=_CALM))
        again = (last.ended_at or self.end) + self.rng.randrange(35, 120) * DAY
        if offer.returns and again < self.end:
            self._subscribe(customer, again, Offer(plot=Plot(churn=0.01)))
        if self.rng.random() < 0.3:
            self._one_off(customer, at + self.rng.randrange(2, 60) * DAY, number)
        if number % 20 == 7:
            twin = self._customer(at + DAY, company, is_linked=False)
            twin.deleted_at = at + 40 * DAY

    def of_consumer(self, number: int, at: int) -> None:
        address = f"shopper{number}.{self.rng.randrange(1000)}@{self.rng.choice(_FREE_MAIL)}"
        currency = self.rng.choice(("usd", "eur"))
        customer = Customer(
            stripe_id("cus", self.rng), f"Shopper {number}", address, None, False, None, currency, 0, at
        )
        self.billing.customers.append(customer)
        if number % 4 == 3:
            self._one_off(customer, at + 60, number)
            return
        trial = 14 if number % 3 == 0 else 0
        interval = "week" if number % 5 == 4 else "month"
        plot = Plot(trial_days=trial, churn=0.08, end_in_period=-1 if number % 9 == 0 else None)
        self._subscribe(customer, at + 60, Offer((STARTER,), interval, plot))

    def _offer(self, number: int) -> Offer:
        if number % 60 < len(_STORIES):
            return _STORIES[number % 60]
        products: tuple[Product, ...] = self.rng.choice(((STARTER,), (TEAM,), (TEAM,), (BUSINESS,), (TEAM, API_CALLS)))
        interval = "month" if len(products) > 1 else self.rng.choice(("month", "month", "year"))
        trial = self.rng.choice((0, 0, 0, 14))
        coupon = self.rng.choice((None,) * 12 + (FOREVER_PERCENT, ONCE, REPEATING))
        churn = self.rng.choice((0.008, 0.02, 0.04))
        return Offer(products, interval, Plot(trial, churn=churn), coupon, returns=self.rng.random() < 0.25)

    def _customer(self, at: int, company: Company, *, is_linked: bool) -> Customer:
        currency = company.currency.lower()
        tax = 0 if self.rng.random() < 0.3 else _TAX_PERCENT.get(company.country_code, 0)
        customer = Customer(
            stripe_id("cus", self.rng), company.name, f"billing@{company.domain}", company.company_id, is_linked,
            company.country_code, currency, tax, at,
        )  # fmt: skip
        self.billing.customers.append(customer)
        return customer

    def _subscribe(self, customer: Customer, at: int, offer: Offer) -> Subscription:
        subscription = Subscription(
            stripe_id("sub", self.rng, 24), customer, at, self._items(customer, at, offer), offer.interval
        )
        if offer.coupon is not None:
            end = {"forever": None, "once": at + 1}.get(offer.coupon.duration, add_intervals(at, "month", 3))
            subscription.discount = Discount(stripe_id("di", self.rng), offer.coupon, at, end)
        subscription.is_sent = customer.company_id is not None and self.rng.random() < 0.3
        Life(subscription, offer.plot, self.billing.catalogue, self.rng, self.end).play()
        self.billing.subscriptions.append(subscription)
        self.billing.invoices += subscription.invoices
        return subscription

    def _items(self, customer: Customer, at: int, offer: Offer) -> list[Item]:
        items = []
        for product in offer.products:
            price = self.billing.catalogue.price(product, offer.interval, customer.currency, at)
            quantity: int | None = 1
            if product in (TEAM, BUSINESS):
                quantity = self.rng.randrange(3, 60)
            elif product is EVENTS:
                quantity = self.rng.randrange(10, 80) * 100
            items.append(Item(stripe_id("si", self.rng), at, [(at, (price, None if price.is_metered else quantity))]))
        return items

    def _one_off(self, customer: Customer, at: int, number: int) -> None:
        count = 14 if number % 7 == 1 else self.rng.randrange(1, 4)
        invoice = one_off(self.rng, customer, at, SETUP, count)
        dice = self.rng.random()
        if dice < 0.76:
            settle(invoice, self.rng)
        elif dice < 0.84:
            invoice.statuses.append((finalise(invoice) + 3 * DAY, "void"))
        elif dice < 0.90:
            invoice.statuses.append((finalise(invoice) + 60 * DAY, "uncollectible"))
        elif dice < 0.95:
            finalise(invoice)
        self.billing.invoices.append(invoice)


def _give_back(billing: Billing, rng: random.Random, number: int, invoice: Invoice) -> None:
    """Refund or credit a few invoices; every 40th for certain, so that small worlds have some of each kind."""
    final_at, final = invoice.statuses[-1]
    dice = rng.random()
    kind = (number // 40) % 6 if number % 40 == 3 else int(dice * 240) if dice < 0.025 else None
    if kind is None or invoice.total <= 100:
        return
    at = final_at + rng.randrange(DAY, 15 * DAY)
    if final == "paid" and kind in (0, 1, 2):
        status = ("succeeded", "succeeded", "failed")[kind]
        billing.refunds.append(refund(rng, invoice, at, is_partial=kind == 0, status=status))
    elif final in ("paid", "open"):
        voided = at + 2 * DAY if kind == 5 else None
        note = credit_note(rng, invoice, at, percent=100 if kind == 4 else 30, is_refunded=kind == 3, voided_at=voided)
        billing.credit_notes.append(note)
        if note.refund is not None:
            billing.refunds.append(note.refund)
