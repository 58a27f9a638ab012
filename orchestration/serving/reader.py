"""Reads the published version with SQL: read-only, no other files, no extensions, configuration locked."""

from datetime import date
from typing import Any

import duckdb

from ingestion.settings import Settings
from orchestration import as_was
from orchestration.errors import PipelineError
from orchestration.serving import duckdb_file


def query(
    settings: Settings, statement: str, *, known_on: date | None = None
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of one statement on the published version (schemas `marts` and `meta`).

    With `known_on` it is the as-was of that day. Raises PipelineError when nothing is published, or that day was not
    built; duckdb.Error when the statement is wrong or reaches outside.
    """
    current = as_was.built(settings, known_on) if known_on else duckdb_file.current_version(settings)
    if current is None:
        raise PipelineError("nothing is published yet: run `funnel run`")
    with duckdb.connect(current["path"], read_only=True) as connection:
        connection.execute("set search_path = 'marts,meta'")
        connection.execute("set autoinstall_known_extensions = false")
        connection.execute("set autoload_known_extensions = false")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        cursor = connection.execute(statement)
        return [column[0] for column in cursor.description or []], cursor.fetchall()
