"""Customers, products, prices and subscriptions of the simulated Stripe account, as its API of 2020-08-27 sends them.

https://docs.stripe.com/api?api-version=2020-08-27: epoch seconds, minor units, nulls spelled out, expandable
fields as ids. Every function takes the moment in epoch seconds that is shown.
"""

from decimal import Decimal
from typing import Any

from ingestion.sandbox.stripe_catalogue import Catalogue, Coupon, Price, Product, in_currency
from ingestion.sandbox.stripe_invoices import Customer, Discount, state_at
from ingestion.sandbox.stripe_subscriptions import PAUSED, Item, Subscription

Json = dict[str, Any]


def customer(record: Customer, currency: str | None) -> Json:
    """Return a customer; `currency` is null until the first invoice."""
    address = None
    if record.country is not None:
        address = {"city": None, "country": record.country, "line1": None, "line2": None, "postal_code": None}
        address["state"] = None
    return {
        "id": record.customer_id,
        "object": "customer",
        "address": address,
        "balance": 0,
        "created": record.created,
        "currency": currency,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": record.email,
        "invoice_prefix": record.customer_id[4:12].upper(),
        "invoice_settings": {"custom_fields": None, "default_payment_method": None, "footer": None},
        "livemode": False,
        "metadata": {"hubspot_company_id": record.company_id} if record.is_linked else {},
        "name": record.name,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def product(record: Product, catalogue: Catalogue) -> Json:
    """Return a product."""
    return {
        "id": record.product_id,
        "object": "product",
        "active": True,
        "created": catalogue.created,
        "description": None,
        "images": [],
        "livemode": False,
        "metadata": {},
        "name": record.name,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "unit_label": record.unit_label,
        "updated": catalogue.created,
        "url": None,
    }


def price(record: Price) -> Json:
    """Return a recurring price; `unit_amount` is null when the amount has a fraction of a minor unit."""
    return {
        "id": record.price_id,
        "object": "price",
        "active": record.is_active,
        "billing_scheme": "per_unit",
        "created": record.created,
        "currency": record.currency,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": record.product.product_id,
        "recurring": {
            "aggregate_usage": "sum" if record.is_metered else None,
            "interval": record.interval,
            "interval_count": 1,
            "usage_type": "metered" if record.is_metered else "licensed",
        },
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring",
        "unit_amount": _whole(record.unit_amount),
        "unit_amount_decimal": _plain(record.unit_amount),
    }


def subscription(record: Subscription, now: int) -> Json:
    """Return a subscription as it stands at a moment."""
    status = record.status(now)
    start, end, anchor = state_at(record.periods, now) or record.periods[0][1]
    ended = record.ended_at if record.ended_at is not None and record.ended_at <= now else None
    is_ending = bool(state_at(record.cancel_flags, now))
    asked = max((at for at, flag in record.cancel_flags if flag and at <= now), default=None)
    latest = [invoice for invoice in record.invoices if invoice.created <= now]
    return {
        "id": record.subscription_id,
        "object": "subscription",
        "application_fee_percent": None,
        "automatic_tax": {"enabled": False},
        "billing_cycle_anchor": anchor,
        "billing_thresholds": None,
        "cancel_at": end if is_ending else None,
        "cancel_at_period_end": is_ending,
        "canceled_at": asked if is_ending else ended,
        "collection_method": "send_invoice" if record.is_sent else "charge_automatically",
        "created": record.start,
        "current_period_end": end,
        "current_period_start": start,
        "customer": record.customer.customer_id,
        "days_until_due": 30 if record.is_sent else None,
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "discount": discount(record.discount, record, now),
        "ended_at": ended,
        "items": list_of(
            [_item(item, record, now) for item in record.items if item.created <= now],
            f"/v1/subscription_items?subscription={record.subscription_id}",
        ),
        "latest_invoice": latest[-1].invoice_id if latest else None,
        "livemode": False,
        "metadata": {},
        "next_pending_invoice_item_invoice": None,
        "pause_collection": {"behavior": "void", "resumes_at": None} if status == PAUSED else None,
        "payment_settings": {"payment_method_options": None, "payment_method_types": None},
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": record.start,
        "status": "active" if status == PAUSED else status,
        "test_clock": None,
        "transfer_data": None,
        "trial_end": record.trial_end,
        "trial_start": record.start if record.trial_end is not None else None,
    }


def _item(record: Item, owner: Subscription, now: int) -> Json:
    current, quantity = record.state(now)
    shown: Json = {
        "id": record.item_id,
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": record.created,
        "metadata": {},
        "price": price(current),
        "subscription": owner.subscription_id,
        "tax_rates": [],
    }
    if quantity is not None:
        shown["quantity"] = quantity
    return shown


def discount(record: Discount | None, owner: Subscription | None, now: int) -> Json | None:
    """Return a discount; none before it begins or once it has ended for its subscription."""
    if record is None or record.start > now or (owner is not None and record.end is not None and record.end <= now):
        return None
    return {
        "id": record.discount_id,
        "object": "discount",
        "checkout_session": None,
        "coupon": _coupon(record.coupon, "usd" if owner is None else owner.customer.currency, record.start),
        "customer": None if owner is None else owner.customer.customer_id,
        "end": record.end,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": None,
        "start": record.start,
        "subscription": None if owner is None else owner.subscription_id,
    }


def _coupon(record: Coupon, currency: str, created: int) -> Json:
    off = record.amount_off_usd
    return {
        "id": record.coupon_id if off is None else f"{record.coupon_id}{currency.upper()}",
        "object": "coupon",
        "amount_off": None if off is None else int(in_currency(Decimal(off) / 100, currency)),
        "created": created,
        "currency": None if off is None else currency,
        "duration": record.duration,
        "duration_in_months": record.months,
        "livemode": False,
        "max_redemptions": None,
        "metadata": {},
        "name": record.coupon_id.title(),
        "percent_off": None if record.percent_off is None else float(record.percent_off),
        "redeem_by": None,
        "times_redeemed": 1,
        "valid": True,
    }


def list_of(data: list[Json], url: str, *, has_more: bool = False) -> Json:
    """Return Stripe's list object."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def _whole(amount: Decimal) -> int | None:
    return int(amount) if amount == amount.to_integral_value() else None


def _plain(amount: Decimal) -> str:
    whole = _whole(amount)
    return str(whole) if whole is not None else f"{amount:f}"
