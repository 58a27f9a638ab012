"""What the simulated help desk promised its customers, and what became of it: first replies and time to wait."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ingestion.sandbox.business_time import WorkingTime
from ingestion.sandbox.zendesk_tickets import HOUR, SYSTEM_USER, Action, Ticket

_SOLVED, _WAITING = ("solved", "closed"), ("new", "open", "hold")
_RELAXED_AFTER = 2 * HOUR


@dataclass(frozen=True)
class Policy:
    """A target of so many seconds, by the calendar or by the account's schedule."""

    policy_id: int
    title: str
    seconds: int
    in_business_hours: bool

    def after(self, start: int, seconds: int, working: WorkingTime) -> int:
        """Return the instant at which so many seconds have gone by on this target's clock."""
        return working.after(start, seconds) if self.in_business_hours else start + seconds

    def spent(self, start: int, end: int, working: WorkingTime) -> int:
        """Return the seconds that go by on this target's clock."""
        return working.seconds(start, end) if self.in_business_hours else end - start

    def shown(self) -> dict[str, Any]:
        """Return the target as Zendesk writes it."""
        return {
            "target": self.seconds // 60,
            "target_in_seconds": self.seconds,
            "business_hours": self.in_business_hours,
            "policy": {"id": self.policy_id, "title": self.title, "description": None},
        }


_REPLY = Policy(360000201, "Answer within a working day", 8 * HOUR, True)
_PRESSING_REPLY = Policy(360000202, "Answer within eight hours", 8 * HOUR, False)
_STRICT_REPLY = Policy(360000203, "Answer within the hour", HOUR, False)
_WAIT = Policy(360000201, "Answer within a working day", 20 * HOUR, True)
_PRESSING_WAIT = Policy(360000202, "Answer within eight hours", 36 * HOUR, False)


@dataclass(frozen=True)
class Promise:
    """One target of a ticket.

    `turns` are the turns of its clock (activate, pause, fulfill) in time order, `policies` the moments from which
    each held. It was due at `due`; `kept` is when it was kept, None when it never was.
    """

    metric: str
    turns: tuple[tuple[int, str], ...]
    policies: tuple[tuple[int, Policy], ...]
    due: int | None
    kept: int | None

    @property
    def is_missed(self) -> bool:
        """Whether the time ran out."""
        return self.due is not None and self.kept is None

    def void_breaches(self, working: WorkingTime) -> list[int]:
        """Return when policies that were replaced had been missed."""
        start = self.turns[0][0]
        replaced = [(policy, until) for (_, policy), (until, _) in pairwise(self.policies)]
        due = [(policy.after(start, policy.seconds, working), until) for policy, until in replaced]
        return [at for at, until in due if at < until]


def promises_of(ticket: Ticket, working: WorkingTime, now: int) -> Iterator[Promise]:
    """Yield what was promised for a ticket; that somebody waited too long is known from the moment on."""
    reply = _reply_promised(ticket, working)
    if reply is not None:
        yield reply
    turns = tuple(_waiting_turns(ticket.known_actions(now)))
    if turns:
        yield _wait_promised(ticket, turns, working, now)


def _reply_promised(ticket: Ticket, working: WorkingTime) -> Promise | None:
    """Return the promise of a first reply; None when the customer never asked. Some are relaxed after two hours."""
    actions = ticket.actions
    asked = next((action.at for action in actions if action.author_id == ticket.requester.user_id), None)
    if asked is None:
        return None
    replied = next((action.at for action in actions if action.at > asked and _is_reply(ticket, action)), None)
    policy = _PRESSING_REPLY if _is_pressing(ticket) else _REPLY
    policies: tuple[tuple[int, Policy], ...] = ((asked, policy),)
    if ticket.ticket_id % 13 == 5:
        relaxed = asked + _RELAXED_AFTER
        is_relaxed = replied is None or replied > relaxed
        policies = ((asked, _STRICT_REPLY), (relaxed, policy)) if is_relaxed else ((asked, _STRICT_REPLY),)
    last = policies[-1][1]
    due = last.after(asked, last.seconds, working)
    turns = ((asked, "activate"), *([(replied, "fulfill")] if replied is not None else []))
    return Promise("reply_time", turns, policies, due, replied if replied is not None and replied <= due else None)


def _wait_promised(ticket: Ticket, turns: tuple[tuple[int, str], ...], working: WorkingTime, now: int) -> Promise:
    """Return the promise that the customer waits no longer than so long, waits for the customer not counted."""
    policy = _PRESSING_WAIT if _is_pressing(ticket) else _WAIT
    policies = ((turns[0][0], policy),)
    left, kept = policy.seconds, None
    due: int | None = None
    for (at, kind), following in zip(turns, [*turns[1:], None], strict=True):
        if kind == "fulfill" and kept is None:
            kept, due = at, policy.after(at, left, working)
        if kind != "activate":
            continue
        runs_out = policy.after(at, left, working)
        if runs_out <= now and (following is None or runs_out < following[0]):
            return Promise("requester_wait_time", turns, policies, runs_out, None)
        if following is not None:
            left -= policy.spent(at, following[0], working)
    return Promise("requester_wait_time", turns, policies, due, kept)


def _waiting_turns(actions: list[Action]) -> Iterator[tuple[int, str]]:
    """Yield when the customer begins to wait for us, stops, and is helped; closing what is solved is no turn."""
    before = "solved"
    for action in actions:
        for name, _, after in action.changes:
            if name != "status":
                continue
            if after in _WAITING and before not in _WAITING:
                yield action.at, "activate"
            elif after == "pending" and before in _WAITING:
                yield action.at, "pause"
            elif after in _SOLVED and before not in _SOLVED:
                yield action.at, "fulfill"
            before = after


def _is_pressing(ticket: Ticket) -> bool:
    return ticket.priority in ("urgent", "high")


def _is_reply(ticket: Ticket, action: Action) -> bool:
    is_agent = action.author_id not in (SYSTEM_USER, ticket.requester.user_id)
    return is_agent and action.comment is not None and action.comment[0]
