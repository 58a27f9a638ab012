"""Event-sourced records: whatever a simulated system shows is the fold of the mutations up to a moment."""

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple


class Mutation(NamedTuple):
    """One change of one field: known from `recorded_at` on, true from `effective_at` on."""

    recorded_at: dt.datetime
    effective_at: dt.datetime
    field: str
    value: str | None


@dataclass(slots=True, eq=False)
class Record:
    """A record of a simulated system with everything that ever happens to it, also after `now`.

    `inserted_at` is the moment from which the record exists. The fields `is_deleted` ("true", "false"),
    `merged_into` (the survivor's id) and `merged_from` (an absorbed id) steer what the vendor shows.
    """

    record_id: str
    inserted_at: dt.datetime
    mutations: list[Mutation] = field(default_factory=list, kw_only=True)

    def change(self, name: str, value: str | None, at: dt.datetime, *, effective_at: dt.datetime | None = None) -> None:
        """Add a mutation recorded at a moment, effective then or at an earlier moment."""
        self.mutations.append(Mutation(at, effective_at or at, name, value))

    def exists(self, now: dt.datetime) -> bool:
        """Tell whether the record had been inserted by a moment (deleted and merged ones included)."""
        return self.inserted_at <= now

    def is_visible(self, now: dt.datetime) -> bool:
        """Tell whether a vendor lists the record: inserted, not deleted, not merged away."""
        if self.inserted_at > now:
            return False
        return not self.is_deleted(now) and self.merged_into(now) is None

    def history(self, name: str, now: dt.datetime) -> list[tuple[dt.datetime, str | None]]:
        """Return (effective moment, value) of one field as known at a moment, oldest first."""
        known = [
            (change.effective_at, change.recorded_at, change.value)
            for change in self.mutations
            if change.field == name and change.recorded_at <= now
        ]
        known.sort(key=lambda entry: (entry[0], entry[1]))
        return [(effective, value) for effective, _, value in known]

    def value(self, name: str, now: dt.datetime) -> str | None:
        """Return the value of one field in force at a moment, None when it was never set."""
        latest: tuple[dt.datetime, dt.datetime] | None = None
        value: str | None = None
        for change in self.mutations:
            if change.field != name or change.recorded_at > now:
                continue
            position = (change.effective_at, change.recorded_at)
            if latest is None or position >= latest:
                latest, value = position, change.value
        return value

    def state(self, now: dt.datetime) -> dict[str, str | None]:
        """Return the value of every field in force at a moment, in one pass; mutations must be in order."""
        values: dict[str, str | None] = {}
        moments: dict[str, dt.datetime] = {}
        for recorded_at, effective_at, name, value in self.mutations:
            if recorded_at > now:
                break
            known = moments.get(name)
            if known is None or effective_at >= known:
                moments[name] = effective_at
                values[name] = value
        return values

    def members(self, name: str, now: dt.datetime) -> list[str]:
        """Return the linked ids at a moment: `<name>+` links, `<name>-` unlinks; order of linking."""
        linked: dict[str, None] = {}
        for change in sorted(self.mutations, key=lambda change: change.recorded_at):
            if change.recorded_at > now or change.value is None:
                continue
            if change.field == f"{name}+":
                linked.setdefault(change.value)
            elif change.field == f"{name}-":
                linked.pop(change.value, None)
        return list(linked)

    def is_deleted(self, now: dt.datetime) -> bool:
        """Tell whether the record stands deleted at a moment."""
        return self.value("is_deleted", now) == "true"

    def merged_into(self, now: dt.datetime) -> str | None:
        """Return the id of the record that absorbed this one by a moment."""
        return self.value("merged_into", now)

    def updated_at(self, now: dt.datetime) -> dt.datetime:
        """Return the moment of the last recorded change up to a moment."""
        latest = self.inserted_at
        for change in self.mutations:
            if latest < change.recorded_at <= now:
                latest = change.recorded_at
        return latest
