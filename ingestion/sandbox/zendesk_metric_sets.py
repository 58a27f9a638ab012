"""The metrics that the simulated help desk shows beside a ticket: its own reply, waiting and resolution times.

https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_metrics/: whole minutes, by the calendar and
by the account's schedule, counted from the creation of the ticket whoever wrote it.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from ingestion.sandbox.business_time import WorkingTime
from ingestion.sandbox.zendesk_objects import HOST, instant
from ingestion.sandbox.zendesk_tickets import SYSTEM_USER, Action, Ticket

Json = dict[str, Any]
SOLVED = ("solved", "closed")
_FIRST_ID = 7_700_000_000
_REQUESTER_WAITS, _AGENT_WAITS, _ON_HOLD = ("new", "open", "hold"), ("pending",), ("hold",)


def metric_set(ticket: Ticket, working: WorkingTime, updated: int, now: int) -> Json:
    """Return the metrics of a ticket as they stand at a moment."""
    actions = ticket.known_actions(now)
    solves = _solved_at(ticket, now)
    replies = [action.at for action in actions[1:] if _is_reply(action, ticket)]
    assigned = _changed_at(actions, "assignee_id")
    comments = [action.at for action in actions if action.comment is not None]
    asked = [action.at for action in actions if action.author_id == ticket.requester.user_id]
    return {
        "url": f"{HOST}/api/v2/ticket_metrics/{_FIRST_ID + ticket.ticket_id}.json",
        "id": _FIRST_ID + ticket.ticket_id,
        "ticket_id": ticket.ticket_id,
        "created_at": instant(ticket.created),
        "updated_at": instant(updated),
        "group_stations": len(_changed_at(actions, "group_id")),
        "assignee_stations": len(assigned),
        "reopens": _reopenings(ticket, now),
        "replies": len(replies),
        "assignee_updated_at": _last([action.at for action in actions if action.author_id == ticket.assignee.user_id]),
        "requester_updated_at": _last(asked or [ticket.created]),
        "status_updated_at": _last(_changed_at(actions, "status")),
        "initially_assigned_at": instant(assigned[0]) if assigned else None,
        "assigned_at": _last(assigned),
        "solved_at": _last(solves),
        "latest_comment_added_at": _last(comments),
        "reply_time_in_minutes": _between(working, ticket.created, replies[:1]),
        "first_resolution_time_in_minutes": _between(working, ticket.created, solves[:1]),
        "full_resolution_time_in_minutes": _between(working, ticket.created, solves[-1:]),
        "agent_wait_time_in_minutes": _spent(ticket, working, _AGENT_WAITS, now),
        "requester_wait_time_in_minutes": _spent(ticket, working, _REQUESTER_WAITS, now),
        "on_hold_time_in_minutes": _spent(ticket, working, _ON_HOLD, now),
        "custom_status_updated_at": _last(_changed_at(actions, "status")),
    }


def _solved_at(ticket: Ticket, now: int) -> list[int]:
    """Return the instants at which the ticket was solved; closing what is solved is no second solve."""
    found, is_solved = [], False
    for at, status in _statuses(ticket, now):
        if status in SOLVED and not is_solved:
            found.append(at)
        is_solved = status in SOLVED
    return found


def _is_reply(action: Action, ticket: Ticket) -> bool:
    is_agent = action.author_id not in (SYSTEM_USER, ticket.requester.user_id)
    return is_agent and action.comment is not None and action.comment[0]


def _statuses(ticket: Ticket, now: int) -> Iterator[tuple[int, str]]:
    for action in ticket.known_actions(now):
        for name, _, after in action.changes:
            if name == "status":
                yield action.at, after


def _reopenings(ticket: Ticket, now: int) -> int:
    words = [status for _, status in _statuses(ticket, now)]
    return sum(before in SOLVED and after not in SOLVED for before, after in pairwise(words))


def _changed_at(actions: list[Action], name: str) -> list[int]:
    return [action.at for action in actions for changed, _, _ in action.changes if changed == name]


def _last(moments: list[int]) -> str | None:
    return instant(moments[-1]) if moments else None


def _between(working: WorkingTime, start: int, ends: list[int]) -> dict[str, int | None]:
    if not ends:
        return {"calendar": None, "business": None}
    return {"calendar": (ends[0] - start) // 60, "business": working.minutes(start, ends[0])}


def _spent(ticket: Ticket, working: WorkingTime, statuses: tuple[str, ...], now: int) -> dict[str, int]:
    """Minutes in some statuses, over the visits that are over."""
    visits = list(_statuses(ticket, now))
    spans = [(start, end) for (start, status), (end, _) in pairwise(visits) if status in statuses]
    return {
        "calendar": sum(end - start for start, end in spans) // 60,
        "business": sum(working.minutes(start, end) for start, end in spans),
    }
