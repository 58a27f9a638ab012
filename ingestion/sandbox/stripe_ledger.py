"""What truly happened in billing, as rows of the unified entities, told from the simulation and not from payloads."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from ingestion.sandbox.clock import epoch_seconds, from_millis, iso_seconds, local_date
from ingestion.sandbox.stripe_catalogue import in_currency, to_major
from ingestion.sandbox.stripe_subscriptions import PAUSED, Item, Subscription

if TYPE_CHECKING:
    from ingestion.sandbox.billing import Billing

Row = dict[str, str]
_LIVING = {PAUSED: "paused", "past_due": "past_due", "unpaid": "unpaid"}


def tables(billing: "Billing", now: dt.datetime) -> dict[str, list[Row]]:
    """Return the ledger tables of billing as known at a moment."""
    at = epoch_seconds(now)
    return {
        "accounts": _accounts(billing, at),
        "subscription_periods": [row for sub in billing.subscriptions if sub.start <= at for row in periods(sub, at)],
        "invoices": _invoices(billing, at),
        "refunds": _refunds(billing, at),
    }


def day_of(seconds: int) -> str:
    """Return the company's date of an epoch second."""
    return local_date(from_millis(seconds * 1000)).isoformat()


def instant_of(seconds: int) -> str:
    """Return an epoch second as ISO text in UTC."""
    return iso_seconds(from_millis(seconds * 1000))


def recurring_amount(sub: Subscription, item: Item, at: int) -> Decimal:
    """Return minor units per interval: unit price × quantity less a coupon that lasts for ever; metered 0."""
    price, quantity = item.state(at)
    amount = price.unit_amount * (quantity or 0)
    coupon = sub.discount.coupon if sub.discount else None
    if coupon is None or coupon.duration != "forever":
        return amount
    if coupon.percent_off is not None:
        return amount * (100 - coupon.percent_off) / 100
    off = in_currency(Decimal(coupon.amount_off_usd or 0) / 100, sub.customer.currency)
    return max(Decimal(0), amount - off.quantize(Decimal(1), ROUND_HALF_UP))


def periods(sub: Subscription, now: int) -> list[Row]:
    """Return one row per item and stretch of unchanged price, quantity and status of one subscription."""
    ended = sub.ended_at if sub.ended_at is not None and sub.ended_at <= now else None
    rows: list[Row] = []
    for item in sub.items:
        if item.created > now:
            continue
        cuts = {at for at, _ in item.states if at <= now and (ended is None or at < ended)}
        if sub.trial_end is not None and sub.trial_end <= now and sub.trial_end != ended:
            cuts.add(max(sub.trial_end, item.created))
        starts = sorted(cuts)
        for start, following in zip(starts, [*starts[1:], None], strict=False):
            end = following if following is not None else ended
            if end is not None and day_of(end) == day_of(start):
                continue
            rows.append(_period(sub, item, start, end, _status(sub, start, following is None, now)))
    return rows


def _status(sub: Subscription, start: int, is_last: bool, now: int) -> str:
    first = sub.statuses[0][1]
    if first == "incomplete":
        return "incomplete"
    if sub.trial_end is not None and start < sub.trial_end:
        return "trialing"
    return _LIVING.get(sub.status(now), "active") if is_last else "active"


def _period(sub: Subscription, item: Item, start: int, end: int | None, status: str) -> Row:
    currency = sub.customer.currency
    return {
        "subscription_id": sub.subscription_id,
        "account_id": sub.customer.account_id,
        "valid_from_date": day_of(start),
        "valid_to_date": "" if end is None else day_of(end),
        "status": status,
        "recurring_amount": f"{to_major(recurring_amount(sub, item, start), currency):.4f}",
        "currency_code": currency.upper(),
        "billing_interval": sub.interval,
        "billing_interval_count": "1",
        "subscription_item_id": item.item_id,
        "product_id": item.state(start)[0].product.product_id,
    }


def _accounts(billing: "Billing", now: int) -> list[Row]:
    return [
        {
            "account_id": customer.customer_id,
            "account_name": customer.name,
            "domain": "",
            "region": "",
            "segment": "",
            "created_at": instant_of(customer.created),
        }
        for customer in billing.customers
        if customer.company_id is None and customer.created <= now
    ]


def _invoices(billing: "Billing", now: int) -> list[Row]:
    rows = []
    for invoice in billing.invoices:
        if invoice.created > now:
            break
        currency = invoice.customer.currency
        finalised = invoice.reached("open", now)
        paid = invoice.reached("paid", now)
        rows.append(
            {
                "invoice_id": invoice.invoice_id,
                "account_id": invoice.customer.account_id,
                "subscription_id": invoice.subscription_id or "",
                "invoice_date": day_of(invoice.created if finalised is None else finalised),
                "status": invoice.status(now),
                "net_amount": f"{to_major(invoice.net, currency):.2f}",
                "tax_amount": f"{to_major(invoice.tax, currency):.2f}",
                "total_amount": f"{to_major(invoice.total, currency):.2f}",
                "currency_code": currency.upper(),
                "billing_reason": invoice.reason,
                "paid_at": "" if paid is None else instant_of(paid),
            }
        )
    return rows


def _refunds(billing: "Billing", now: int) -> list[Row]:
    """Return succeeded refunds and valid credit notes; a credit note that paid money back is one row."""
    entries: list[tuple[str, str, int, int, str]] = []
    credited = {note.refund.refund_id for note in billing.credit_notes if note.refund is not None}
    for paid_back in billing.refunds:
        if paid_back.status == "succeeded" and paid_back.refund_id not in credited:
            invoice = paid_back.invoice
            entries.append(
                (paid_back.refund_id, invoice.invoice_id, paid_back.created, paid_back.net, invoice.customer.currency)
            )
    for note in billing.credit_notes:
        if note.voided_at is None or note.voided_at > now:
            entries.append(
                (note.credit_note_id, note.invoice.invoice_id, note.created, note.net, note.invoice.customer.currency)
            )
    return [
        {
            "refund_id": refund_id,
            "invoice_id": invoice_id,
            "refunded_date": day_of(created),
            "net_amount": f"{to_major(net, currency):.2f}",
            "currency_code": currency.upper(),
        }
        for refund_id, invoice_id, created, net, currency in sorted(entries, key=lambda entry: (entry[2], entry[0]))
        if created <= now
    ]
