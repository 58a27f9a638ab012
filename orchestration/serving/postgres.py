"""The server door: the published DuckDB file's marts and schema meta, replaced in PostgreSQL in one transaction.

Readers see the build before or the new one, never a mixture, and are not waited for: rows are replaced by DELETE and
INSERT. Only a changed contract (columns, dropped tables) needs a table to itself, for `lock_timeout_seconds` at most.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from ingestion import faultpoints
from ingestion.settings import PostgresSettings, Settings
from ingestion.sql_text import quoted
from orchestration import builds
from orchestration.errors import PipelineError, ServerDoorError
from orchestration.serving import duckdb_file, postgres_checks, postgres_tables
from orchestration.serving.postgres_server import Server, connected
from orchestration.serving.postgres_tables import Table

# Where a test may kill the publisher; before the last one nothing has happened for readers.
FAULT_POINTS = ("postgres.staged", "postgres.replaced", "postgres.checked", "postgres.committed")
_PUBLICATION = (
    "publication_number bigint generated always as identity primary key, build_id text not null,"
    " published_at timestamp with time zone not null, as_of_date date, table_counts jsonb not null,"
    " replaced_nul_count bigint not null"
)
_SHOWN = 5


def publish(settings: Settings, build_id: str, *, examine: bool = False) -> builds.Json:
    """Bring PostgreSQL to the build that the file door serves, and return what it serves then.

    A build that is served already is confirmed without writing; with `examine` only after its contents were compared.
    Raises ServerDoorError, LockedError when another publisher is at work, ConfigurationError when the secret is not
    there; then readers see what they saw before.
    """
    door = _door(settings)
    try:
        with connected(door, f"publish {build_id}") as server, _file(settings, build_id) as file:
            with server.telling("preparing"):
                server.be_the_publisher()
                server.prepare()
                served = _served(server)
            if served and served["build_id"] == build_id and not (examine and _different(file, server)):
                return _answer(server, served, "confirmed")
            counts = _replace_all(file, server, set(served["table_counts"]) if served else set())
            _record(settings, server, build_id, counts)
            server.commit()
            faultpoints.reach("postgres.committed")
            served = _served(server)
            assert served is not None
            return _answer(server, served, "published")
    except ServerDoorError as error:
        raise ServerDoorError(error.what, where=error.where, next=f"{error.next}, then {_again(settings)}") from None


def state(settings: Settings) -> builds.Json:
    """What the server serves, and every difference to the file that the file door serves.

    Raises ServerDoorError when the server cannot be asked.
    """
    current = duckdb_file.current_version(settings)
    with connected(_door(settings), "doctor") as server:
        with server.telling("asking"):
            server.prepare()
            served = _served(server)
        if current is None or served is None or served["build_id"] != current["build_id"]:
            return {"where": server.where, "build_id": served and served["build_id"], "differences": []}
        with _file(settings, current["build_id"]) as file:
            return {"where": server.where, "build_id": served["build_id"], "differences": _different(file, server)}


def _door(settings: Settings) -> PostgresSettings:
    if settings.doors.postgres is None:
        raise PipelineError("the server door is off: add [serving.postgres] with a `url` to the configuration")
    return settings.doors.postgres


@contextlib.contextmanager
def _file(settings: Settings, build_id: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file of a build, opened read-only after its bytes or its contents were verified."""
    current = duckdb_file.current_version(settings)
    if current is None or current["build_id"] != build_id:
        raise PipelineError(f"build {build_id} is not what the file door serves: run `funnel publish`")
    path = Path(current["path"])
    if not path.exists() or ("sha256" in current and current["sha256"] != duckdb_file.file_hash(path)):
        raise PipelineError(f"{path} is damaged: run `funnel doctor`")
    if "sha256" not in current:
        duckdb_file.verify(path, builds.content_hashes(settings, build_id))
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("set autoinstall_known_extensions = false")
        connection.execute("set TimeZone = 'UTC'")
        try:
            yield connection
        except duckdb.Error as error:
            raise PipelineError(f"{path} cannot be read: {error}; run `funnel doctor`") from error


def _again(settings: Settings) -> str:
    """The command that catches up without changing what the file door serves."""
    current = duckdb_file.current_version(settings) or {}
    if current.get("rolled_back_from"):
        return f"`funnel rollback --to {current['build_id']}` (the file door serves it already)"
    return "`funnel publish` (the file door serves the build already)"


def _served(server: Server) -> builds.Json | None:
    """The newest row of `publication`, or None before the first."""
    place = quoted(server.door.meta_schema, "publication")
    if server.rows("select to_regclass(%s)", [place]) == [(None,)]:
        return None
    names = ("build_id", "published_at", "as_of_date", "table_counts", "replaced_nul_count")
    found = server.rows(f"select {', '.join(names)} from {place} order by publication_number desc limit 1")  # noqa: S608
    return dict(zip(names, found[0], strict=True)) if found else None


def _answer(server: Server, served: builds.Json, status: str) -> builds.Json:
    counts = served["table_counts"]
    return {**served, "status": status, "where": server.where, "tables": len(counts), "rows": sum(counts.values())}


