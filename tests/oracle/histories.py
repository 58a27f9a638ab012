"""Stage histories of opportunities: as they are told, else from the versions, with the closing that a record dates."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from tests.oracle.ledger import Ledger, Row, instant

Flags = tuple[int, bool, bool]  # order, is closed, is won
Entry = tuple[datetime, str]
GENERIC: dict[str, Flags] = {"open": (0, False, False), "won": (10**6, True, True), "lost": (10**6 + 1, True, False)}
NEVER = datetime(9000, 1, 1, tzinfo=UTC)


def moment(ledger: Ledger, text: str | None) -> datetime | None:
    """An instant; a bare date is the beginning of that day in the reporting zone."""
    if text and len(text) == 10:
        return datetime.combine(datetime.fromisoformat(text), time.min, tzinfo=ZoneInfo(ledger.rules.zone))
    return instant(text)


class Histories:
    """The stage histories of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.are_told = bool(ledger.rows("opportunity_stage_events"))

    def of(self, row: Row, versions: list[Row], told: list[Row], stages: dict[str, Flags]) -> list[Entry]:
        """Every entry into a stage, of whatever day, in order; `row` is the newest of the versions."""
        if self.are_told:
            entries = [(self._at(event["entered_at"]), event["stage_id"]) for event in told]
        else:
            entries = self._from_versions(versions, stages)
        entries.sort(key=lambda entry: (entry[0], stages.get(entry[1], GENERIC["open"])[0]))
        if entries and _is_closed(row["stage"], stages) and not _is_closed(entries[-1][1], stages):
            closed_at = self._close_of_record(row, versions, stages)
            if closed_at is not None:
                entries.append((max(closed_at, entries[-1][0]), row["stage"]))
        return entries

    def seen_closed(self, versions: list[Row], stages: dict[str, Flags]) -> datetime | None:
        """When a version first showed the opportunity closed."""
        seen = [self._seen(version) for version in versions if _is_closed(version["stage"], stages)]
        return min(seen, default=None)

    def _at(self, text: str | None) -> datetime:
        found = moment(self.ledger, text)
        assert found is not None
        return found

    def _seen(self, version: Row) -> datetime:
        return moment(self.ledger, version.get("updated_at")) or NEVER

    def _close_of_record(self, row: Row, versions: list[Row], stages: dict[str, Flags]) -> datetime | None:
        """The close date, and while that is still to come the first version that is closed."""
        if self.ledger.happened(row.get("closed_at")):
            return moment(self.ledger, row["closed_at"])
        return self.seen_closed(versions, stages)

    def _from_versions(self, versions: list[Row], stages: dict[str, Flags]) -> list[Entry]:
        """First the creation in the first stage, last the close date in the closing one.

        What was closed when it was first seen was open until then.
        """
        entries: list[Entry] = []
        seen_before = NEVER
        for version in versions:
            stage, seen = version["stage"], self._seen(version)
            if not entries:
                entries.append((self._at(version["created_at"]), "open" if _is_closed(stage, stages) else stage))
            if stage == entries[-1][1]:
                continue
            entries.append((self._moved(version, entries[-1], seen_before, stages), stage))
            seen_before = seen
        return entries

    def _moved(self, version: Row, left: Entry, seen_before: datetime, stages: dict[str, Flags]) -> datetime:
        """When a version's stage was entered out of another one."""
        seen = self._seen(version)
        if not _is_closed(version["stage"], stages):
            return seen
        closed_at = moment(self.ledger, version.get("closed_at"))
        if closed_at is None or self._day(closed_at) > self._day(seen):
            closed_at = seen
        if _is_closed(left[1], stages):  # an outcome that was corrected: the former one had been seen
            return closed_at if closed_at > seen_before else seen
        return max(closed_at, left[0])

    def _day(self, at: datetime) -> str:
        return str(self.ledger.day(at.isoformat()))


def _is_closed(stage: str, stages: dict[str, Flags]) -> bool:
    return stages.get(stage, GENERIC["open"])[1]
