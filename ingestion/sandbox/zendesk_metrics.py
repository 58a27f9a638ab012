"""Metric events of simulated tickets: when a reply or a solution was awaited, due, given or missed.

https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-metric-event-types-reference/
"""

from typing import Any

from ingestion.sandbox.business_time import WorkingTime
from ingestion.sandbox.zendesk_objects import instant
from ingestion.sandbox.zendesk_promises import Promise, promises_of
from ingestion.sandbox.zendesk_tickets import Ticket, is_deleted

Found = list[tuple[int, str, str, dict[str, Any]]]
_FOR_EVER = 1 << 62


def ledger_events(ticket: Ticket, working: WorkingTime, now: int) -> list[tuple[int, str]]:
    """Return what became of the promises by a moment: when they were due, kept or missed."""
    found: list[tuple[int, str]] = []
    for promise in promises_of(ticket, working, now):
        if promise.due is not None:
            found.append((promise.due, "sla_due"))
            found.append((promise.due, "sla_breached") if promise.kept is None else (promise.kept, "sla_met"))
    return [(at, event_type) for at, event_type in found if at <= now]


def events_of(ticket: Ticket, working: WorkingTime, first_id: int) -> list[tuple[int, dict[str, Any]]]:
    """Return (instant, event) pairs of one ticket in time order, ids counting up from a first one."""
    found = _resolution(ticket, working)
    for promise in promises_of(ticket, working, _FOR_EVER):
        found += _events_of(ticket, promise, working)
    found.sort(key=lambda event: event[0])
    return [
        (at, _event(first_id + number, ticket, at, metric, kind, extra))
        for number, (at, metric, kind, extra) in enumerate(found)
    ]


def _events_of(ticket: Ticket, promise: Promise, working: WorkingTime) -> Found:
    metric, start = promise.metric, promise.turns[0][0]
    found: Found = []
    for at, kind in promise.turns:
        found.append((at, metric, kind, {}))
        if kind == "fulfill":
            found.append((at, metric, "update_status", _minutes(start, at, working)))
    sla: Found = [(at, metric, "apply_sla", {"sla": policy.shown()}) for at, policy in promise.policies]
    if promise.is_missed and promise.due is not None:
        sla.append((promise.due, metric, "breach", {"deleted": False}))
    sla += [(at, metric, "breach", {"deleted": True}) for at in promise.void_breaches(working)]
    return found + [event for event in sla if not is_deleted(ticket, event[0])]


def _resolution(ticket: Ticket, working: WorkingTime) -> Found:
    found: Found = [(ticket.created, "resolution_time", "activate", {})]
    for action in ticket.actions:
        for name, before, after in action.changes:
            if name != "status" or before is None:
                continue
            if after == "solved":
                spent = _minutes(ticket.created, action.at, working)
                found.append((action.at, "resolution_time", "fulfill", {}))
                found.append((action.at, "resolution_time", "update_status", spent))
            elif before == "solved" and after != "closed":
                found.append((action.at, "resolution_time", "activate", {}))
    return found


def _event(event_id: int, ticket: Ticket, at: int, metric: str, kind: str, extra: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": event_id,
        "ticket_id": ticket.ticket_id,
        "metric": metric,
        "instance_id": 1,
        "type": kind,
        "time": instant(at),
    } | extra


def _minutes(start: int, end: int, working: WorkingTime) -> dict[str, Any]:
    return {"status": {"calendar": (end - start) // 60, "business": working.minutes(start, end)}}
