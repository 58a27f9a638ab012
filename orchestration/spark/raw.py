"""Raw on Spark is the landing itself: views over its batches, and the configuration as tables of schema `meta`."""

from collections.abc import Iterator
from pathlib import Path

from ingestion.catalog import STREAMS, Stream
from ingestion.landing import BATCH_SCHEMA, FILE_BATCH_SCHEMA
from ingestion.settings import Settings

# A batch's file is named after it; keys seen in an open pass and unfinished files are named otherwise.
_BATCH_FILES = "*-??????.parquet"
_SPARK_TYPES = {"string": "string", "bool": "boolean", "timestamp[us]": "timestamp"}
SCHEMAS = ("landing", "meta", "staging", "intermediate", "marts")


def schemas() -> list[str]:
    """Statements that create every schema."""
    names = [*SCHEMAS, *dict.fromkeys(f"raw_{stream.source}" for stream in STREAMS)]
    return [f"create database if not exists {name}" for name in names]


def statements(settings: Settings, landing: str) -> list[str]:
    """Statements that show every catalogued stream as a raw table, whether or not anything has landed.

    Args:
        settings: the company.
        landing: URI of the folder of landed batches, as the cluster reads it.

    A batch that the ledger of loads does not have, or an older version that equals the one before it, is not seen.
    """
    found = schemas()
    for stream in STREAMS:
        landed = [name for name in _sources(settings, stream) if _folder(settings, name, stream).is_dir()]
        for name in landed:
            found += _landed(name, stream, f"{landing}/{name}/{stream.entity}")
        found.append(_raw(stream, landed))
    return found


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
        f"create table if not exists {table} ({columns}) using parquet"
        f" options (pathGlobFilter '{_BATCH_FILES}') location '{location}'",
        f"refresh table {table}",
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
