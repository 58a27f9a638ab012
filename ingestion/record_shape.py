"""What a record says about itself: its key, the instant of its version, whether it is deleted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ingestion.catalog import Stream

MISSING = object()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LARGEST_SECONDS = 100_000_000_000  # an epoch number from here on is in milliseconds (fixed rule)

Getter = Callable[[Any], Any]


def path_getter(path: str) -> Getter:
    """A function that reads a dotted path from a record; MISSING where a part is absent."""
    parts = path.split(".")
    if len(parts) == 1:
        only = parts[0]
        return lambda record: record.get(only, MISSING)

    def get(record: Any) -> Any:
        for part in parts:
            if not isinstance(record, dict):
                return MISSING
            record = record.get(part, MISSING)
        return record

    return get


def parse_instant(value: Any) -> datetime:
    """An instant in UTC from a vendor's value.

    ISO 8601 text (without a zone: UTC; a bare date: its midnight in UTC), or epoch seconds, or epoch
    milliseconds when the number is 100,000,000,000 or more. Raises ValueError for anything else.
    """
    if isinstance(value, bool) or value is None:
        raise ValueError("no time")
    if isinstance(value, str):
        text = value.strip()
        if not text.isdigit() or len(text) == 8:
            parsed = datetime.fromisoformat(text)
            return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
        value = int(text)
    if isinstance(value, int | float):
        try:
            return _EPOCH + (
                timedelta(milliseconds=value) if abs(value) >= _LARGEST_SECONDS else timedelta(seconds=value)
            )
        except OverflowError:
            raise ValueError(f"no time: {value}") from None
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    raise ValueError("no time")


def microseconds(instant: datetime) -> int:
    """Microseconds since 1970 in UTC."""
    return (instant - _EPOCH) // _MICROSECOND


@dataclass(frozen=True)
class Identity:
    """What is stored beside the payload: key, version instant (µs since 1970; None: not given), deletion."""

    record_id: str
    updated_at: int | None
    is_deleted: bool


class UnusableRecordError(Exception):
    """A record without a usable key, cursor or required field; the text is the reason.

    `record_id` is set when at least the key could be read.
    """

    def __init__(self, reason: str, record_id: str | None = None) -> None:
        super().__init__(reason)
        self.record_id = record_id


class RecordShape:
    """Reads identities of the records of one stream."""

    def __init__(self, stream: Stream) -> None:
        self._keys = [(path, path_getter(path.removesuffix("?")), path.endswith("?")) for path in stream.key.split("|")]
        self._single = self._keys[0][1] if len(self._keys) == 1 else None
        self._cursor_path = stream.cursor
        version = stream.cursor if stream.mode != "window" else None
        self._version_path = version or stream.version
        self._version = path_getter(self._version_path) if self._version_path else None
        self._cursor = path_getter(stream.cursor) if stream.cursor else None
        self._required = [(path, path_getter(path)) for path in stream.required]
        deleted, _, self._deleted_word = (stream.deleted or "").partition("=")
        self._deleted = path_getter(deleted) if deleted else None

    def identity(self, record: Any) -> Identity:
        """Key, version and deletion of a record. Raises UnusableRecordError."""
        if not isinstance(record, dict):
            raise UnusableRecordError("the record is not an object")
        record_id = self._record_id(record)
        for path, get in self._required:
            if get(record) is MISSING:
                raise UnusableRecordError(f"required field `{path}` is missing", record_id)
        return Identity(record_id, self._updated_at(record, record_id), self._is_deleted(record))

    def key_of(self, record: Any) -> str | None:
        """The key of a record that is otherwise unusable; None when it has none."""
        try:
            return self._record_id(record) if isinstance(record, dict) else None
        except UnusableRecordError:
            return None

    def cursor_value(self, record: Any) -> Any:
        """The value under the stream's cursor path, as sent; None without a cursor."""
        return self._cursor(record) if self._cursor else None

    def missing_required(self, records: list[Any]) -> str | None:
        """A required field that not one of these records has; None when there is no such field."""
        objects = [record for record in records if isinstance(record, dict)]
        for path, get in self._required:
            if objects and all(get(record) is MISSING for record in objects):
                return path
        return None

    def _record_id(self, record: dict[str, Any]) -> str:
        if self._single and not self._keys[0][2]:
            return _key_part(self._single(record), self._keys[0][0])
        parts = []
        for path, get, may_be_empty in self._keys:
            value = get(record)
            if may_be_empty and (value is MISSING or value is None or value == ""):
                parts.append("")
            else:
                parts.append(_key_part(value, path).replace("\\", "\\\\").replace("|", "\\|"))
        return "|".join(parts)

    def _updated_at(self, record: dict[str, Any], record_id: str) -> int | None:
        if self._version is None:
            return None
        value = self._version(record)
        if value is MISSING or value is None or value == "":
            if self._cursor is not None and self._version_path == self._cursor_path:
                raise UnusableRecordError(f"cursor field `{self._cursor_path}` is missing", record_id)
            return None
        try:
            return microseconds(parse_instant(value))
        except ValueError:
            raise UnusableRecordError(f"`{self._version_path}` is no time", record_id) from None

    def _is_deleted(self, record: dict[str, Any]) -> bool:
        if self._deleted is None:
            return False
        value = self._deleted(record)
        if self._deleted_word:
            return bool(value == self._deleted_word)
        return value is True or (isinstance(value, str) and value.lower() == "true")


def _key_part(value: Any, path: str) -> str:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise UnusableRecordError(f"key field `{path}` is missing or no identifier")
