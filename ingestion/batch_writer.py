"""Turns the records of a pass into batches of landing."""

import hashlib
from array import array
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from ingestion import landing
from ingestion.catalog import Stream
from ingestion.drift import FieldObserver
from ingestion.known_versions import KnownVersions
from ingestion.landing import BatchInfo
from ingestion.record_shape import RecordShape, UnusableRecordError, microseconds, parse_instant
from ingestion.settings import Settings

_FAR_FUTURE = timedelta(days=1)


class _Rows:
    """Columns of a batch that is being collected; the payloads are one buffer, as Arrow wants them."""

    def __init__(self) -> None:
        self.record_ids: list[str] = []
        self.updated_at: list[int] = []
        self.is_tombstone: list[bool] = []
        self.is_deleted: list[bool] = []
        self.hashes: list[str] = []
        self.extracted_at: list[int] = []
        self._payloads = bytearray()
        self._ends = array("i", [0])

    @property
    def byte_count(self) -> int:
        return len(self._payloads)

    def append(
        self, record_id: str, payload: bytes | None, *, updated_at: int, is_deleted: bool, extracted_at: int
    ) -> None:
        self.record_ids.append(record_id)
        self.updated_at.append(updated_at)
        self.is_deleted.append(is_deleted)
        self.is_tombstone.append(payload is None)
        if payload is None:
            self.hashes.append(landing.TOMBSTONE_HASH)
        else:
            self.hashes.append(hashlib.sha256(payload).hexdigest()[:32])
            self._payloads += payload
        self._ends.append(len(self._payloads))
        self.extracted_at.append(extracted_at)

    def table(self, source_name: str | None) -> pa.Table:
        columns: list[Any] = [
            pa.array(self.record_ids, pa.string()),
            pa.array(self.updated_at, pa.timestamp("us")),
            pa.array(self.is_deleted, pa.bool_()),
            self._payload_column(),
            pa.array(self.hashes, pa.string()),
            pa.array(self.extracted_at, pa.timestamp("us")),
        ]
        table = pa.Table.from_arrays(columns, schema=landing.BATCH_SCHEMA)
        if source_name is None:
            return table
        names = pa.array([source_name] * table.num_rows, pa.string())
        return table.add_column(0, pa.field("source_name", pa.string()), names)

    def _payload_column(self) -> Any:
        size = len(self.record_ids)
        texts = pa.StringArray.from_buffers(size, pa.py_buffer(self._ends), pa.py_buffer(self._payloads))
        if not any(self.is_tombstone):
            return texts
        return pc.if_else(pa.array(self.is_tombstone, pa.bool_()), pa.scalar(None, pa.string()), texts)


@dataclass
class Counts:
    """What was written so far in this run of the pass."""

    fetched: int = 0
    new: int = 0
    changed: int = 0
    deleted: int = 0
    quarantined: int = 0
    replaced_characters: int = 0
    future_cursors: int = 0


