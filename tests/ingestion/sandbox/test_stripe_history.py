"""What truly happened in billing can be rebuilt from what the simulated Stripe account serves."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from ingestion.sandbox import billing
from ingestion.sandbox.clock import local_date
from ingestion.sandbox.stripe import StripeVendor
from ingestion.sandbox.world import World
from tests.ingestion.sandbox.vendor_requests import stripe_list, world

Json = dict[str, Any]
Period = tuple[str, str, str, str, str, Decimal, str, str]


@pytest.fixture(scope="module", params=[(7, 1.0, None), (11, 0.4, None), (7, 0.4, dt.date(2026, 7, 9))])
def vendor(request: pytest.FixtureRequest) -> StripeVendor:
    """An account, also one that has been advanced."""
    seed, scale, advanced_to = request.param
    served = StripeVendor(world(seed=seed, scale=scale))
    if advanced_to is not None:
        served.world.advance(advanced_to)
    return served


def day(seconds: int) -> str:
    """Return the company's date of an epoch second."""
    return local_date(dt.datetime.fromtimestamp(seconds, dt.UTC)).isoformat()


def truth(of: World, table: str) -> list[dict[str, str]]:
    """Return a table of billing's ledger."""
    return of.part("billing", billing.simulate).ledger_tables(of.now)[table]


def lines_by_item(vendor: StripeVendor) -> dict[str, list[Json]]:
    """Return the full-period lines of every licensed subscription item, earliest period first."""
    found: dict[str, list[Json]] = defaultdict(list)
    for invoice in stripe_list(vendor, "/v1/invoices"):
        for line in stripe_list(vendor, f"/v1/invoices/{invoice['id']}/lines"):
            if line["type"] != "subscription" or line["proration"]:
                continue
            if line["price"]["recurring"]["usage_type"] == "licensed":
                found[line["subscription_item"]].append(line)
    for lines in found.values():
        lines.sort(key=lambda line: line["period"]["start"])
    return found


def recurring(subscription: Json, price: Json, quantity: int) -> Decimal:
    """Return the amount per interval less a coupon for ever."""
    amount = Decimal(price["unit_amount_decimal"]) * quantity / 100
    coupon = (subscription["discount"] or {}).get("coupon") or {}
    if coupon.get("duration") != "forever":
        return amount
    if coupon["percent_off"] is not None:
        return amount * (100 - Decimal(str(coupon["percent_off"]))) / 100
    return amount - Decimal(coupon["amount_off"]) / 100


def rebuilt(subscription: Json, item: Json, lines: list[Json]) -> list[Period]:
    """Return the periods of one item as its invoices and its present state tell them."""
    changes: list[tuple[int, Json, int]] = []
    for line in lines:
        state = (line["price"]["id"], line["quantity"])
        if not changes or (changes[-1][1]["id"], changes[-1][2]) != state:
            changes.append((line["period"]["start"], line["price"], line["quantity"]))
    if item["price"]["recurring"]["usage_type"] == "metered":
        changes = [(item["created"], item["price"], 0)]
    trial_end, ended = subscription["trial_end"], subscription["ended_at"]
    if trial_end is not None and subscription["status"] != "trialing":
        changes += [(trial_end, price, quantity) for start, price, quantity in changes[:1] if start < trial_end]
        changes.sort(key=lambda change: change[0])
    periods: list[Period] = []
    for number, (start, price, quantity) in enumerate(changes):
        is_last = number == len(changes) - 1
        end = ended if is_last else changes[number + 1][0]
        if end is not None and day(end) <= day(start):
            continue
        periods.append(
            (
                item["id"], day(start), "" if end is None else day(end), status_of(subscription, start, is_last),
                price["product"], recurring(subscription, price, quantity), price["currency"].upper(),
                price["recurring"]["interval"],
            )
        )  # fmt: skip
    return periods


def status_of(subscription: Json, start: int, is_last: bool) -> str:
    """Return the status of a stretch that starts at a moment."""
    if subscription["status"] == "incomplete_expired":
        return "incomplete"
    if subscription["trial_end"] is not None and start < subscription["trial_end"]:
        return "trialing"
    if not is_last or subscription["status"] == "canceled":
        return "active"
    return "paused" if subscription["pause_collection"] else str(subscription["status"])


def test_subscription_periods_can_be_rebuilt_from_invoice_lines(vendor: StripeVendor) -> None:
    lines = lines_by_item(vendor)
    found: list[Period] = []
    for subscription in stripe_list(vendor, "/v1/subscriptions", status="all"):
        for item in subscription["items"]["data"]:
            found += rebuilt(subscription, item, lines[item["id"]])
    expected = [
        (
            row["subscription_item_id"], row["valid_from_date"], row["valid_to_date"], row["status"],
            row["product_id"], Decimal(row["recurring_amount"]), row["currency_code"], row["billing_interval"],
        )
        for row in truth(vendor.world, "subscription_periods")
    ]  # fmt: skip
    assert sorted(found) == sorted(expected)
    assert len(expected) > 30


def test_invoices_of_the_ledger_are_those_that_are_served(vendor: StripeVendor) -> None:
    served = {
        one["id"]: (
            one["status"],
            Decimal(one["total"] - (one["tax"] or 0)) / 100,
            Decimal(one["total"]) / 100,
            day(one["status_transitions"]["finalized_at"] or one["created"]),
        )
        for one in stripe_list(vendor, "/v1/invoices")
    }
    expected = {
        row["invoice_id"]: (
            row["status"], Decimal(row["net_amount"]), Decimal(row["total_amount"]), row["invoice_date"],
        )
        for row in truth(vendor.world, "invoices")
    }  # fmt: skip
    assert served == expected


def test_refunds_of_the_ledger_are_those_that_are_served(vendor: StripeVendor) -> None:
    charges = {one["charge"]: one for one in stripe_list(vendor, "/v1/invoices") if one["charge"]}
    notes = [one for one in stripe_list(vendor, "/v1/credit_notes") if one["status"] == "issued"]
    refunded_by_note = {note["refund"] for note in notes}
    total = sum((Decimal(note["total"] - sum(t["amount"] for t in note["tax_amounts"])) for note in notes), Decimal())
    for refund in stripe_list(vendor, "/v1/refunds"):
        if refund["status"] == "succeeded" and refund["id"] not in refunded_by_note:
            invoice = charges[refund["charge"]]
            net = Decimal(invoice["total"] - (invoice["tax"] or 0))
            total += (Decimal(refund["amount"]) * net / invoice["total"]).quantize(Decimal(1))
    assert total / 100 == sum(Decimal(row["net_amount"]) for row in truth(vendor.world, "refunds"))


def test_every_customer_leads_to_its_company(vendor: StripeVendor) -> None:
    domains = {company.domain: company.company_id for company in vendor.world.companies}
    linked: dict[str, str] = {}
    for customer in stripe_list(vendor, "/v1/customers"):
        by_domain = domains.get(customer["email"].partition("@")[2], customer["id"])
        linked[customer["id"]] = customer["metadata"].get("hubspot_company_id", by_domain)
    accounts = {row["invoice_id"]: row["account_id"] for row in truth(vendor.world, "invoices")}
    for invoice in stripe_list(vendor, "/v1/invoices"):
        assert linked[invoice["customer"]] == accounts[invoice["id"]]
