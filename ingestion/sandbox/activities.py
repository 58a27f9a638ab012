"""Calls, meetings and e-mails of sales with people."""

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from ingestion.sandbox.people import Person, days, minutes
from ingestion.sandbox.records import Record

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

_FIRST_IDS = {"call": 31_000_000_001, "meeting": 32_000_000_001, "email": 33_000_000_001}


@dataclass(slots=True, eq=False)
class Activity(Record):
    """One activity; the mutation `status` holds the CRM's own word, as of when it was known.

    `direction` is `outbound` or `inbound`; `duration_ms` is None for e-mails.
    """

    activity_type: str
    occurred_at: dt.datetime
    direction: str
    owner_id: str | None
    contact_id: str
    is_automated: bool
    duration_ms: int | None

    def is_completed(self, now: dt.datetime) -> bool:
        """Tell whether it took place, as known at a moment."""
        return self.value("status", now) in ("COMPLETED", "SENT")


def simulate(world: "World") -> list[Activity]:
    """Return all activities in the order of insertion."""
    rng = world.random("activities")
    activities: list[Activity] = []
    for person in world.people:
        owned = [change for change in person.mutations if change.field == "hubspot_owner_id" and change.value]
        if not owned:
            continue
        gone = [change for change in person.mutations if change.field in ("merged_into", "is_deleted")]
        end = gone[0].recorded_at if gone else world.end
        at = owned[0].recorded_at
        for _ in range(rng.choice((0, 1, 2, 3, 5))):
            at += minutes(rng, 5, 60 * 24 * 6)
            if at > end:
                break
            activity = _activity(rng, person, _owner_at(person, at), at)
            if gone and gone[0].field == "merged_into":
                activity.change("contact-", person.person_id, end)
                activity.change("contact+", gone[0].value, end)
            activities.append(activity)
    for activity in activities:
        kept = [change for change in activity.mutations if change.recorded_at <= world.end]
        activity.mutations = sorted(kept, key=lambda change: change.recorded_at)
    activities.sort(key=lambda activity: activity.inserted_at)
    numbers = dict(_FIRST_IDS)
    for activity in activities:
        activity.record_id = str(numbers[activity.activity_type])
        numbers[activity.activity_type] += 2
    return activities


def _owner_at(person: Person, at: dt.datetime) -> str | None:
    """Whose the person is at a moment; one who is nobody's any more is still called by the last owner."""
    return [owner for _, owner in person.history("hubspot_owner_id", at) if owner][-1]


def _activity(rng: Random, person: Person, owner_id: str | None, at: dt.datetime) -> Activity:
    kind = rng.choices(("email", "call", "meeting"), (45, 35, 20))[0]
    direction = "inbound" if rng.random() < 0.2 and kind != "meeting" else "outbound"
    booked = at - days(rng, 0.1, 6) if kind == "meeting" else at
    length = {"email": None, "call": rng.randint(20, 1500) * 1000, "meeting": rng.choice((15, 30, 45, 60)) * 60_000}
    activity = Activity(
        record_id="",
        inserted_at=max(booked, person.inserted_at),
        activity_type=kind,
        occurred_at=at,
        direction=direction,
        owner_id=owner_id if rng.random() < 0.97 else None,
        contact_id=person.person_id,
        is_automated=kind == "email" and direction == "outbound" and rng.random() < 0.35,
        duration_ms=length[kind],
    )
    activity.change("contact+", person.person_id, activity.inserted_at)
    if kind == "email":
        activity.change("status", "SENT" if rng.random() < 0.97 else "BOUNCED", at)
    elif kind == "call":
        activity.change("status", rng.choices(("COMPLETED", "NO_ANSWER", "BUSY"), (7, 2, 1))[0], at)
    else:
        activity.change("status", "SCHEDULED", activity.inserted_at)
        outcome = rng.choices(("COMPLETED", "NO_SHOW", "CANCELED", "SCHEDULED"), (75, 12, 8, 5))[0]
        if outcome != "SCHEDULED":
            activity.change("status", outcome, at + dt.timedelta(minutes=rng.randint(30, 600)))
    return activity
