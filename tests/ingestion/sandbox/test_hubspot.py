"""The sandbox's HubSpot pages, searches, refuses and forgets as HubSpot does."""

import datetime as dt

import httpx
import pytest

from ingestion.sandbox.server import SandboxServer, serve
from ingestion.sandbox.world import World
from tests.ingestion.sandbox.conftest import AS_OF
from tests.ingestion.sandbox.hubspot_client import Client, Json

OBJECT_TYPES = (
    "contacts", "companies", "deals", "tickets", "calls", "meetings", "emails", "line_items", "products",
    "quotes",
)  # fmt: skip


def test_a_wrong_token_is_refused(sandbox: SandboxServer) -> None:
    url = f"{sandbox.base_url('hubspot')}/crm/v3/objects/contacts"
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = httpx.get(url, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["category"] == "INVALID_AUTHENTICATION"


@pytest.mark.parametrize("object_type", OBJECT_TYPES)
def test_a_list_yields_every_live_record_once(sandbox: SandboxServer, client: Client, object_type: str) -> None:
    ids = [record["id"] for record in client.listed(object_type, limit=37)]
    assert ids == sorted(set(ids), key=int)
    assert len(ids) == client.searched(object_type, limit=1)["total"]
    assert len(ids) > 3


@pytest.mark.parametrize("object_type", OBJECT_TYPES)
def test_every_property_value_is_text_or_null(client: Client, object_type: str) -> None:
    names = [item["name"] for item in client.get(f"crm/v3/properties/{object_type}").json()["results"]]
    for record in client.listed(object_type, limit=50, properties=",".join(names)):
        assert set(record["properties"]) == set(names)
        assert all(value is None or isinstance(value, str) for value in record["properties"].values())


def test_limits_are_those_of_hubspot(client: Client) -> None:
    path = "crm/v3/objects/contacts"
    assert client.get(path, limit=101).status_code == 400
    assert client.get(path, limit=51, propertiesWithHistory="lifecyclestage").status_code == 400
    assert client.post(f"{path}/search", {"limit": 201}).status_code == 400
    inputs = [{"id": str(number)} for number in range(101)]
    assert client.post(f"{path}/batch/read", {"inputs": inputs}).status_code == 400
    history = {"inputs": inputs[:51], "propertiesWithHistory": ["lifecyclestage"]}
    assert client.post(f"{path}/batch/read", history).status_code == 400


def test_a_search_stops_at_ten_thousand_hits(client: Client) -> None:
    path = "crm/v3/objects/contacts/search"
    assert client.post(path, {"limit": 100, "after": "9900"}).status_code == 200
    answer = client.post(path, {"limit": 100, "after": "9901"})
    assert answer.status_code == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"


def test_a_search_filters_sorts_and_pages(client: Client) -> None:
    since = "2026-02-01T00:00:00Z"
    body: Json = {
        "filterGroups": [{"filters": [{"propertyName": "lastmodifieddate", "operator": "GTE", "value": since}]}],
        "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
        "limit": 5,
    }
    expected = sorted(
        (record["id"] for record in client.listed("contacts", limit=100) if record["updatedAt"] >= since[:-1]), key=int
    )
    found: list[str] = []
    after: str | None = "0"
    while after is not None:
        answer = client.searched("contacts", **body, after=after)
        assert answer["total"] == len(expected)
        found += [record["id"] for record in answer["results"]]
        after = answer.get("paging", {}).get("next", {}).get("after")
    assert found == expected


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("EQ", "closedwon", lambda stage: stage == "closedwon"),
        ("NEQ", "closedwon", lambda stage: stage != "closedwon"),
        ("HAS_PROPERTY", None, lambda stage: True),
    ],
)
def test_a_search_understands_other_filters(client: Client, operator: str, value: str, expected: object) -> None:
    condition = {"propertyName": "dealstage", "operator": operator, "value": value}
    answer = client.searched("deals", filterGroups=[{"filters": [condition]}], limit=200)
    stages = [deal["properties"]["dealstage"] for deal in client.listed("deals", limit=100, properties="dealstage")]
    assert answer["total"] == sum(map(expected, stages))  # type: ignore[arg-type]


def test_a_search_by_an_unknown_property_is_refused(client: Client) -> None:
    body = {"filterGroups": [{"filters": [{"propertyName": "nonsense", "operator": "EQ", "value": "1"}]}]}
    assert client.post("crm/v3/objects/deals/search", body).status_code == 400


def test_history_comes_newest_first_and_ends_in_the_present_value(client: Client) -> None:
    asked = {"properties": "dealstage,amount", "propertiesWithHistory": "dealstage,amount"}
    for deal in client.listed("deals", limit=50, **asked):
        for name, entries in deal["propertiesWithHistory"].items():
            moments = [entry["timestamp"] for entry in entries]
            assert moments == sorted(moments, reverse=True)
            if entries:
                assert entries[0]["value"] == (deal["properties"][name] or "")


