"""What a connector must offer: pages of records for a stream, from a state."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from ingestion.catalog import Stream

Record = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """One page of a vendor's answer.

    `records` are as sent (numbers of more than 17 digits or with an exponent as text). `resume_token` lets
    the pass go on after this page in another process. `is_cursor_ordered` says that the records of the pass
    come in the order of the stream's cursor. `notes` are for the report of the run.
    """

    records: list[Record]
    resume_token: str | None = None
    is_cursor_ordered: bool = False
    rejected: tuple[tuple[Any, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class StreamState:
    """Where a pass starts.

    `cursor` is the largest cursor value that the source itself sent in closed passes, as it was sent; `since`
    is the same instant minus the stream's look-back, rounded down to the second (UTC), None for a first sync.
    `resume_token` continues an interrupted pass. `changed` holds, per parent entity, the keys that are new or
    changed in this run (plus those whose children were not read to the end before).
    """

    cursor: str | None = None
    resume_token: str | None = None
    since: datetime | None = None
    changed: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Source(Protocol):
    """A connected vendor. Streams are read from several threads at once."""

    def pages(self, stream: Stream, state: StreamState) -> Iterator[Page]:
        """Yield the records of a stream page by page.

        Raises SourceError when the source fails, ProtocolError when it answers nonsense, ConfigurationError
        when a credential is refused.
        """
        ...

    def expected_count(self, stream: Stream) -> int | None:
        """The number of records that the source itself says it has, or None when it does not tell."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...


@runtime_checkable
class WatchedSource(Protocol):
    """A source that can tell without reading it again that nothing has changed."""

    def is_unchanged(self, stream: Stream) -> bool:
        """Whether everything that the stream would yield was yielded by its last closed pass."""
        ...

    def pass_closed(self, stream: Stream) -> None:
        """Remember what the pass that has just been stored was made of."""
        ...
