"""Metric events of simulated tickets: when a reply or a solution was awaited, due, given or missed.

https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_metric_events/
"""

from typing import Any

from ingestion.sandbox.zendesk_objects import instant
from ingestion.sandbox.zendesk_tickets import HOUR, SYSTEM_USER, Ticket

_REPLY_TARGET = 8 * HOUR


def events_of(ticket: Ticket, first_id: int) -> list[tuple[int, dict[str, Any]]]:
    """Return (instant, event) pairs of one ticket in time order, ids counting up from a first one."""
    asked = next((action.at for action in ticket.actions if action.author_id == ticket.requester.user_id), None)
    found: list[tuple[int, str, str, dict[str, Any]]] = []
    if asked is not None:
        replied = next(
            (
                action.at
                for action in ticket.actions
                if action.at > asked
                and action.comment is not None
                and action.comment[0]
                and action.author_id not in (SYSTEM_USER, ticket.requester.user_id)
            ),
            None,
        )
        found.append((asked, "reply_time", "activate", {}))
        found.append((asked, "reply_time", "apply_sla", {"sla": _policy()}))
        due = asked + _REPLY_TARGET
        if (replied is None or replied > due) and (ticket.deleted_at is None or ticket.deleted_at > due):
            found.append((due, "reply_time", "breach", {"deleted": False}))
        if replied is not None:
            found.append((replied, "reply_time", "fulfill", {}))
            found.append((replied, "reply_time", "update_status", _minutes(asked, replied)))
    found += _resolution(ticket)
    found.sort(key=lambda event: event[0])
    return [
        (at, _event(first_id + number, ticket, at, metric, kind, extra))
        for number, (at, metric, kind, extra) in enumerate(found)
    ]


def _resolution(ticket: Ticket) -> list[tuple[int, str, str, dict[str, Any]]]:
    found: list[tuple[int, str, str, dict[str, Any]]] = [(ticket.created, "resolution_time", "activate", {})]
    for action in ticket.actions:
        for name, before, after in action.changes:
            if name != "status" or before is None:
                continue
            if after == "solved":
                found.append((action.at, "resolution_time", "fulfill", {}))
                found.append((action.at, "resolution_time", "update_status", _minutes(ticket.created, action.at)))
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


def _policy() -> dict[str, Any]:
    return {
        "target": _REPLY_TARGET // 60,
        "target_in_seconds": _REPLY_TARGET,
        "business_hours": False,
        "policy": {"id": 360000201, "title": "Answer within eight hours", "description": None},
    }


def _minutes(start: int, end: int) -> dict[str, Any]:
    minutes = (end - start) // 60
    return {"status": {"calendar": minutes, "business": minutes}}
