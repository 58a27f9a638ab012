"""Extraction of all enabled sources into landing: sources side by side, and the streams of a source as well."""

import importlib
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from ingestion import files, run_report, state, stream_pass
from ingestion.catalog import Stream, streams_of
from ingestion.errors import FunnelhouseError
from ingestion.run_report import StreamReport
from ingestion.settings import FilesSettings, Settings
from ingestion.source import Page, Record, Source, StreamState
from ingestion.stream_pass import Progress

__all__ = ["Page", "Record", "Source", "StreamReport", "StreamState", "extract", "streams_of_source"]

CONNECTORS = {
    "hubspot": "ingestion.sales.hubspot",
    "google_ads": "ingestion.marketing.google_ads",
    "zendesk": "ingestion.service.zendesk",
    "stripe": "ingestion.finance.stripe",
}

Connect = Callable[[Settings, str], Source]

_SOURCES_AT_ONCE = 8
_STREAMS_AT_ONCE = 4


def connect(settings: Settings, name: str) -> Source:
    """The connector of one configured source."""
    source = settings.sources[name]
    if isinstance(source, FilesSettings):
        return files.connect(settings, name)
    connector: Source = importlib.import_module(CONNECTORS[source.kind]).connect(source)
    return connector


def streams_of_source(settings: Settings, name: str) -> tuple[Stream, ...]:
    """The streams of a configured source; of a file source the one entity that it feeds."""
    source = settings.sources[name]
    if not isinstance(source, FilesSettings):
        return streams_of(source.kind)
    return tuple(replace(stream, mode=source.mode) for stream in streams_of("files") if stream.entity == source.entity)


def extract(
    settings: Settings,
    *,
    sources: Sequence[str] | None = None,
    progress: Progress | None = None,
    accept_shrunk: Collection[str] = (),
    connect: Connect = connect,
) -> list[StreamReport]:
    """Read every stream of the enabled sources (or of those named) from where it stands.

    A stream that fails has a report with `error`; the others go on. `accept_shrunk` names streams
    (`source.entity`) that may have lost almost all their records this time. `progress` gets source, entity
    and the number of records so far. The reports are also written under `var/runs/`.
    """
    names = [name for name in settings.enabled_sources if sources is None or name in sources]
    accepted = frozenset(accept_shrunk) | state.accepted_streams(settings)
    with ThreadPoolExecutor(max_workers=max(1, min(_SOURCES_AT_ONCE, len(names)))) as pool:
        futures = [pool.submit(_extract_source, settings, name, connect, accepted, progress) for name in names]
        reports = [report for future in futures for report in future.result()]
    state.consume_acceptances(settings, [report for report in reports if report.error is None])
    run_report.write(settings, "extract", reports)
    return reports


def _extract_source(
    settings: Settings, name: str, connect: Connect, accepted: frozenset[str], progress: Progress | None
) -> list[StreamReport]:
    streams = streams_of_source(settings, name)
    reports = {stream.entity: StreamReport(name, stream.entity) for stream in streams}
    try:
        connector = connect(settings, name)
    except Exception as error:
        for report in reports.values():
            _fail(report, error)
        return list(reports.values())

    def one(stream: Stream) -> None:
        _extract_stream(settings, name, stream, connector, reports[stream.entity], accepted, progress)

    def family(stream: Stream) -> None:
        one(stream)
        for child in streams:
            if child.parent == stream.entity:
                one(child)

    try:
        with ThreadPoolExecutor(max_workers=_STREAMS_AT_ONCE) as pool:
            futures: list[Future[None]] = [pool.submit(family, stream) for stream in streams if stream.parent is None]
            for future in futures:
                future.result()
    finally:
        connector.close()
    return list(reports.values())


def _extract_stream(
    settings: Settings,
    name: str,
    stream: Stream,
    connector: Source,
    report: StreamReport,
    accepted: frozenset[str],
    progress: Progress | None,
) -> None:
    started, waited = time.monotonic(), _waited(connector)
    try:
        stream_pass.run(
            settings,
            name,
            stream,
            connector,
            report,
            accept_shrunk=report.stream in accepted,
            progress=progress,
        )
    except Exception as error:
        _fail(report, error)
    report.waited_seconds = round(_waited(connector) - waited, 3)
    report.seconds = round(time.monotonic() - started, 3)


def _waited(connector: Source) -> float:
    """Seconds that the source has made us wait; streams of a source that are read together share them."""
    waited_seconds = getattr(getattr(connector, "api", None), "waited_seconds", None)
    return float(waited_seconds()) if callable(waited_seconds) else 0.0


def _fail(report: StreamReport, error: Exception) -> None:
    """Put an error into the report: expected ones by their text, others with their kind."""
    report.error_kind = type(error).__name__
    if isinstance(error, FunnelhouseError):
        report.error, report.next = str(error), error.next
    else:
        report.error = f"{type(error).__name__}: {error}"
