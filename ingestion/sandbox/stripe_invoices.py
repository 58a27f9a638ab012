"""Invoices of the simulated Stripe account with their lines, refunds and credit notes, and how they are paid."""

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from ingestion.sandbox.stripe_catalogue import Coupon, Price, Product, in_currency

HOUR = 3600
DAY = 86400
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def stripe_id(prefix: str, rng: random.Random, length: int = 14) -> str:
    """Draw an identifier as Stripe writes them: a prefix and base-62 characters."""
    return f"{prefix}_{''.join(rng.choices(_ALPHABET, k=length))}"


_State = TypeVar("_State")


def state_at(events: Sequence[tuple[int, _State]], now: int) -> _State | None:
    """Return the value of the last (instant, value) pair at or before a moment; events are in time order."""
    position = bisect_right(events, now, key=lambda event: event[0])
    return events[position - 1][1] if position else None


def half_up(amount: Decimal) -> int:
    """Round an amount of minor units half away from zero."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(slots=True)
class Customer:
    """A Stripe customer; `company_id` is the truth, `is_linked` tells whether the metadata names it."""

    customer_id: str
    name: str
    email: str
    company_id: str | None
    is_linked: bool
    country: str | None
    currency: str
    tax_percent: int
    created: int
    deleted_at: int | None = None

    @property
    def account_id(self) -> str:
        """The company, or the customer itself when no company stands behind it."""
        return self.company_id or self.customer_id


@dataclass(slots=True)
class Discount:
    """A coupon given to a subscription from a moment on; `end` is exclusive, None for ever."""

    discount_id: str
    coupon: Coupon
    start: int
    end: int | None


@dataclass(slots=True)
class Line:
    """One line of an invoice, in minor units before discount and tax."""

    line_id: str
    line_type: str
    amount: int
    quantity: int | None
    price: Price | None
    product: Product | None
    item_id: str | None
    start: int
    end: int
    is_proration: bool = False
    description: str = ""
    discount_amount: int = 0


@dataclass(slots=True)
class Invoice:
    """One invoice; `statuses` are its (instant, status) entries in time order."""

    invoice_id: str
    number: str
    customer: Customer
    subscription_id: str | None
    created: int
    reason: str
    lines: list[Line]
    discount: Discount | None = None
    is_sent: bool = False
    statuses: list[tuple[int, str]] = field(default_factory=list)
    charge_id: str = ""

    @property
    def subtotal(self) -> int:
        """Sum of the lines."""
        return sum(line.amount for line in self.lines)

    @property
    def discount_amount(self) -> int:
        """Sum of the lines' discounts."""
        return sum(line.discount_amount for line in self.lines)

    @property
    def net(self) -> int:
        """What is sold, after discounts, without tax."""
        return self.subtotal - self.discount_amount

    @property
    def tax(self) -> int:
        """Tax on the discounted amount."""
        return half_up(Decimal(self.net) * self.customer.tax_percent / 100)

    @property
    def total(self) -> int:
        """What the customer owes."""
        return self.net + self.tax

    def status(self, now: int) -> str:
        """Return the status at a moment."""
        return state_at(self.statuses, now) or "draft"

    def reached(self, status: str, now: int) -> int | None:
        """Return when a status was entered, None when not by that moment."""
        return next((at for at, entered in self.statuses if entered == status and at <= now), None)

    def discount_lines(self) -> None:
        """Spread the discount over the lines that can be discounted; an amount is taken off the invoice once."""
        if self.discount is None:
            return
        coupon = self.discount.coupon
        lines = [line for line in self.lines if line.amount > 0 and not line.is_proration]
        if coupon.percent_off is not None:
            for line in lines:
                line.discount_amount = half_up(Decimal(line.amount) * coupon.percent_off / 100)
        elif coupon.amount_off_usd is not None:
            total = sum(line.amount for line in lines)
            off = min(total, int(in_currency(Decimal(coupon.amount_off_usd) / 100, self.customer.currency)))
            running = 0
            for line in lines:
                before, running = running, running + line.amount
                line.discount_amount = half_up(Decimal(off * running) / total) - half_up(Decimal(off * before) / total)


