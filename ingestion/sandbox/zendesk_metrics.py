"""Metric events of simulated tickets: when a reply or a solution was awaited, due, given or missed.

https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-metric-event-types-reference/
"""

from dataclasses import dataclass
from typing import Any

from ingestion.sandbox.business_time import WorkingTime
from ingestion.sandbox.zendesk_objects import instant
from ingestion.sandbox.zendesk_tickets import HOUR, SYSTEM_USER, Ticket

Found = list[tuple[int, str, str, dict[str, Any]]]


@dataclass(frozen=True)
class Policy:
    """A target for the first reply: so many seconds by the calendar or by the account's schedule."""

    policy_id: int
    title: str
    seconds: int
    in_business_hours: bool

    def due(self, start: int, working: WorkingTime) -> int:
        """Return when a reply to a question is due."""
        return working.after(start, self.seconds) if self.in_business_hours else start + self.seconds

    def shown(self) -> dict[str, Any]:
        """Return the target as Zendesk writes it."""
        return {
            "target": self.seconds // 60,
            "target_in_seconds": self.seconds,
            "business_hours": self.in_business_hours,
            "policy": {"id": self.policy_id, "title": self.title, "description": None},
        }


_USUAL = Policy(360000201, "Answer within a working day", 8 * HOUR, True)
_PRESSING = Policy(360000202, "Answer within eight hours", 8 * HOUR, False)
_STRICT = Policy(360000203, "Answer within the hour", HOUR, False)
_RELAXED_AFTER = 2 * HOUR


@dataclass(frozen=True)
class Promise:
    """What was promised for the first reply to a ticket: `policies` with the moments from which they hold."""

    asked: int
    replied: int | None
    policies: tuple[tuple[int, Policy], ...]
    due: int

    @property
    def is_kept(self) -> bool:
        """Whether the reply came in time."""
        return self.replied is not None and self.replied <= self.due


def promise_of(ticket: Ticket, working: WorkingTime) -> Promise | None:
    """Return the promise of a ticket; None when the customer never asked. Some are relaxed after two hours."""
    asked = next((action.at for action in ticket.actions if action.author_id == ticket.requester.user_id), None)
    if asked is None:
        return None
    replied = next((action.at for action in ticket.actions if action.at > asked and _is_reply(ticket, action)), None)
    policy = _PRESSING if ticket.priority in ("urgent", "high") else _USUAL
    policies: tuple[tuple[int, Policy], ...] = ((asked, policy),)
    if ticket.ticket_id % 13 == 5:
        relaxed = asked + _RELAXED_AFTER
        is_relaxed = replied is None or replied > relaxed
        policies = ((asked, _STRICT), (relaxed, policy)) if is_relaxed else ((asked, _STRICT),)
    return Promise(asked, replied, policies, policies[-1][1].due(asked, working))


def ledger_events(ticket: Ticket, working: WorkingTime, now: int) -> list[tuple[int, str]]:
    """Return what became of the promise by a moment: when it was due, kept or broken."""
    promise = promise_of(ticket, working)
    if promise is None:
        return []
    found = [(promise.due, "sla_due"), (promise.due, "sla_breached")]
    if promise.is_kept and promise.replied is not None:
        found = [(promise.replied, "sla_met"), (promise.due, "sla_due")]
    return [(at, event_type) for at, event_type in found if at <= now]


def events_of(ticket: Ticket, working: WorkingTime, first_id: int) -> list[tuple[int, dict[str, Any]]]:
    """Return (instant, event) pairs of one ticket in time order, ids counting up from a first one."""
    promise = promise_of(ticket, working)
    found = [*(_replies(ticket, promise, working) if promise else []), *_resolution(ticket, working)]
    found.sort(key=lambda event: event[0])
    return [
        (at, _event(first_id + number, ticket, at, metric, kind, extra))
        for number, (at, metric, kind, extra) in enumerate(found)
    ]


def _is_reply(ticket: Ticket, action: Any) -> bool:
    is_agent = action.author_id not in (SYSTEM_USER, ticket.requester.user_id)
    return is_agent and action.comment is not None and bool(action.comment[0])


def _is_deleted_by(ticket: Ticket, at: int) -> bool:
    return ticket.deleted_at is not None and ticket.deleted_at <= at


def _replies(ticket: Ticket, promise: Promise, working: WorkingTime) -> Found:
    found: Found = [(promise.asked, "reply_time", "activate", {})]
    for at, policy in promise.policies:
        if not _is_deleted_by(ticket, at):
            found.append((at, "reply_time", "apply_sla", {"sla": policy.shown()}))
    breaches = [(promise.due, False)] if not promise.is_kept else []
    if len(promise.policies) > 1:
        breaches.append((promise.policies[0][1].due(promise.asked, working), True))
    found += [
        (at, "reply_time", "breach", {"deleted": is_void}) for at, is_void in breaches if not _is_deleted_by(ticket, at)
    ]
    if promise.replied is not None:
        spent = _minutes(promise.asked, promise.replied, working)
        found += [
            (promise.replied, "reply_time", "fulfill", {}),
            (promise.replied, "reply_time", "update_status", spent),
        ]
    return found


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
