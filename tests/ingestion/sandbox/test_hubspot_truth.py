"""What the sandbox's HubSpot shows is enough to tell the ledger's truth: the two never disagree."""

import datetime as dt
from typing import Any

import pytest

from ingestion.sandbox import ledger
from ingestion.sandbox.server import SandboxServer
from tests.ingestion.sandbox.hubspot_client import Client, Json

EVENTS = {"marketingqualifiedlead": "mql", "salesqualifiedlead": "sql"}
STAGES = ("lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")


@pytest.fixture(scope="module")
def truth(sandbox: SandboxServer) -> dict[str, list[dict[str, str]]]:
    """The ledger's tables."""
    return ledger.tables(sandbox.world, sandbox.world.now)


def fetched(client: Client, object_type: str, **asked: Any) -> dict[str, Json]:
    """All live records with all properties, by id."""
    names = [item["name"] for item in client.get(f"crm/v3/properties/{object_type}").json()["results"]]
    records = client.listed(object_type, limit=50, properties=",".join(names), **asked)
    return {record["id"]: record for record in records}


def events_of(contact: Json) -> set[tuple[str, str, str]]:
    """A contact's lifecycle events, as any reader of the property history would derive them."""
    found, furthest = set(), -1
    for entry in reversed(contact["propertiesWithHistory"]["lifecyclestage"]):
        stage, at = entry["value"], entry["timestamp"]
        if stage not in STAGES:
            continue
        if furthest < 0:
            found.add((contact["id"], "lead", at))
        if stage == "lead" and furthest > 0:
            found.add((contact["id"], "recycled", at))
        if stage in EVENTS:
            found.add((contact["id"], EVENTS[stage], at))
        furthest = max(furthest, STAGES.index(stage))
    for entry in contact["propertiesWithHistory"]["hs_lead_status"]:
        if entry["value"] == "UNQUALIFIED":
            found.add((contact["id"], "disqualified", entry["timestamp"]))
    return found


def test_contacts_tell_leads_and_their_events(client: Client, truth: dict[str, list[dict[str, str]]]) -> None:
    contacts = fetched(client, "contacts", propertiesWithHistory="lifecyclestage,hs_lead_status")
    gone = {row["merged_id"] for row in truth["record_merges"] if row["entity"] == "leads"}
    crm = [row for row in truth["leads"] if row["lead_id"].isdigit() and int(row["lead_id"]) < 1_000_000_000]
    leads = {row["lead_id"]: row for row in crm if row["is_deleted"] != "true" and row["lead_id"] not in gone}
    assert set(contacts) <= set(leads)
    for key, contact in contacts.items():
        shown, row = contact["properties"], leads[key]
        assert row["email"] == (shown["email"] or "")
        assert row["created_at"] == shown["createdate"]
        assert row["source"] == (shown["hs_analytics_source"] or "")
        assert row["account_id"] == (shown["associatedcompanyid"] or "")
        assert row["region"] == (shown["region"] or "")
        assert (row["is_lead"] == "true") == any(kind == "lead" for _, kind, _ in events_of(contact))
    derived = set().union(*map(events_of, contacts.values()))
    expected = {(row["lead_id"], row["event_type"], row["occurred_at"]) for row in truth["lead_events"]}
    assert derived == {event for event in expected if event[0] in contacts}


def test_contacts_tell_every_touch(client: Client, truth: dict[str, list[dict[str, str]]]) -> None:
    contacts = fetched(client, "contacts")
    derived = set()
    for key, contact in contacts.items():
        shown = contact["properties"]
        for at, source in (
            (shown["hs_analytics_first_timestamp"], shown["hs_analytics_source"]),
            (shown["hs_latest_source_timestamp"], shown["hs_latest_source"]),
        ):
            if at:
                derived.add((key, at, source))
    expected = {(row["lead_id"], row["touched_at"], row["source"]) for row in truth["touches"]}
    assert derived == {touch for touch in expected if touch[0] in contacts}


def test_contacts_tell_their_owners_of_all_times(client: Client, truth: dict[str, list[dict[str, str]]]) -> None:
    contacts = fetched(client, "contacts", propertiesWithHistory="hubspot_owner_id")
    now = {row["lead_id"]: row["owner_sales_rep_id"] for row in truth["leads"]}
    derived = set()
    for key, contact in contacts.items():
        assert now[key] == (contact["properties"]["hubspot_owner_id"] or "")
        told = contact["propertiesWithHistory"]["hubspot_owner_id"]
        derived |= {(key, entry["timestamp"], entry["value"]) for entry in told}
    expected = {(row["lead_id"], row["changed_at"], row["value"]) for row in truth["lead_changes"]}
    assert derived == {change for change in expected if change[0] in contacts}


def test_deals_tell_opportunities_and_their_history(client: Client, truth: dict[str, list[dict[str, str]]]) -> None:
    deals = fetched(client, "deals", propertiesWithHistory="dealstage,amount,closedate,hubspot_owner_id")
    gone = {row["merged_id"] for row in truth["record_merges"] if row["entity"] == "opportunities"}
    rows = [row for row in truth["opportunities"] if row["is_deleted"] != "true"]
    opportunities = {row["opportunity_id"]: row for row in rows if row["opportunity_id"] not in gone}
    assert set(deals) == set(opportunities)
    for key, deal in deals.items():
        shown, row = deal["properties"], opportunities[key]
        assert row["stage"] == shown["dealstage"]
        assert row["amount"] == (shown["amount"] or "")
        assert row["currency_code"] == shown["deal_currency_code"]
        assert row["owner_sales_rep_id"] == (shown["hubspot_owner_id"] or "")
        assert row["closed_at"] == (shown["closedate"] if shown["hs_is_closed"] == "true" else "")
        assert dt.datetime.fromisoformat(row["created_at"]) == dt.datetime.fromisoformat(shown["createdate"])
    events = {
        (key, entry["value"], entry["timestamp"])
        for key, deal in deals.items()
        for entry in deal["propertiesWithHistory"]["dealstage"]
    }
    expected = {(r["opportunity_id"], r["stage_id"], r["entered_at"]) for r in truth["opportunity_stage_events"]}
    assert events == {event for event in expected if event[0] in deals}


def test_associations_tell_the_bridges(client: Client, truth: dict[str, list[dict[str, str]]]) -> None:
    inputs = [{"id": key} for key in fetched(client, "deals")]
    for end, table, name in (
        ("contacts", "opportunity_contacts", "lead_id"),
        ("companies", "opportunity_accounts", "account_id"),
    ):
        answer = client.post(f"crm/v4/associations/deals/{end}/batch/read", {"inputs": inputs}).json()
        pairs = {(result["from"]["id"], str(to["toObjectId"])) for result in answer["results"] for to in result["to"]}
        expected = {(row["opportunity_id"], row[name]) for row in truth[table]}
        assert pairs == {pair for pair in expected if {"id": pair[0]} in inputs}


def test_merges_are_told_with_their_moments(client: Client, truth: dict[str, list[dict[str, str]]]) -> None:
    shown = set()
    for key, contact in fetched(client, "contacts").items():
        for pair in filter(None, (contact["properties"]["hs_calculated_merged_vids"] or "").split(";")):
            loser, moment = pair.split(":")
            shown.add((loser, key, int(moment)))
    expected = {
        (row["merged_id"], row["survivor_id"], round(dt.datetime.fromisoformat(row["merged_at"]).timestamp() * 1000))
        for row in truth["record_merges"]
        if row["entity"] == "leads"
    }
    assert shown == expected
