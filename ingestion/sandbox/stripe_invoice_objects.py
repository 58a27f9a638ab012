"""Invoices, lines, refunds and credit notes of the simulated Stripe account, as its API of 2020-08-27 sends them."""

from ingestion.sandbox.stripe_invoices import DAY, CreditNote, Invoice, Line, Refund
from ingestion.sandbox.stripe_objects import Json, discount, list_of, price

EMBEDDED_LINES = 10
# What the simulated account does not use.
_UNUSED: Json = {
    "account_country": "DE",
    "account_name": "Sandbox Ltd",
    "account_tax_ids": None,
    "application_fee_amount": None,
    "automatic_tax": {"enabled": False, "status": None},
    "custom_fields": None,
    "customer_address": None,
    "customer_phone": None,
    "customer_shipping": None,
    "customer_tax_exempt": "none",
    "customer_tax_ids": [],
    "default_payment_method": None,
    "default_source": None,
    "default_tax_rates": [],
    "description": None,
    "footer": None,
    "hosted_invoice_url": None,
    "invoice_pdf": None,
    "last_finalization_error": None,
    "livemode": False,
    "metadata": {},
    "next_payment_attempt": None,
    "on_behalf_of": None,
    "paid_out_of_band": False,
    "payment_intent": None,
    "payment_settings": {"payment_method_options": None, "payment_method_types": None},
    "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0,
    "quote": None,
    "receipt_number": None,
    "starting_balance": 0,
    "statement_descriptor": None,
    "test_clock": None,
    "transfer_data": None,
}


def invoice(record: Invoice, now: int) -> Json:
    """Return an invoice with the first ten of its lines embedded."""
    opened = record.reached("open", now)
    return {
        "id": record.invoice_id,
        "object": "invoice",
        **_UNUSED,
        **_money_of(record, now),
        **_customer_of(record),
        **_discounts_of(record, now),
        **_progress_of(record, now),
        "billing_reason": record.reason,
        "collection_method": "send_invoice" if record.is_sent else "charge_automatically",
        "created": record.created,
        "due_date": opened + 30 * DAY if record.is_sent and opened is not None else None,
        "lines": _lines_of(record),
        "number": None if opened is None else record.number,
        "period_end": record.created,
        "period_start": record.created,
        "subscription": record.subscription_id,
        "webhooks_delivered_at": record.created,
    }


def _money_of(record: Invoice, now: int) -> Json:
    is_settled = record.reached("paid", now) is not None
    taxed = [{"amount": record.tax, "inclusive": False, "tax_rate": _tax_rate_id(record)}] if record.tax else []
    return {
        "amount_due": record.total,
        "amount_paid": record.total if is_settled else 0,
        "amount_remaining": 0 if is_settled or record.status(now) == "void" else record.total,
        "ending_balance": None if record.reached("open", now) is None else 0,
        "subtotal": record.subtotal,
        "tax": record.tax if record.customer.tax_percent else None,
        "total": record.total,
        "total_tax_amounts": taxed,
    }


def _customer_of(record: Invoice) -> Json:
    return {
        "currency": record.customer.currency,
        "customer": record.customer.customer_id,
        "customer_email": record.customer.email,
        "customer_name": record.customer.name,
    }


def _discounts_of(record: Invoice, now: int) -> Json:
    given = None if record.discount is None else record.discount.discount_id
    return {
        "discount": discount(record.discount, None, now),
        "discounts": [] if given is None else [given],
        "total_discount_amounts": [] if given is None else [{"amount": record.discount_amount, "discount": given}],
    }


def _progress_of(record: Invoice, now: int) -> Json:
    opened, paid = record.reached("open", now), record.reached("paid", now)
    return {
        "attempt_count": 0 if opened is None else 1,
        "attempted": opened is not None,
        "auto_advance": record.status(now) == "draft",
        "charge": record.charge_id if paid is not None and record.total else None,
        "paid": paid is not None,
        "status": record.status(now),
        "status_transitions": {
            "finalized_at": opened,
            "marked_uncollectible_at": record.reached("uncollectible", now),
            "paid_at": paid,
            "voided_at": record.reached("void", now),
        },
    }


