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
    """Collects the fields (two levels deep) and types of a pass, and which of them every record had."""

    def __init__(self) -> None:
        self.record_count = 0
        self._top: set[tuple[str, type]] = set()
        self._nested: dict[str, set[tuple[str, type]]] = {}
        self._always: set[str] | None = None
        self._nested_always: dict[str, tuple[int, set[str]]] = {}

    def add(self, record: dict[str, Any]) -> None:
        """Look at one record."""
        self.record_count += 1
        self._top.update(zip(record, map(type, record.values()), strict=True))
        self._always = set(record) if self._always is None else self._always.intersection(record)
        for name, value in record.items():
            if type(value) is dict:
                inner = self._nested.get(name)
                if inner is None:
                    inner = self._nested[name] = set()
                if len(inner) < _MAX_FIELDS:
                    inner.update(zip(value, map(type, value.values()), strict=True))
                    count, kept = self._nested_always.get(name) or (0, set(value))
                    if not value.keys() >= kept:
                        kept.intersection_update(value)
                    self._nested_always[name] = (count + 1, kept)

    @property
    def always(self) -> frozenset[str]:
        """Fields that every record had; below a field only when every record had an object there."""
        nested = {
            f"{parent}.{name}"
            for parent, (count, names) in self._nested_always.items()
            if count == self.record_count
            for name in names
        }
        return frozenset(nested.union(self._always or ()))

    def types(self) -> FieldTypes:
        """Field to JSON types, sorted."""
        found: dict[str, set[str]] = {}
        for name, kind in self._top:
            found.setdefault(name, set()).add(_NAMES.get(kind, kind.__name__))
        for parent, inner in self._nested.items():
            for name, kind in inner:
                found.setdefault(f"{parent}.{name}", set()).add(_NAMES.get(kind, kind.__name__))
        return {name: sorted(kinds) for name, kinds in sorted(found.items())}


@dataclass(frozen=True)
class KnownFields:
    """The types of all closed passes, and the fields that every record had."""

    types: FieldTypes
    always: frozenset[str]


def compare(before: KnownFields, observed: FieldObserver) -> Drift:
    """How the fields of a pass differ from all earlier ones; nothing is drift on a first pass.

    A field is missing when every earlier record had it and none of this pass has.
    """
    if not before.types or not observed.record_count:
        return Drift()
    now = observed.types()
    retyped = []
    for name in sorted(before.types.keys() & now.keys()):
        known = set(before.types[name]) - {"null"}
        added = set(now[name]) - set(before.types[name]) - {"null"}
        if known and added:
            retyped.append((name, "|".join(sorted(known)), "|".join(sorted(added))))
    gone = before.always - now.keys()
    missing = sorted(name for name in gone if name.partition(".")[0] not in gone or "." not in name)
    return Drift(tuple(sorted(now.keys() - before.types.keys())), tuple(missing), tuple(retyped))


def read(folder: Path) -> KnownFields:
    """The fields that a stream was known to have."""
    try:
        content = orjson.loads((folder / "_fields.json").read_bytes())
        return KnownFields(dict(content["types"]), frozenset(content["always"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return KnownFields({}, frozenset())


def remember(folder: Path, before: KnownFields, observed: FieldObserver) -> None:
    """Add the fields of a closed pass to those known."""
    if not observed.record_count:
        return
    now = observed.types()
    names = before.types.keys() | now.keys()
    types = {name: sorted({*before.types.get(name, ()), *now.get(name, ())}) for name in names}
    always = before.always & observed.always if before.types else observed.always
    if (types, always) != (before.types, before.always):
        landing.write_atomically(
            folder / "_fields.json",
            orjson.dumps({"types": types, "always": sorted(always)}, option=orjson.OPT_SORT_KEYS),
        )