def test_a_batch_read_answers_in_parts_when_ids_are_missing(client: Client) -> None:
    known = next(client.listed("deals", limit=1))["id"]
    answer = client.post("crm/v3/objects/deals/batch/read", {"inputs": [{"id": known}, {"id": "1"}]})
    assert answer.status_code == 207
    assert [record["id"] for record in answer.json()["results"]] == [known]
    assert answer.json()["errors"][0]["context"]["ids"] == ["1"]


def test_associations_name_primary_companies_and_repeat_some_pairs(client: Client) -> None:
    ids = [{"id": deal["id"]} for deal in client.listed("deals", limit=100)]
    answer = client.post("crm/v4/associations/deals/companies/batch/read", {"inputs": ids})
    assert answer.status_code == 207
    results = answer.json()["results"]
    errors = answer.json()["errors"]
    assert len(results) + len(errors) == len(ids)
    assert {error["subCategory"] for error in errors} == {"crm.associations.NO_ASSOCIATIONS_FOUND"}
    pairs = [[to["toObjectId"] for to in result["to"]] for result in results]
    assert any(len(set(found)) > 1 for found in pairs)
    assert any(len(set(found)) < len(found) for found in pairs)
    for result in results:
        primary = {
            to["toObjectId"] for to in result["to"] if any(kind["typeId"] == 5 for kind in to["associationTypes"])
        }
        assert len(primary) == 1


def test_archived_records_are_listed_apart(client: Client) -> None:
    archived = list(client.listed("contacts", limit=100, archived="true"))
    assert archived
    assert all(record["archived"] and record["archivedAt"] for record in archived)
    live = {record["id"] for record in client.listed("contacts", limit=100)}
    assert live.isdisjoint(record["id"] for record in archived)


def test_merged_contacts_name_their_losers_and_those_are_gone(sandbox: SandboxServer, client: Client) -> None:
    names = "hs_merged_object_ids,hs_calculated_merged_vids"
    contacts = {record["id"]: record["properties"] for record in client.listed("contacts", limit=100, properties=names)}
    merged = {key: found["hs_merged_object_ids"].split(";") for key, found in contacts.items() if found[names[:20]]}
    assert any(len(losers) > 1 for losers in merged.values())
    for survivor, losers in merged.items():
        assert all(loser not in contacts for loser in losers)
        moments = contacts[survivor]["hs_calculated_merged_vids"] or ""
        assert [pair.split(":")[0] for pair in moments.split(";")] == losers


def test_owners_who_left_are_archived(client: Client) -> None:
    present = client.get("crm/v3/owners/", limit=100).json()["results"]
    left = client.get("crm/v3/owners/", limit=100, archived="true").json()["results"]
    assert present
    assert left
    assert not any(owner["archived"] for owner in present)
    assert all(owner["archived"] for owner in left)


def test_stage_labels_lie_and_metadata_tells(client: Client) -> None:
    stages = {
        stage["label"]: stage["metadata"]
        for pipeline in client.get("crm/v3/pipelines/deals").json()["results"]
        for stage in pipeline["stages"]
    }
    assert stages["Closed Won - paperwork"] == {"isClosed": "false", "probability": "0.9"}
    assert stages["Closed Lost"]["isClosed"] == "false"
    assert stages["Success"] == {"isClosed": "true", "probability": "1.0"}


def test_the_same_seed_serves_the_same_bytes() -> None:
    asked = {"limit": 50, "properties": "email,lifecyclestage,hs_analytics_source"}
    bodies = []
    for _ in range(2):
        with serve(World.create(3, 0.05, AS_OF)) as server:
            client = Client(server)
            answer = client.get("crm/v3/objects/contacts", **asked)
            bodies.append(answer.content.replace(str(server.port).encode(), b"PORT"))
            client.http.close()
    assert bodies[0] == bodies[1]


def test_after_advancing_a_search_finds_just_what_changed() -> None:
    with serve(World.create(7, 0.2, AS_OF)) as server:
        client = Client(server)
        asked = {"limit": 50, "properties": "dealstage", "propertiesWithHistory": "dealstage,amount"}
        before = {deal["id"]: deal for deal in client.listed("deals", **asked)}
        server.advance(AS_OF + dt.timedelta(days=3))
        after = {deal["id"]: deal for deal in client.listed("deals", **asked)}
        changed = {key for key, deal in after.items() if before.get(key) != deal}
        since = {"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": "2026-03-31T22:00:00Z"}
        found = client.searched("deals", filterGroups=[{"filters": [since]}], limit=200)
        assert {deal["id"] for deal in found["results"]} == changed
        assert 0 < len(changed) < len(after) / 3
        client.http.close()


def test_the_clock_is_moved_over_http_too() -> None:
    with serve(World.create(7, 0.05, AS_OF)) as server:
        url = f"http://127.0.0.1:{server.port}/_sandbox/advance"
        assert httpx.post(url, json={"to": "2026-04-02"}).json()["as_of"] == "2026-04-02"
        assert httpx.post(url, json={"to": "2026-04-01"}).status_code == 400
        assert server.world.as_of == dt.date(2026, 4, 2)
