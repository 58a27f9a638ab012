"""What the rows of a file owe to themselves and to each other: ends after beginnings, and one row per key."""

import hashlib

from ingestion.entities import Entity
from ingestion.row_mapping import Mapped


def wrong_order(entity: Entity, mapped: Mapped) -> list[str]:
    """The reasons why a mapped row cannot be used: intervals that end before they begin."""
    reasons = []
    for first, last in entity.intervals:
        begin, end = mapped.get(first), mapped.get(last)
        if begin is not None and end is not None and end < begin:
            reasons.append(f"`{last}` {end} lies before `{first}` {begin}")
    return reasons


class Twins:
    """Finds rows of one file that have a key in common and say different things.

    Rows with an `updated_at` of their own are versions, and equal rows are one. Which of the others is meant, nobody
    can know: the first one stands, and each later one has a reason why it cannot be used.
    """

    def __init__(self, entity: Entity) -> None:
        self._entity = entity
        self._lines: dict[int, int] = {}
        self._contents: set[int] = set()

    def reasons(self, mapped: Mapped, line: int) -> list[str]:
        """The reason against a mapped row, when an earlier line contradicts it; none otherwise."""
        key = tuple(mapped.get(name) for name in self._entity.key)
        version = mapped.get("updated_at")
        first = self._lines.setdefault(_digest((key, version)), line)
        content = _digest((key, sorted((name, text or "") for name, text in mapped.items())))
        if first == line or content in self._contents:
            self._contents.add(content)
            return []
        names = ", ".join(f"`{name}`" for name in self._entity.key)
        return [f"line {first} has the same {names} and says something else; no `updated_at` tells which is newer"]


def _digest(value: object) -> int:
    return int.from_bytes(hashlib.blake2b(repr(value).encode(), digest_size=8).digest(), "big")
