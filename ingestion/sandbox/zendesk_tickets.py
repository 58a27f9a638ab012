"""Users, organisations and tickets of the simulated help desk, with everything that ever happens to them."""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

HOUR = 3600
DAY = 86400
SYSTEM_USER = -1
GROUPS = (360001, 360002, 360003)  # support, billing questions, technical

# field, before, after
Change = tuple[str, Any, Any]


@dataclass(slots=True)
class User:
    """A help-desk user: agents and admins answer, end-users ask."""

    user_id: int
    name: str
    email: str | None
    role: str
    organization_id: int | None
    created: int
    deleted_at: int | None = None

    @property
    def is_agent(self) -> bool:
        """Whether the user works for the company."""
        return self.role != "end-user"


@dataclass(slots=True)
class Organization:
    """A customer organisation; `company_id` is the truth, `is_linked` tells whether its external id says so."""

    organization_id: int
    company_id: str
    name: str
    domain: str
    is_linked: bool
    created: int
    renamed_at: int | None = None


@dataclass(slots=True)
class Action:
    """One audit: who did what at a second; `comment` is (public, text), `changes` are (field, before, after)."""

    at: int
    author_id: int
    channel: str
    comment: tuple[bool, str] | None = None
    changes: tuple[Change, ...] = ()
    audit_id: int = 0


@dataclass(slots=True)
class Rating:
    """One satisfaction survey: offered once, its answer (instant, is good) may change."""

    rating_id: int
    offered: int
    assignee_id: int
    group_id: int
    answers: list[tuple[int, bool]] = field(default_factory=list)


@dataclass(slots=True)
class Ticket:
    """A ticket with its whole life; `actions` are in time order."""

    ticket_id: int
    created: int
    requester: User
    submitter: User
    organization: Organization | None
    channel: str
    priority: str | None
    ticket_type: str | None
    group_id: int
    assignee: User
    actions: list[Action] = field(default_factory=list)
    rating: Rating | None = None
    deleted_at: int | None = None
    merged_into: int | None = None
    merged_at: int | None = None

    def known_actions(self, now: int) -> list[Action]:
        """Return the actions up to a moment."""
        return self.actions[: bisect_right(self.actions, now, key=lambda action: action.at)]

    def value(self, name: str, now: int) -> Any:
        """Return the value of a field at a moment."""
        found: Any = None
        for action in self.known_actions(now):
            for changed, _, after in action.changes:
                if changed == name:
                    found = after
        return found

    def moments(self) -> list[int]:
        """Return every instant at which the ticket changes."""
        moments = {action.at for action in self.actions}
        if self.deleted_at is not None:
            moments.add(self.deleted_at)
        return sorted(moments)


def is_deleted(ticket: Ticket, now: int) -> bool:
    """Tell whether a ticket stands deleted at a moment."""
    return ticket.deleted_at is not None and ticket.deleted_at <= now
