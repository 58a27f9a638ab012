"""Landing to raw: the only writer of raw. Rows, cursor and ledger of a batch in one transaction."""

import time
from collections.abc import Callable, Sequence
from functools import partial

import duckdb
import orjson
import pyarrow as pa

from ingestion import faultpoints, landing, run_report
from ingestion.compaction import compact
from ingestion.errors import StateError
from ingestion.landing import BatchInfo
from ingestion.raw_tables import connect, create_raw_tables
from ingestion.run_parameters import write_run_parameters
from ingestion.run_report import LoadReport
from ingestion.settings import Settings

__all__ = ["connect", "create_raw_tables", "load", "load_batch", "write_run_parameters"]

Refuse = Callable[[BatchInfo], list[str]]
Progress = Callable[[LoadReport], None]
Put = Callable[[BatchInfo], tuple[int, int]]

_MEMORY_LIMIT = "150MB"

# A row is new unless the version just before it, in the order of versions, is the same one. Only narrow columns
# are compared; the payloads stream from the file into the table.
_INSERT = """
    insert into {table} by name
    with incoming as (
        select {partition}, extracted_at, updated_at, payload_hash, file_row_number as position
        from read_parquet($path, file_row_number = true)
    ),
    versions as (
        from incoming
        union all
        select {partition}, extracted_at, updated_at, payload_hash, null
        from {table}
        where record_id in (select record_id from incoming)
    ),
    compared as (
        select
            position,
            payload_hash is distinct from lag(payload_hash) over (
                partition by {partition}
                order by extracted_at, updated_at, payload_hash, position nulls first
            ) as is_new
        from versions
    )
    select * exclude (file_row_number), $batch_id as batch_id, $load_seq as load_seq
    from read_parquet($path, file_row_number = true)
    where file_row_number in (select position from compared where is_new and position is not null)
"""

_QUARANTINE_COLUMNS = ("batch_id", "source", "entity", "record_id", "reason", "record")
_QUARANTINE_TYPES = dict.fromkeys(_QUARANTINE_COLUMNS, pa.string()) | {"extracted_at": pa.int64()}
_QUARANTINE = """
    insert into meta.quarantined_records
    select
        batch_id, source, entity, record_id, reason, record, make_timestamp(extracted_at)
    from quarantined
"""


def load(
    settings: Settings,
    *,
    sources: Sequence[str] | None = None,
    refuse: Refuse | None = None,
    progress: Progress | None = None,
) -> list[LoadReport]:
    """Load every batch of landing that the warehouse does not have, one transaction each, in order.

    `refuse` gives the reasons why a batch must not be loaded; it then stays in landing and holds the later
    batches of its stream; so does a batch that cannot be read. Loading again changes nothing.
    """
    pa.default_memory_pool().release_unused()  # what an extraction in this process left behind
    with connect(settings.warehouse_path) as connection:
        connection.execute(f"set memory_limit = '{_MEMORY_LIMIT}'")
        create_raw_tables(connection)
        loaded = {row[0] for row in connection.execute("select batch_id from meta.loaded_batches").fetchall()}
        put = partial(load_batch, connection, settings)
        reports = load_missing(settings, loaded, put, sources=sources, refuse=refuse, progress=progress)
    compact_loaded(settings, reports)
    run_report.write(settings, "load", reports)
    return reports


def load_missing(
    settings: Settings,
    loaded: set[str],
    put: Put,
    *,
    sources: Sequence[str] | None,
    refuse: Refuse | None,
    progress: Progress | None,
) -> list[LoadReport]:
    """Put every batch that is not among the loaded ones, in order; a refused one holds its stream.

    `put` loads one batch and returns the rows inserted and its `load_seq`; it raises StateError when it cannot.
    """
    reports: list[LoadReport] = []
    for batch in missing(settings, loaded, sources, reports):
        if any(report.is_refused and report.stream == batch.stream for report in reports):
            continue
        report = _load_one(batch, put, refuse)
        reports.append(report)
        if progress:
            progress(report)
    return reports


def compact_loaded(settings: Settings, reports: list[LoadReport]) -> None:
    """Compact the streams of which something was loaded."""
    for source, entity in sorted({(report.source, report.entity) for report in reports if not report.is_refused}):
        compact(settings, source, entity)


def missing(
    settings: Settings, loaded: set[str], sources: Sequence[str] | None, reports: list[LoadReport]
) -> list[BatchInfo]:
    """Batches that are not among the loaded ones, in the order in which they were extracted.

    A stream with a damaged manifest is reported as refused and left out.
    """
    found: list[BatchInfo] = []
    for source, entity in landing.streams(settings):
        if sources is not None and source not in sources:
            continue
        try:
            batches = landing.batches(landing.stream_folder(settings, source, entity))
        except StateError as error:
            reports.append(LoadReport(source, entity, "", 0, reasons=[str(error)]))
            continue
        for batch in batches:
            if batch.batch_id not in loaded:
                found.append(batch)
            elif not batch.loaded_path.exists():
                batch.loaded_path.touch()
    return sorted(found, key=lambda batch: batch.batch_id)


