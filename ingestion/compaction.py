"""Keeps landing small in files: old loaded batches of a stream are joined, without losing a version."""

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa

from ingestion import landing
from ingestion.landing import BatchInfo
from ingestion.settings import Settings

MANY_BATCHES = 64
NEWEST_KEPT = 16


def compact(settings: Settings, source: str, entity: str) -> int:
    """Join old loaded batches of a stream that has many; returns how many batches went into others.

    A joined batch has the name and the state of its newest part, so the chain of manifests tells the same. It
    obeys the limits of a batch. Interrupted, it leaves rows twice, which loading knows as duplicates.
    """
    batches = landing.batches(landing.stream_folder(settings, source, entity))
    if len(batches) < MANY_BATCHES:
        return 0
    joined = 0
    for run in _runs(batches[:-NEWEST_KEPT]):
        rows = pa.concat_tables([landing.read_batch(batch) for batch in run])
        landing.write_batch(settings, replace(run[-1], row_count=rows.num_rows), rows)
        for batch in run[:-1]:
            for path in (batch.manifest_path, batch.rows_path, batch.loaded_path):
                path.unlink(missing_ok=True)
        joined += len(run) - 1
    return joined


def _runs(batches: list[BatchInfo]) -> Iterator[list[BatchInfo]]:
    """Neighbours that are loaded, belong to closed passes and fit into one batch together."""
    run: list[BatchInfo] = []
    rows = size = 0
    for batch in batches:
        batch_size = batch.rows_path.stat().st_size
        is_ready = batch.closes_pass and batch.loaded_path.exists()
        fits = rows + batch.row_count <= landing.MAX_RECORDS and size + batch_size <= landing.MAX_BYTES
        if run and not (is_ready and fits):
            if len(run) > 1:
                yield run
            run, rows, size = [], 0, 0
        if is_ready:
            run.append(batch)
            rows, size = rows + batch.row_count, size + batch_size
    if len(run) > 1:
        yield run
