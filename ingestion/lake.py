"""Loading on Spark: a batch is loaded when the ledger on the lake names it. No row is copied, for raw is the landing.

The ledger and the configuration are JSON lines under `meta/` of the lake, each file replaced whole: a reader sees the
state before a load or after it. On a lake that is no local folder, batches are brought there first.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import fs

from ingestion import faultpoints, landing, load, run_report
from ingestion.errors import StateError
from ingestion.landing import BatchInfo
from ingestion.raw_tables import META_TABLES
from ingestion.run_parameters import configuration
from ingestion.run_report import LoadReport
from ingestion.settings import Settings

Row = dict[str, Any]
LEDGER = "loaded_batches"


def local_path(uri: str) -> Path | None:
    """The folder of a `file:` URI, None for any other."""
    parsed = urlparse(uri)
    return Path(unquote(parsed.path)) if parsed.scheme == "file" else None


def landing_uri(settings: Settings) -> str:
    """Where the workers find landed batches: landing itself when the lake is a local folder, else on the lake."""
    if local_path(settings.lake):
        return (settings.var / "landing").as_uri()
    return f"{settings.lake}/landing"


def load_lake(
    settings: Settings,
    *,
    sources: Sequence[str] | None = None,
    refuse: load.Refuse | None = None,
    progress: load.Progress | None = None,
) -> list[LoadReport]:
    """Load every batch of landing that the ledger does not have, in order; arguments and reports as in `load.load`."""
    ledger = read(settings, LEDGER)
    known = {row["batch_id"] for row in ledger}
    put = partial(_put, settings, ledger)
    reports = load.load_missing(settings, known, put, sources=sources, refuse=refuse, progress=progress)
    if local_path(settings.lake):
        load.compact_loaded(settings, reports)
    run_report.write(settings, "load", reports)
    return reports


def write_configuration(settings: Settings, as_of_date: date) -> list[str]:
    """Bring the configuration on the lake to the settings; returns the names of the tables that changed."""
    changed = []
    for name, rows in configuration(settings, as_of_date).items():
        columns = [column for column, _ in columns_of(name)]
        wanted = [dict(zip(columns, row, strict=True)) for row in rows]
        if _lines(wanted) != _read(settings, name):
            _write(settings, name, wanted)
            changed.append(name)
    if _read(settings, LEDGER) is None:
        _write(settings, LEDGER, [])
    return changed


def newest_load_seq(settings: Settings) -> int | None:
    """The highest `load_seq` of the ledger, None when nothing is loaded."""
    return max((row["load_seq"] for row in read(settings, LEDGER)), default=None)


def read(settings: Settings, name: str) -> list[Row]:
    """The rows of one file of `meta/`; none when it is absent."""
    return [orjson.loads(line) for line in (_read(settings, name) or b"").splitlines()]


def columns_of(name: str) -> list[tuple[str, str]]:
    """Columns of a table of `meta` with their types."""
    parts = [part.split() for part in META_TABLES[name].replace("primary key", "").split(",")]
    return [(part[0], part[1]) for part in parts]


def claim(settings: Settings) -> None:
    """Take the lake for this company, once. Raises StateError when it belongs to another one."""
    mine = {"company": settings.company.name, "folder": str(settings.folder)}
    found = read(settings, "owner")
    if not found:
        _write(settings, "owner", [mine])
    elif found[0] != mine:
        raise StateError(
            f"the lake belongs to {found[0]['company']} in {found[0]['folder']}: two writers would spoil it",
            where=settings.lake,
            next="Give this company a `lake` of its own, or remove `meta/owner.json` there when the folder has moved",
        )


def _put(settings: Settings, ledger: list[Row], batch: BatchInfo) -> tuple[int, int]:
    """Bring one batch to the lake and enter it in the ledger; returns its rows and its `load_seq`."""
    try:
        rows = landing.read_columns(batch, ["extracted_at"])
        if rows.num_rows != batch.row_count:
            raise StateError(f"the file has {rows.num_rows} rows, its manifest {batch.row_count}")
        _bring(settings, batch)
    except (StateError, OSError, pa.ArrowException) as error:
        raise StateError(f"the batch cannot be loaded ({error})") from error
    load_seq = max((row["load_seq"] for row in ledger), default=0) + (1 if batch.row_count else 0)
    ledger.append(_entry(batch, load_seq, rows))
    faultpoints.reach("load.rows_inserted")
    _write(settings, LEDGER, ledger)
    return batch.row_count, load_seq


def _entry(batch: BatchInfo, load_seq: int, rows: pa.Table) -> Row:
    through = pc.max(rows["extracted_at"]).as_py()
    return {
        "batch_id": batch.batch_id,
        "stream": batch.stream,
        "load_seq": load_seq,
        "cursor_after": batch.cursor_after,
        "row_count": batch.row_count,
        "loaded_at": datetime.now(UTC).replace(tzinfo=None),
        "extracted_through": through,
    }


def _bring(settings: Settings, batch: BatchInfo) -> None:
    """Copy a batch to a lake elsewhere, the manifest last; on a local lake the workers read landing itself."""
    if local_path(settings.lake):
        return
    system, root = fs.FileSystem.from_uri(f"{settings.lake}/landing/{batch.source}/{batch.entity}")
    system.create_dir(root, recursive=True)
    for path in (batch.rows_path, batch.manifest_path):
        with system.open_output_stream(f"{root}/{path.name}") as stream:
            stream.write(path.read_bytes())


def _lines(rows: list[Row]) -> bytes:
    return b"".join(orjson.dumps(row, default=str, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def _read(settings: Settings, name: str) -> bytes | None:
    system, path = fs.FileSystem.from_uri(f"{settings.lake}/meta/{name}.json")
    if system.get_file_info(path).type == fs.FileType.NotFound:
        return None
    with system.open_input_stream(path) as stream:
        return bytes(stream.read())


def _write(settings: Settings, name: str, rows: list[Row]) -> None:
    """Replace a file whole; object stores do so by themselves."""
    folder = local_path(settings.lake)
    if folder:
        landing.write_atomically(folder / "meta" / f"{name}.json", _lines(rows))
        return
    system, path = fs.FileSystem.from_uri(f"{settings.lake}/meta/{name}.json")
    system.create_dir(path.rpartition("/")[0], recursive=True)
    with system.open_output_stream(path) as stream:
        stream.write(_lines(rows))
