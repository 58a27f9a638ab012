"""HubSpot's search by modification time, made complete: split windows, and record ids as the position."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ingestion.errors import ProtocolError
from ingestion.http import ApiClient
from ingestion.source import Record

Window = tuple[int, int]

MOST_HITS = 10_000
_MOST_ROUNDS = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, rounded down; a moment without a zone is UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    elapsed = aware - _EPOCH
    return (elapsed.days * 86_400 + elapsed.seconds) * 1000 + elapsed.microseconds // 1000


@dataclass(frozen=True)
class Found:
    """Some records of a search, and the position behind them: open windows and the last id of the first."""

    records: list[Record]
    position: dict[str, Any]


class Search:
    """Searches one object type of a portal."""

    def __init__(self, api: ApiClient, kind: str) -> None:
        self._api = api
        self._kind = kind
        self._modified = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"

    def total(self) -> int:
        """How many live records there are."""
        return self._total(self._ask({"filterGroups": [], "limit": 1}))

    def newest(self) -> int | None:
        """The latest modification time, in milliseconds; None when there are no records."""
        sorts = [{"propertyName": self._modified, "direction": "DESCENDING"}]
        answer = self._ask({"filterGroups": [], "sorts": sorts, "properties": [self._modified], "limit": 1})
        moments = [self._moment(record) for record in self._records(answer)]
        return moments[0] if moments else None

    def changed(
        self, start: int, *, names: Sequence[str], size: int, position: dict[str, Any] | None = None
    ) -> Iterator[Found]:
        """Yield the records that changed at or after `start`, each at least once, `size` at a time.

        What changes while the search runs is searched for again afterwards.
        """
        windows: list[Window] = [(a, b) for a, b in position["windows"]] if position else []
        last_id = int(position["last_id"]) if position else 0
        done_until = start - 1 if not position else int(position["until"])
        for _ in range(_MOST_ROUNDS):
            if not windows:
                newest = self.newest()
                if newest is None or newest < start or newest <= done_until:
                    return
                windows, done_until = [(max(start, done_until), newest)], newest
            for found in self._walk(windows, last_id, names, size):
                yield Found(found.records, {**found.position, "until": done_until})
            windows, last_id = [], 0

    def _walk(self, windows: list[Window], last_id: int, names: Sequence[str], size: int) -> Iterator[Found]:
        windows = list(windows)
        while windows:
            low, high = windows[-1]
            answer = self._within(low, high, last_id, names, size)
            if self._total(answer) > MOST_HITS and low < high and last_id == 0:
                middle = (low + high) // 2
                windows[-1:] = [(middle + 1, high), (low, middle)]
                continue
            records = self._records(answer)
            last_id = self._advanced(records, last_id)
            if len(records) < size:
                windows, last_id = windows[:-1], 0
            if records:
                yield Found(records, {"windows": windows, "last_id": last_id})

    def _within(self, low: int, high: int, last_id: int, names: Sequence[str], size: int) -> Any:
        filters = [
            {
                "propertyName": self._modified,
                "operator": "BETWEEN",
                "value": str(low),
                "highValue": str(high),
            },
            {"propertyName": "hs_object_id", "operator": "GT", "value": str(last_id)},
        ]
        return self._ask(
            {
                "filterGroups": [{"filters": filters}],
                "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
                "properties": list(names),
                "limit": size,
            }
        )

    def _advanced(self, records: list[Record], last_id: int) -> int:
        """The last id of a page; refuses a page that does not go on behind the one before."""
        for record in records:
            record_id = int(record["id"])
            if record_id <= last_id:
                raise ProtocolError("the search does not advance: a loop", where=f"hubspot: {self._kind}")
            last_id = record_id
        return last_id

    def _ask(self, body: dict[str, Any]) -> Any:
        return self._api.post(f"crm/v3/objects/{self._kind}/search", body, lane="search")

    def _records(self, answer: Any) -> list[Record]:
        results = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(results, list):
            raise ProtocolError("the search has no list of results", where=f"hubspot: {self._kind}")
        return results

    def _total(self, answer: Any) -> int:
        total = answer.get("total") if isinstance(answer, dict) else None
        if not isinstance(total, int):
            raise ProtocolError("the search does not say its total", where=f"hubspot: {self._kind}")
        return total

    def _moment(self, record: Record) -> int:
        """The modification time in milliseconds, the precision that the search knows."""
        text = record.get("updatedAt") or record.get("properties", {}).get(self._modified)
        try:
            moment = datetime.fromisoformat(str(text))
        except ValueError:
            what = "the search answers without a modification time"
            raise ProtocolError(what, where=f"hubspot: {self._kind}") from None
        return milliseconds(moment)
