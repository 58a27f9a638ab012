"""What HubSpot's search and lists do to a careless reader, and that this one loses nothing."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from ingestion.catalog import stream
from ingestion.errors import ProtocolError
from ingestion.sales.hubspot_search import milliseconds
from ingestion.sandbox.server import serve
from ingestion.sandbox.world import World
from ingestion.source import Page, StreamState
from tests.ingestion import vendors_under_test
from tests.ingestion.hubspot_portal import MOST_HITS, Portal, at

START = 1_767_225_600_000  # 2026-01-01


def since(moment: int) -> StreamState:
    """A later sync from a moment on."""
    return StreamState(cursor=at(moment), since=datetime.fromtimestamp(moment / 1000, UTC).replace(tzinfo=None))


def ids(records: list[dict[str, Any]]) -> list[int]:
    return [int(record["id"]) for record in records]


def test_records_with_the_same_timestamp_at_a_page_boundary_come_once_each() -> None:
    portal = Portal()
    portal.live = {one: START + one // 60 for one in range(1, 400)}
    assert sorted(ids(portal.read(since(START)))) == list(range(1, 400))


def test_records_at_the_cursor_itself_come_again_and_older_ones_do_not() -> None:
    portal = Portal()
    portal.live = {1: START - 1, 2: START, 3: START + 1}
    assert ids(portal.read(since(START))) == [2, 3]


def test_a_moment_is_rounded_down_to_the_millisecond() -> None:
    assert milliseconds(datetime(2026, 1, 1, 0, 0, 0, 999_999)) == START + 999
    assert milliseconds(datetime(1969, 12, 31, 23, 59, 59, 999_500)) == -1


def test_more_than_ten_thousand_changes_are_read_in_split_windows() -> None:
    portal = Portal()
    portal.live = {one: START + one * 7 for one in range(1, 12_501)}
    records = portal.read(since(START))
    assert sorted(ids(records)) == list(range(1, 12_501))
    assert len(records) == 12_500
    windows = {str(body["filterGroups"]) for path, body in portal.requests if path.endswith("/search")}
    assert len(windows) > 12_500 // 100


def test_more_than_ten_thousand_records_with_one_timestamp_are_read_by_id() -> None:
    portal = Portal()
    portal.live = dict.fromkeys(range(1, MOST_HITS + 801), START)
    records = portal.read(since(START))
    assert len(records) == len(set(ids(records))) == MOST_HITS + 800


def test_a_record_that_changes_during_the_search_neither_hides_another_nor_is_lost() -> None:
    portal = Portal()
    portal.live = {one: START + one for one in range(1, 301)}
    searches = 0

    def touch(path: str, body: Any) -> None:
        nonlocal searches
        searches += path.endswith("/search")
        if searches == 3:
            portal.live[5] = portal.live[250] = START + 5_000

    portal.before_each = touch
    records = portal.read(since(START))
    newest = {int(record["id"]): record["updatedAt"] for record in records}
    assert set(newest) == set(range(1, 301))
    assert newest[5] == newest[250] == at(START + 5_000)


@pytest.mark.parametrize("page", [2, 3])
def test_inserts_and_deletes_between_two_list_pages_lose_nothing(page: int) -> None:
    portal = Portal()
    portal.live = {one: START for one in range(10, 3_010, 10)}
    lists = 0

    def change(path: str, body: Any) -> None:
        nonlocal lists
        lists += path.endswith("/companies")
        if lists == page and 10 in portal.live:
            del portal.live[10]
            portal.archived[10] = START + 9
            portal.live[15] = portal.live[2_995] = START + 9

    portal.before_each = change
    records = portal.read()
    last = {int(record["id"]): record for record in records}
    assert set(last) == {*range(10, 3_010, 10), 15, 2_995}
    assert last[10]["archived"] is True


def test_a_change_during_the_first_sync_is_caught_before_the_pass_closes() -> None:
    portal = Portal()
    portal.live = {one: START + one for one in range(1, 301)}
    lists = 0

    def change(path: str, body: Any) -> None:
        nonlocal lists
        lists += path.endswith("/companies")
        if lists == 3:
            portal.live[1] = START + 9_000

    portal.before_each = change
    assert [record["updatedAt"] for record in portal.read() if record["id"] == "1"] == [
        at(START + 1),
        at(START + 9_000),
    ]


def test_a_search_that_does_not_advance_is_refused() -> None:
    portal = Portal()
    portal.live = dict.fromkeys(range(1, 301), START)

    def forget(path: str, body: Any) -> None:
        for group in body.get("filterGroups") or []:
            group["filters"] = [one for one in group["filters"] if one["propertyName"] != "hs_object_id"]

    portal.before_each = forget
    with pytest.raises(ProtocolError, match="does not advance"):
        portal.read(since(START))


def test_a_list_that_repeats_its_page_token_is_refused() -> None:
    portal = Portal()
    portal.live = dict.fromkeys(range(1, 301), START)

    original = portal._list
    portal._list = lambda query: original({**query, "after": min(query.get("after", "0"), "101")})  # type: ignore[method-assign]
    with pytest.raises(ProtocolError, match="loop"):
        portal.read()


def test_archived_and_restored_records_are_seen_as_such() -> None:
    portal = Portal()
    portal.live = {1: START, 2: START}
    portal.archived = {3: START - 50_000, 4: START + 10}
    assert {one["id"]: one["archived"] for one in portal.read()} == {"1": False, "2": False, "3": True, "4": True}
    assert {one["id"] for one in portal.read(since(START + 1))} == {"4"}
    portal.live[4] = START + 20
    del portal.archived[4]
    assert [(one["id"], one["archived"]) for one in portal.read(since(START + 11))] == [("4", False)]


def test_a_search_interrupted_in_a_split_window_goes_on_there() -> None:
    portal = Portal("deals")
    portal.live = {one: START + one * 3 for one in range(1, 10_401)}
    state = since(START)
    pages = portal.source().pages(portal.stream, state)
    first: list[Page] = [next(pages) for _ in range(70)]
    token = first[-1].resume_token
    assert token is not None
    rest = portal.source().pages(portal.stream, StreamState(state.cursor, token, state.since))
    found = ids([record for page in (*first, *rest) for record in page.records])
    assert len(found) == len(set(found)) == 10_400


def test_changed_deals_are_read_with_their_history_fifty_at_a_time() -> None:
    portal = Portal("deals")
    portal.live = dict.fromkeys(range(1, 121), START)
    portal.read(since(START))
    reads = [body for path, body in portal.requests if path.endswith("/batch/read")]
    assert [len(body["inputs"]) for body in reads] == [50, 50, 20]
    assert all("dealstage" in body["propertiesWithHistory"] for body in reads)


def test_an_empty_portal_is_no_error() -> None:
    assert Portal().read() == []
    assert Portal().read(since(START)) == []


def test_a_portal_with_more_properties_than_a_url_holds_is_read_by_batches() -> None:
    portal = Portal("deals")
    portal.property_names = [f"a_custom_property_with_a_long_name_{number}" for number in range(900)]
    portal.live = dict.fromkeys(range(1, 121), START)
    portal.archived = {500: START}
    assert sorted(ids(portal.read())) == [*range(1, 121), 500]
    reads = [body for path, body in portal.requests if path.endswith("/batch/read")]
    assert {len(body["properties"]) for body in reads} == {900}
    assert all("properties" not in body for path, body in portal.requests if path.endswith("/deals"))


def test_a_token_that_may_not_list_properties_reads_the_documented_ones() -> None:
    portal = Portal("deals")
    portal.may_list_properties = False
    portal.live = {1: START}
    assert ids(portal.read()) == [1]
    listed = [body for path, body in portal.requests if path == "/crm/v3/objects/deals"]
    assert {"amount", "dealstage", "hs_merged_object_ids"} <= set(listed[0]["properties"].split(","))


def test_merged_contacts_are_gone_and_their_survivor_names_them(tmp_path: Path) -> None:
    with serve(World.create(41, 0.5, date(2026, 3, 31))) as server:
        source = vendors_under_test.hubspot_under_test(tmp_path).connect(server.base_url("hubspot"))
        pages = source.pages(stream("hubspot", "contacts"), StreamState())
        contacts = {record["id"]: record for page in pages for record in page.records}
        source.close()
    named = [record["properties"]["hs_merged_object_ids"] for record in contacts.values()]
    merged = {one for text in named if text for one in text.split(";")}
    assert merged
    assert merged.isdisjoint(one for one, record in contacts.items() if not record["archived"])
