"""The simulated help desk answers as Zendesk describes itself, export by export."""

import base64
import datetime as dt
import json
from collections import Counter
from typing import Any

import pytest

from ingestion.sandbox import files, support
from ingestion.sandbox.clock import local_date
from ingestion.sandbox.zendesk import SCHEDULE_ID, ZendeskVendor
from tests.ingestion.sandbox.vendor_contracts import complaints
from tests.ingestion.sandbox.vendor_requests import ZENDESK_LOGIN, exported, send, world, zendesk

CONTRACT = "zendesk/zendesk-support-oas-2.0.0.yaml"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def vendor() -> ZendeskVendor:
    """One help desk for the tests that only read."""
    return ZendeskVendor(world(scale=1.0))


def described(record: Json) -> Json:
    """Return a record without the nulls that Zendesk sends and its description leaves out."""
    return {name: value for name, value in record.items() if value is not None}


def metric_events(vendor: ZendeskVendor) -> list[Json]:
    """Return every metric event; the pages of the export overlap."""
    found: dict[int, Json] = {}
    start, is_end = 0, False
    while not is_end:
        answer = zendesk(vendor, "/api/v2/incremental/ticket_metric_events.json", start_time=start)
        found |= {event["id"]: event for event in answer["ticket_metric_events"]}
        start, is_end = answer["end_time"], answer["end_of_stream"]
    return list(found.values())


def living(vendor: ZendeskVendor) -> list[Json]:
    """Return all tickets that are not deleted."""
    return [ticket for ticket in exported(vendor, "tickets") if ticket["status"] != "deleted"]


def details(vendor: ZendeskVendor, ticket_id: int, name: str) -> list[Json]:
    """Return all audits or comments of a ticket."""
    found: list[Json] = []
    query: Json = {"page[size]": 3}
    while True:
        answer = zendesk(vendor, f"/api/v2/tickets/{ticket_id}/{name}.json", **query)
        found += answer[name]
        if not answer["meta"]["has_more"]:
            return found
        query["page[after]"] = answer["meta"]["after_cursor"]


