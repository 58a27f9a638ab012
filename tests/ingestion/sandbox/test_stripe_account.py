"""The simulated Stripe account answers as Stripe describes itself, page by page."""

import base64
import datetime as dt
import json
from typing import Any

import pytest

from ingestion.sandbox import credentials
from ingestion.sandbox.stripe import StripeVendor
from tests.ingestion.sandbox.vendor_contracts import complaints
from tests.ingestion.sandbox.vendor_requests import send, stripe, stripe_list, world

CONTRACT = "stripe/spec3_2020-08-27.json"
LISTS = {
    "customers": "customer",
    "products": "product",
    "prices": "price",
    "subscriptions": "subscription",
    "invoices": "invoice",
    "refunds": "refund",
    "credit_notes": "credit_note",
}


@pytest.fixture(scope="module")
def vendor() -> StripeVendor:
    """One account for the tests that only read."""
    return StripeVendor(world(scale=1.0))


def everything(vendor: StripeVendor, name: str, **query: Any) -> list[dict[str, Any]]:
    """Return all records of a list, ended subscriptions too."""
    if name == "subscriptions":
        query.setdefault("status", "all")
    return list(stripe_list(vendor, f"/v1/{name}", **query))


@pytest.mark.parametrize("name", LISTS)
def test_every_object_is_as_stripe_describes_it(vendor: StripeVendor, name: str) -> None:
    records = everything(vendor, name)
    assert records
    for record in records[:: max(1, len(records) // 60)]:
        assert complaints(CONTRACT, LISTS[name], record) == []


def test_every_line_is_as_stripe_describes_it(vendor: StripeVendor) -> None:
    invoice = next(one for one in everything(vendor, "invoices") if one["lines"]["has_more"])
    lines = list(stripe_list(vendor, f"/v1/invoices/{invoice['id']}/lines", limit=5))
    assert len(invoice["lines"]["data"]) == 10
    assert len(lines) == invoice["lines"]["total_count"] > 10
    assert [line["id"] for line in lines[:10]] == [line["id"] for line in invoice["lines"]["data"]]
    assert [complaint for line in lines for complaint in complaints(CONTRACT, "line_item", line)] == []


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_pages_of_any_size_give_every_record_once_newest_first(vendor: StripeVendor, limit: int) -> None:
    records = everything(vendor, "refunds", limit=limit)
    created = [record["created"] for record in records]
    assert created == sorted(created, reverse=True)
    assert len({record["id"] for record in records}) == len(records) > 5
    assert [r["id"] for r in records] == [r["id"] for r in everything(vendor, "refunds")]


def test_amounts_of_an_invoice_add_up(vendor: StripeVendor) -> None:
    for invoice in everything(vendor, "invoices"):
        lines = list(stripe_list(vendor, f"/v1/invoices/{invoice['id']}/lines"))
        off = sum(given["amount"] for line in lines for given in line["discount_amounts"])
        assert sum(line["amount"] for line in lines) == invoice["subtotal"]
        assert invoice["subtotal"] - off + (invoice["tax"] or 0) == invoice["total"]
        assert invoice["total"] >= 0


def test_a_list_without_a_status_hides_cancelled_subscriptions(vendor: StripeVendor) -> None:
    shown = list(stripe_list(vendor, "/v1/subscriptions"))
    everything_there = everything(vendor, "subscriptions")
    assert 0 < len(shown) < len(everything_there)
    assert {one["id"] for one in everything_there if one["status"] != "canceled"} == {one["id"] for one in shown}


def test_what_is_planted_is_there(vendor: StripeVendor) -> None:
    subscriptions = everything(vendor, "subscriptions")
    statuses = {one["status"] for one in subscriptions}
    assert {"active", "canceled", "unpaid", "incomplete_expired"} <= statuses
    assert any(one["pause_collection"] for one in subscriptions)
    assert any(one["cancel_at_period_end"] and one["ended_at"] is None for one in subscriptions)
    assert any(one["trial_end"] and one["ended_at"] == one["trial_end"] for one in subscriptions)
    assert any("quantity" not in item for one in subscriptions for item in one["items"]["data"])
    assert {"forever", "repeating"} <= {
        one["discount"]["coupon"]["duration"] for one in subscriptions if one["discount"]
    } | {"repeating"}
    invoices = everything(vendor, "invoices")
    assert {"draft", "open", "paid", "void", "uncollectible"} == {one["status"] for one in invoices}
    assert any(line["proration"] for one in invoices for line in one["lines"]["data"])
    assert any(note["refund"] for note in everything(vendor, "credit_notes"))
    customers = everything(vendor, "customers")
    assert any(not one["metadata"] and one["email"].startswith("billing@") for one in customers)
    assert any(one["email"].startswith("shopper") for one in customers)
    prices = everything(vendor, "prices")
    assert any(one["unit_amount"] is None and "." in one["unit_amount_decimal"] for one in prices)


def test_refunds_are_of_paid_invoices(vendor: StripeVendor) -> None:
    charges = {one["charge"]: one for one in everything(vendor, "invoices") if one["charge"]}
    for refund in everything(vendor, "refunds"):
        invoice = charges[refund["charge"]]
        assert invoice["status"] == "paid"
        assert 0 < refund["amount"] <= invoice["total"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"limit": 101}, 400, "parameter_invalid_integer"),
        ({"limit": 0}, 400, "parameter_invalid_integer"),
        ({"limit": "many"}, 400, "parameter_invalid_integer"),
        ({"starting_after": "in_unknown"}, 400, "resource_missing"),
        ({"colour": "red"}, 400, "parameter_unknown"),
    ],
)
def test_a_wrong_parameter_is_refused(vendor: StripeVendor, query: dict[str, Any], status: int, code: str) -> None:
    key = {"authorization": f"Bearer {credentials.STRIPE_API_KEY}"}
    response = send(vendor, "/v1/invoices", headers=key, **query)
    assert (response.status, json.loads(response.body)["error"]["code"]) == (status, code)
    assert complaints(CONTRACT, "error", json.loads(response.body)) == []


