"""HubSpot's search: filter groups, one sort, pages by offset, and no way past 10,000 hits."""

import bisect
import datetime as dt
from typing import Any

from ingestion.sandbox.clock import epoch_millis
from ingestion.sandbox.hubspot_store import Snapshot, Store
from ingestion.sandbox.records import Record

MOST_HITS = 10_000
_MODIFIED = ("lastmodifieddate", "hs_lastmodifieddate")
_RANGES = {"EQ", "GT", "GTE", "LT", "LTE", "BETWEEN"}


class InvalidSearchError(ValueError):
    """The request is not a search that HubSpot would accept; the text is its message."""


Row = tuple[int, int, Record]


def search(store: Store, snapshot: Snapshot, body: dict[str, Any]) -> list[Record]:
    """Return all hits in the order asked for; raises InvalidSearchError."""
    groups = body.get("filterGroups") or []
    if len(groups) > 5:
        raise InvalidSearchError("At most 5 filterGroups may be specified")
    rows = snapshot.by_modification
    if groups:
        hits: dict[int, Row] = {}
        for group in groups:
            for row in _group(store, snapshot, rows, group.get("filters") or []):
                hits[row[1]] = row
        rows = list(hits.values())
    return [row[2] for row in _sorted(store, snapshot, rows, body.get("sorts") or [])]


def _group(store: Store, snapshot: Snapshot, rows: list[Row], filters: list[dict[str, Any]]) -> list[Row]:
    low, high = -(2**63), 2**63
    rest: list[dict[str, Any]] = []
    for condition in filters:
        if condition.get("propertyName") in _MODIFIED and condition.get("operator") in _RANGES:
            lowest, highest = _bounds(condition, _moment)
            low, high = max(low, lowest), min(high, highest)
        else:
            rest.append(condition)
    first = bisect.bisect_left(rows, low, key=lambda row: row[0])
    last = bisect.bisect_right(rows, high, key=lambda row: row[0])
    found = rows[first:last]
    for condition in rest:
        found = [row for row in found if _matches(store, snapshot, row, condition)]
    return found


def _bounds(condition: dict[str, Any], parse: Any) -> tuple[int, int]:
    """Return the inclusive range of integers that a range condition allows."""
    operator = condition["operator"]
    value = parse(condition.get("value"))
    if operator == "BETWEEN":
        return value, parse(condition.get("highValue"))
    low = {"EQ": value, "GT": value + 1, "GTE": value}.get(operator, -(2**63))
    high = {"EQ": value, "LT": value - 1, "LTE": value}.get(operator, 2**63)
    return low, high


def _matches(store: Store, snapshot: Snapshot, row: Row, condition: dict[str, Any]) -> bool:
    name, operator = condition.get("propertyName"), condition.get("operator")
    if name == "hs_object_id" and operator in _RANGES:
        low, high = _bounds(condition, _integer)
        return low <= row[1] <= high
    if name not in store.property_names:
        raise InvalidSearchError(f"There was a problem with the request: property {name} does not exist")
    value = store.properties(row[2], snapshot.now)[str(name)]
    if operator == "HAS_PROPERTY":
        return value is not None
    if operator == "NOT_HAS_PROPERTY":
        return value is None
    if value is None:
        return operator in ("NEQ", "NOT_IN")
    return _compare(value, str(operator), condition)


def _compare(value: str, operator: str, condition: dict[str, Any]) -> bool:
    if operator in ("IN", "NOT_IN"):
        return (value in (condition.get("values") or [])) == (operator == "IN")
    other = str(condition.get("value"))
    if operator in ("EQ", "NEQ"):
        return (value.lower() == other.lower()) == (operator == "EQ")
    if operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        return (other.lower().strip("*") in value.lower()) == (operator == "CONTAINS_TOKEN")
    if operator not in _RANGES:
        raise InvalidSearchError(f"Invalid operator {operator}")
    left, right = _comparable(value), _comparable(other)
    if operator == "BETWEEN":
        return right <= left <= _comparable(str(condition.get("highValue")))
    return {"GT": left > right, "GTE": left >= right, "LT": left < right, "LTE": left <= right}[operator]


def _sorted(store: Store, snapshot: Snapshot, rows: list[Row], sorts: list[Any]) -> list[Row]:
    if not sorts:
        return sorted(rows, key=lambda row: row[1])
    if len(sorts) > 1:
        raise InvalidSearchError("Only one sort may be specified")
    sort = (
        sorts[0]
        if isinstance(sorts[0], dict)
        else {"propertyName": sorts[0].lstrip("-"), "direction": "DESCENDING" if sorts[0][:1] == "-" else ""}
    )
    name, backwards = sort.get("propertyName"), str(sort.get("direction", "")).upper().startswith("DESC")
    if name in _MODIFIED:
        return sorted(rows, key=lambda row: (row[0], row[1]), reverse=backwards)
    if name == "hs_object_id":
        return sorted(rows, key=lambda row: row[1], reverse=backwards)
    if name not in store.property_names:
        raise InvalidSearchError(f"There was a problem with the request: property {name} does not exist")
    return sorted(
        rows,
        key=lambda row: (_comparable(store.properties(row[2], snapshot.now)[name] or "-9e99"), row[1]),
        reverse=backwards,
    )


def _moment(value: Any) -> int:
    try:
        return int(str(value))
    except ValueError:
        pass
    try:
        return epoch_millis(dt.datetime.fromisoformat(str(value)))
    except (ValueError, TypeError) as error:
        raise InvalidSearchError(f"{value} is not a date") from error


def _integer(value: Any) -> int:
    try:
        return int(str(value))
    except ValueError as error:
        raise InvalidSearchError(f"{value} is not a number") from error


def _comparable(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return float(epoch_millis(dt.datetime.fromisoformat(text)))
    except ValueError as error:
        raise InvalidSearchError(f"{text} cannot be compared") from error