@dataclass(slots=True)
class Refund:
    """Money given back on a paid invoice, in minor units with tax; `net` is the part without tax."""

    refund_id: str
    invoice: Invoice
    created: int
    amount: int
    net: int
    status: str


@dataclass(slots=True)
class CreditNote:
    """A credit note on an open or paid invoice; `refund` when it paid money back."""

    credit_note_id: str
    number: str
    invoice: Invoice
    created: int
    net: int
    tax: int
    note_type: str
    refund: Refund | None = None
    voided_at: int | None = None


def draft(
    rng: random.Random, customer: Customer, created: int, reason: str, lines: list[Line],
    subscription_id: str | None = None, discount: Discount | None = None,
) -> Invoice:  # fmt: skip
    """Create a draft invoice with its discount spread over the lines."""
    number = f"{customer.customer_id[4:12].upper()}-{rng.randrange(10**6):06d}"
    invoice = Invoice(stripe_id("in", rng, 24), number, customer, subscription_id, created, reason, lines, discount)
    invoice.statuses.append((created, "draft"))
    invoice.charge_id = stripe_id("ch", rng, 24)
    invoice.discount_lines()
    return invoice


def finalise(invoice: Invoice, delay: int = HOUR) -> int:
    """Open a draft after a delay; return the moment."""
    at = invoice.created + delay
    invoice.statuses.append((at, "open"))
    return at


def settle(invoice: Invoice, rng: random.Random, *, delay: int = HOUR) -> int:
    """Open a draft and have it paid, at once by card or within weeks by transfer; return the pay moment."""
    opened = finalise(invoice, delay)
    wait = 0 if invoice.total == 0 else rng.randrange(5, 90)
    if invoice.is_sent and invoice.total:
        wait = rng.randrange(2 * DAY, 26 * DAY)
    invoice.statuses.append((opened + wait, "paid"))
    return opened + wait


def one_off(rng: random.Random, customer: Customer, at: int, product: Product, count: int) -> Invoice:
    """Create a manual invoice about set-up work, one line per piece of it."""
    lines = []
    for number in range(count):
        usd = Decimal(rng.randrange(40, 400)) if count > 1 else Decimal(rng.randrange(50, 2500))
        amount = int(in_currency(usd, customer.currency))
        lines.append(
            Line(
                stripe_id("il", rng, 24), "invoiceitem", amount, 1, None, product, None, at, at,
                description=f"Set-up work, day {number + 1}",
            )
        )  # fmt: skip
    return draft(rng, customer, at, "manual", lines)


def refund(rng: random.Random, invoice: Invoice, at: int, *, is_partial: bool, status: str) -> Refund:
    """Give back a paid invoice; a part only where there is no tax to split."""
    amount, net = invoice.total, invoice.net
    if is_partial and invoice.tax == 0:
        amount = net = max(1, invoice.total * rng.choice((20, 25, 50)) // 100)
    return Refund(stripe_id("re", rng, 24), invoice, at, amount, net, status)


def credit_note(
    rng: random.Random, invoice: Invoice, at: int, *, percent: int, is_refunded: bool, voided_at: int | None
) -> CreditNote:
    """Credit a percentage of an invoice, before or after it is paid."""
    net = max(1, invoice.net * percent // 100)
    tax = half_up(Decimal(net) * invoice.customer.tax_percent / 100)
    is_paid = invoice.status(at) == "paid"
    paid_back = None
    if is_refunded and is_paid:
        paid_back = Refund(stripe_id("re", rng, 24), invoice, at, net + tax, net, "succeeded")
    return CreditNote(
        stripe_id("cn", rng, 24), f"{invoice.number}-CN-01", invoice, at, net, tax,
        "post_payment" if is_paid else "pre_payment", paid_back, voided_at,
    )  # fmt: skip
