"""What landing already holds of a stream, as set-based questions over its batches."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.landing import BatchInfo
from ingestion.sql_text import literal

_ROWS = """
    create view version as
    select record_id, updated_at, is_deleted, payload_hash, extracted_at, payload
    from read_parquet($paths)
"""

_LATEST = """
    select
        record_id,
        arg_max(payload_hash, (extracted_at, updated_at, payload_hash)) as payload_hash,
        arg_max(is_deleted, (extracted_at, updated_at, payload_hash)) as is_deleted
    from version
    group by record_id
"""

_SPLIT = """
    with ranked as (
        select
            position, record_id, payload_hash,
            row_number() over (
                partition by record_id order by extracted_at desc, updated_at desc, payload_hash desc
            ) = 1 as is_newest
        from incoming
    ),
    compared as (
        select
            ranked.position, ranked.record_id, ranked.is_newest,
            latest.record_id is null as is_new,
            latest.payload_hash is not null and latest.payload_hash = ranked.payload_hash as is_latest,
            exists (
                select 1 from version
                where version.record_id = ranked.record_id and version.payload_hash = ranked.payload_hash
            ) as is_known
        from ranked
        left join latest on latest.record_id = ranked.record_id
    )
    select
        compared.position,
        compared.is_new,
        not compared.is_known
        or (
            compared.is_newest
            and (
                not compared.is_latest
                or bool_or(not compared.is_known) over (partition by compared.record_id)
            )
        ) as is_kept
    from compared
    order by compared.position
"""

_LIVE = """
    select record_id
    from (
        select
            record_id, payload, is_deleted,
            row_number() over (
                partition by record_id order by extracted_at desc, updated_at desc, payload_hash desc
            ) as position
        from version
    )
    where position = 1 and not is_deleted
      and ($since is null or json_extract_string(payload, $path) >= $since)
"""


@dataclass(frozen=True)
class Scope:
    """Records whose value at a JSON path is not before a bound (both ISO text)."""

    path: str
    since: str


class KnownVersions:
    """The versions of one stream in landing. Use it in a `with` block."""

    def __init__(self, batches: Iterable[BatchInfo]) -> None:
        self._paths = [str(batch.rows_path) for batch in batches if batch.row_count]
        self._connection: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> "KnownVersions":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    @property
    def is_empty(self) -> bool:
        """Whether nothing has landed yet."""
        return not self._paths

    def split(self, rows: pa.Table) -> tuple[pa.Table, int]:
        """The rows that landing does not hold yet, and how many of those have a new key.

        A row is left out when its key already has this very version, unless it makes an older version the
        newest one again (A, B, A keeps three), or an older one arrives now that must not seem newer.
        """
        if self.is_empty or not rows.num_rows:
            return rows, rows.num_rows
        connection = self._connect()
        incoming = rows.select(["record_id", "updated_at", "payload_hash", "extracted_at"]).append_column(
            "position", pa.array(range(rows.num_rows), pa.int64())
        )
        connection.register("incoming", incoming)
        try:
            marks = connection.execute(_SPLIT).to_arrow_table()
        finally:
            connection.unregister("incoming")
        kept = marks.column("is_kept")
        changed = rows.filter(kept)
        new = marks.filter(kept).column("is_new").to_pylist().count(True)
        return changed, new

    def live_count(self, scope: "Scope | None" = None) -> int:
        """Keys whose latest version is not a deletion, in a scope."""
        if self.is_empty:
            return 0
        query = f"select count(*) from ({_LIVE})"  # noqa: S608 - a constant
        row = self._connect().execute(query, _parameters(scope)).fetchone()
        return int(row[0]) if row else 0

    def absent_keys(self, seen: list[Path], seen_now: pa.Table, scope: "Scope | None" = None) -> list[str]:
        """Keys that live in landing, in a scope, and were not seen: neither in files nor in a table of keys."""
        if self.is_empty:
            return []
        connection = self._connect()
        _register_seen(connection, seen, seen_now)
        query = f"select record_id from ({_LIVE}) where record_id not in (from seen) order by 1"  # noqa: S608
        return [row[0] for row in connection.execute(query, _parameters(scope)).fetchall()]

    def _connect(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            connection = duckdb.connect(config={"threads": 1, "memory_limit": "300MB"})
            connection.execute("set TimeZone = 'UTC'")
            paths = ", ".join(map(literal, self._paths))
            connection.execute(_ROWS.replace("$paths", f"[{paths}]"))
            connection.execute(f"create view latest as {_LATEST}")
            self._connection = connection
        return self._connection


def seen_count(seen: list[Path], seen_now: pa.Table) -> int:
    """Distinct keys in files and a table of seen keys."""
    with duckdb.connect() as connection:
        _register_seen(connection, seen, seen_now)
        row = connection.execute("select count(distinct record_id) from seen").fetchone()
    return int(row[0]) if row else 0


def _register_seen(connection: duckdb.DuckDBPyConnection, seen: list[Path], seen_now: pa.Table) -> None:
    tables = [pq.read_table(path) for path in seen]
    connection.register("seen", pa.concat_tables([seen_now, *tables]))


def _parameters(scope: "Scope | None") -> dict[str, str | None]:
    return {"path": scope.path if scope else "$", "since": scope.since if scope else None}
