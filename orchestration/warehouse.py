"""The warehouse behind one face: what the gate, the doors and the build ask of DuckDB or of Spark."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import duckdb

from ingestion import lake
from ingestion import load as loading
from ingestion.run_report import LoadReport
from ingestion.settings import Settings
from ingestion.sql_text import literal, quoted
from orchestration import builds
from orchestration.errors import EngineError
from orchestration.quality import hashes

if TYPE_CHECKING:
    import pandas as pd

Columns = list[tuple[str, str]]


class Reader(Protocol):
    """An open warehouse, for reading. Statements that fail raise EngineError."""

    def marts(self) -> list[str]:
        """Names of the tables in schema `marts`, sorted."""

    def tables(self) -> set[str]:
        """All relations as `schema.table`."""

    def columns(self, schema: str, table: str) -> Columns:
        """Columns in order, with the names that DuckDB gives their types."""

    def rows(self, query: str) -> tuple[list[str], list[Sequence[Any]]]:
        """Column names and rows of a query."""

    def frame(self, query: str) -> "pd.DataFrame":
        """The result of a query; decimals as doubles."""

    def seal(self, table: str) -> str:
        """A text that changes with any value of a mart; comparable on one engine only."""

    def content_hash(self, table: str) -> str:
        """The content hash of a mart, the same on every engine."""

    def row_digest(self, table: str, columns: Columns) -> str:
        """An expression that tells rows of `table` apart."""

    def is_finite(self, expression: str) -> str:
        """A condition that a double is a number."""

    def row_counts(self) -> dict[str, int]:
        """Rows by `schema.table`, at least of the marts."""


class DuckDBReader:
    """Reader of the DuckDB file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def marts(self) -> list[str]:
        """See Reader."""
        return hashes.marts(self._connection)

    def tables(self) -> set[str]:
        """See Reader."""
        found = self._connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
        return {f"{schema}.{name}" for schema, name in found}

    def columns(self, schema: str, table: str) -> Columns:
        """See Reader."""
        return hashes.columns(self._connection, schema, table)

    def rows(self, query: str) -> tuple[list[str], list[Sequence[Any]]]:
        """See Reader."""
        try:
            cursor = self._connection.execute(query)
            return [column[0] for column in cursor.description or []], list(cursor.fetchall())
        except duckdb.Error as error:
            raise EngineError(str(error).splitlines()[0]) from error

    def frame(self, query: str) -> "pd.DataFrame":
        """See Reader."""
        return self._connection.execute(query).df()

    def seal(self, table: str) -> str:
        """Row count, sum of the row hashes, and the shape."""
        _, rows = self.rows(
            f"select count(*), coalesce(sum(hash(mart)), 0) from {quoted('marts', table)} as mart"  # noqa: S608
        )
        shape = hashes.shape(self.columns("marts", table))
        return f"{rows[0][0]}:{rows[0][1]}:{shape}"

    def content_hash(self, table: str) -> str:
        """See Reader."""
        return hashes.content_hash(self._connection, table)

    def row_digest(self, table: str, columns: Columns) -> str:
        """See Reader."""
        return f"hash({table})"

    def is_finite(self, expression: str) -> str:
        """See Reader."""
        return f"isfinite({expression})"

    def row_counts(self) -> dict[str, int]:
        """As the catalogue has them."""
        found = self._connection.execute("select schema_name || '.' || table_name, estimated_size from duckdb_tables()")
        return dict(found.fetchall())


@contextmanager
def reading(settings: Settings) -> Iterator[Reader]:
    """The company's warehouse, open for reading for the length of the block."""
    if settings.warehouse.engine == "spark":
        from orchestration.spark.reader import SparkReader
        from orchestration.spark.session import session

        with session(settings) as opened:
            yield SparkReader(opened)
    else:
        with duckdb.connect(settings.warehouse_path, read_only=True) as connection:
            limit_memory(connection, settings)
            yield DuckDBReader(connection)


