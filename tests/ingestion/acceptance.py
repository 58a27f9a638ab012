"""What every connector has to prove, for every stream, against the sandbox's own books."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest

from ingestion.catalog import Stream, streams_of
from ingestion.sandbox.world import World
from ingestion.source import Page, Record, Source, StreamState

AS_OF = date(2026, 3, 31)
LATER = date(2026, 4, 20)

Holdings = dict[str, dict[str, Record]]
"""Entity → key → record."""


@dataclass(frozen=True)
class VendorUnderTest:
    """How to reach a vendor of the sandbox, and what it holds by its own books.

    `small_pages` shrinks the page sizes, so that a small company has several pages. `overlapping` are the
    entities whose pages repeat what they share with the page before: after a stop, that comes again.
    """

    name: str
    connect: Callable[[str], Source]
    connect_revoked: Callable[[str], Source]
    holdings: Callable[[World], Holdings]
    small_pages: Callable[[pytest.MonkeyPatch], None]
    overlapping: frozenset[str] = frozenset()

    @property
    def streams(self) -> tuple[Stream, ...]:
        """Its streams, parents first."""
        return streams_of(self.name)


def value_at(record: Record, path: str) -> Any:
    """The value at a dotted path."""
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def key_of(stream: Stream, record: Record) -> str:
    """The key of a record as text."""
    return "|".join(str(value_at(record, path)) for path in stream.key.split("|"))


def read(source: Source, stream: Stream, state: StreamState) -> list[Record]:
    """Every record of a pass."""
    return [record for page in source.pages(stream, state) for record in page.records]


def changed_for(stream: Stream, held: Mapping[str, Mapping[str, Record]]) -> dict[str, frozenset[str]]:
    """The keys of the parent, as if all had changed."""
    return {stream.parent: frozenset(held[stream.parent])} if stream.parent else {}


def as_json(record: Record) -> Any:
    """A record as it looks after a trip through JSON."""
    return orjson.loads(orjson.dumps(record))


def check_full_load(vendor: VendorUnderTest, stream: Stream, base_url: str, held: Holdings) -> None:
    """A first sync brings every record once, with every value."""
    source = vendor.connect(base_url)
    try:
        records = read(source, stream, StreamState(changed=changed_for(stream, held)))
        expected = source.expected_count(stream)
    finally:
        source.close()
    keys = [key_of(stream, record) for record in records]
    assert len(keys) == len(set(keys)), "a record came twice"
    assert {key: as_json(record) for key, record in zip(keys, records, strict=True)} == held[stream.entity]
    assert keys, "the sandbox holds nothing to test with"
    if expected is not None:
        assert 0 < expected <= len(keys)


def check_resume(vendor: VendorUnderTest, stream: Stream, base_url: str, held: Holdings) -> None:
    """A pass interrupted after any of its pages goes on without a gap and without a repetition."""
    changed = changed_for(stream, held)
    source = vendor.connect(base_url)
    try:
        whole = list(source.pages(stream, StreamState(changed=changed)))
        stops = [number for number, page in enumerate(whole[:-1], start=1) if page.resume_token]
        for stop in {stops[0], stops[len(stops) // 2], stops[-1]} if stops else ():
            first = _first_pages(source.pages(stream, StreamState(changed=changed)), stop)
            token = first[-1].resume_token
            rest = list(source.pages(stream, StreamState(resume_token=token, changed=changed)))
            keys = [key_of(stream, record) for page in (*first, *rest) for record in page.records]
            is_once = len(keys) == len(set(keys))
            assert is_once or stream.entity in vendor.overlapping, f"twice after a stop behind page {stop}"
            assert set(keys) == set(held[stream.entity]), f"lost after a stop behind page {stop}"
    finally:
        source.close()
    tokens = [page.resume_token for page in whole if page.resume_token]
    assert len(tokens) == len(set(tokens))


def _first_pages(pages: Iterator[Page], count: int) -> list[Page]:
    taken = [next(pages) for _ in range(count)]
    pages.close()  # type: ignore[attr-defined]
    return taken


def check_incremental(vendor: VendorUnderTest, stream: Stream, base_url: str, before: Holdings, world: World) -> None:
    """A later sync brings what has changed since, and besides only what bears the cursor's own time."""
    after = vendor.holdings(world)
    old, new = before[stream.entity], after[stream.entity]
    assert stream.cursor is not None
    cursor = max(str(value_at(record, stream.cursor)) for record in old.values())
    since = datetime.fromisoformat(cursor).astimezone(UTC).replace(tzinfo=None)
    source = vendor.connect(base_url)
    try:
        records = read(source, stream, StreamState(cursor=cursor, since=since))
    finally:
        source.close()
    got = {key_of(stream, record): as_json(record) for record in records}
    changed = {key for key, record in new.items() if old.get(key) != record}
    assert changed <= set(got), "a change was lost"
    assert {key: record for key, record in got.items() if new.get(key) != record} == {}
    at_cursor = {key for key, record in new.items() if str(value_at(record, stream.cursor)) >= cursor}
    assert set(got) - changed <= at_cursor, "what had not changed came again"