def _different(file: duckdb.DuckDBPyConnection, server: Server) -> list[str]:
    """Every difference between the file and the server, without changing anything."""
    with server.telling("asking"):
        known = postgres_tables.on_server(server)
    found: list[str] = []
    for table in postgres_tables.of_file(file, server):
        if table.shown not in known:
            found.append(f"{table.shown} is missing")
        elif postgres_tables.is_changed(table, known[table.shown]):
            found.append(f"{table.shown} has other columns")
        else:
            with server.telling(table.shown):
                found += postgres_checks.differences(file, server, table)[1]
    return found


def _replace_all(file: duckdb.DuckDBPyConnection, server: Server, ours: set[str]) -> dict[str, Any]:
    """Replace every table, those with a changed contract last; row counts by table, and the replaced characters.

    `ours`: the tables of the publication before. What others keep in the schemas is never touched.
    """
    tables = postgres_tables.of_file(file, server)
    with server.telling("schemas"):
        _create_schemas(server)
        known = postgres_tables.on_server(server)
    _refuse_foreign(server, tables, known, ours)
    for table in tables:
        with server.telling(table.shown):
            postgres_tables.stage(file, server, table)
    faultpoints.reach("postgres.staged")
    counts: dict[str, int] = {}
    for table in sorted(tables, key=lambda one: postgres_tables.is_changed(one, known.get(one.shown))):
        with server.telling(table.shown):
            postgres_tables.replace(server, table, known.get(table.shown))
            server.rows(f"analyze {table.place}")
            postgres_tables.comment(server, table)
            counts[table.shown] = _checked(file, server, table)
    for gone in sorted((ours & known.keys()) - counts.keys()):
        with server.telling(gone):
            server.rows(f"drop table {quoted(*gone.split('.', 1))}")
    faultpoints.reach("postgres.replaced")
    with server.telling("roles"):
        _grant(server, tables)
    return {"table_counts": counts, "replaced_nul_count": sum(postgres_tables.nul_count(file, one) for one in tables)}


def _checked(file: duckdb.DuckDBPyConnection, server: Server, table: Table) -> int:
    """The number of rows, when the server says what the file says."""
    count, different = postgres_checks.differences(file, server, table)
    if different:
        more = f" and {len(different) - _SHOWN} more" if len(different) > _SHOWN else ""
        raise server.failure(
            f"it would not say what the file says: {'; '.join(different[:_SHOWN])}{more}",
            next="nothing was changed there; look for triggers, rules or another writer on these tables",
        )
    return count


def _create_schemas(server: Server) -> None:
    wanted = [server.door.marts_schema, server.door.meta_schema]
    there = {row[0] for row in server.rows("select nspname from pg_namespace where nspname = any(%s)", [wanted])}
    for schema in wanted:
        if schema not in there:
            server.rows(f"create schema {quoted(schema)}")


def _refuse_foreign(server: Server, tables: list[Table], known: dict[str, dict[str, str]], ours: set[str]) -> None:
    foreign = [table.shown for table in tables if table.shown in known and table.shown not in ours]
    if foreign:
        raise server.failure(
            f"there is already something that this door did not make: {', '.join(foreign)}",
            next="rename or drop it, or choose another `schema` in [serving.postgres]",
        )


def _record(settings: Settings, server: Server, build_id: str, counts: dict[str, Any]) -> None:
    """Write the row that names what is served, in the same transaction."""
    place = quoted(server.door.meta_schema, "publication")
    current = duckdb_file.current_version(settings) or {}
    with server.telling("publication"):
        server.rows(f"create table if not exists {place} ({_PUBLICATION})")
        server.rows(
            f"insert into {place} (build_id, published_at, as_of_date, table_counts, replaced_nul_count)"  # noqa: S608
            " values (%s, clock_timestamp(), %s, %s, %s)",
            [build_id, current.get("as_of_date"), json.dumps(counts["table_counts"]), counts["replaced_nul_count"]],
        )
        _grant_on(server, server.door.analyst_role, server.door.meta_schema, ["publication"])
    faultpoints.reach("postgres.checked")


def _grant(server: Server, tables: list[Table]) -> None:
    """Let readers read the marts, and analysts schema meta as well."""
    door = server.door
    for role, schemas in (
        (door.reader_role, [door.marts_schema]),
        (door.analyst_role, [door.marts_schema, door.meta_schema]),
    ):
        for schema in schemas:
            _grant_on(server, role, schema, [table.name for table in tables if table.schema == schema])


def _grant_on(server: Server, role: str | None, schema: str, names: list[str]) -> None:
    """Grant what a role does not have yet; a role that does not exist gets nothing."""
    if role is None or not server.rows("select 1 from pg_roles where rolname = %s", [role]):
        return
    if server.rows("select has_schema_privilege(%s, %s, 'usage')", [role, schema]) != [(True,)]:
        server.rows(f"grant usage on schema {quoted(schema)} to {quoted(role)}")
    for name in names:
        place = quoted(schema, name)
        if server.rows("select has_table_privilege(%s, %s, 'select')", [role, place]) != [(True,)]:
            server.rows(f"grant select on {place} to {quoted(role)}")
