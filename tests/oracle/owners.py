"""Whose the records of persons are from day to day, as the change log tells it, else their versions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime

from tests.oracle.histories import moment
from tests.oracle.ledger import Ledger, Row

OWNER = "owner_sales_rep_id"
EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Owned:
    """The owners of one record, in order, each with the day on which it began; there is at least one."""

    created: date
    told: list[tuple[date, str]]

    def is_there(self, day: date) -> bool:
        """Whether the record exists on a day, or tells an owner of it."""
        return min(self.created, self.told[0][0]) <= day

    def on(self, day: date) -> str:
        """The owner at the end of a day, empty when it had none; before the first known one that one."""
        before = [owner for since, owner in self.told if since <= day]
        return before[-1] if before else self.told[0][1]


def owners(ledger: Ledger, records: dict[str, Row]) -> dict[str, Owned]:
    """The owners of records of persons, by id; `records` are their newest versions."""
    changes: dict[str, list[Row]] = defaultdict(list)
    for row in ledger.rows("lead_changes"):
        if row["field"] == OWNER:
            changes[row["lead_id"]].append(row)
    versions: dict[str, list[Row]] = defaultdict(list)
    for row in ledger.rows("leads"):
        versions[row["lead_id"]].append(row)
    return {
        key: Owned(
            ledger.day(record["created_at"]) or date.min,
            _told(ledger, changes[key], "changed_at", "value") or _told(ledger, versions[key], "updated_at", OWNER),
        )
        for key, record in records.items()
    }


def _told(ledger: Ledger, rows: list[Row], at: str, value: str) -> list[tuple[date, str]]:
    """What the rows say, in the order of their instants; of one instant the last row counts."""
    dated = sorted(rows, key=lambda row: moment(ledger, row.get(at)) or EVER)
    return [(ledger.day(row.get(at)) or date.min, row.get(value) or "") for row in dated]
