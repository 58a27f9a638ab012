"""One pass over one stream: state in, pages, batches out, deletions inferred where the stream allows it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ingestion import drift, faultpoints, landing
from ingestion.batch_writer import BatchWriter
from ingestion.catalog import Stream
from ingestion.errors import ProtocolError, SourceError, StateError
from ingestion.known_versions import KnownVersions, Scope, seen_count
from ingestion.landing import BatchInfo
from ingestion.record_shape import parse_instant
from ingestion.run_report import StreamReport
from ingestion.settings import Settings
from ingestion.source import Source, StreamState, WatchedSource

_SMALLEST_SHARE = 0.1
_FEW_RECORDS = 10

Progress = Callable[[str, str, int], None]


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


def run(
    settings: Settings,
    source: str,
    stream: Stream,
    connector: Source,
    report: StreamReport,
    *,
    accept_shrunk: bool = False,
    progress: Progress | None = None,
) -> None:
    """Make one pass and fill the report.

    Raises SourceError (and its kin), StateError or ConfigurationError; what has landed by then stays.
    """
    planned = plan(settings, source, stream, now=datetime.now(UTC))
    report.cursor_before = report.cursor_after = planned.state.cursor
    report.is_resumed = planned.is_resumed
    if isinstance(connector, WatchedSource) and planned.history and connector.is_unchanged(stream):
        report.notes.append("nothing changed at the source")
        return
    if _has_no_work(stream, planned):
        return
    with KnownVersions(planned.history) as known:
        writer = _writer(settings, stream, planned, known)
        try:
            is_ordered = _read_pages(stream, connector, planned, writer, report, progress)
            report.expected_count = connector.expected_count(stream)
            _close(planned, stream, writer, known, report, is_ordered, accept_shrunk)
        finally:
            _count(writer, report)
    if isinstance(connector, WatchedSource):
        connector.pass_closed(stream)
    faultpoints.reach("extract.pass_closed")
    _report_drift(planned.first.folder, writer, report)


def _has_no_work(stream: Stream, planned: PassPlan) -> bool:
    """Whether a stream of children has no changed parent."""
    is_child = stream.parent is not None and stream.mode == "incremental"
    return is_child and bool(planned.history) and not any(planned.state.changed.values())


def _writer(settings: Settings, stream: Stream, planned: PassPlan, known: KnownVersions) -> BatchWriter:
    last = planned.history[-1] if planned.history else None
    return BatchWriter(
        settings,
        stream,
        planned.first,
        known,
        after=landing.instant_of(last.batch_id) if last else None,
        may_close_silently=bool(last and last.closes_pass and last.parent_through == planned.first.parent_through),
    )


def _read_pages(
    stream: Stream,
    connector: Source,
    planned: PassPlan,
    writer: BatchWriter,
    report: StreamReport,
    progress: Progress | None,
) -> bool:
    """Read all pages; returns whether every page came in cursor order. Raises ProtocolError on a paging loop."""
    tokens: set[str] = {planned.state.resume_token} if planned.state.resume_token else set()
    is_ordered = stream.cursor is not None
    for page in connector.pages(stream, planned.state):
        if page.resume_token is not None and page.resume_token in tokens:
            raise ProtocolError(
                "the source repeats a page token, so paging would never end",
                where=f"{report.source}.{report.entity}",
                next="The pass is kept; run again, and tell the vendor if it stays",
            )
        if missing := writer.shape.missing_required(page.records):
            raise SourceError(
                f"no record has the required field `{missing}`",
                where=f"{report.source}.{report.entity}",
                next="The source has changed its shape: see the drift in the run report",
            )
        writer.add(page.records, page.rejected)
        if page.resume_token is not None:
            tokens.add(page.resume_token)
            writer.page_done(page.resume_token)
        is_ordered = is_ordered and page.is_cursor_ordered
        writer.is_ordered = is_ordered
        faultpoints.reach("extract.page_received")
        if progress:
            progress(report.source, report.entity, writer.counts.fetched)
    return is_ordered


def _close(
    planned: PassPlan,
    stream: Stream,
    writer: BatchWriter,
    known: KnownVersions,
    report: StreamReport,
    is_ordered: bool,
    accept_shrunk: bool,
) -> None:
    """Guard against a source that suddenly lacks its records, write tombstones and close the pass."""
    seen = _seen_files(planned, writer)
    scope = _scope(stream, planned)
    _guard(stream, writer, known, report, seen, scope, accept_shrunk)
    if stream.mode != "incremental" and writer.keyless_count:
        report.notes.append("records without a key came: no deletions were inferred")
    elif stream.mode != "incremental":
        writer.add_tombstones(known.absent_keys(seen, writer.seen_now(), scope))
    cursor = writer.highest_cursor or planned.first.cursor_after
    writer.flush(
        closing=replace(planned.first, closes_pass=True, expected_count=report.expected_count, cursor_after=cursor)
    )
    report.cursor_after = cursor
    for path in (*seen, *(batch.seen_path for batch in writer.written)):
        path.unlink(missing_ok=True)


def _seen_files(planned: PassPlan, writer: BatchWriter) -> list[Path]:
    mine = [batch for batch in (*planned.history, *writer.written) if batch.pass_id == planned.first.pass_id]
    return [batch.seen_path for batch in mine if batch.seen_path.exists()]


def _scope(stream: Stream, planned: PassPlan) -> Scope | None:
    """The dates of a window."""
    if stream.mode != "window" or planned.first.since is None:
        return None
    return Scope(f"$.{stream.cursor}", planned.first.since[:10])


def _guard(
    stream: Stream,
    writer: BatchWriter,
    known: KnownVersions,
    report: StreamReport,
    seen: list[Path],
    scope: Scope | None,
    accept_shrunk: bool,
) -> None:
    """Refuse a pass of a source that has become empty or 90 % smaller."""
    if stream.mode == "incremental":
        now_there = report.expected_count
    else:
        now_there = seen_count(seen, writer.seen_now()) + writer.keyless_count
    if now_there is None:
        return
    if stream.mode == "snapshot" and report.expected_count is not None and now_there < report.expected_count:
        raise SourceError(
            f"the source counts {report.expected_count} records but sent {now_there}",
            where=report.stream,
            next="Nothing was deleted; run again",
        )
    before = known.live_count(scope)
    is_small_change = before < _FEW_RECORDS and now_there > 0
    if before == 0 or is_small_change or now_there > before * _SMALLEST_SHARE:
        return
    finding = f"the source has {now_there} records where there were {before}"
    if accept_shrunk:
        report.notes.append(f"accepted by override: {finding}")
        return
    raise SourceError(
        finding,
        where=report.stream,
        next=f"Nothing was deleted. If it is right: `funnel state accept {report.stream}`, then run again",
    )


def _count(writer: BatchWriter, report: StreamReport) -> None:
    counts = writer.counts
    report.fetched, report.new, report.changed = counts.fetched, counts.new, counts.changed
    report.deleted, report.quarantined = counts.deleted, counts.quarantined
    report.batches = [batch.batch_id for batch in writer.written]
    if counts.replaced_characters:
        report.notes.append(f"{counts.replaced_characters} texts with lone surrogates were repaired")
    if counts.future_cursors:
        report.notes.append(f"{counts.future_cursors} records have a cursor in the future; it was not followed")


def _report_drift(folder: Path, writer: BatchWriter, report: StreamReport) -> None:
    before = drift.read(folder)
    report.drift = drift.compare(before, writer.fields).as_json()
    drift.remember(folder, before, writer.fields)
