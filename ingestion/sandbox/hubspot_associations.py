"""HubSpot's associations v4: who belongs to what, with type ids and labels, and some pairs twice."""

import datetime as dt
from typing import Any

from ingestion.sandbox import line_items
from ingestion.sandbox.activities import Activity
from ingestion.sandbox.clock import iso_millis
from ingestion.sandbox.crm_tickets import CrmTicket
from ingestion.sandbox.deals import Deal, standing_for
from ingestion.sandbox.hubspot_store import Store
from ingestion.sandbox.people import Person
from ingestion.sandbox.quotes import Quote
from ingestion.sandbox.records import Record

# type id of the plain association and, where HubSpot has one, of the label "Primary"
_TYPE_IDS: dict[tuple[str, str], tuple[int, int | None]] = {
    ("contacts", "companies"): (279, 1),
    ("deals", "contacts"): (3, None),
    ("deals", "companies"): (341, 5),
    ("tickets", "companies"): (339, 26),
    ("calls", "contacts"): (194, None),
    ("meetings", "contacts"): (200, None),
    ("emails", "contacts"): (198, None),
    ("deals", "line_items"): (19, None),
    ("quotes", "deals"): (64, None),
}


def batch_read(store: Store, to_type: str, ids: list[str]) -> tuple[int, dict[str, Any]]:
    """Return (status, answer): 207 with an error per record that has no association, as HubSpot does."""
    snapshot = store.snapshot()
    results: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for record_id in dict.fromkeys(ids):
        record = snapshot.live_by_id.get(record_id)
        to = _associated(store, to_type, record, snapshot.now) if record else []
        if to:
            results.append({"from": {"id": record_id}, "to": to})
        else:
            errors.append(_none(store.object_type, to_type, record_id))
    moment = iso_millis(snapshot.now)
    answer: dict[str, Any] = {
        "status": "COMPLETE",
        "results": results,
        "startedAt": moment,
        "completedAt": moment,
    }
    if not errors:
        return 200, answer
    return 207, answer | {"numErrors": len(errors), "errors": errors}


def _associated(store: Store, to_type: str, record: Record, now: dt.datetime) -> list[dict[str, Any]]:
    linked, primary, twice = _linked(store, to_type, record, now)
    plain_id, primary_id = _TYPE_IDS.get((store.object_type, to_type), (0, None))
    to: list[dict[str, Any]] = []
    for linked_id in linked:
        types: list[dict[str, Any]] = [{"category": "HUBSPOT_DEFINED", "typeId": plain_id}]
        if linked_id == primary and primary_id is not None:
            types.insert(0, {"category": "HUBSPOT_DEFINED", "typeId": primary_id, "label": "Primary"})
        to.append({"toObjectId": int(linked_id), "associationTypes": types})
    return to + to[:1] if twice else to


def _linked(store: Store, to_type: str, record: Record, now: dt.datetime) -> tuple[list[str], str | None, bool]:
    """Return the linked ids, the primary one, and whether the first pair is listed twice."""
    if isinstance(record, Deal) and to_type == "line_items":
        lines = [line.record_id for line in line_items.lines_of(store.world, record, now)]
        return lines, None, record.has_duplicate_associations
    if isinstance(record, Deal):
        linked = record.members("contact" if to_type == "contacts" else "company", now)
        return linked, linked[0] if linked else None, record.has_duplicate_associations
    if isinstance(record, Quote) and to_type == "deals":
        owner = standing_for(store.world, record.deal, now)
        return ([owner.record_id] if owner.is_visible(now) else []), None, False
    if isinstance(record, Person) and to_type == "companies":
        primary = record.state(now).get("company_id", record.company_id)
        return ([primary, *record.extra_company_ids] if primary else []), primary, False
    if isinstance(record, Activity) and to_type == "contacts":
        return record.members("contact", now), None, False
    if isinstance(record, CrmTicket) and to_type == "companies":
        return ([record.company_id] if record.company_id else []), record.company_id, False
    return [], None, False


def _none(from_type: str, to_type: str, record_id: str) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {to_type} is associated with {from_type} {record_id}.",
        "context": {"fromObjectId": [record_id], "fromObjectType": [from_type], "toObjectType": [to_type]},
        "errors": [],
        "links": {},
    }
