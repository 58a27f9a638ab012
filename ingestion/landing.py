"""Batches and manifests: what has been extracted, and the state from which extraction goes on.

A batch is a Parquet file of versions of records and a JSON manifest that is written last, by rename. A batch
without a manifest does not exist. The manifests of a stream, in the order of their names, are its state.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion import faultpoints
from ingestion.errors import StateError
from ingestion.settings import Settings

MAX_RECORDS = 50_000
MAX_BYTES = 64_000_000
TOMBSTONE_HASH = hashlib.sha256(b"tombstone").hexdigest()[:32]

_FIELDS: "list[pa.Field[Any]]" = [
    pa.field("record_id", pa.string()),
    pa.field("updated_at", pa.timestamp("us")),
    pa.field("is_deleted", pa.bool_()),
    pa.field("payload", pa.string()),
    pa.field("payload_hash", pa.string()),
    pa.field("extracted_at", pa.timestamp("us")),
]
BATCH_SCHEMA = pa.schema(_FIELDS)
FILE_BATCH_SCHEMA = BATCH_SCHEMA.insert(0, pa.field("source_name", pa.string()))

_ID_FORMAT = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True)
class BatchInfo:
    """The manifest of a batch, and the folder it is in.

    `source` is the name in the configuration, `kind` names the raw schema. `cursor_after` is the stream's
    cursor once this batch exists; `highest_cursor` the largest value seen in the pass so far.
    `parent_through` is the last batch of the parent stream whose children this pass has read. `fields` maps
    each field to its JSON types.
    """

    batch_id: str
    source: str
    kind: str
    entity: str
    mode: str
    pass_id: str
    row_count: int
    fetched_count: int
    quarantined_count: int = 0
    deleted_count: int = 0
    cursor_before: str | None = None
    cursor_after: str | None = None
    highest_cursor: str | None = None
    since: str | None = None
    resume_token: str | None = None
    closes_pass: bool = False
    parent_through: str | None = None
    expected_count: int | None = None
    fields: dict[str, list[str]] = field(default_factory=dict)
    folder: Path = field(default=Path(), compare=False)

    @property
    def stream(self) -> str:
        """`source.entity`."""
        return f"{self.source}.{self.entity}"

    @property
    def rows_path(self) -> Path:
        """The Parquet file."""
        return self.folder / f"{self.batch_id}.parquet"

    @property
    def manifest_path(self) -> Path:
        """The JSON manifest."""
        return self.folder / f"{self.batch_id}.json"

    @property
    def seen_path(self) -> Path:
        """Keys that the source still has, of this batch; exists while the pass is open."""
        return self.folder / f"{self.batch_id}.seen.parquet"

    @property
    def loaded_path(self) -> Path:
        """A mark that the batch is in the warehouse (the warehouse's own ledger decides)."""
        return self.folder / f"{self.batch_id}.loaded"


def stream_folder(settings: Settings, source: str, entity: str) -> Path:
    """Where the batches of one stream are."""
    return settings.var / "landing" / source / entity


def streams(settings: Settings) -> list[tuple[str, str]]:
    """Source and entity of all streams that have landed anything."""
    root = settings.var / "landing"
    return sorted((path.parent.name, path.name) for path in root.glob("*/*") if path.is_dir())


def batches(folder: Path) -> list[BatchInfo]:
    """All batches of a stream, oldest first. Raises StateError for a manifest that cannot be read."""
    return [_read_manifest(path) for path in sorted(folder.glob("2*.json"))]


def last_batch(folder: Path) -> BatchInfo | None:
    """The newest batch of a stream."""
    paths = sorted(folder.glob("2*.json"))
    return _read_manifest(paths[-1]) if paths else None


def pending_batches(settings: Settings, source: str | None = None) -> list[BatchInfo]:
    """Batches that are not marked as loaded, oldest first, stream by stream."""
    return [
        batch
        for name, entity in streams(settings)
        if source in (None, name)
        for batch in batches(stream_folder(settings, name, entity))
        if not batch.loaded_path.exists()
    ]


def read_batch(batch: BatchInfo) -> pa.Table:
    """The rows of a batch."""
    return pq.read_table(batch.rows_path)


def read_columns(batch: BatchInfo, columns: list[str]) -> pa.Table:
    """Some columns of a batch."""
    return pq.read_table(batch.rows_path, columns=columns)


def instant_of(batch_id: str) -> datetime:
    """When a batch was named."""
    return datetime.strptime(batch_id[:21], _ID_FORMAT).replace(tzinfo=UTC)


def quarantine_path(settings: Settings, batch: BatchInfo) -> Path:
    """Where the refused records of a batch are, one JSON object a line."""
    return settings.var / "quarantine" / batch.source / batch.entity / f"{batch.batch_id}.jsonl"


def quarantined(settings: Settings, source: str | None = None) -> Iterator[dict[str, Any]]:
    """All refused records with `source`, `entity`, `batch_id`, `reason` and `record`."""
    for path in sorted((settings.var / "quarantine").glob("*/*/*.jsonl")):
        if source in (None, path.parent.parent.name):
            for line in path.read_bytes().splitlines():
                place = {"source": path.parent.parent.name, "entity": path.parent.name}
                yield {**place, "batch_id": path.stem, **orjson.loads(line)}


def next_batch_id(after: str | None = None) -> str:
    """A name that sorts after all earlier ones, even when the clock went back."""
    now = datetime.now(UTC)
    if after:
        now = max(now, instant_of(after) + timedelta(microseconds=1))
    return f"{now.strftime(_ID_FORMAT)}-{secrets.token_hex(3)}"


def write_batch(
    settings: Settings,
    batch: BatchInfo,
    rows: pa.Table,
    *,
    seen: pa.Table | None = None,
    quarantine: list[dict[str, Any]] | None = None,
) -> None:
    """Make a batch exist: quarantine, rows and seen keys first, the manifest last."""
    batch.folder.mkdir(parents=True, exist_ok=True)
    if quarantine:
        write_atomically(quarantine_path(settings, batch), b"".join(_line(entry) for entry in quarantine))
    _write_parquet(batch.rows_path, rows)
    faultpoints.reach("landing.rows_written")
    if seen is not None:
        _write_parquet(batch.seen_path, seen)
        faultpoints.reach("landing.seen_written")
    content = asdict(batch)
    del content["folder"]
    write_atomically(batch.manifest_path, orjson.dumps(content, option=orjson.OPT_INDENT_2))
    faultpoints.reach("landing.batch_visible")


def remove_leftovers(folder: Path, *, keep_pass: str | None = None) -> None:
    """Remove what an interrupted run left: files without a manifest, and seen keys of other passes."""
    known = {batch.batch_id: batch for batch in batches(folder)}
    for path in folder.glob("2*"):
        batch = known.get(path.name.split(".")[0])
        is_stale_seen = path.name.endswith(".seen.parquet") and (batch is None or batch.pass_id != keep_pass)
        if batch is None or path.suffix == ".part" or is_stale_seen:
            path.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that it is either absent (or as before) or complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if path.suffix == ".json":
        faultpoints.reach("landing.manifest_written")
    part.replace(path)


def _line(entry: dict[str, Any]) -> bytes:
    return orjson.dumps(entry, default=str, option=orjson.OPT_APPEND_NEWLINE)


def _write_parquet(path: Path, rows: pa.Table) -> None:
    part = path.with_name(f"{path.name}.part")
    pq.write_table(rows, part, compression="zstd", compression_level=1, use_dictionary=False)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)


def _read_manifest(path: Path) -> BatchInfo:
    try:
        content = orjson.loads(path.read_bytes())
        names = {item.name for item in fields(BatchInfo)} - {"folder"}
        return BatchInfo(**{name: content[name] for name in names if name in content}, folder=path.parent)
    except (OSError, ValueError, TypeError) as error:
        raise StateError(
            f"the manifest cannot be read ({error})",
            where=str(path),
            next="Remove this batch with `funnel state drop`, or restore the file",
        ) from None
