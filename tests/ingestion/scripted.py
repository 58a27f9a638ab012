"""A source whose answers are written in the test, and what a test wants to know of landing and raw."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

from ingestion import extract as extraction
from ingestion import load as loading
from ingestion.catalog import Stream, streams_of
from ingestion.record_shape import parse_instant
from ingestion.run_report import LoadReport, StreamReport
from ingestion.settings import Settings, load_settings
from ingestion.source import Page, Record, StreamState

CONFIGURATION = """
[company]
name = "Test"
[sources.hubspot]
access_token = { env = "NO_SUCH_TOKEN" }
"""


@dataclass
class ScriptedSource:
    """Serves records per entity, in pages, from an inclusive `since`, with resume tokens.

    `tokens` overrides the token of each page; `counts` is what the source says it has.
    """

    records: Mapping[str, Sequence[Record]]
    page_size: int = 2
    counts: Mapping[str, int] = field(default_factory=dict)
    tokens: Sequence[str] | None = None
    is_ordered: bool = False
    states: dict[str, StreamState] = field(default_factory=dict)
    fail_after: int | None = None
    failing: frozenset[str] = frozenset()

    def pages(self, stream: Stream, state: StreamState) -> Iterator[Page]:
        self.states[stream.entity] = state
        rows = [row for row in self.records.get(stream.entity, ()) if self._is_asked(stream, row, state)]
        if stream.entity in self.failing:
            raise ConnectionError("the line is dead")
        start = int(state.resume_token) if state.resume_token else 0
        for number, begin in enumerate(range(start, len(rows), self.page_size)):
            if self.fail_after is not None and number >= self.fail_after:
                raise ConnectionError("the line went dead")
            end = begin + self.page_size
            token = self.tokens[number] if self.tokens else str(end)
            yield Page(list(rows[begin:end]), token, self.is_ordered)

    def expected_count(self, stream: Stream) -> int | None:
        return self.counts.get(stream.entity)

    def close(self) -> None:
        """Nothing to close."""

    @staticmethod
    def _is_asked(stream: Stream, row: Any, state: StreamState) -> bool:
        if stream.parent:
            return row["from"]["id"] in state.changed[stream.parent]
        if state.since is None or stream.cursor != "updatedAt":
            return True
        try:
            return parse_instant(row["updatedAt"]) >= state.since
        except (KeyError, TypeError, ValueError):
            return True


def contact(number: int | str, updated: str = "2026-01-01T00:00:00.000Z", **fields: Any) -> Record:
    """A contact as HubSpot sends it."""
    properties = fields.pop("properties", {"email": f"{number}@example.com"})
    return {"id": str(number), "properties": properties, "updatedAt": updated, "archived": False, **fields}


def owners(*numbers: int) -> list[Record]:
    """Owners: a snapshot stream."""
    return [{"id": str(number), "email": f"{number}@us.example", "archived": False} for number in numbers]


def company(folder: Path, configuration: str = CONFIGURATION) -> Settings:
    """A company's folder with a configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "funnelhouse.toml"
    file.write_text(configuration, encoding="utf-8")
    return load_settings(file, environment={})


def extract(settings: Settings, source: Any, **options: Any) -> dict[str, StreamReport]:
    """Extract a few streams from one scripted source; the reports by entity."""
    with mock.patch.object(extraction, "streams_of_source", _few_streams):
        reports = extraction.extract(settings, connect=lambda _settings, _name: source, **options)
    return {report.entity: report for report in reports}


def extract_all(settings: Settings, source: Any) -> list[StreamReport]:
    """Extract a few streams of the scripted vendor, and the file sources."""
    connect = extraction.connect

    def choose(settings: Settings, name: str) -> Any:
        return connect(settings, name) if settings.sources[name].kind == "files" else source

    streams_of_source = extraction.streams_of_source

    def few(settings: Settings, name: str) -> tuple[Stream, ...]:
        is_file = settings.sources[name].kind == "files"
        return streams_of_source(settings, name) if is_file else _few_streams(settings, name)

    with mock.patch.object(extraction, "streams_of_source", few):
        return extraction.extract(settings, connect=choose)


def _few_streams(settings: Settings, name: str) -> tuple[Stream, ...]:
    wanted = ("contacts", "contact_companies", "owners", "campaign_metrics")
    return tuple(stream for stream in streams_of(settings.sources[name].kind) if stream.entity in wanted)


def extract_files(settings: Settings) -> dict[str, StreamReport]:
    """Extract the file sources; the reports by source."""
    return {report.source: report for report in extraction.extract(settings)}


def load(settings: Settings) -> list[LoadReport]:
    """Load everything."""
    return loading.load(settings)


def raw(settings: Settings, table: str, columns: str = "record_id, is_deleted, payload") -> list[tuple[Any, ...]]:
    """All versions of a raw table in their order."""
    order = "record_id, extracted_at, updated_at, payload_hash"
    with loading.connect(settings.warehouse_path) as connection:
        loading.create_raw_tables(connection)
        return connection.execute(f"select {columns} from {table} order by {order}").fetchall()


def raw_rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    """The answer to a query on the warehouse."""
    with loading.connect(settings.warehouse_path) as connection:
        loading.create_raw_tables(connection)
        return connection.execute(query).fetchall()


def current(settings: Settings, table: str) -> dict[str, str]:
    """Payload by key of the records that are not deleted, by their latest version."""
    latest: dict[str, tuple[bool, str]] = {}
    for record_id, is_deleted, payload in raw(settings, table):
        latest[record_id] = (is_deleted, payload)
    return {key: payload for key, (is_deleted, payload) in latest.items() if not is_deleted}


def instant(text: str) -> datetime:
    """An aware instant."""
    return datetime.fromisoformat(text).astimezone(UTC)
