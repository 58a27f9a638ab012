"""Where a pass over a stream starts: its state, read from the manifests of landing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ingestion import landing
from ingestion.catalog import Stream
from ingestion.errors import StateError
from ingestion.landing import BatchInfo
from ingestion.record_shape import parse_instant
from ingestion.settings import Settings
from ingestion.source import StreamState


@dataclass(frozen=True)
class PassPlan:
    """Where a pass starts: the manifest its batches derive from, the state for the connector, earlier batches."""

    first: BatchInfo
    state: StreamState
    history: list[BatchInfo]
    is_resumed: bool


def plan(settings: Settings, source: str, stream: Stream, *, now: datetime) -> PassPlan:
    """Read the stream's state from its manifests.

    Raises StateError when the stored cursor is malformed or lies in the future.
    """
    folder = landing.stream_folder(settings, source, stream.entity)
    history = landing.batches(folder)
    last = history[-1] if history else None
    cursor = last.cursor_after if last else None
    since = _since(cursor, stream, now, where=f"{source}.{stream.entity}")
    is_resumed = bool(last and not last.closes_pass and last.resume_token)
    if is_resumed and last:
        since = datetime.fromisoformat(last.since) if last.since else None
    landing.remove_leftovers(folder, keep_pass=last.pass_id if is_resumed and last else None)
    parent_through, changed = _changed_parents(settings, source, stream, history, is_resumed=is_resumed)
    first = BatchInfo(
        batch_id=last.batch_id if last else "",
        source=source,
        kind=stream.source,
        entity=stream.entity,
        mode=stream.mode,
        pass_id=last.pass_id if is_resumed and last else landing.next_batch_id(last.batch_id if last else None),
        row_count=0,
        fetched_count=0,
        cursor_before=cursor,
        cursor_after=cursor,
        highest_cursor=last.highest_cursor if is_resumed and last else cursor,
        since=since.isoformat() if since else None,
        resume_token=last.resume_token if is_resumed and last else None,
        parent_through=parent_through,
        folder=folder,
    )
    state = StreamState(
        cursor=cursor,
        resume_token=first.resume_token,
        since=since,
        changed={stream.parent: changed} if stream.parent else {},
    )
    return PassPlan(first, state, history, is_resumed)


def _since(cursor: str | None, stream: Stream, now: datetime, *, where: str) -> datetime | None:
    """The cursor minus the look-back, rounded down to the second."""
    if cursor is None:
        return None
    remedy = f"Look at it with `funnel state show`, and reset it with `funnel state reset {where}`"
    try:
        instant = parse_instant(cursor)
    except ValueError:
        raise StateError(f"the stored cursor {cursor!r} is malformed", where=where, next=remedy) from None
    if instant > now + timedelta(days=1):
        raise StateError(f"the stored cursor {cursor!r} lies in the future", where=where, next=remedy)
    return (instant - stream.look_back).replace(microsecond=0)


def _changed_parents(
    settings: Settings, source: str, stream: Stream, history: list[BatchInfo], *, is_resumed: bool
) -> tuple[str | None, frozenset[str]]:
    """The last batch of the parent that this pass covers, and the parent keys landed since the last closed pass."""
    if stream.parent is None:
        return None, frozenset()
    closed = [batch for batch in history if batch.closes_pass]
    done = closed[-1].parent_through if closed else None
    parents = landing.batches(landing.stream_folder(settings, source, stream.parent))
    through = history[-1].parent_through if is_resumed else parents[-1].batch_id if parents else done
    keys: set[str] = set()
    for batch in parents:
        if batch.row_count and (done or "") < batch.batch_id <= (through or ""):
            rows = landing.read_columns(batch, ["record_id", "payload_hash"])
            ids: list[Any] = rows.column("record_id").to_pylist()
            hashes: list[Any] = rows.column("payload_hash").to_pylist()
            keys.update(key for key, digest in zip(ids, hashes, strict=True) if digest != landing.TOMBSTONE_HASH)
    return through, frozenset(keys)
