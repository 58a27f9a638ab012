"""The part of the Google Ads Query Language that the sandbox understands, parsed and applied.

https://developers.google.com/google-ads/api/docs/query/grammar: SELECT, FROM, WHERE with AND, ORDER BY, LIMIT,
PARAMETERS.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]

_CLAUSES = re.compile(
    r"^\s*SELECT\s+(?P<select>.+?)\s+FROM\s+(?P<resource>\w+)"
    r"(?:\s+WHERE\s+(?P<where>.+?))?(?:\s+ORDER\s+BY\s+(?P<order>.+?))?"
    r"(?:\s+LIMIT\s+(?P<limit>\d+))?(?:\s+PARAMETERS\s+(?P<parameters>.+?))?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(
    r"^\s*(?P<field>[a-z_.]+)\s*(?P<operator>=|!=|>=|<=|>|<|NOT\s+IN|IN|BETWEEN|DURING)\s*(?P<operand>.+?)\s*$",
    re.IGNORECASE | re.DOTALL,
)
_LITERAL = re.compile(r"'([^']*)'|\"([^\"]*)\"|([\w.+-]+)")


class QueryError(Exception):
    """A query that Google Ads would refuse; `reason` is its QueryError code."""

    def __init__(self, reason: str, message: str) -> None:
        """Keep the code beside the message."""
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Condition:
    """One comparison of a field with literals."""

    field: str
    operator: str
    operands: tuple[str, ...]

    def holds(self, row: Row) -> bool:
        """Tell whether a row meets the condition; numbers compare as numbers, the rest as text."""
        value = row[self.field]
        found: Any = value if isinstance(value, (int, float)) else str(value)
        wanted: list[Any] = [type(found)(operand) for operand in self.operands]
        if self.operator in ("BETWEEN", "DURING"):
            return bool(wanted[0] <= found <= wanted[1])
        if self.operator in ("IN", "NOT IN"):
            return (found in wanted) == (self.operator == "IN")
        tests: dict[str, Callable[[Any, Any], bool]] = {
            "=": lambda a, b: bool(a == b),
            "!=": lambda a, b: bool(a != b),
            ">": lambda a, b: bool(a > b),
            ">=": lambda a, b: bool(a >= b),
            "<": lambda a, b: bool(a < b),
            "<=": lambda a, b: bool(a <= b),
        }
        return tests[self.operator](found, wanted[0])


@dataclass(frozen=True)
class Query:
    """A parsed query."""

    fields: tuple[str, ...]
    resource: str
    conditions: tuple[Condition, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    limit: int | None = None
    named: frozenset[str] = field(default_factory=frozenset)

    def filter(self, rows: Iterable[Row]) -> list[Row]:
        """Return the rows that meet every condition."""
        return [row for row in rows if all(condition.holds(row) for condition in self.conditions)]

    def arrange(self, rows: list[Row]) -> list[Row]:
        """Return rows in the order asked for, cut to the limit."""
        for name, is_descending in reversed(self.order):
            rows = sorted(rows, key=lambda row, name=name: row[name], reverse=is_descending)  # type: ignore[misc]
        return rows if self.limit is None else rows[: self.limit]


def parse(text: str, today: dt.date) -> Query:
    """Parse a query; raises QueryError with Google's code for what is wrong."""
    match = _CLAUSES.match(text)
    if match is None:
        raise QueryError("UNEXPECTED_INPUT", "Error in query: unexpected input.")
    fields = tuple(name.strip() for name in match["select"].split(","))
    if len(set(fields)) != len(fields):
        raise QueryError("DUPLICATE_FIELD_IN_SELECT", "Error in query: a field is selected twice.")
    conditions = tuple(_condition(part, today) for part in _conjuncts(match["where"] or ""))
    order = tuple(_ordering(part) for part in (match["order"] or "").split(",") if part.strip())
    for name, _ in order:
        if name not in fields:
            raise QueryError("EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE", f"'{name}' must be selected to order by it.")
    limit = int(match["limit"]) if match["limit"] else None
    named = frozenset(fields) | {condition.field for condition in conditions}
    return Query(fields, match["resource"].lower(), conditions, order, limit, named)


def _conjuncts(where: str) -> list[str]:
    """Split at AND, except the one inside BETWEEN … AND …."""
    parts: list[str] = []
    for piece in re.split(r"\s+AND\s+", where, flags=re.IGNORECASE) if where.strip() else []:
        is_open = bool(parts) and re.search(r"\bBETWEEN\s+\S+\s*$", parts[-1], re.IGNORECASE) is not None
        if is_open:
            parts[-1] += f" AND {piece}"
        else:
            parts.append(piece)
    return parts


def _condition(text: str, today: dt.date) -> Condition:
    match = _CONDITION.match(text)
    if match is None:
        raise QueryError("UNEXPECTED_INPUT", f"Error in WHERE clause: '{text.strip()}'.")
    operator = re.sub(r"\s+", " ", match["operator"].upper())
    operand = match["operand"]
    if operator == "DURING":
        return Condition(match["field"], operator, _during(operand.upper(), today))
    if operator == "BETWEEN":
        operand = re.sub(r"\s+AND\s+", " ", operand, flags=re.IGNORECASE)
    operands = tuple(a or b or c for a, b, c in _LITERAL.findall(operand))
    if not operands or (operator == "BETWEEN" and len(operands) != 2):
        raise QueryError("BAD_VALUE", f"Error in WHERE clause: '{text.strip()}'.")
    if match["field"] == "segments.date":
        for literal in operands:
            _check_date(literal)
    return Condition(match["field"], operator, operands)


def _check_date(literal: str) -> None:
    try:
        dt.date.fromisoformat(literal)
    except ValueError as error:
        raise QueryError("INVALID_VALUE_WITH_DURING_OPERATOR", f"'{literal}' is no date.") from error


def _during(word: str, today: dt.date) -> tuple[str, str]:
    spans = {
        "TODAY": (0, 0),
        "YESTERDAY": (1, 1),
        "LAST_7_DAYS": (7, 1),
        "LAST_14_DAYS": (14, 1),
        "LAST_30_DAYS": (30, 1),
    }
    if word not in spans:
        raise QueryError("INVALID_VALUE_WITH_DURING_OPERATOR", f"'{word}' is no date range.")
    first, last = (today - dt.timedelta(days=days) for days in spans[word])
    return first.isoformat(), last.isoformat()


def _ordering(text: str) -> tuple[str, bool]:
    name, _, direction = text.strip().partition(" ")
    if direction.strip().upper() not in ("", "ASC", "DESC"):
        raise QueryError("UNEXPECTED_INPUT", f"Error in ORDER BY clause: '{text.strip()}'.")
    return name, direction.strip().upper() == "DESC"
