"""Looking at extraction state and mending it: show, accept, drop, refetch, reset."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from ingestion import landing
from ingestion.errors import ConfigurationError, StateError
from ingestion.landing import BatchInfo
from ingestion.run_report import StreamReport
from ingestion.settings import Settings


@dataclass(frozen=True)
class StreamStatus:
    """One stream: where it stands and what waits."""

    source: str
    entity: str
    cursor: str | None
    is_pass_open: bool
    batches: int
    pending: int
    last_batch_id: str | None
    error: str | None = None


def show(settings: Settings, source: str | None = None) -> list[StreamStatus]:
    """The state of every stream that has landed anything; a damaged one says so instead of failing."""
    return [_status(settings, name, entity) for name, entity in landing.streams(settings) if source in (None, name)]


def _status(settings: Settings, source: str, entity: str) -> StreamStatus:
    try:
        batches = landing.batches(landing.stream_folder(settings, source, entity))
    except StateError as error:
        return StreamStatus(source, entity, None, False, 0, 0, None, error=str(error))
    last = batches[-1] if batches else None
    return StreamStatus(
        source,
        entity,
        last.cursor_after if last else None,
        bool(last and not last.closes_pass),
        len(batches),
        sum(not batch.loaded_path.exists() for batch in batches),
        last.batch_id if last else None,
    )


def reset(settings: Settings, stream: str, *, cursor: str | None = None) -> BatchInfo:
    """Let a stream (`source.entity`) begin again from a cursor, or from the start.

    Nothing that has landed is lost; what comes again unchanged is not stored twice.
    """
    source, entity = _split(settings, stream)
    folder = landing.stream_folder(settings, source, entity)
    last = landing.last_batch(folder)
    if last is None:
        raise ConfigurationError("this stream has landed nothing", where=stream, next="See `funnel state show`")
    _forget_files(folder)
    return _write_mark(settings, last, cursor)


def drop(settings: Settings, batch_id: str) -> BatchInfo:
    """Give up a batch that is not loaded: its rows will not come again by themselves."""
    batch = _find(settings, batch_id)
    if batch.loaded_path.exists():
        raise StateError("the batch is loaded already", where=f"{batch.stream}, batch {batch_id}")
    successor = landing.batches(batch.folder)[-1]
    if successor.batch_id == batch_id:
        _write_mark(settings, batch, batch.cursor_after, parent_through=batch.parent_through)
    _move_away(settings, batch)
    return batch


def refetch(settings: Settings, batch_id: str) -> BatchInfo:
    """Drop a batch and all later ones of its stream, and let the stream go back to the cursor before it."""
    batch = _find(settings, batch_id)
    later = [other for other in landing.batches(batch.folder) if other.batch_id >= batch_id]
    loaded = [other for other in later if other.loaded_path.exists()]
    _forget_files(batch.folder)
    earlier = [other for other in landing.batches(batch.folder) if other.batch_id < batch_id]
    parent_through = earlier[-1].parent_through if earlier else None
    _write_mark(settings, later[-1], batch.cursor_before, parent_through=parent_through)
    for other in later:
        if other not in loaded:
            _move_away(settings, other)
    return batch


def accept(settings: Settings, subject: str) -> Path:
    """Accept a refused batch (by its id), or that a stream (`source.entity`) lost almost all records, once."""
    if "." in subject:
        _split(settings, subject)
    else:
        _find(settings, subject)
    path = _acceptances(settings) / subject
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def is_accepted(settings: Settings, batch: BatchInfo) -> bool:
    """Whether a refused batch was accepted by hand."""
    return (_acceptances(settings) / batch.batch_id).exists()


def accepted_streams(settings: Settings) -> frozenset[str]:
    """Streams whose next pass may lose almost all records."""
    folder = _acceptances(settings)
    return frozenset(path.name for path in folder.glob("*.*")) if folder.is_dir() else frozenset()


def consume_acceptances(settings: Settings, reports: Sequence[StreamReport]) -> None:
    """An acceptance of a stream is good for one closed pass."""
    for report in reports:
        (_acceptances(settings) / report.stream).unlink(missing_ok=True)


def _acceptances(settings: Settings) -> Path:
    return settings.var / "state" / "accepted"


def _split(settings: Settings, stream: str) -> tuple[str, str]:
    known = {f"{source}.{entity}": (source, entity) for source, entity in landing.streams(settings)}
    if stream not in known:
        names = ", ".join(known) or "none has landed anything yet"
        raise ConfigurationError(f"there is no stream {stream!r}", next=f"Streams: {names}")
    return known[stream]


def _find(settings: Settings, batch_id: str) -> BatchInfo:
    for source, entity in landing.streams(settings):
        for batch in landing.batches(landing.stream_folder(settings, source, entity)):
            if batch.batch_id == batch_id:
                return batch
    raise ConfigurationError(f"there is no batch {batch_id!r} in landing", next="See `funnel state show`")


def _write_mark(
    settings: Settings, last: BatchInfo, cursor: str | None, *, parent_through: str | None = None
) -> BatchInfo:
    """A batch without rows that moves the cursor of a stream."""
    schema = landing.FILE_BATCH_SCHEMA if last.kind == "files" else landing.BATCH_SCHEMA
    batch_id = landing.next_batch_id(landing.batches(last.folder)[-1].batch_id)
    mark = replace(
        last,
        batch_id=batch_id,
        pass_id=batch_id,
        row_count=0,
        fetched_count=0,
        quarantined_count=0,
        deleted_count=0,
        cursor_before=last.cursor_after,
        cursor_after=cursor,
        highest_cursor=cursor,
        since=None,
        resume_token=None,
        closes_pass=True,
        parent_through=parent_through,
        fields={},
    )
    landing.write_batch(settings, mark, schema.empty_table())
    return mark


def _move_away(settings: Settings, batch: BatchInfo) -> None:
    """Take a batch out of landing; its manifest goes first, so that it stops existing at once."""
    target = settings.var / "dropped" / batch.source / batch.entity
    target.mkdir(parents=True, exist_ok=True)
    for path in (batch.manifest_path, batch.rows_path, batch.seen_path):
        if path.exists():
            path.rename(target / path.name)
    log = target / "dropped.jsonl"
    with log.open("ab") as file:
        file.write(orjson.dumps({"batch_id": batch.batch_id, "rows": batch.row_count}) + b"\n")


def _forget_files(folder: Path) -> None:
    (folder / "_files.json").unlink(missing_ok=True)