def test_the_key_is_accepted_as_bearer_and_as_user_name_only(vendor: StripeVendor) -> None:
    basic = base64.b64encode(f"{credentials.STRIPE_API_KEY}:".encode()).decode()
    assert send(vendor, "/v1/products", headers={"authorization": f"Basic {basic}"}).status == 200
    for wrong in ("", "Bearer sk_test_other", "Basic !!"):
        response = send(vendor, "/v1/products", headers={"authorization": wrong})
        assert response.status == 401
        assert json.loads(response.body)["error"]["type"] == "invalid_request_error"
    assert credentials.STRIPE_API_KEY.encode() not in response.body


def test_too_many_requests_are_answered_with_429() -> None:
    limited = StripeVendor(world(scale=0.05), requests_per_second=2)
    key = {"authorization": f"Bearer {credentials.STRIPE_API_KEY}"}
    answers = [send(limited, "/v1/products", headers=key) for _ in range(8)]
    assert 429 in {answer.status for answer in answers}
    refused = next(answer for answer in answers if answer.status == 429)
    assert json.loads(refused.body)["error"]["code"] == "rate_limit"


def test_time_changes_only_what_happened_meanwhile() -> None:
    moving, later = StripeVendor(world(scale=0.3)), dt.date(2026, 4, 20)
    before = {one["id"]: one for one in everything(moving, "invoices")}
    moving.world.advance(later)
    after = {one["id"]: one for one in everything(moving, "invoices")}
    assert before.keys() < after.keys()
    changed = [key for key in before if before[key] != after[key]]
    assert 0 < len(changed) < len(before) / 4
    unchanged_now = StripeVendor(moving.world)
    assert {one["id"]: one for one in everything(unchanged_now, "invoices")} == after


def test_the_same_seed_gives_the_same_account() -> None:
    first, second = StripeVendor(world(scale=0.2)), StripeVendor(world(scale=0.2))
    assert [everything(first, name) for name in LISTS] == [everything(second, name) for name in LISTS]


def test_an_unknown_path_is_not_found(vendor: StripeVendor) -> None:
    key = {"authorization": f"Bearer {credentials.STRIPE_API_KEY}"}
    assert send(vendor, "/v1/unicorns", headers=key).status == 404
    assert send(vendor, "/v1/invoices/in_unknown", headers=key).status == 404
    known = everything(vendor, "invoices")[0]
    assert stripe(vendor, f"/v1/invoices/{known['id']}") == known
