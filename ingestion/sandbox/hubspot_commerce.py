"""What products, line items and quotes show, and what every CRM object shows: values as HubSpot writes them."""

import datetime as dt
from typing import TYPE_CHECKING

from ingestion.sandbox.clock import iso_millis
from ingestion.sandbox.line_items import LineItem, Product
from ingestion.sandbox.quotes import Quote

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

Properties = dict[str, str | None]


def shared(record_id: str, created: str, modified: str, owner_id: str | None) -> Properties:
    """Return the properties that every object has."""
    return {
        "hs_object_id": record_id,
        "hs_createdate": created,
        "hs_lastmodifieddate": modified,
        "hubspot_owner_id": owner_id,
        "hs_merged_object_ids": None,
    }


def product(world: "World", record: Product, now: dt.datetime, modified: str) -> Properties:
    """Return all properties of a product of the library."""
    return {
        **_entered(record, modified),
        "name": record.name,
        "description": None,
        "price": str(record.price),
        "hs_product_type": record.kind,
        "hs_sku": f"SKU-{int(record.record_id) % 1000}",
        "hs_cost_of_goods_sold": None,
        "recurringbillingfrequency": record.frequency,
        "hs_recurring_billing_period": "P12M" if record.frequency else None,
    }


def line_item(world: "World", record: LineItem, now: dt.datetime, modified: str) -> Properties:
    """Return all properties of a line item; the amount of a recurring one is that of one billing period."""
    amount = record.amount(now)
    terms = 12 if record.frequency == "monthly" else 1
    return {
        **_entered(record, modified),
        "name": record.name,
        "hs_product_id": record.product_id,
        "price": record.value("price", now),
        "quantity": str(record.quantity),
        "discount": None,
        "hs_discount_percentage": str(record.discount_percent) if record.discount_percent else None,
        "tax": None,
        "amount": str(amount),
        "hs_tcv": str(amount * terms),
        "hs_line_item_currency_code": record.deal.currency,
        "recurringbillingfrequency": record.frequency,
        "hs_recurring_billing_period": "P12M" if record.frequency else None,
        "hs_sku": None,
    }


def quote(world: "World", record: Quote, now: dt.datetime, modified: str) -> Properties:
    """Return all properties of a quote."""
    created = record.created_at
    return {
        **shared(record.record_id, iso_millis(created), modified, record.deal.value("hubspot_owner_id", now)),
        "hs_title": f"Quote for {record.deal.name}",
        "hs_status": record.value("status", now),
        "hs_quote_amount": record.amount,
        "hs_currency": record.deal.currency,
        "hs_expiration_date": iso_millis(created + dt.timedelta(days=90)),
        "hs_language": "en",
        "hs_public_url_key": None,
        "hs_sender_company_name": "Sandbox Ltd",
    }


def _entered(record: Product | LineItem, modified: str) -> Properties:
    known = shared(record.record_id, iso_millis(record.created_at), modified, None)
    return known | {"createdate": known["hs_createdate"]}
