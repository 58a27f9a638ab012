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
_SUSPENDED = (PAUSED, "unpaid")


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
    """Return what an item costs per interval, in units of the currency, less a coupon that lasts for ever.

    A percentage is taken off every item. An amount is taken off the subscription once: what is left is shared out
    by what the items cost, in the order of their ids, so that the shares, of four digits, add up.
    """
    currency = sub.customer.currency
    coupon = sub.discount.coupon if sub.discount and sub.discount.start <= at else None
    if coupon is None or coupon.duration != "forever":
        return to_major(_price(item, at), currency)
    if coupon.percent_off is not None:
        return to_major(_price(item, at) * (100 - coupon.percent_off) / 100, currency)
    total = sum((_price(one, at) for one in sub.items if one.created <= at), Decimal(0))
    off = in_currency(Decimal(coupon.amount_off_usd or 0) / 100, currency).quantize(Decimal(1), ROUND_HALF_UP)
    if total == 0:
        return Decimal(0)
    left = to_major(max(Decimal(0), total - off), currency)
    before = sum((_price(one, at) for one in sub.items if one.created <= at and one.item_id < item.item_id), Decimal(0))
    shares = [
        (left * part / total).quantize(Decimal("0.0001"), ROUND_HALF_UP) for part in (before, before + _price(item, at))
    ]
    return shares[1] - shares[0]


def _price(item: Item, at: int) -> Decimal:
    """Return minor units per interval before any discount; metered 0."""
    price, quantity = item.state(at)
    return price.unit_amount * (quantity or 0)


def periods(sub: Subscription, now: int) -> list[Row]:
    """Return one row per item and stretch of unchanged price, quantity, discount and status of one subscription."""
    ended = sub.ended_at if sub.ended_at is not None and sub.ended_at <= now else None
    rows: list[Row] = []
    for item in sub.items:
        if item.created > now:
            continue
        starts = [at for at in _cuts(sub, now) if at > item.created and (ended is None or at < ended)]
        told: list[Row] = []
        for start, end in zip([item.created, *starts], [*starts, ended], strict=True):
            if end is not None and day_of(end) == day_of(start):
                continue
            row = _period(sub, item, start, end, now)
            if told and _is_continued(told[-1], row):
                told[-1]["valid_to_date"] = row["valid_to_date"]
            else:
                told.append(row)
        rows += [{name: text for name, text in row.items() if name != "state"} for row in told]
    return rows


def _cuts(sub: Subscription, now: int) -> list[int]:
    """Return when anything about a subscription changed by now."""
    cuts = {at for item in sub.items for at, _ in item.states}
    cuts |= {at for at, status in sub.statuses if status in _SUSPENDED}
    if sub.trial_end is not None and sub.trial_end != sub.ended_at:
        cuts.add(sub.trial_end)
    if sub.discount is not None:
        cuts.add(sub.discount.start)
    return sorted(at for at in cuts if at <= now)


def _is_continued(row: Row, following: Row) -> bool:
    told = ("state", "status", "recurring_amount")
    return row["valid_to_date"] == following["valid_from_date"] and all(row[name] == following[name] for name in told)


def _status(sub: Subscription, item: Item, start: int, now: int) -> str:
    if sub.statuses[0][1] == "incomplete":
        return "incomplete"
    if sub.trial_end is not None and start < sub.trial_end:
        return "trialing"
    if sub.status(start) in _SUSPENDED:
        return sub.status(start)
    is_last = not any(start < at <= now for at, _ in item.states)
    return "past_due" if is_last and sub.status(now) == "past_due" else "active"


def _period(sub: Subscription, item: Item, start: int, end: int | None, now: int) -> Row:
    price, quantity = item.state(start)
    return {
        "subscription_id": sub.subscription_id,
        "account_id": sub.customer.account_id,
        "valid_from_date": day_of(start),
        "valid_to_date": "" if end is None else day_of(end),
        "status": _status(sub, item, start, now),
        "recurring_amount": f"{recurring_amount(sub, item, start):.4f}",
        "currency_code": sub.customer.currency.upper(),
        "billing_interval": sub.interval,
        "billing_interval_count": "1",
        "subscription_item_id": item.item_id,
        "product_id": price.product.product_id,
        "state": f"{price.price_id}|{quantity}",
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