def limit_memory(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Hold a connection to the configured memory; what does not fit goes to disk under `var/`."""
    if settings.warehouse.memory_limit:
        connection.execute(f"set memory_limit = '{settings.warehouse.memory_limit}'")
        connection.execute("set temp_directory = $1", [str(settings.var / "spilled")])


def exists(settings: Settings) -> bool:
    """Whether anything was ever built or loaded."""
    if settings.warehouse.engine == "spark":
        return newest_load_seq(settings) is not None
    return settings.warehouse_path.exists()


def load(
    settings: Settings, sources: Sequence[str], refuse: loading.Refuse, progress: loading.Progress
) -> list[LoadReport]:
    """Load the batches of these sources that pass, and the parameters of the run."""
    if settings.warehouse.engine == "spark":
        lake.claim(settings)
        reports = lake.load_lake(settings, sources=sources, refuse=refuse, progress=progress)
        lake.write_configuration(settings, settings.as_of_date())
        return reports
    reports = loading.load(settings, sources=sources, refuse=refuse, progress=progress)
    with loading.connect(settings.warehouse_path) as connection:
        loading.write_run_parameters(connection, settings, settings.as_of_date())
    return reports


def prepare(settings: Settings) -> None:
    """Bring raw tables and the parameters of the run into being: a company may have no source, hence no load."""
    if settings.warehouse.engine == "spark":
        from orchestration.spark import raw
        from orchestration.spark.session import session

        lake.claim(settings)
        lake.write_configuration(settings, settings.as_of_date())
        with session(settings) as opened:
            raw.prepare(settings, opened)
        return
    settings.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    with loading.connect(settings.warehouse_path) as connection:
        loading.create_raw_tables(connection)
        loading.write_run_parameters(connection, settings, settings.as_of_date())


def notice_other_writers(settings: Settings) -> None:
    """Trust nothing that was built when the warehouse is not as the pipeline left it; needs no handle on it.

    A build leaves alone what did not change, so it would keep what another hand, or a run that was killed, has written.
    """
    _note(settings, is_trusted=False)


def leave(settings: Settings) -> None:
    """Note how the pipeline leaves the warehouse."""
    _note(settings, is_trusted=_is_trusted(settings))


def forget(settings: Settings, *, only_if_distrusted: bool = False) -> None:
    """Forget what models were built from: the next build makes all of them whole."""
    if not _state(settings) or (only_if_distrusted and _is_trusted(settings)):
        return
    with loading.connect(settings.warehouse_path) as connection:
        for (table,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'built_from' "
            "and table_name in ('versions', 'inputs')"
        ).fetchall():
            connection.execute(f"delete from {quoted('built_from', table)}")  # noqa: S608
    builds.write_json(_left_as(settings), {"state": _state(settings), "is_trusted": True})


def _note(settings: Settings, *, is_trusted: bool) -> None:
    """Note the state of the warehouse when it is another one than noted."""
    noted, state = builds.read_json(_left_as(settings)) or {}, _state(settings)
    if state and noted.get("state") != state:
        builds.write_json(_left_as(settings), {"state": state, "is_trusted": is_trusted})


def _is_trusted(settings: Settings) -> bool:
    return bool((builds.read_json(_left_as(settings)) or {}).get("is_trusted"))


def _left_as(settings: Settings) -> Path:
    return settings.var / "dbt" / "left_as.json"


def _state(settings: Settings) -> dict[str, int] | None:
    """Size and time of change of the warehouse's file; None when there is none."""
    if settings.warehouse.engine == "spark" or not settings.warehouse_path.exists():
        return None
    found = settings.warehouse_path.stat()
    return {"bytes": found.st_size, "changed_at_ns": found.st_mtime_ns}


def newest_load_seq(settings: Settings) -> int | None:
    """The highest `load_seq` that is loaded, None when there is none."""
    if settings.warehouse.engine == "spark":
        return lake.newest_load_seq(settings)
    if not settings.warehouse_path.exists():
        return None
    with duckdb.connect(settings.warehouse_path, read_only=True) as connection:
        row = connection.execute("select max(load_seq) from meta.loaded_batches").fetchone()
    return row[0] if row else None


@contextmanager
def marts_in_duckdb(
    settings: Settings, connection: duckdb.DuckDBPyConnection
) -> Iterator[dict[str, tuple[Columns, str]]]:
    """Every mart with its columns and a DuckDB query that reads it through the given connection."""
    if settings.warehouse.engine == "spark":
        from orchestration.spark import export

        with export.exported_marts(settings) as found:
            yield found
        return
    connection.execute(f"attach {literal(settings.warehouse_path)} as warehouse (read_only)")
    connection.execute("use warehouse")
    known = {name: hashes.columns(connection, "marts", name) for name in hashes.marts(connection)}
    connection.execute("use memory")
    yield {name: (columns, f"from warehouse.{quoted('marts', name)}") for name, columns in known.items()}
