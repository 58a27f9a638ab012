"""What the sandbox's HubSpot shows of products, line items and quotes tells the ledger's truth, odd cases included."""

from collections import defaultdict
from decimal import Decimal

import pytest

from ingestion.sandbox import ledger
from ingestion.sandbox.server import SandboxServer
from tests.ingestion.sandbox.hubspot_client import Client, Json

Table = list[dict[str, str]]


@pytest.fixture(scope="module")
def truth(sandbox: SandboxServer) -> dict[str, Table]:
    """The ledger's tables."""
    return ledger.tables(sandbox.world, sandbox.world.now)


def fetched(client: Client, object_type: str, **asked: str) -> dict[str, Json]:
    """All records with all properties, by id."""
    names = [item["name"] for item in client.get(f"crm/v3/properties/{object_type}").json()["results"]]
    records = client.listed(object_type, limit=100, properties=",".join(names), **asked)
    return {record["id"]: record["properties"] for record in records}


def linked(client: Client, start: str, end: str, ids: list[str]) -> set[tuple[str, str]]:
    """The pairs of an association."""
    answer = client.post(f"crm/v4/associations/{start}/{end}/batch/read", {"inputs": [{"id": one} for one in ids]})
    return {(row["from"]["id"], str(to["toObjectId"])) for row in answer.json()["results"] for to in row["to"]}


def test_line_items_tell_what_deals_are_made_of(client: Client, truth: dict[str, Table]) -> None:
    shown = fetched(client, "line_items")
    rows = {row["line_item_id"]: row for row in truth["opportunity_line_items"] if row["is_deleted"] == "false"}
    assert set(shown) == set(rows)
    for key, properties in shown.items():
        assert properties["amount"] == rows[key]["amount"]
        assert properties["quantity"] == rows[key]["quantity"]
        assert (properties["hs_product_id"] or "") == rows[key]["product_id"]
    deals = list(fetched(client, "deals"))
    expected = {(row["opportunity_id"], key) for key, row in rows.items() if row["opportunity_id"] in set(deals)}
    assert linked(client, "deals", "line_items", deals) == expected


def test_archived_line_items_are_the_deleted_ones(client: Client, truth: dict[str, Table]) -> None:
    deleted = {row["line_item_id"] for row in truth["opportunity_line_items"] if row["is_deleted"] == "true"}
    assert deleted
    assert set(fetched(client, "line_items", archived="true")) == deleted


def test_products_tell_the_library(client: Client, truth: dict[str, Table]) -> None:
    shown = fetched(client, "products") | fetched(client, "products", archived="true")
    rows = {row["product_id"]: (row["product_name"], row["product_family"]) for row in truth["products"]}
    assert {key: (one["name"], one["hs_product_type"]) for key, one in shown.items()} == rows


def test_lines_sum_to_the_deal_or_do_not(truth: dict[str, Table]) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in truth["opportunity_line_items"]:
        if row["is_deleted"] == "false":
            sums[row["opportunity_id"]] += Decimal(row["amount"])
    amounts = {row["opportunity_id"]: Decimal(row["amount"] or "0") for row in truth["opportunities"]}
    rests = [amounts[key] - total for key, total in sums.items()]
    assert min(sum(rest == 0 for rest in rests), sum(rest > 0 for rest in rests), sum(rest < 0 for rest in rests)) > 5
    known = {row["product_id"] for row in truth["products"]}
    unknown = {row["product_id"] for row in truth["opportunity_line_items"]} - known
    assert "" in unknown
    assert len(unknown) > 1


def test_quotes_tell_what_was_sent(client: Client, truth: dict[str, Table]) -> None:
    shown = fetched(client, "quotes")
    sent = {key for key, one in shown.items() if one["hs_status"] in ("APPROVED", "APPROVAL_NOT_NEEDED")}
    rows = {row["quote_id"]: row for row in truth["quotes"]}
    assert sent == set(rows)
    assert {one["hs_status"] for one in shown.values()} >= {"DRAFT", "PENDING_APPROVAL", "REJECTED"}
    for key, row in rows.items():
        assert row["sent_at"] == shown[key]["hs_createdate"]
        assert row["amount"] == (shown[key]["hs_quote_amount"] or "")
        assert row["currency_code"] == shown[key]["hs_currency"]
    deals = set(fetched(client, "deals"))
    expected = {(key, row["opportunity_id"]) for key, row in rows.items() if row["opportunity_id"] in deals}
    assert {pair for pair in linked(client, "quotes", "deals", list(shown)) if pair[0] in rows} == expected
