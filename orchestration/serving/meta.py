"""Schema `meta` of a published version: the build, its verdicts, the KPI registry, the dictionary, the sources."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.settings import Settings
from orchestration import build as building
from orchestration import builds, layout, sources
from orchestration.quality.verdicts import Verdict, stored

_TABLES = {
    "build": "build_id text, as_of_date date, started_at timestamptz, finished_at timestamptz, code_hash text,"
    " load_seq bigint, audited_at timestamptz, audit_status text",
    "audit_verdicts": "check_name text, kind text, assets text, severity text, status text,"
    " evaluated_at timestamptz, measured text, examples text, message text",
    "content_hashes": "mart text, content_hash text",
    "kpi_registry": "kpi text, label text, unit text, direction text, owner text, formula text, grain text,"
    " aggregation text, dimensions text, drill_through text, version integer, valid_from date, model text",
    "data_dictionary": "schema_name text, table_name text, column_position integer, column_name text,"
    " data_type text, description text, is_hidden boolean",
    "relationships": "table_name text, column_name text, to_table text, to_column text",
    "sources": "source text, kind text, is_enabled boolean, last_success_at timestamptz, problem text",
}
_REGISTRY = """
    insert into version.meta.kpi_registry by name
    select
        kpi, label, unit, direction, owner, formula, grain, aggregation, version, valid_from, computed_by as model,
        to_json(string_split(dimensions, ', ')) as dimensions,
        json_object(
            'fact', drill_through_fact,
            'filter', drill_through_filter,
            'others', list_filter(string_split(other_facts, ', '), lambda other: other <> '')
        ) as drill_through
    from version.marts.kpi_definitions
    order by kpi, version
"""
# Examples in verdicts may quote source rows, and raw rows are never published; only those on marts travel along.
_PUBLIC_KINDS = {"identity"}


def write(connection: duckdb.DuckDBPyConnection, settings: Settings, build_id: str) -> None:
    """Create and fill schema `meta` in the attached database `version`."""
    manifest = builds.read_json(layout.dbt_target(settings) / "manifest.json") or {"nodes": {}}
    connection.execute("create schema version.meta")
    for name, definition in _TABLES.items():
        connection.execute(f"create table version.meta.{name} ({definition})")
    _insert(connection, "build", [_build_row(settings, build_id)])
    audit = builds.read(settings, build_id, "audit") or {"verdicts": []}
    _insert(connection, "audit_verdicts", (_verdict_row(item) for item in stored(audit["verdicts"])))
    _insert(connection, "content_hashes", builds.content_hashes(settings, build_id).items())
    connection.execute(_REGISTRY)
    _insert(connection, "data_dictionary", _dictionary_rows(connection, manifest))
    _insert(connection, "relationships", _relationship_rows(manifest))
    _insert(connection, "sources", _source_rows(settings))


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    columns = list(zip(*rows, strict=True))
    if columns:
        texts = [pa.array([None if cell is None else str(cell) for cell in column], pa.string()) for column in columns]
        connection.register("rows_of_meta", pa.table(texts, names=[f"c{number}" for number in range(len(texts))]))
        connection.execute(f"insert into version.meta.{table} select * from rows_of_meta")  # noqa: S608
        connection.unregister("rows_of_meta")


def _build_row(settings: Settings, build_id: str) -> list[Any]:
    found = building.stored(settings, build_id)
    audit = builds.read(settings, build_id, "audit") or {}
    assert found is not None
    return [
        build_id,
        found.as_of_date,
        found.started_at,
        found.finished_at,
        found.fingerprint["code_hash"],
        found.fingerprint["load_seq"],
        audit.get("audited_at"),
        audit.get("status"),
    ]


def _verdict_row(verdict: Verdict) -> list[Any]:
    return [
        verdict.check,
        verdict.kind,
        ", ".join(verdict.assets),
        verdict.severity,
        verdict.status,
        verdict.evaluated_at,
        json.dumps(verdict.measured),
        json.dumps(verdict.examples) if verdict.kind in _PUBLIC_KINDS else "[]",
        verdict.message if verdict.kind in _PUBLIC_KINDS or verdict.status == "passed" else verdict.status,
    ]


def _dictionary_rows(connection: duckdb.DuckDBPyConnection, manifest: dict[str, Any]) -> list[list[Any]]:
    """Every column of the marts with its comment, which the door took from the models, and whether it is technical."""
    hidden = {
        (node["name"], column): _is_hidden(entry)
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
        for column, entry in node.get("columns", {}).items()
    }
    found = connection.execute(
        "select schema_name, table_name, column_index, column_name, data_type, coalesce(comment, '')"
        " from duckdb_columns() where database_name = 'version' and schema_name = 'marts' order by 1, 2, 3"
    ).fetchall()
    return [[*row, hidden.get((row[1], row[3]), False)] for row in found]


def _is_hidden(column: dict[str, Any]) -> bool:
    """Whether the yml says that a column is technical: BI bundles do not show it."""
    meta = {**(column.get("meta") or {}), **((column.get("config") or {}).get("meta") or {})}
    return bool(meta.get("is_hidden"))


def _relationship_rows(manifest: dict[str, Any]) -> list[list[Any]]:
    """The star's joins, as the tests hold them: keys of dimensions, and date columns as roles of dim_dates."""
    names = {key: node["name"] for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    rows = []
    for node in manifest["nodes"].values():
        test = node.get("test_metadata") or {}
        table, wanted = names.get(node.get("attached_node") or ""), test.get("kwargs", {})
        if not table or node["fqn"][1] != "marts":
            continue
        if test["name"] == "relationships":
            to_table = re.sub(r"ref\('(\w+)'\)", r"\1", wanted["to"])
            rows.append([table, wanted["column_name"], to_table, wanted["field"]])
        if test["name"] == "role_playing_dates":
            rows += [[table, column, "dim_dates", "calendar_date"] for column in wanted["columns"]]
    return [list(row) for row in sorted({tuple(row) for row in rows})]


def _source_rows(settings: Settings) -> list[list[Any]]:
    known = sources.status(settings)
    return [
        [
            name,
            source.kind,
            source.enabled,
            known[name].last_success_at if name in known else None,
            known[name].problem if name in known else None,
        ]
        for name, source in settings.sources.items()
    ]
