"""The content hash: equal between runs, files and engines exactly when the marts say the same."""

import hashlib

import duckdb

from ingestion.sql_text import quoted

LOAD_COLUMNS = frozenset({"build_id", "batch_id", "load_seq", "loaded_at", "extracted_at"})
_DOUBLES = ("DOUBLE", "FLOAT", "REAL")


def marts(connection: duckdb.DuckDBPyConnection, *, catalog: str | None = None) -> list[str]:
    """Names of the tables and views in schema `marts`, sorted."""
    rows = connection.execute(
        "select table_name from information_schema.tables"
        " where table_schema = 'marts' and table_catalog = coalesce(?, current_database()) order by 1",
        [catalog],
    ).fetchall()
    return [row[0] for row in rows]


def columns(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[tuple[str, str]]:
    """Columns of a table of the current database, in order, with their types."""
    found = connection.execute(f"describe {quoted(schema, table)}").fetchall()
    return [(name, kind) for name, kind, *_ in found]


def content_hash(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """Content hash of one mart: without build, load columns and doubles, independent of the order of rows.

    The row's text is the values in contract order with an escaped delimiter, NULL distinct, timestamps as UTC
    microseconds; the hash is the row count and the sum of the first 15 hex digits of each row's md5.
    """
    parts = [
        _text(name, kind)
        for name, kind in columns(connection, "marts", table)
        if name not in LOAD_COLUMNS and not kind.startswith(_DOUBLES)
    ]
    row_text = " || '|' || ".join(parts) or "''"
    row = connection.execute(
        f"""
        select
            count(*),
            coalesce(sum(cast(cast('0x' || substr(md5({row_text}), 1, 15) as bigint) as decimal(38, 0))), 0)
        from {quoted("marts", table)}
        """  # noqa: S608
    ).fetchone()
    assert row is not None
    return f"{row[0]}:{row[1]}"


def shape(known: list[tuple[str, str]]) -> str:
    """Eight hex digits that change with any column's name or type."""
    return hashlib.md5(",".join(f"{name} {kind}" for name, kind in known).encode()).hexdigest()[:8]


def content_hashes(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Content hash of every mart."""
    return {table: content_hash(connection, table) for table in marts(connection)}


def _text(name: str, kind: str) -> str:
    column = quoted(name)
    if kind.startswith("TIMESTAMP"):
        value = f"cast(epoch_us({column}) as varchar)"
    elif kind == "VARCHAR":
        value = rf"replace(replace({column}, '\', '\\'), '|', '\|')"
    else:
        value = f"cast({column} as varchar)"
    return rf"coalesce({value}, '\N')"
