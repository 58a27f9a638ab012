"""What the sources had recorded by the end of a day, as rows of raw: the past of an as-was."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from ingestion.catalog import STREAMS, Stream
from ingestion.raw_tables import create_raw_tables
from ingestion.sql_text import literal

# A version is known when the source had written it by then. Of a record of which only later versions were ever seen,
# the earliest stands for what it was before: the first version is valid back to the record's creation, and it was not
# deleted yet. Whether it had been created at all is told by its dates, which models compare with the as-of date.
_KNOWN = """
    insert into {raw} by name
    with versions as (
        select
            rowid as position,
            coalesce(updated_at, extracted_at) < $end as is_known,
            bool_or(coalesce(updated_at, extracted_at) < $end) over (partition by {key}) as has_known,
            row_number() over (
                partition by {key}
                order by payload is null, coalesce(updated_at, extracted_at), extracted_at, payload_hash
            ) as number
        from company.{raw}
    )
    select
        raw.* replace (coalesce(raw.is_deleted, false) and versions.is_known as is_deleted)
    from company.{raw} as raw
    inner join versions
        on raw.rowid = versions.position
    where versions.is_known or (not versions.has_known and versions.number = 1)
"""


@dataclass(frozen=True)
class FirstSeen:
    """Since when a source has been loaded, and of how many of its records nothing older is known than after the day."""

    source: str
    first_loaded_on: date
    assumed_records: int


def end_of_day(day: date, time_zone: str) -> datetime:
    """The instant at which a day of a zone is over, in UTC without a zone, as raw has its timestamps."""
    following = datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(time_zone))
    return following.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


def copy_known(connection: duckdb.DuckDBPyConnection, warehouse: Path, day: date, time_zone: str) -> list[FirstSeen]:
    """Fill the raw tables of this database with what the company's warehouse knew at the end of a day.

    The warehouse is only read. Returns the sources that were loaded for the first time after the day.
    """
    end = end_of_day(day, time_zone)
    create_raw_tables(connection)
    connection.execute(f"attach {literal(warehouse)} as company (read_only)")
    try:
        for table in _shared_tables(connection):
            connection.execute(_KNOWN.format(raw=table.raw, key=table.key), {"end": end})
        connection.execute("insert into meta.loaded_batches by name from company.meta.loaded_batches")
        return _first_seen(connection, end, time_zone)
    finally:
        connection.execute("detach company")


@dataclass(frozen=True)
class _Table:
    stream: Stream
    raw: str
    key: str
    source: str


def _shared_tables(connection: duckdb.DuckDBPyConnection) -> Iterator[_Table]:
    """The raw tables that the company's warehouse has; one of an older version may lack some."""
    found = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'company'"
    ).fetchall()
    existing = {row[0] for row in found}
    for stream in STREAMS:
        if stream.raw_table in existing:
            is_file = stream.source == "files"
            yield _Table(
                stream,
                raw=f'"raw_{stream.source}"."{stream.entity}"',
                key="source_name, record_id" if is_file else "record_id",
                source="source_name" if is_file else f"'{stream.source}'",
            )


def _first_seen(connection: duckdb.DuckDBPyConnection, end: datetime, time_zone: str) -> list[FirstSeen]:
    parts = [
        f"select {table.source} as source, extracted_at, record_id, coalesce(updated_at, extracted_at) >= $end as late"  # noqa: S608
        f" from {table.raw}"
        for table in _shared_tables(connection)
    ]
    found = connection.execute(
        f"""
        select source, cast(timezone($zone, timezone('UTC', min(extracted_at))) as date), count(*) filter (late)
        from ({" union all ".join(parts)})
        group by source
        having min(extracted_at) >= $end
        order by source
        """,  # noqa: S608
        {"end": end, "zone": time_zone},
    ).fetchall()
    return [FirstSeen(*row) for row in found]
