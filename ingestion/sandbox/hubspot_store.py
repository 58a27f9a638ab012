"""The CRM's records of one object type as they stand at a moment, and how they are written as JSON."""

import bisect
import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ingestion.sandbox import hubspot_properties
from ingestion.sandbox.clock import epoch_millis, iso_millis
from ingestion.sandbox.records import Record

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

OBJECT_TYPES = (
    "contacts", "companies", "deals", "tickets", "calls", "meetings", "emails", "line_items", "products",
    "quotes",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Which properties a request wants, in its order; empty means the defaults."""

    properties: tuple[str, ...] = ()
    with_history: tuple[str, ...] = ()


class Snapshot:
    """The records of one object type at one moment."""

    def __init__(self, now: dt.datetime, records: Sequence[Record], frozen: dt.datetime | None = None) -> None:
        """Sort the records that exist into live and archived ones; `frozen` replaces all modification times."""
        self.now = now
        self.frozen = frozen
        ordered = sorted(records, key=lambda record: int(record.record_id))
        present = [r for r in ordered if r.exists(now) and r.merged_into(now) is None]
        self.live = [record for record in present if not record.is_deleted(now)]
        self.archived = [record for record in present if record.is_deleted(now)]

    @cached_property
    def live_by_id(self) -> dict[str, Record]:
        """Live records by id."""
        return {record.record_id: record for record in self.live}

    @cached_property
    def archived_by_id(self) -> dict[str, Record]:
        """Archived records by id."""
        return {record.record_id: record for record in self.archived}

    @cached_property
    def by_modification(self) -> list[tuple[int, int, Record]]:
        """(modified, id, record) of live records, oldest modification first; milliseconds."""
        rows = [(epoch_millis(self.frozen or r.updated_at(self.now)), int(r.record_id), r) for r in self.live]
        rows.sort(key=lambda row: (row[0], row[1]))
        return rows

    def page(self, *, archived: bool, after: int, limit: int) -> tuple[list[Record], bool]:
        """Return up to `limit` records with an id from `after` on, and whether more follow."""
        records = self.archived if archived else self.live
        first = bisect.bisect_left(records, after, key=lambda record: int(record.record_id))
        return records[first : first + limit], first + limit < len(records)


class Store:
    """All records of one object type; snapshots are kept for the current moment only."""

    def __init__(self, world: "World", object_type: str) -> None:
        """Prepare the store; nothing is generated yet."""
        self.world = world
        self.object_type = object_type
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._hidden: set[str] = set()
        self._frozen: dt.datetime | None = None

    @cached_property
    def records(self) -> Sequence[Record]:
        """Every record of the simulated history."""
        if self.object_type in ("calls", "meetings", "emails"):
            kind = self.object_type.removesuffix("s")
            return [a for a in self.world.activities if a.activity_type == kind]
        name = {"contacts": "people", "tickets": "crm_tickets"}.get(self.object_type, self.object_type)
        records: Sequence[Record] = getattr(self.world, name)
        return records

    def snapshot(self) -> Snapshot:
        """Return the records as they stand now."""
        with self._lock:
            if self._snapshot is None or self._snapshot.now != self.world.now:
                shown = [record for record in self.records if record.record_id not in self._hidden]
                self._snapshot = Snapshot(self.world.now, shown, self._frozen)
            return self._snapshot

    def hide(self, record_id: str) -> None:
        """Let a record not exist for the time being."""
        with self._lock:
            self._hidden.add(record_id)
            self._snapshot = None

    def show_all(self) -> None:
        """Let every hidden record exist again."""
        with self._lock:
            self._hidden.clear()
            self._snapshot = None

    def freeze(self, moment: dt.datetime | None) -> None:
        """Show one modification time for all records, or their own again."""
        with self._lock:
            self._frozen = moment
            self._snapshot = None

    def modified_at(self, record: Record, now: dt.datetime) -> str:
        """Return the modification time that a record shows."""
        return iso_millis(self._frozen or record.updated_at(now))

    @cached_property
    def property_names(self) -> tuple[str, ...]:
        """Every property of the object type."""
        return tuple(self.properties(self.records[0], self.records[0].inserted_at)) if self.records else ()

    def properties(self, record: Record, now: dt.datetime) -> dict[str, str | None]:
        """Return all properties of a record."""
        modified = self.modified_at(record, now)
        return hubspot_properties.SHOWN[self.object_type](self.world, record, now, modified)

    def payload(self, record: Record, now: dt.datetime, asked: Asked) -> dict[str, Any]:
        """Return a record as the API writes it; unknown property names are ignored, as HubSpot does."""
        shown = self.properties(record, now)
        wanted = asked.properties or ("hs_object_id", "createdate", "hs_lastmodifieddate", "lastmodifieddate")
        always = ("hs_object_id", "createdate", hubspot_properties.modified_property(self.object_type))
        names = dict.fromkeys([*wanted, *always])
        archived = record.is_deleted(now)
        payload: dict[str, Any] = {
            "id": record.record_id,
            "properties": {name: shown[name] for name in names if name in shown},
            "createdAt": hubspot_properties.created_at(record, now),
            "updatedAt": self.modified_at(record, now),
            "archived": archived,
        }
        if archived:
            deleted = [at for at, value in record.history("is_deleted", now) if value == "true"]
            payload["archivedAt"] = iso_millis(deleted[-1])
        known = hubspot_properties.HISTORY_FIELDS.get(self.object_type, ())
        if asked.with_history:
            payload["propertiesWithHistory"] = {
                name: hubspot_properties.history(record, name, now)  # type: ignore[arg-type]
                for name in asked.with_history
                if name in known
            }
        return payload