def _lines_of(record: Invoice) -> Json:
    shown = [line(entry, record, number) for number, entry in enumerate(record.lines[:EMBEDDED_LINES])]
    found = list_of(shown, f"/v1/invoices/{record.invoice_id}/lines", has_more=len(record.lines) > EMBEDDED_LINES)
    return found | {"total_count": len(record.lines)}


def line(record: Line, owner: Invoice, number: int) -> Json:
    """Return one line of an invoice; lines of one invoice may share their period."""
    given = []
    if record.discount_amount and owner.discount is not None:
        given = [{"amount": record.discount_amount, "discount": owner.discount.discount_id}]
    shown: Json = {
        "id": record.line_id,
        "object": "line_item",
        "amount": record.amount,
        "currency": owner.customer.currency,
        "description": record.description or f"Line {number + 1}",
        "discount_amounts": given,
        "discountable": not record.is_proration,
        "discounts": [],
        "invoice": owner.invoice_id,
        "livemode": False,
        "metadata": {},
        "period": {"end": record.end, "start": record.start},
        "price": None if record.price is None else price(record.price),
        "proration": record.is_proration,
        "proration_details": {"credited_items": None},
        "quantity": record.quantity,
        "subscription": owner.subscription_id,
        "tax_amounts": [],
        "tax_rates": [],
        "type": record.line_type,
    }
    if record.line_type == "invoiceitem":
        shown["invoice_item"] = f"ii_{record.line_id[3:]}"
    if record.item_id is not None:
        shown["subscription_item"] = record.item_id
    return shown


def refund(record: Refund) -> Json:
    """Return a refund; its invoice is known by the charge."""
    shown: Json = {
        "id": record.refund_id,
        "object": "refund",
        "amount": record.amount,
        "balance_transaction": None,
        "charge": record.invoice.charge_id,
        "created": record.created,
        "currency": record.invoice.customer.currency,
        "metadata": {},
        "payment_intent": None,
        "reason": "requested_by_customer",
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": record.status,
        "transfer_reversal": None,
    }
    if record.status == "failed":
        shown["failure_reason"] = "expired_or_canceled_card"
    return shown


def credit_note(record: CreditNote, now: int) -> Json:
    """Return a credit note with its single line."""
    owner = record.invoice
    voided = record.voided_at if record.voided_at is not None and record.voided_at <= now else None
    taxed = [{"amount": record.tax, "inclusive": False, "tax_rate": _tax_rate_id(owner)}] if record.tax else []
    entry = {
        "id": f"cnli_{record.credit_note_id[3:]}",
        "object": "credit_note_line_item",
        "amount": record.net,
        "description": "Goodwill",
        "discount_amount": 0,
        "discount_amounts": [],
        "livemode": False,
        "quantity": 1,
        "tax_amounts": taxed,
        "tax_rates": [],
        "type": "custom_line_item",
        "unit_amount": record.net,
        "unit_amount_decimal": str(record.net),
    }
    return {
        "id": record.credit_note_id,
        "object": "credit_note",
        "amount": record.net + record.tax,
        "created": record.created,
        "currency": owner.customer.currency,
        "customer": owner.customer.customer_id,
        "customer_balance_transaction": None,
        "discount_amount": 0,
        "discount_amounts": [],
        "invoice": owner.invoice_id,
        "lines": list_of([entry], f"/v1/credit_notes/{record.credit_note_id}/lines"),
        "livemode": False,
        "memo": None,
        "metadata": {},
        "number": record.number,
        "out_of_band_amount": None,
        "pdf": f"https://pay.stripe.com/credit_notes/acct_sandbox/{record.credit_note_id}/pdf",
        "reason": "product_unsatisfactory",
        "refund": None if record.refund is None else record.refund.refund_id,
        "status": "issued" if voided is None else "void",
        "subtotal": record.net,
        "tax_amounts": taxed,
        "total": record.net + record.tax,
        "type": record.note_type,
        "voided_at": voided,
    }


def _tax_rate_id(record: Invoice) -> str:
    return f"txr_sandbox{record.customer.country}{record.customer.tax_percent}"
