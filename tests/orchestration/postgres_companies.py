"""Companies with a server door: a hand-made published file, and what PostgreSQL then says."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from typing import Any

import duckdb
import psycopg

from ingestion.settings import Settings, load_settings
from orchestration import builds, layout
from orchestration.serving import duckdb_file

# One mart with every type and every awkward value, one with a foreign key to nothing, one table of schema meta.
ODD = """
create schema marts; create schema meta;
create table marts.fct_odd as select * from (values
    (1, 'a"b,c', 0.10::decimal(18, 2), 12345678901234567890123456789012.123456::decimal(38, 6), 1e-300::double,
     date '2026-01-31', timestamp '2026-01-31 23:59:59.999999', true, 9223372036854775807,
     timestamptz '2026-03-29 01:30:00+00'),
    (2, '', -0.05, -0.000001, 0.1, date '0050-01-01', timestamp '1024-01-01', false, -1, null),
    (3, null, null, null, null, null, null, null, null, null),
    (4, '\\N', 0, 0, -1.7976931348623157e308, date '9999-12-31', timestamp '9999-12-31', true, 0, null),
    (5, E'one\\n\\\\.\\ntwo\\r\\n|\\\\|', 1, 1, 'nan', date '1970-01-01',
     timestamp '1969-12-31 23:59:59.5', true, 1, null),
    (6, 'Zoë 👩‍💻 ÅÅ ' || chr(0) || ' end', 1, 1, 3, date '2024-02-29', timestamp '2024-02-29', true, 1, null)
) as rows(odd_id, name, amount, exact, ratio, odd_date, odd_at, is_odd, large, zoned_at);
create table marts.dim_plain as
select range::integer as plain_id, 'name ' || range as name, range * 0.5::double as weight from range(1000);
comment on table marts.dim_plain is 'One row per plain thing; it''s commented.';
comment on column marts.dim_plain.name is 'What it is called.';
create table meta.build as select 'x' as build_id;
"""


def open_door(settings: Settings, url: str, *, more: str = "") -> Settings:
    """The same company with a server door; the address stands in a file beside the configuration."""
    (settings.folder / "postgres.url").write_text(url)
    text = settings.file.read_text().split("[serving.postgres]")[0]
    settings.file.write_text(f'{text}\n[serving.postgres]\nurl = {{ file = "postgres.url" }}\n{more}\n')
    return load_settings(settings.file)


def serve(settings: Settings, build_id: str, *statements: str) -> str:
    """Publish a hand-made file through the file door: the one before, changed by some statements."""
    settings.serving.mkdir(exist_ok=True)
    path = settings.serving / f"marts-{build_id}.duckdb"
    if before := duckdb_file.current_version(settings):
        shutil.copy(before["path"], path)
    with duckdb.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    builds.write_json(
        layout.current_json(settings),
        {"path": str(path), "build_id": build_id, "as_of_date": "2026-03-31", "sha256": duckdb_file.file_hash(path)},
    )
    return build_id


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set timezone = 'UTC'")
        return connection.execute(statement).fetchall()  # type: ignore[arg-type]


def do(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[arg-type]


def served(url: str) -> list[str]:
    return [row[0] for row in ask(url, "select build_id from meta.publication order by publication_number")]


def same_rows(url: str, settings: Settings, schema: str, table: str) -> int:
    """Compare all rows of a table, in Python's own types, doubles by their bits; returns how many there are."""
    current = duckdb_file.current_version(settings)
    assert current
    with duckdb.connect(current["path"], read_only=True) as file:
        file.execute("set TimeZone = 'UTC'")
        cursor = file.execute(f"select * from {schema}.{table}")
        names = [f'"{column[0]}"' for column in cursor.description or []]
        expected = cursor.fetchall()
    found = ask(url, f"select {', '.join(names)} from {schema}.{table}")
    assert Counter(map(comparable, found)) == Counter(map(comparable, expected)), f"{schema}.{table}"
    return len(found)


def comparable(row: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(str(cell).replace("\0", "\N{REPLACEMENT CHARACTER}") if cell is not None else "(null)" for cell in row)


def publisher(settings: Settings, build_id: str, *, point: str = "") -> "subprocess.Popen[bytes]":
    """A publisher in a process of its own, which may be killed at a fault point."""
    script = (
        "import sys; from pathlib import Path; from ingestion.settings import load_settings;"
        " from orchestration.serving import postgres; postgres.publish(load_settings(Path(sys.argv[1])), sys.argv[2])"
    )
    command = [sys.executable, "-c", script, str(settings.file), build_id]
    return subprocess.Popen(command, env={**os.environ, "FUNNELHOUSE_FAULT_POINT": point})