def _load_one(batch: BatchInfo, put: Put, refuse: Refuse | None) -> LoadReport:
    started = time.monotonic()
    report = LoadReport(batch.source, batch.entity, batch.batch_id, batch.row_count)
    report.reasons = refuse(batch) if refuse else []
    if not report.is_refused:
        try:
            report.inserted, report.load_seq = put(batch)
        except StateError as error:
            report.reasons = [str(error)]
        else:
            batch.loaded_path.touch()
            faultpoints.reach("load.marked")
    report.seconds = round(time.monotonic() - started, 3)
    return report


def load_batch(connection: duckdb.DuckDBPyConnection, settings: Settings, batch: BatchInfo) -> tuple[int, int]:
    """Load one batch in one transaction; returns the rows inserted and the batch's `load_seq`.

    `load_seq` rises with every batch that brought a new version; a batch that brought none shares the last
    one.
    """
    connection.begin()
    faultpoints.reach("load.begun")
    try:
        row = connection.execute("select coalesce(max(load_seq), 0) from meta.loaded_batches").fetchone()
        last_seq = int(row[0]) if row else 0
        revived = 0
        inserted = _insert(connection, batch, load_seq=last_seq + 1)
        if batch.row_count and _is_late(connection, batch):
            revived = _insert_later_batches_again(connection, batch, load_seq=last_seq + 1)
        faultpoints.reach("load.rows_inserted")
        load_seq = last_seq + (1 if inserted or revived else 0)
        _load_quarantine(connection, settings, batch)
        connection.execute(
            """
            insert into meta.loaded_batches
            select ?, ?, ?, ?, ?, now() at time zone 'UTC', max(extracted_at) from read_parquet(?)
            """,
            [batch.batch_id, batch.stream, load_seq, batch.cursor_after, inserted, str(batch.rows_path)],
        )
        faultpoints.reach("load.ledger_written")
        connection.commit()
    except duckdb.Error as error:
        connection.rollback()
        raise StateError(
            f"the batch cannot be loaded ({error})",
            where=f"{batch.stream}, batch {batch.batch_id}",
            next="Look at the file in landing; `funnel state drop` or `refetch` removes it",
        ) from error
    except BaseException:
        connection.rollback()
        raise
    faultpoints.reach("load.committed")
    return inserted, load_seq


def _table(batch: BatchInfo) -> str:
    return f'"raw_{batch.kind}"."{batch.entity}"'


def _insert(connection: duckdb.DuckDBPyConnection, batch: BatchInfo, *, load_seq: int) -> int:
    """Insert the versions of a batch that are new; returns their number."""
    if not batch.row_count:
        return 0
    partition = "source_name, record_id" if batch.kind == "files" else "record_id"
    counted = connection.execute(
        _INSERT.format(table=_table(batch), partition=partition),
        {"path": str(batch.rows_path), "batch_id": batch.batch_id, "load_seq": load_seq},
    ).fetchone()
    return int(counted[0]) if counted else 0


def _is_late(connection: duckdb.DuckDBPyConnection, batch: BatchInfo) -> bool:
    """Whether a loaded batch of the stream holds something that was extracted after this batch began."""
    row = connection.execute(
        """
        select max(extracted_through) > (select min(extracted_at) from read_parquet(?))
        from meta.loaded_batches
        where stream = ?
        """,
        [str(batch.rows_path), batch.stream],
    ).fetchone()
    return bool(row and row[0])


def _insert_later_batches_again(connection: duckdb.DuckDBPyConnection, late: BatchInfo, *, load_seq: int) -> int:
    """A version that was a duplicate may be news behind one that came late: look at loaded batches once more."""
    loaded = {row[0] for row in connection.execute("select batch_id from meta.loaded_batches").fetchall()}
    total = 0
    for batch in landing.batches(late.folder):
        if batch.batch_id in loaded:
            inserted = _insert(connection, batch, load_seq=load_seq)
            connection.execute(
                "update meta.loaded_batches set row_count = row_count + ? where batch_id = ?",
                [inserted, batch.batch_id],
            )
            total += inserted
    return total


def _load_quarantine(connection: duckdb.DuckDBPyConnection, settings: Settings, batch: BatchInfo) -> None:
    path = landing.quarantine_path(settings, batch)
    if not batch.quarantined_count or not path.exists():
        return
    place = {"batch_id": batch.batch_id, "source": batch.source, "entity": batch.entity}
    rows = [
        {**entry, **place, "record": orjson.dumps(entry["record"]).decode()}
        for entry in map(orjson.loads, path.read_bytes().splitlines())
    ]
    connection.register("quarantined", pa.Table.from_pylist(rows, schema=pa.schema(_QUARANTINE_TYPES)))
    connection.execute(_QUARANTINE)
    connection.unregister("quarantined")
