"""Zendesk: exports that overlap, repeat or never end, and the details of every changed ticket."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from ingestion.catalog import stream
from ingestion.errors import ProtocolError, SourceError
from ingestion.service.zendesk import Zendesk
from ingestion.source import Record, StreamState
from tests.ingestion.http_servers import client

START = 1_767_225_600  # 2026-01-01


def read(
    handler: Callable[[httpx.Request], httpx.Response], entity: str, state: StreamState | None = None
) -> list[Record]:
    pages = Zendesk(client(handler)).pages(stream("zendesk", entity), state or StreamState())
    return [record for page in pages for record in page.records]


def stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class TimeExport:
    """Organisations in a time-based export of `size` a page, which never splits a second."""

    def __init__(self, changed_at: dict[int, int], size: int = 3) -> None:
        self.changed_at = changed_at
        self.size = size
        self.starts: list[int] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        start = int(request.url.params["start_time"])
        self.starts.append(start)
        found = sorted((at, one) for one, at in self.changed_at.items() if at >= start)
        page = found[: self.size]
        while len(page) < len(found) and found[len(page)][0] == page[-1][0]:
            page = found[: len(page) + 1]
        return httpx.Response(
            200,
            json={
                "organizations": [{"id": one, "updated_at": stamp(at)} for at, one in page],
                "count": len(page),
                "end_time": page[-1][0] if page else start,
                "end_of_stream": len(page) == len(found),
            },
        )


def test_records_of_the_second_that_two_pages_share_come_once() -> None:
    export = TimeExport({one: START + one // 4 for one in range(1, 40)})
    records = read(export, "organizations")
    assert [record["id"] for record in records] == list(range(1, 40))
    assert len(export.starts) > 5


def test_a_second_with_more_records_than_a_page_is_read_whole() -> None:
    export = TimeExport({one: START for one in range(1, 50)} | {99: START + 5})
    assert {record["id"] for record in read(export, "organizations")} == {*range(1, 50), 99}


def test_a_start_is_rounded_down_to_the_second() -> None:
    export = TimeExport({1: START, 2: START + 10})
    since = datetime(2026, 1, 1, 0, 0, 10, 900_000)
    assert [one["id"] for one in read(export, "organizations", StreamState(cursor="x", since=since))] == [2]
    assert export.starts == [START + 10]


@pytest.mark.parametrize("size", [1, 1000])
def test_a_time_export_that_does_not_advance_is_refused(size: int) -> None:
    rows = [{"id": number, "updated_at": stamp(START)} for number in range(size)]
    answer = {"organizations": rows, "end_time": START, "end_of_stream": False}
    with pytest.raises(ProtocolError, match="loop"):
        read(lambda request: httpx.Response(200, json=answer), "organizations")


def cursor_export(
    pages: list[dict[str, Any]],
) -> tuple[Callable[[httpx.Request], httpx.Response], list[dict[str, str]]]:
    asked: list[dict[str, str]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(dict(request.url.params))
        return httpx.Response(200, json=pages[min(len(asked), len(pages)) - 1])

    return handle, asked


def test_a_cursor_export_follows_its_cursor_to_the_end_of_the_stream() -> None:
    handler, asked = cursor_export(
        [
            {"tickets": [{"id": 1}], "after_cursor": "a", "end_of_stream": False},
            {"tickets": [], "after_cursor": "b", "end_of_stream": False},
            {"tickets": [{"id": 2}], "after_cursor": "b", "end_of_stream": True},
        ]
    )
    since = datetime(2026, 1, 1)
    assert [one["id"] for one in read(handler, "tickets", StreamState(cursor="x", since=since))] == [1, 2]
    assert asked[0]["start_time"] == str(START)
    assert [params.get("cursor") for params in asked] == [None, "a", "b"]


@pytest.mark.parametrize(
    "page",
    [
        {"tickets": [{"id": 1}], "after_cursor": "same", "end_of_stream": False},
        {"tickets": [{"id": 1}], "after_cursor": "a"},
        {"after_cursor": "a", "end_of_stream": True},
    ],
    ids=["repeated cursor", "no end_of_stream", "no tickets"],
)
def test_a_cursor_export_that_makes_no_sense_is_a_protocol_error(page: dict[str, Any]) -> None:
    handler, _ = cursor_export([page])
    with pytest.raises(ProtocolError):
        read(handler, "tickets")


class Desk:
    """Audits and comments of tickets, two a page."""

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self.down: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        _, _, _, _, _, ticket, what = request.url.path.split("/")
        if ticket in self.missing:
            return httpx.Response(404, json={"error": "RecordNotFound", "description": "Not found"})
        if ticket in self.down:
            return httpx.Response(503)
        name = what.removesuffix(".json")
        first = int(request.url.params.get("page[after]", 0))
        rows = [{"id": int(ticket) * 10 + number} for number in range(5)][first : first + 2]
        meta = {"has_more": first + 2 < 5, "after_cursor": str(first + 2)}
        return httpx.Response(200, json={name: rows, "meta": meta})


@pytest.mark.parametrize("entity", ["ticket_audits", "ticket_comments"])
def test_the_details_of_every_changed_ticket_are_read_in_order(entity: str) -> None:
    changed = frozenset(str(number) for number in range(1, 131))
    records = read(Desk(), entity, StreamState(changed={"tickets": changed}))
    wanted = [ticket * 10 + number for ticket in range(1, 131) for number in range(5)]
    assert [record["id"] for record in records] == wanted


def test_a_ticket_that_was_deleted_since_is_passed_over() -> None:
    desk = Desk()
    desk.missing = {"2"}
    records = read(desk, "ticket_comments", StreamState(changed={"tickets": frozenset({"1", "2", "3"})}))
    assert {record["id"] // 10 for record in records} == {1, 3}


def test_a_ticket_that_cannot_be_read_fails_the_stream() -> None:
    desk = Desk()
    desk.down = {"70"}
    changed = frozenset(str(number) for number in range(1, 131))
    with pytest.raises(SourceError, match="503"):
        read(desk, "ticket_comments", StreamState(changed={"tickets": changed}))


def test_holidays_name_their_schedule() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/schedules.json"):
            return httpx.Response(200, json={"schedules": [{"id": 7}, {"id": 8}]})
        schedule = int(request.url.path.split("/")[-2])
        return httpx.Response(200, json={"holidays": [{"id": schedule * 100, "name": "New Year"}]})

    assert read(handle, "holidays") == [
        {"id": 700, "name": "New Year", "schedule_id": 7},
        {"id": 800, "name": "New Year", "schedule_id": 8},
    ]


def test_the_accounts_own_count_is_told_where_there_is_one() -> None:
    source = Zendesk(client(lambda request: httpx.Response(200, json={"count": {"value": 12}})))
    assert source.expected_count(stream("zendesk", "tickets")) == 12
    assert source.expected_count(stream("zendesk", "ticket_audits")) is None
