"""What the rows of a file owe to themselves and to each other: ends after beginnings, and one row per key."""

import hashlib

from ingestion.entities import Entity
from ingestion.row_mapping import Mapped

_FEW = 5


def wrong_order(entity: Entity, mapped: Mapped) -> list[str]:
    """The reasons why a mapped row cannot be used: intervals that end before they begin."""
    reasons = []
    for first, last in entity.intervals:
        begin, end = mapped.get(first), mapped.get(last)
        if begin is not None and end is not None and end < begin:
            reasons.append(f"`{last}` {end} lies before `{first}` {begin}")
    return reasons


class Twins:
    """Finds rows of one file that have a key in common and say different things, without an `updated_at` to order them.

    Rows of a record are versions: all are kept, and what counts does not depend on the order of the lines. Of an entity
    that has one row per key (a rate, a target) the first stands, and each later one has a reason why it cannot be used.
    """

    def __init__(self, entity: Entity) -> None:
        self._entity = entity
        self._lines: dict[int, int] = {}
        self._contents: set[int] = set()
        self._twins: list[int] = []

    def reasons(self, mapped: Mapped, line: int) -> list[str]:
        """The reason against a mapped row, when an earlier line contradicts it; none otherwise."""
        key = tuple(mapped.get(name) for name in self._entity.key)
        version = mapped.get("updated_at")
        first = self._lines.setdefault(_digest((key, version)), line)
        content = _digest((key, sorted((name, text or "") for name, text in mapped.items())))
        if first == line or content in self._contents:
            self._contents.add(content)
            return []
        if not self._entity.has_one_row_per_key:
            self._twins.append(line)
            return []
        return [f"line {first} has the same {self._key()} and says something else"]

    def note(self) -> str | None:
        """What the reader of the file should know of rows that were kept as versions."""
        if not self._twins:
            return None
        lines = ", ".join(map(str, self._twins[:_FEW])) + (", …" if len(self._twins) > _FEW else "")
        return (
            f"line {lines} has the same {self._key()} as an earlier line and says something else; "
            "no `updated_at` tells which is newer, so the choice is arbitrary"
        )

    def _key(self) -> str:
        return ", ".join(f"`{name}`" for name in self._entity.key)


def _digest(value: object) -> int:
    return int.from_bytes(hashlib.blake2b(repr(value).encode(), digest_size=8).digest(), "big")
