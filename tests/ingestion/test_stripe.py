"""Stripe: listings that move while they are read, and invoice lines beyond the embedded ones."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from ingestion.catalog import stream
from ingestion.errors import ProtocolError
from ingestion.finance.stripe import Stripe
from ingestion.source import Record, StreamState
from tests.ingestion.http_servers import client


class Account:
    """Objects of one list, newest first; `before_each` may change them between two pages."""

    def __init__(self, ids: list[str]) -> None:
        self.ids = ids
        self.paths: list[str] = []
        self.before_each: Callable[[int], None] = lambda number: None
        self.lines: dict[str, list[str]] = {}

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.before_each(len(self.paths))
        self.paths.append(request.url.path)
        parts = request.url.path.split("/")
        ids = self.lines[parts[-2]] if parts[-1] == "lines" else self.ids
        after = request.url.params.get("starting_after")
        if after is not None and after not in ids:
            error = {"code": "resource_missing", "param": "starting_after", "message": f"No such object: {after}"}
            return httpx.Response(400, json={"error": error})
        first = ids.index(after) + 1 if after else 0
        last = first + int(request.url.params["limit"])
        data = [self._object(one) for one in ids[first:last]]
        return httpx.Response(200, json={"object": "list", "data": data, "has_more": last < len(ids)})

    def _object(self, one: str) -> Record:
        lines = self.lines.get(one)
        if lines is None:
            return {"id": one}
        data = [{"id": line} for line in lines[:10]]
        return {"id": one, "lines": {"data": data, "has_more": len(lines) > 10}}

    def read(self, entity: str) -> list[Record]:
        source = Stripe(client(self.handle))
        pages = source.pages(stream("stripe", entity), StreamState())
        return [record for page in pages for record in page.records]


def ids(records: list[Record]) -> list[str]:
    return [record["id"] for record in records]


def test_what_is_created_during_a_listing_hides_and_repeats_nothing() -> None:
    account = Account([f"cus_{number}" for number in range(350)])

    def create(number: int) -> None:
        account.ids.insert(0, f"cus_new{number}")

    account.before_each = create
    found = ids(account.read("customers"))
    assert len(found) == len(set(found))
    assert {f"cus_{number}" for number in range(350)} <= set(found)


def test_a_listing_goes_on_when_the_last_record_of_a_page_is_deleted() -> None:
    account = Account([f"cus_{number}" for number in range(350)])

    def delete(number: int) -> None:
        if number == 1:
            for one in ("cus_99", "cus_98"):
                account.ids.remove(one)

    account.before_each = delete
    found = ids(account.read("customers"))
    assert found == [f"cus_{number}" for number in range(350)]


def test_a_listing_whose_place_is_gone_altogether_is_refused() -> None:
    account = Account([f"cus_{number}" for number in range(350)])

    def delete(number: int) -> None:
        if number == 1:
            del account.ids[:100]

    account.before_each = delete
    with pytest.raises(ProtocolError, match="gone"):
        account.read("customers")


def test_every_line_of_an_invoice_is_read_and_names_its_invoice() -> None:
    account = Account(["in_1", "in_2", "in_3"])
    account.lines = {one: [f"{one}_il_{number}" for number in range(size)] for one, size in _SIZES.items()}
    lines = account.read("invoice_lines")
    assert [(line["invoice"], line["id"]) for line in lines] == [
        (one, line) for one in account.ids for line in account.lines[one]
    ]
    assert account.paths.count("/base/v1/invoices/in_2/lines") == 3
    assert "/base/v1/invoices/in_1/lines" not in account.paths


_SIZES = {"in_1": 10, "in_2": 231, "in_3": 0}


def test_cancelled_subscriptions_are_asked_for() -> None:
    asked: list[dict[str, Any]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(dict(request.url.params))
        return httpx.Response(200, json={"data": [], "has_more": False})

    list(Stripe(client(handle)).pages(stream("stripe", "subscriptions"), StreamState()))
    assert asked[0]["status"] == "all"


def test_a_subscription_with_many_items_has_them_all() -> None:
    items = [{"id": f"si_{number}"} for number in range(14)]

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/subscription_items"):
            assert (request.url.params["subscription"], request.url.params["starting_after"]) == ("sub_1", "si_9")
            return httpx.Response(200, json={"data": items[10:], "has_more": False})
        embedded = {"object": "list", "data": items[:10], "has_more": True}
        return httpx.Response(200, json={"data": [{"id": "sub_1", "items": embedded}], "has_more": False})

    (page,) = Stripe(client(handle)).pages(stream("stripe", "subscriptions"), StreamState())
    assert page.records == [{"id": "sub_1", "items": {"object": "list", "data": items, "has_more": False}}]


def test_a_list_without_data_is_a_protocol_error_and_never_zero_rows() -> None:
    source = Stripe(client(lambda request: httpx.Response(200, json={"object": "list"})))
    with pytest.raises(ProtocolError, match="no list"):
        list(source.pages(stream("stripe", "refunds"), StreamState()))


def test_a_list_that_never_ends_is_refused() -> None:
    turns = iter(range(1_000))

    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"data": [{"id": f"re_{next(turns) % 3}"}], "has_more": True})

    with pytest.raises(ProtocolError, match="loop"):
        list(Stripe(client(handle)).pages(stream("stripe", "refunds"), StreamState()))
