"""What fields a stream has and of which JSON types, and how that differs from before."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from ingestion import landing

_NAMES: dict[type, str] = {
    str: "string", int: "number", float: "number", bool: "boolean", type(None): "null", dict: "object",
    list: "array",
}  # fmt: skip
_MAX_FIELDS = 1_000
_ENOUGH_RECORDS = 20

FieldTypes = dict[str, list[str]]


@dataclass(frozen=True)
class Drift:
    """New, missing and retyped fields; a retyped field says its types before and now."""

    new: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    retyped: tuple[tuple[str, str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.missing or self.retyped)

    def as_json(self) -> dict[str, Any]:
        """As it stands in run reports."""
        return {
            "new": list(self.new),
            "missing": list(self.missing),
            "retyped": [{"field": name, "before": old, "now": now} for name, old, now in self.retyped],
        }


class FieldObserver:
    """Collects the fields (two levels deep) and types of a pass."""

    def __init__(self) -> None:
        self.record_count = 0
        self._top: set[tuple[str, type]] = set()
        self._nested: dict[str, set[tuple[str, type]]] = {}

    def add(self, record: dict[str, Any]) -> None:
        """Look at one record."""
        self.record_count += 1
        self._top.update(zip(record, map(type, record.values()), strict=True))
        for name, value in record.items():
            if type(value) is dict:
                inner = self._nested.get(name)
                if inner is None:
                    inner = self._nested[name] = set()
                if len(inner) < _MAX_FIELDS:
                    inner.update(zip(value, map(type, value.values()), strict=True))

    def types(self) -> FieldTypes:
        """Field to JSON types, sorted."""
        found: dict[str, set[str]] = {}
        for name, kind in self._top:
            found.setdefault(name, set()).add(_NAMES.get(kind, kind.__name__))
        for parent, inner in self._nested.items():
            for name, kind in inner:
                found.setdefault(f"{parent}.{name}", set()).add(_NAMES.get(kind, kind.__name__))
        return {name: sorted(kinds) for name, kinds in sorted(found.items())}


def compare(before: FieldTypes, now: FieldTypes, *, record_count: int) -> Drift:
    """How the types of a pass differ from all earlier ones; nothing is drift on a first pass."""
    if not before:
        return Drift()
    retyped = []
    for name in sorted(before.keys() & now.keys()):
        known, added = set(before[name]) - {"null"}, set(now[name]) - set(before[name]) - {"null"}
        if known and added:
            retyped.append((name, "|".join(sorted(known)), "|".join(sorted(added))))
    missing = sorted(before.keys() - now.keys()) if record_count >= _ENOUGH_RECORDS else []
    return Drift(tuple(sorted(now.keys() - before.keys())), tuple(missing), tuple(retyped))


def read(folder: Path) -> FieldTypes:
    """The fields that a stream was known to have."""
    path = folder / "_fields.json"
    try:
        content = orjson.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def remember(folder: Path, before: FieldTypes, now: FieldTypes) -> None:
    """Add the fields of a closed pass to those known."""
    names = before.keys() | now.keys()
    merged = {name: sorted({*before.get(name, ()), *now.get(name, ())}) for name in names}
    if merged != before:
        landing.write_atomically(
            folder / "_fields.json", orjson.dumps(merged, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
        )
