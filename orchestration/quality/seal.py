"""The seal: a hash over every column of each mart, taken at the audit, looked at again before publishing."""

import duckdb

from ingestion.settings import Settings
from orchestration import builds
from orchestration.quality import hashes


def take(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The seal of every mart: row count and the sum of the row hashes, for this engine only."""
    return {table: _seal(connection, table) for table in hashes.marts(connection)}


def broken(settings: Settings, build_id: str) -> list[str]:
    """Marts that are no longer what the audit of this build saw, or that came or went since; empty when all hold."""
    stored = builds.read(settings, build_id, "hashes")
    if stored is None:
        return ["(no seal was taken)"]
    before = {name: entry["seal"] for name, entry in stored["marts"].items()}
    if not settings.warehouse_path.exists():
        return sorted(before)
    with duckdb.connect(settings.warehouse_path, read_only=True) as connection:
        now = take(connection)
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def _seal(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    row = connection.execute(
        f"select count(*), coalesce(sum(hash(mart)), 0) from {hashes.quoted('marts', table)} as mart"  # noqa: S608
    ).fetchone()
    assert row is not None
    columns = ",".join(f"{name} {kind}" for name, kind in hashes.columns(connection, "marts", table))
    shape = connection.execute("select md5(?)", [columns]).fetchone()
    assert shape is not None
    return f"{row[0]}:{row[1]}:{shape[0][:8]}"
