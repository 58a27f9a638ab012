"""What truly happened in billing can be rebuilt from what the simulated Stripe account serves."""

import datetime as dt
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
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


def paid_until(vendor: StripeVendor) -> dict[str, int]:
    """Return until when every subscription was paid for."""
    found: dict[str, int] = {}
    for invoice in stripe_list(vendor, "/v1/invoices"):
        for line in stripe_list(vendor, f"/v1/invoices/{invoice['id']}/lines"):
            if line["type"] != "subscription" or line["proration"] or invoice["status"] != "paid":
                continue
            if line["price"]["recurring"]["usage_type"] == "licensed":
                owner = line["subscription"]
                found[owner] = max(found.get(owner, 0), line["period"]["end"])
    return found


def changes_of(item: Json, lines: list[Json]) -> list[tuple[int, Json, int]]:
    """Return when an item took which price and quantity, as its invoices tell it."""
    if item["price"]["recurring"]["usage_type"] == "metered":
        return [(item["created"], item["price"], 0)]
    changes: list[tuple[int, Json, int]] = []
    for line in lines:
        if not changes or (changes[-1][1]["id"], changes[-1][2]) != (line["price"]["id"], line["quantity"]):
            changes.append((line["period"]["start"], line["price"], line["quantity"]))
    return changes


def shares(gross: list[Decimal], discount: Json | None, at: int) -> list[Decimal]:
    """Return what items cost after a coupon for ever that holds at a moment."""
    coupon = discount["coupon"] if discount and discount["start"] <= at else {}
    if coupon.get("duration") != "forever" or not sum(gross):
        return gross
    if coupon["percent_off"] is not None:
        return [amount * (100 - Decimal(str(coupon["percent_off"]))) / 100 for amount in gross]
    left = max(Decimal(0), sum(gross, Decimal()) - Decimal(coupon["amount_off"]) / 100)
    marks = [
        (left * sum(gross[:count], Decimal()) / sum(gross)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        for count in range(len(gross) + 1)
    ]
    return [after - before for before, after in pairwise(marks)]


def rebuilt(subscription: Json, lines: dict[str, list[Json]], paid: int) -> list[Period]:
    """Return the periods of a subscription as its invoices and its present state tell them."""
    items = sorted(subscription["items"]["data"], key=lambda item: str(item["id"]))
    changes = {item["id"]: changes_of(item, lines[item["id"]]) for item in items}
    trial_end, ended, discount = subscription["trial_end"], subscription["ended_at"], subscription["discount"]
    cuts = {at for found in changes.values() for at, _, _ in found}
    cuts |= {discount["start"]} if discount else set()
    cuts |= {trial_end} if trial_end and subscription["status"] != "trialing" else set()
    cuts |= {paid} if status_now(subscription) in ("paused", "unpaid") else set()
    instants = sorted(at for at in cuts if ended is None or at < ended)
    periods: list[Period] = []
    told_last: dict[str, tuple[object, int]] = {}
    for start, end in zip(instants, [*instants[1:], ended], strict=True):
        begun = {item["id"]: [change for change in changes[item["id"]] if change[0] <= start] for item in items}
        known = [(item, begun[item["id"]][-1]) for item in items if begun[item["id"]]]
        gross = [Decimal(price["unit_amount_decimal"]) * quantity / 100 for _, (_, price, quantity) in known]
        for (item, (_, price, quantity)), amount in zip(known, shares(gross, discount, start), strict=True):
            is_last = changes[item["id"]][-1][0] <= start
            told = status_of(subscription, start, paid, is_last=is_last)
            what = (told, price["product"], amount, price["currency"].upper(), price["recurring"]["interval"])
            if end is not None and day(start) == day(end):
                continue
            state, until = (price["id"], quantity, *what), "" if end is None else day(end)
            before = told_last.get(item["id"])
            if before is not None and before[0] == state and periods[before[1]][2] == day(start):
                periods[before[1]] = (*periods[before[1]][:2], until, *what)
                continue
            told_last[item["id"]] = (state, len(periods))
            periods.append((item["id"], day(start), until, *what))
    return periods


def status_now(subscription: Json) -> str:
    """Return the status as it stands, paused included."""
    return "paused" if subscription["pause_collection"] else str(subscription["status"])


def status_of(subscription: Json, start: int, paid: int, *, is_last: bool) -> str:
    """Return the status of a stretch that starts at a moment."""
    if subscription["status"] == "incomplete_expired":
        return "incomplete"
    if subscription["trial_end"] is not None and start < subscription["trial_end"]:
        return "trialing"
    if status_now(subscription) in ("paused", "unpaid"):
        return status_now(subscription) if start >= paid else "active"
    return "past_due" if is_last and status_now(subscription) == "past_due" else "active"


def test_subscription_periods_can_be_rebuilt_from_invoice_lines(vendor: StripeVendor) -> None:
    lines, paid = lines_by_item(vendor), paid_until(vendor)
    found: list[Period] = []
    for subscription in stripe_list(vendor, "/v1/subscriptions", status="all"):
        found += rebuilt(subscription, lines, paid.get(subscription["id"], 0))
    expected = [
        (
            row["subscription_item_id"], row["valid_from_date"], row["valid_to_date"], row["status"],
            row["product_id"], Decimal(row["recurring_amount"]), row["currency_code"], row["billing_interval"],
        )
        for row in truth(vendor.world, "subscription_periods")
    ]  # fmt: skip
    assert sorted(found) == sorted(expected)
    assert len(expected) > 30
    assert {"active", "trialing", "paused", "unpaid"} <= {period[3] for period in found}


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
