"""Whether PostgreSQL says what the published file says: counts, and a checksum of every column and of whole rows."""

import math
from typing import Any

import duckdb

from ingestion.sql_text import quoted
from orchestration.serving.postgres_server import Server
from orchestration.serving.postgres_tables import Table

TOLERANCE = 1e-9
_FILE, _SERVER = "file", "server"


def differences(file: duckdb.DuckDBPyConnection, server: Server, table: Table) -> tuple[int, list[str]]:
    """The number of rows in the file, and every count or checksum that is not the same on the server.

    Numbers are summed exactly; text, dates and instants by the first 15 hex digits of md5; doubles are compared at
    1e-9 of the sum of their absolute values. `row` covers all columns but doubles, so that values moved from one row
    to another are found as well.
    """
    wanted = _expressions(table, _FILE)
    asked = _expressions(table, _SERVER)
    expected = file.execute(f"select {', '.join(wanted.values())} from ({table.query}) as published").fetchone()  # noqa: S608
    found = server.rows(f"select {', '.join(asked.values())} from {table.place}")[0]  # noqa: S608
    assert expected is not None
    before, after = dict(zip(wanted, expected, strict=True)), dict(zip(asked, found, strict=True))
    different = [
        f"{table.shown} {label}: {before[label]} in the file, {after[label]} in PostgreSQL"
        for label in wanted
        if not _same(label, before, after)
    ]
    return int(before["count"]), different


def _expressions(table: Table, side: str) -> dict[str, str]:
    """Aggregates by label, in the order of the columns; both sides have the same labels."""
    found = {"count": "count(*)"}
    parts = []
    for name, kind in table.columns.items():
        column = quoted(name)
        found[f"{name} (values)"] = f"count({column})"
        if kind == "DOUBLE":
            found[f"{name} (size)"] = f"coalesce(sum(abs({column})), 0)"
            found[f"{name} (sum)"] = f"coalesce(sum({column}), 0)"
            continue
        text = _text(column, kind, side)
        parts.append(rf"coalesce({text}, '\N')")
        if kind in ("VARCHAR", "DATE") or kind.startswith("TIMESTAMP"):
            found[f"{name} (md5)"] = _md5_sum(text, side)
        else:
            number = f"cast({column} as integer)" if kind == "BOOLEAN" else column
            found[f"{name} (sum)"] = f"cast(sum({number}) as varchar)"
    if parts:
        found["row (md5)"] = _md5_sum(" || '|' || ".join(parts), side)
    return found


def _text(column: str, kind: str, side: str) -> str:
    """A value as the same text on both sides: delimiters escaped, days and microseconds since 1970 counted."""
    if kind == "VARCHAR":
        return rf"replace(replace({column}, '\', '\\'), '|', '\|')"
    if kind == "DATE":
        return f"cast({column} - date '1970-01-01' as varchar)"
    if kind.startswith("TIMESTAMP"):
        instant = f"epoch_us({column})" if side == _FILE else f"(extract(epoch from {column}) * 1000000)::bigint"
        return f"cast({instant} as varchar)"
    return f"cast({column} as varchar)"


def _md5_sum(text: str, side: str) -> str:
    digits = f"substr(md5({text}), 1, 15)"
    if side == _FILE:
        return f"cast(sum(cast(cast('0x' || {digits} as bigint) as decimal(38, 0))) as varchar)"
    return f"cast(sum((('x' || {digits})::bit(60)::bigint)::numeric) as varchar)"


def _same(label: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    one, other = before[label], after[label]
    if not isinstance(one, float) or not isinstance(other, float):
        return bool(one == other)
    if not (math.isfinite(one) and math.isfinite(other)):
        return one == other or (math.isnan(one) and math.isnan(other))
    size = before.get(label.replace("(sum)", "(size)"), one)
    return abs(one - other) <= TOLERANCE * max(abs(size), TOLERANCE)