class BatchWriter:
    """Collects records and writes a batch when 50,000 records or 64 MB are there, or when told to.

    `first` is the manifest from which the batches of this pass are derived; `known` the versions in landing
    when the pass began. `after` is the instant of the newest batch; `may_close_silently` says that a pass
    without news needs no batch. Records that cannot be used are quarantined with the reason. While
    `is_ordered`, the cursor follows inside the pass.
    """

    def __init__(
        self,
        settings: Settings,
        stream: Stream,
        first: BatchInfo,
        known: KnownVersions,
        *,
        after: datetime | None,
        may_close_silently: bool,
    ) -> None:
        self.counts = Counts()
        self.fields = FieldObserver()
        self.written: list[BatchInfo] = []
        self.highest_cursor = first.highest_cursor
        self.resume_token = first.resume_token
        self.keyless_count = 0
        self._highest = microseconds(parse_instant(self.highest_cursor)) if self.highest_cursor else None
        self._settings = settings
        self._stream = stream
        self._first = first
        self._known = known
        self._shape = RecordShape(stream)
        self._source_name = settings.source_system(first.source) if first.kind == "files" else None
        self.is_ordered = False
        self._after = after
        self._may_close_silently = may_close_silently
        self._tracks_seen = stream.mode != "incremental"
        self._reset()

    def _reset(self) -> None:
        self._rows = _Rows()
        self._seen: list[str] = []
        self._quarantine: list[dict[str, Any]] = []
        self._fetched = 0

    @property
    def shape(self) -> RecordShape:
        """How keys and cursors of the stream are read."""
        return self._shape

    def now(self) -> datetime:
        """The present instant, never before what has been stored already."""
        present = datetime.now(UTC)
        if self._after and present <= self._after:
            present = self._after + timedelta(microseconds=1)
        self._after = present
        return present

    def add(self, records: list[Any], rejected: tuple[tuple[Any, str], ...] = ()) -> None:
        """Take the records of one page."""
        now = self.now()
        extracted_at = microseconds(now)
        latest_allowed = microseconds(now + _FAR_FUTURE)
        for record in records:
            if len(self._rows.record_ids) >= landing.MAX_RECORDS or self._rows.byte_count >= landing.MAX_BYTES:
                self.flush()
            self._add_one(record, extracted_at, latest_allowed)
        for record, reason in rejected:
            self._refuse(record, reason, self._shape.key_of(record), extracted_at)
        self.counts.fetched += len(records) + len(rejected)
        self._fetched += len(records) + len(rejected)

    def page_done(self, resume_token: str | None) -> None:
        """From here on the pass can be continued by this token."""
        self.resume_token = resume_token

    def add_tombstones(self, record_ids: list[str]) -> None:
        """Record that the source no longer has these keys."""
        extracted_at = microseconds(self.now())
        for record_id in record_ids:
            self._rows.append(record_id, None, updated_at=extracted_at, is_deleted=True, extracted_at=extracted_at)
            if len(self._rows.record_ids) >= landing.MAX_RECORDS:
                self.flush()
        self.counts.deleted += len(record_ids)

    def seen_now(self) -> pa.Table:
        """Keys seen that are not yet in a file."""
        return pa.table({"record_id": pa.array(self._seen, pa.string())})

    def flush(self, *, closing: BatchInfo | None = None) -> BatchInfo | None:
        """Write what has been collected. `closing` is the manifest of the batch that closes the pass.

        A pass that brought nothing new closes without a batch, when an earlier pass has closed.
        """
        tombstone_count = sum(self._rows.is_tombstone)
        rows, new = self._known.split(self._rows.table(self._source_name))
        self.counts.new += new
        self.counts.changed += rows.num_rows - new - tombstone_count
        if closing and not rows.num_rows and not self._quarantine and self._is_nothing_new(closing):
            self._reset()
            return None
        base = closing or self._first
        if closing is None and self.is_ordered:
            base = replace(base, cursor_after=self.highest_cursor)
        batch = replace(
            base,
            batch_id=landing.next_batch_id(self._last_id()),
            row_count=rows.num_rows,
            fetched_count=self._fetched,
            quarantined_count=len(self._quarantine),
            deleted_count=tombstone_count,
            highest_cursor=self.highest_cursor,
            resume_token=None if closing else self.resume_token,
            fields=self.fields.types(),
        )
        seen = self.seen_now() if self._tracks_seen else None
        landing.write_batch(self._settings, batch, rows, seen=seen, quarantine=self._quarantine)
        self.written.append(batch)
        self._reset()
        return batch

    def _is_nothing_new(self, closing: BatchInfo) -> bool:
        is_same_cursor = closing.cursor_after == self._first.cursor_before
        return self._may_close_silently and not self.written and is_same_cursor

    def _last_id(self) -> str | None:
        return self.written[-1].batch_id if self.written else self._first.batch_id or None

    def _add_one(self, record: Any, extracted_at: int, latest_allowed: int) -> None:
        try:
            identity = self._shape.identity(record)
            payload = self._payload(record)
            if self._stream.cursor:
                self._advance(self._shape.cursor_value(record), identity.updated_at, latest_allowed)
        except UnusableRecordError as error:
            self._refuse(record, str(error), error.record_id, extracted_at)
            return
        self.fields.add(record)
        self._rows.append(
            identity.record_id,
            payload,
            updated_at=extracted_at if identity.updated_at is None else identity.updated_at,
            is_deleted=identity.is_deleted,
            extracted_at=extracted_at,
        )
        if self._tracks_seen:
            self._seen.append(identity.record_id)

    def _advance(self, value: Any, updated_at: int | None, latest_allowed: int) -> None:
        """Raise the highest cursor to a value that the source sent, unless it lies in the future.

        `updated_at` is the same instant where the cursor is the version of the record.
        """
        if updated_at is None:
            try:
                updated_at = microseconds(parse_instant(value))
            except ValueError:
                raise UnusableRecordError(f"cursor field `{self._stream.cursor}` is no time") from None
        if updated_at > latest_allowed:
            self.counts.future_cursors += 1
        elif self._highest is None or updated_at > self._highest:
            self._highest, self.highest_cursor = updated_at, str(value)

    def _payload(self, record: Any) -> bytes:
        try:
            return orjson.dumps(record)
        except TypeError:
            cleaned, count = _without_surrogates(record)
            if not count:
                raise UnusableRecordError("the record cannot be written as JSON") from None
            self.counts.replaced_characters += count
            return orjson.dumps(cleaned)

    def _refuse(self, record: Any, reason: str, record_id: str | None, extracted_at: int) -> None:
        self.counts.quarantined += 1
        if record_id is None:
            self.keyless_count += 1
        elif self._tracks_seen:
            self._seen.append(record_id)
        self._quarantine.append(
            {"record_id": record_id, "reason": reason, "extracted_at": extracted_at, "record": _safe(record)}
        )


def _without_surrogates(value: Any) -> tuple[Any, int]:
    """The value with lone surrogates replaced, and how many there were."""
    if isinstance(value, str):
        cleaned = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return (cleaned, 1) if cleaned != value else (value, 0)
    if isinstance(value, dict):
        pairs = [(_without_surrogates(key), _without_surrogates(item)) for key, item in value.items()]
        return {key[0]: item[0] for key, item in pairs}, sum(key[1] + item[1] for key, item in pairs)
    if isinstance(value, list):
        items = [_without_surrogates(item) for item in value]
        return [item[0] for item in items], sum(item[1] for item in items)
    return value, 0


def _safe(record: Any) -> Any:
    try:
        orjson.dumps(record)
    except TypeError:
        return repr(record)
    return record
