"""One pass over one stream: state in, pages, batches out, deletions inferred where the stream allows it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ingestion import drift, faultpoints, landing
from ingestion.batch_writer import BatchWriter
from ingestion.catalog import Stream
from ingestion.errors import ProtocolError, SourceError
from ingestion.known_versions import KnownVersions, Scope, seen_count
from ingestion.pass_plan import PassPlan, plan
from ingestion.run_report import StreamReport
from ingestion.settings import Settings
from ingestion.source import Page, Source, WatchedSource

_SMALLEST_SHARE = 0.1
_FEW_RECORDS = 10

Progress = Callable[[str, str, int], None]


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
        report.is_unchanged = True
        return
    if _has_no_work(stream, planned):
        return
    with KnownVersions(planned.history) as known:
        writer = _writer(settings, stream, planned, known)
        try:
            _read_pages(stream, connector, planned, writer, report, progress)
            report.expected_count = connector.expected_count(stream)
            _close(planned, stream, writer, known, report, accept_shrunk)
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
) -> None:
    """Read all pages. What came before a failure is kept, with the token from which the pass can go on."""
    tokens: set[str] = {planned.state.resume_token} if planned.state.resume_token else set()
    try:
        for page in connector.pages(stream, planned.state):
            _check_page(page, tokens, writer, report)
            writer.is_ordered = page.is_cursor_ordered and (writer.is_ordered or not writer.counts.fetched)
            writer.add(page.records, page.rejected)
            report.notes.extend(page.notes)
            if page.resume_token is not None:
                tokens.add(page.resume_token)
                writer.page_done(page.resume_token)
            faultpoints.reach("extract.page_received")
            if progress:
                progress(report.source, report.entity, writer.counts.fetched)
    except Exception:
        if writer.resume_token is not None:
            with suppress(OSError):
                writer.flush()
        raise


def _check_page(page: Page, tokens: set[str], writer: BatchWriter, report: StreamReport) -> None:
    """Refuse a paging loop and a page that has lost a required field."""
    if page.resume_token is not None and page.resume_token in tokens:
        raise ProtocolError(
            "the source repeats a page token, so paging would never end",
            where=report.stream,
            next="The pass is kept; run again, and tell the vendor if it stays",
        )
    if missing := writer.shape.missing_required(page.records):
        raise SourceError(
            f"no record has the required field `{missing}`",
            where=report.stream,
            next="The source has changed its shape: see the drift in the run report",
        )


def _close(
    planned: PassPlan,
    stream: Stream,
    writer: BatchWriter,
    known: KnownVersions,
    report: StreamReport,
    accept_shrunk: bool,
) -> None:
    """Guard against a source that suddenly lacks its records, write tombstones and close the pass."""
    seen = _seen_files(planned, writer)
    scope = _scope(stream, planned)
    try:
        _guard(stream, writer, known, report, seen, scope, accept_shrunk)
    except SourceError:
        if writer.written or planned.is_resumed:
            writer.page_done(None)
            writer.flush()
        raise
    if stream.mode != "incremental" and writer.keyless_count:
        report.notes.append("records without a key came: no deletions were inferred")
    elif stream.mode != "incremental":
        writer.add_tombstones(known.absent_keys(seen, writer.seen_now(), scope))
    cursor = writer.highest_cursor or planned.first.cursor_after
    writer.flush(
        closing=replace(planned.first, closes_pass=True, expected_count=report.expected_count, cursor_after=cursor)
    )
    report.cursor_after = cursor
    _sweep(stream, planned, writer, report)
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


def _sweep(stream: Stream, planned: PassPlan, writer: BatchWriter, report: StreamReport) -> None:
    """Say so when the source counts more records than have ever landed: some came later than the look-back."""
    if stream.mode != "incremental" or report.expected_count is None:
        return
    with KnownVersions((*planned.history, *writer.written)) as landed:
        live = landed.live_count()
    if live < report.expected_count:
        report.notes.append(
            f"the source counts {report.expected_count} records and {live} have landed: "
            f"`funnel state reset {report.stream}` reads all of them again"
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
