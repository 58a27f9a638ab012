"""The list endpoints of the simulated Stripe account: what they hold, newest first, page by page."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import orjson

from ingestion.sandbox import stripe_invoice_objects, stripe_objects
from ingestion.sandbox.billing import Billing
from ingestion.sandbox.stripe_catalogue import PRODUCTS, Catalogue, Price, Product
from ingestion.sandbox.stripe_invoices import CreditNote, Customer, Invoice, Refund
from ingestion.sandbox.stripe_subscriptions import Subscription


class StripeError(Exception):
    """An answer that is an error object."""

    def __init__(self, status: int, message: str, *, code: str | None = None, param: str | None = None) -> None:
        """Keep what the error object says."""
        super().__init__(message)
        self.status, self.code, self.param = status, code, param

    def body(self) -> dict[str, Any]:
        """Return the error object."""
        kind = "api_error" if self.status >= 500 else "invalid_request_error"
        error = {"message": str(self), "type": kind, "code": self.code, "param": self.param}
        return {"error": {name: value for name, value in error.items() if value is not None}}


@dataclass(frozen=True)
class Entry:
    """One object of a list: when it exists, when it changes, how it looks, what it can be filtered by."""

    object_id: str
    created: int
    render: Callable[[int], dict[str, Any]]
    changes: tuple[int, ...] = ()
    ended: int | None = None
    customer: str | None = None
    parent: str | None = None
    status: Callable[[int], str] | None = None


class Collection:
    """The objects of one list endpoint, with what was sent last cached per version."""

    def __init__(self, url: str, entries: Sequence[Entry]) -> None:
        self.url = url
        self.entries = sorted(entries, key=attrgetter("created", "object_id"))
        self.positions = {entry.object_id: number for number, entry in enumerate(self.entries)}
        self._created = [entry.created for entry in self.entries]
        self._sent: dict[str, tuple[int, bytes]] = {}

    def serialised(self, entry: Entry, now: int) -> bytes:
        """Return an object as JSON, rendered again only when it has changed."""
        version = bisect_right(entry.changes, now)
        known = self._sent.get(entry.object_id)
        if known is None or known[0] != version:
            known = version, orjson.dumps(entry.render(now))
            self._sent[entry.object_id] = known
        return known[1]

    def page(
        self, now: int, limit: int, after: str | None, wanted: Callable[[Entry], bool]
    ) -> tuple[list[bytes], bool]:
        """Return up to `limit` objects after a given one, newest first, and whether there are more."""
        position = bisect_right(self._created, now)
        if after is not None:
            known = self.positions.get(after)
            if known is None or known >= position:
                raise StripeError(400, f"No such object: '{after}'", code="resource_missing", param="starting_after")
            position = known
        found: list[bytes] = []
        while position > 0:
            position -= 1
            entry = self.entries[position]
            if (entry.ended is not None and entry.ended <= now) or not wanted(entry):
                continue
            if len(found) == limit:
                return found, True
            found.append(self.serialised(entry, now))
        return found, False


def collections_of(part: Billing) -> dict[str, Collection]:
    """Return every list endpoint of an account by its name."""
    first_invoices: dict[str, int] = {}
    for invoice in part.invoices:
        first_invoices.setdefault(invoice.customer.customer_id, invoice.created)
    entries: dict[str, list[Entry]] = {
        "customers": [_customer(one, first_invoices.get(one.customer_id)) for one in part.customers],
        "products": [_product(one, part.catalogue) for one in PRODUCTS],
        "prices": [_price(one) for one in part.catalogue.prices()],
        "subscriptions": [_subscription(one) for one in part.subscriptions],
        "invoices": [_invoice(one) for one in part.invoices],
        "refunds": [_refund(one) for one in part.refunds],
        "credit_notes": [_credit_note(one) for one in part.credit_notes],
    }
    return {name: Collection(f"/v1/{name}", found) for name, found in entries.items()}


def _product(one: Product, catalogue: Catalogue) -> Entry:
    return Entry(one.product_id, catalogue.created, lambda _: stripe_objects.product(one, catalogue))


def _price(one: Price) -> Entry:
    return Entry(one.price_id, one.created, lambda _: stripe_objects.price(one), parent=one.product.product_id)


def _refund(one: Refund) -> Entry:
    return Entry(one.refund_id, one.created, lambda _: stripe_invoice_objects.refund(one), parent=one.invoice.charge_id)


def _customer(one: Customer, first_invoice: int | None) -> Entry:
    def render(now: int) -> dict[str, Any]:
        is_billed = first_invoice is not None and first_invoice <= now
        return stripe_objects.customer(one, one.currency if is_billed else None)

    changes = () if first_invoice is None else (first_invoice,)
    return Entry(one.customer_id, one.created, render, changes, ended=one.deleted_at)


def _subscription(one: Subscription) -> Entry:
    moments = {at for at, _ in one.statuses} | {at for at, _ in one.periods} | {at for at, _ in one.cancel_flags}
    moments |= {at for item in one.items for at, _ in item.states} | {invoice.created for invoice in one.invoices}
    if one.discount is not None and one.discount.end is not None:
        moments.add(one.discount.end)
    return Entry(
        one.subscription_id, one.start, lambda now: stripe_objects.subscription(one, now), tuple(sorted(moments)),
        customer=one.customer.customer_id, status=one.status,
    )  # fmt: skip


def _invoice(one: Invoice) -> Entry:
    return Entry(
        one.invoice_id, one.created, lambda now: stripe_invoice_objects.invoice(one, now),
        tuple(sorted(at for at, _ in one.statuses)), customer=one.customer.customer_id,
        parent=one.subscription_id, status=one.status,
    )  # fmt: skip


def _credit_note(one: CreditNote) -> Entry:
    changes = () if one.voided_at is None else (one.voided_at,)
    return Entry(
        one.credit_note_id, one.created, lambda now: stripe_invoice_objects.credit_note(one, now), changes,
        customer=one.invoice.customer.customer_id, parent=one.invoice.invoice_id,
    )  # fmt: skip