@pytest.mark.parametrize(("name", "schema"), [("tickets", "TicketObject"), ("users", "UserObject")])
def test_exported_records_are_as_zendesk_describes_them(vendor: ZendeskVendor, name: str, schema: str) -> None:
    records = living(vendor) if name == "tickets" else exported(vendor, name)
    assert len(records) > 50
    for record in records[:: max(1, len(records) // 60)]:
        assert complaints(CONTRACT, schema, described(record)) == []


@pytest.mark.parametrize(
    ("path", "name", "schema"),
    [
        ("incremental/organizations", "organizations", "OrganizationObject"),
        ("incremental/ticket_metric_events", "ticket_metric_events", "TicketMetricEventBaseObject"),
        ("satisfaction_ratings", "satisfaction_ratings", "SatisfactionRatingObject"),
    ],
)
def test_listed_records_are_as_zendesk_describes_them(vendor: ZendeskVendor, path: str, name: str, schema: str) -> None:
    records = zendesk(vendor, f"/api/v2/{path}.json", start_time=0)[name]
    assert len(records) > 20
    for record in records[::7]:
        assert complaints(CONTRACT, schema, described(record)) == []


def test_metrics_beside_tickets_are_as_zendesk_describes_them(vendor: ZendeskVendor) -> None:
    tickets = exported(vendor, "tickets", include="metric_sets")
    shown = [ticket["metric_set"] for ticket in tickets if "metric_set" in ticket]
    assert {one["ticket_id"] for one in shown} == {ticket["id"] for ticket in living(vendor)}
    for one in shown[::20]:
        known = {name: described(value) if isinstance(value, dict) else value for name, value in one.items()}
        assert complaints(CONTRACT, "TicketMetricObject", described(known)) == []


def test_the_metrics_of_a_ticket_come_only_when_they_are_asked_for(vendor: ZendeskVendor) -> None:
    assert all("metric_set" not in ticket for ticket in exported(vendor, "tickets"))


def test_the_vendor_s_own_minutes_are_whole_and_counted_from_the_creation(vendor: ZendeskVendor) -> None:
    shown = {one["id"]: one["metric_set"] for one in exported(vendor, "tickets", include="metric_sets")[:400:5]
             if "metric_set" in one}  # fmt: skip
    assert sum(one["replies"] > 0 for one in shown.values()) > 20
    agents = {user["id"] for user in exported(vendor, "users") if user["role"] != "end-user"}
    for ticket_id, one in shown.items():
        comments = details(vendor, ticket_id, "comments")
        answers = [row["created_at"] for row in comments[1:] if row["public"] and row["author_id"] in agents]
        reply = one["reply_time_in_minutes"]
        assert one["replies"] == len(answers)
        if not answers:
            assert reply == {"calendar": None, "business": None}
            continue
        waited = dt.datetime.fromisoformat(answers[0]) - dt.datetime.fromisoformat(one["created_at"])
        assert reply["calendar"] == waited // dt.timedelta(minutes=1)
        assert 0 <= reply["business"] <= reply["calendar"]


def test_audits_and_comments_are_as_zendesk_describes_them(vendor: ZendeskVendor) -> None:
    for ticket in living(vendor)[::40]:
        for audit in details(vendor, ticket["id"], "audits"):
            assert complaints(CONTRACT, "TicketAuditObject", audit) == []
        for comment in details(vendor, ticket["id"], "comments"):
            assert complaints(CONTRACT, "TicketCommentObject", comment) == []


@pytest.mark.parametrize("per_page", [1, 13, 1000])
def test_a_cursor_export_gives_every_ticket_once_in_the_order_of_change(per_page: int) -> None:
    small = ZendeskVendor(world(scale=0.1))
    tickets = exported(small, "tickets", per_page=per_page)
    changes = [(ticket["updated_at"], ticket["id"]) for ticket in tickets]
    assert changes == sorted(changes)
    assert len({ticket["id"] for ticket in tickets}) == len(tickets) > 40


def test_a_time_based_export_repeats_the_last_second_and_comes_to_an_end(vendor: ZendeskVendor) -> None:
    found: list[int] = []
    start = 0
    while True:
        answer = zendesk(vendor, "/api/v2/incremental/organizations.json", start_time=start, per_page=20)
        ids = [row["id"] for row in answer["organizations"]]
        assert not found or ids[0] == found[-1]
        found += ids
        if answer["end_of_stream"]:
            break
        start = answer["end_time"]
    whole = zendesk(vendor, "/api/v2/incremental/organizations.json", start_time=0)["organizations"]
    assert list(dict.fromkeys(found)) == [row["id"] for row in whole]


def test_a_later_export_holds_only_what_changed() -> None:
    moving = ZendeskVendor(world(scale=0.3))
    first = zendesk(moving, "/api/v2/incremental/tickets/cursor.json", start_time=0)
    assert first["end_of_stream"]
    moving.world.advance(dt.date(2026, 4, 10))
    second = exported(moving, "tickets", cursor=first["after_cursor"])
    assert 0 < len(second) < len(first["tickets"]) / 3
    whole = {ticket["id"]: ticket for ticket in first["tickets"]} | {ticket["id"]: ticket for ticket in second}
    assert whole == {ticket["id"]: ticket for ticket in exported(moving, "tickets")}


def test_deleted_tickets_are_exported_as_deleted_and_have_no_audits(vendor: ZendeskVendor) -> None:
    deleted = [ticket["id"] for ticket in exported(vendor, "tickets") if ticket["status"] == "deleted"]
    assert deleted
    for detail in ("", "/audits", "/comments"):
        response = send(vendor, f"/api/v2/tickets/{deleted[0]}{detail}.json", headers=ZENDESK_LOGIN)
        assert response.status == 404
        assert json.loads(response.body)["error"] == "RecordNotFound"
    count = zendesk(vendor, "/api/v2/tickets/count.json")["count"]["value"]
    assert count == len(living(vendor))


def test_what_is_planted_is_there(vendor: ZendeskVendor) -> None:
    tickets = living(vendor)
    assert {"new", "open", "pending", "solved", "closed"} <= {ticket["status"] for ticket in tickets}
    assert any("closed_by_merge" in ticket["tags"] for ticket in tickets)
    assert any(ticket["submitter_id"] != ticket["requester_id"] for ticket in tickets)
    assert any(ticket["organization_id"] is None for ticket in tickets)
    events = Counter(
        (row["event_type"], row["actor_type"], row["is_public"])
        for row in vendor.world.part("support", support.simulate).ledger_tables(vendor.world.now)["ticket_events"]
    )
    for planted in (
        ("message", "bot", "true"), ("message", "agent", "false"), ("reopened", "customer", ""), ("solved", "bot", ""),
    ):  # fmt: skip
        assert events[planted] > 0, planted
    organizations = zendesk(vendor, "/api/v2/incremental/organizations.json", start_time=0)["organizations"]
    assert {one["external_id"] is None for one in organizations} == {True, False}


def test_events_of_the_ledger_can_be_rebuilt_from_audits_and_roles(vendor: ZendeskVendor) -> None:
    agents = {user["id"] for user in exported(vendor, "users") if user["role"] in ("agent", "admin")}
    found: Counter[tuple[str, ...]] = Counter()
    for ticket in living(vendor):
        if "closed_by_merge" in ticket["tags"]:
            continue
        for audit in details(vendor, ticket["id"], "audits"):
            author = audit["author_id"]
            actor = "bot" if author == -1 else "agent" if author in agents else "customer"
            for event in audit["events"]:
                kind = event_type(event)
                if kind is not None:
                    is_public = str(event["public"]).lower() if kind == "message" else ""
                    found[str(ticket["id"]), kind, actor, is_public, audit["created_at"]] += 1
    truth = vendor.world.part("support", support.simulate).ledger_tables(vendor.world.now)["ticket_events"]
    names = ("ticket_id", "event_type", "actor_type", "is_public", "occurred_at")
    told = [row for row in truth if not row["event_type"].startswith("sla_")]
    assert found == Counter(tuple(row[name] for name in names) for row in told)


def test_promises_of_the_ledger_can_be_rebuilt_from_metric_events(vendor: ZendeskVendor) -> None:
    kept = {ticket["id"] for ticket in living(vendor) if "closed_by_merge" not in ticket["tags"]}
    events = [one for one in metric_events(vendor) if one["ticket_id"] in kept and one["metric"] != "resolution_time"]
    breaches = [one for one in events if one["type"] == "breach" and not one["deleted"]]
    missed = {(one["ticket_id"], one["metric"]) for one in breaches}
    first: dict[tuple[int, str], str] = {}
    for one in events:
        key = one["ticket_id"], one["metric"]
        if one["type"] == "fulfill":
            first[key] = min(first.get(key, one["time"]), one["time"])
    truth = vendor.world.part("support", support.simulate).ledger_tables(vendor.world.now)["ticket_events"]
    told = Counter((row["ticket_id"], row["event_type"], row["occurred_at"]) for row in truth)
    assert {pair for pair in told if pair[1] == "sla_breached"} == {
        (str(one["ticket_id"]), "sla_breached", one["time"]) for one in breaches
    }
    assert {pair for pair in told if pair[1] == "sla_met"} == {
        (str(key[0]), "sla_met", at) for key, at in first.items() if key not in missed
    }
    assert all(told[str(one["ticket_id"]), "sla_due", one["time"]] for one in breaches)
    applied = [one["sla"] for one in events if one["type"] == "apply_sla"]
    assert {one["business_hours"] for one in applied} == {True, False}
    assert {metric for _, metric in missed} == {metric for _, metric in first} == {"reply_time", "requester_wait_time"}
    assert {"pause", "fulfill"} <= {one["type"] for one in events if one["metric"] == "requester_wait_time"}
    assert any(one.get("deleted") for one in events)


def event_type(event: Json) -> str | None:
    """Return what an audit event means, None when nothing."""
    if event["type"] in ("Comment", "VoiceComment"):
        return "message"
    if event["type"] not in ("Create", "Change") or event["field_name"] != "status":
        return None
    was, now_is = (word in ("solved", "closed") for word in (event.get("previous_value"), event["value"]))
    if was == now_is:
        return None
    return "solved" if now_is else "reopened"


def test_ratings_of_the_ledger_end_in_what_is_served(vendor: ZendeskVendor) -> None:
    served: dict[str, tuple[str, str, str]] = {}
    query: Json = {"page[size]": 100}
    while True:
        answer = zendesk(vendor, "/api/v2/satisfaction_ratings.json", **query)
        for rating in answer["satisfaction_ratings"]:
            rated = "" if rating["score"] == "offered" else rating["updated_at"]
            served[str(rating["ticket_id"])] = (rated, rating["score"], str(rating["group_id"]))
        if not answer["meta"]["has_more"]:
            break
        query["page[after]"] = answer["meta"]["after_cursor"]
    words = {"true": "good", "false": "bad", "": "offered"}
    expected: dict[str, tuple[str, str, str]] = {}
    rows = vendor.world.part("support", support.simulate).ledger_tables(vendor.world.now)["ratings"]
    for row in rows:
        expected[row["ticket_id"]] = (row["rated_at"], words[row["is_good"]], row["agent_group"])
    assert served == expected
    assert len(rows) > len(expected)
    assert {score for _, score, _ in served.values()} == {"good", "bad", "offered"}


def test_a_rating_keeps_the_group_of_its_time(vendor: ZendeskVendor) -> None:
    tables = vendor.world.part("support", support.simulate).ledger_tables(vendor.world.now)
    groups = {row["ticket_id"]: row["agent_group"] for row in tables["tickets"]}
    assert groups == {str(ticket["id"]): str(ticket["group_id"]) for ticket in exported(vendor, "tickets")
                      if str(ticket["id"]) in groups}  # fmt: skip
    moved = [row for row in tables["ratings"] if row["agent_group"] != groups[row["ticket_id"]]]
    assert 0 < len(moved) < len(tables["ratings"]) / 2


def test_people_ask_for_help_only_after_the_crm_knows_them(vendor: ZendeskVendor) -> None:
    known: dict[str | None, dt.datetime] = {}
    for person in vendor.world.people:
        known[person.email] = min(person.created_at, known.get(person.email, person.created_at))
    users = exported(vendor, "users")
    shared = [user for user in users if user["email"] in known]
    assert len(shared) > 20
    for user in shared:
        assert dt.datetime.fromisoformat(user["created_at"]) > known[user["email"]]


def test_the_schedule_is_the_company_hours_in_minutes_of_the_week(vendor: ZendeskVendor) -> None:
    (schedule,) = zendesk(vendor, "/api/v2/business_hours/schedules.json")["schedules"]
    assert schedule["intervals"][0] == {"start_time": 1440 + 9 * 60, "end_time": 1440 + 17 * 60}
    assert len(schedule["intervals"]) == 5
    path = f"/api/v2/business_hours/schedules/{SCHEDULE_ID}/holidays.json"
    days: set[dt.date] = set()
    for holiday in zendesk(vendor, path)["holidays"]:
        first, last = (dt.date.fromisoformat(holiday[name]) for name in ("start_date", "end_date"))
        days |= {first + dt.timedelta(days=number) for number in range((last - first).days + 1)}
    start, end = local_date(vendor.world.start), local_date(vendor.world.end)
    assert days == {day for day, _ in files.holidays(start, end)}


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("incremental/tickets/cursor.json", {}, 400),
        ("incremental/tickets/cursor.json", {"start_time": "yesterday"}, 400),
        ("incremental/tickets/cursor.json", {"start_time": 4102444800}, 422),
        ("incremental/tickets/cursor.json", {"cursor": "nonsense"}, 400),
        ("unicorns.json", {}, 404),
        ("tickets/1.json", {}, 404),
    ],
)
def test_a_wrong_request_is_refused(vendor: ZendeskVendor, path: str, query: Json, status: int) -> None:
    response = send(vendor, f"/api/v2/{path}", headers=ZENDESK_LOGIN, **query)
    assert response.status == status
    assert json.loads(response.body)["error"]


def test_only_the_right_credentials_are_accepted(vendor: ZendeskVendor) -> None:
    wrong = base64.b64encode(b"operator@sandbox-ltd.example/token:guess").decode()
    for header in ("", f"Basic {wrong}", "Bearer token", "Basic ???"):
        response = send(vendor, "/api/v2/satisfaction_ratings.json", headers={"authorization": header})
        assert response.status == 401
        assert json.loads(response.body)["error"] == "Couldn't authenticate you"


def test_too_many_requests_are_told_when_to_come_back() -> None:
    limited = ZendeskVendor(world(scale=0.05), requests_per_minute=2)
    path = "/api/v2/business_hours/schedules.json"
    answers = [send(limited, path, headers=ZENDESK_LOGIN) for _ in range(8)]
    refused = next(answer for answer in answers if answer.status == 429)
    assert 0 <= int(refused.headers["Retry-After"]) <= 60
