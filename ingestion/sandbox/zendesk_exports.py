"""The exports of the simulated help desk: every record in the order of its last change, at any moment."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from ingestion.sandbox import zendesk_metric_sets, zendesk_metrics, zendesk_objects
from ingestion.sandbox.business_time import WorkingTime
from ingestion.sandbox.support import Support
from ingestion.sandbox.zendesk_tickets import Organization, Rating, Ticket, User


@dataclass(frozen=True)
class Entry:
    """One exported record: when it changes and how it looks."""

    record_id: int
    moments: tuple[int, ...]
    render: Callable[[int, int], dict[str, Any]]


class Export:
    """The records of one export in the order of their last change, per moment shown."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = {entry.record_id: entry for entry in entries}
        self._order: tuple[int, list[tuple[int, int]]] = (-1, [])
        self._sent: dict[int, tuple[int, bytes]] = {}

    def order(self, now: int) -> list[tuple[int, int]]:
        """Return (last change, id) of every record that exists, in that order."""
        if self._order[0] != now:
            found: list[tuple[int, int]] = []
            for entry in self.entries.values():
                known = bisect_right(entry.moments, now)
                if known:
                    found.append((entry.moments[known - 1], entry.record_id))
            found.sort()
            self._order = now, found
        return self._order[1]

    def serialised(self, updated: int, record_id: int, now: int) -> bytes:
        """Return a record as JSON, rendered again only when it has changed."""
        known = self._sent.get(record_id)
        if known is None or known[0] != updated:
            known = updated, orjson.dumps(self.entries[record_id].render(updated, now))
            self._sent[record_id] = known
        return known[1]


def exports_of(desk: Support) -> dict[str, Export]:
    """Return every export of a help desk by its name."""
    events: list[Entry] = []
    for number, ticket in enumerate(desk.tickets):
        for at, event in zendesk_metrics.events_of(ticket, desk.working, 4_000_000_000 + number * 100):
            events.append(_event_entry(at, event))
    return {
        "tickets": Export([_ticket_entry(ticket) for ticket in desk.tickets]),
        "users": Export([_user_entry(user) for user in desk.users]),
        "organizations": Export([_organization_entry(one) for one in desk.organizations]),
        "ticket_metric_events": Export(events),
        "satisfaction_ratings": Export([_rating_entry(*pair) for pair in desk.ratings]),
    }


def metric_sets_of(desk: Support) -> Export:
    """Return the metrics beside every ticket, by the ticket's id."""
    return Export([_metric_set_entry(ticket, desk.working) for ticket in desk.tickets])


def _metric_set_entry(one: Ticket, working: WorkingTime) -> Entry:
    return Entry(
        one.ticket_id,
        tuple(one.moments()),
        lambda updated, now: zendesk_metric_sets.metric_set(one, working, updated, now),
    )


def _event_entry(at: int, event: dict[str, Any]) -> Entry:
    return Entry(event["id"], (at,), lambda _, __: event)


def _ticket_entry(one: Ticket) -> Entry:
    return Entry(one.ticket_id, tuple(one.moments()), lambda updated, now: zendesk_objects.ticket(one, updated, now))


def _user_entry(one: User) -> Entry:
    moments = (one.created,) if one.deleted_at is None else (one.created, one.deleted_at)
    return Entry(one.user_id, moments, lambda updated, now: zendesk_objects.user(one, updated, now))


def _organization_entry(one: Organization) -> Entry:
    moments = (one.created,) if one.renamed_at is None else (one.created, one.renamed_at)
    return Entry(one.organization_id, moments, lambda updated, now: zendesk_objects.organization(one, updated, now))


def _rating_entry(one: Rating, ticket: Ticket) -> Entry:
    moments = (one.offered, *(at for at, _ in one.answers))
    return Entry(one.rating_id, moments, lambda _, now: zendesk_objects.rating(one, ticket, now))
