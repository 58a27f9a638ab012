"""Raw on Spark is the landing itself: views over its batches, and the configuration as tables of schema `meta`."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from pyarrow import fs

from ingestion import lake
from ingestion.catalog import STREAMS, Stream
from ingestion.landing import BATCH_SCHEMA, FILE_BATCH_SCHEMA
from ingestion.raw_tables import META_TABLES
from ingestion.settings import Settings
from orchestration.errors import BuildError, EngineError
from orchestration.spark.session import Session

# A batch's file is named after it; keys seen in an open pass and unfinished files are named otherwise.
_BATCH_FILES = "*-??????.parquet"
_SPARK_TYPES = {"string": "string", "bool": "boolean", "timestamp[us]": "timestamp"}
_TYPES = {"text": "string", "integer": "int"}
_TABLES = ("landing", "meta", "staging", "intermediate", "marts")
_BUILT = ("staging", "intermediate", "marts")


def prepare(settings: Settings, session: Session) -> None:
    """Show every catalogued stream as a raw table, whether or not anything has landed, and the configuration.

    A batch that the ledger of loads does not have is not seen, nor a version that equals the one before it. What a
    killed build left behind is removed. Nothing is said twice to a metastore of our own. Raises EngineError with what
    Spark said, BuildError when the cluster does not know the table format.
    """
    wanted = _statements(settings)
    stamp = settings.var / "spark" / "metastore" / "prepared"
    digest = hashlib.sha256("\n".join(wanted).encode()).hexdigest()
    if settings.warehouse.thrift or not stamp.exists() or stamp.read_text() != digest:
        _require_format(settings, session)
        for statement in wanted:
            session.execute(statement)
        if not settings.warehouse.thrift:
            stamp.write_text(digest)
    for schema in _BUILT:
        _remove_leftovers(settings, session, schema)


def _statements(settings: Settings) -> list[str]:
    names = (*_TABLES, *dict.fromkeys(f"raw_{stream.source}" for stream in STREAMS))
    found = [_database(settings, name) for name in names]
    for name in sorted(META_TABLES.keys() - {"quarantined_records"}):
        columns = ", ".join(f"{column} {_TYPES.get(kind, kind)}" for column, kind in lake.columns_of(name))
        location = f"{settings.lake}/meta/{name}.json"
        found.append(f"drop table if exists meta.{name}")
        found.append(f"create table meta.{name} ({columns}) using json location '{location}'")
    for stream in STREAMS:
        landed = [name for name in _sources(settings, stream) if _folder(settings, name, stream).is_dir()]
        for name in landed:
            found += _landed(name, stream, f"{lake.landing_uri(settings)}/{name}/{stream.entity}")
        found.append(_raw(stream, landed))
    return found


def _database(settings: Settings, name: str) -> str:
    return f"create database if not exists {name} location '{settings.lake}/tables/{name}'"


def _require_format(settings: Settings, session: Session) -> None:
    kind = settings.warehouse.table_format
    if kind == "parquet":
        return
    try:
        session.execute(_database(settings, "meta"))
        session.execute("drop table if exists meta.table_format")
        session.execute(f"create table meta.table_format (is_known boolean) using {kind}")
    except EngineError as error:
        raise BuildError(
            f"Spark cannot write tables as {kind} ({error}): add its jar with `[warehouse.spark]`"
            ' "spark.jars", or set `table_format = "parquet"`'
        ) from None


def _remove_leftovers(settings: Settings, session: Session, schema: str) -> None:
    """Remove folders of tables that the catalogue does not have: Spark would refuse to create those tables."""
    known = {row[1] for row in session.execute(f"show tables in {schema}")[1]}
    system, root = fs.FileSystem.from_uri(f"{settings.lake}/tables/{schema}")
    for entry in system.get_file_info(fs.FileSelector(root, allow_not_found=True)):
        if entry.type == fs.FileType.Directory and entry.base_name not in known:
            system.delete_dir(entry.path)


def _sources(settings: Settings, stream: Stream) -> Iterator[str]:
    return (name for name, source in settings.sources.items() if source.kind == stream.source)


def _folder(settings: Settings, source: str, stream: Stream) -> Path:
    return settings.var / "landing" / source / stream.entity


def _columns(stream: Stream) -> list[tuple[str, str]]:
    schema = FILE_BATCH_SCHEMA if stream.source == "files" else BATCH_SCHEMA
    return [(column.name, _SPARK_TYPES[str(column.type)]) for column in schema]


def _landed(source: str, stream: Stream, location: str) -> list[str]:
    table = f"landing.`{source}__{stream.entity}`"
    columns = ", ".join(f"{name} {kind}" for name, kind in _columns(stream))
    return [
        f"drop table if exists {table}",
        f"create table {table} ({columns}) using parquet"
        f" options (pathGlobFilter '{_BATCH_FILES}') location '{location}'",
    ]


def _raw(stream: Stream, sources: list[str]) -> str:
    names = [name for name, _ in _columns(stream)]
    kinds = [*_columns(stream), ("batch_id", "string"), ("load_seq", "bigint")]
    if not sources:
        nothing = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in kinds)
        return f"create or replace view raw_{stream.source}.{stream.entity} as select {nothing} where false"
    loaded = " union all ".join(
        f"""
        select {", ".join(f"rows.{name}" for name in names)}, batches.batch_id, batches.load_seq
        from landing.`{source}__{stream.entity}` as rows
        inner join meta.loaded_batches as batches
            on batches.stream = '{source}.{stream.entity}'
            and rows._metadata.file_name = concat(batches.batch_id, '.parquet')
        """
        for source in sources
    )
    key = "source_name, record_id" if stream.source == "files" else "record_id"
    return f"""
        create or replace view raw_{stream.source}.{stream.entity} as
        select {", ".join(names)}, batch_id, load_seq
        from (
            select *, payload_hash <=> lag(payload_hash) over (
                partition by {key} order by extracted_at, updated_at, payload_hash, load_seq
            ) as is_duplicate
            from ({loaded}) as loaded
        ) as compared
        where not is_duplicate
    """
