"""One measured piece of work in a process of its own: `python -m tests.bench.worker TASK '{...}'`.

Prints one line of JSON: what the task measured, and the process's peak memory. Imports are never measured.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingestion import extract, load, stream_pass
from ingestion.catalog import stream
from ingestion.run_report import StreamReport
from ingestion.settings import load_settings
from tests.bench import bare_loop, plain_build
from tests.bench.synthetic import SyntheticContacts

Measured = dict[str, Any]


def contacts_pipeline(config: str) -> Measured:
    """Extract and load HubSpot contacts, nothing else."""
    settings = load_settings(Path(config))
    report = StreamReport("hubspot", "contacts")
    started = time.perf_counter()
    connector = extract.connect(settings, "hubspot")
    try:
        stream_pass.run(settings, "hubspot", stream("hubspot", "contacts"), connector, report)
    finally:
        connector.close()
    extracted = time.perf_counter()
    loads = load.load(settings, sources=["hubspot"])
    ended = time.perf_counter()
    return {
        "seconds": ended - started,
        "extract_seconds": extracted - started,
        "load_seconds": ended - extracted,
        "records": sum(one.inserted for one in loads),
    }


def contacts_bare(config: str) -> Measured:
    """Fetch the same pages in a bare loop and write them as Parquet."""
    settings = load_settings(Path(config))
    started = time.perf_counter()
    records = bare_loop.contacts(settings, Path(config).with_name("bare.parquet"))
    return {"seconds": time.perf_counter() - started, "records": records}


def memory(config: str, records: int) -> Measured:
    """Extract and load synthetic contacts."""
    settings = load_settings(Path(config))
    started = time.perf_counter()
    reports = extract.extract(settings, sources=["hubspot"], connect=lambda settings, name: SyntheticContacts(records))
    extracted, extract_peak = time.perf_counter(), _peak_mb()
    loads = load.load(settings, sources=["hubspot"])
    return {
        "errors": [report.error for report in reports if report.error],
        "extract_seconds": extracted - started,
        "load_seconds": time.perf_counter() - extracted,
        "extract_peak_mb": extract_peak,
        "records": sum(one.inserted for one in loads),
    }


def data(config: str) -> Measured:
    """Extract and load every source as `funnel` does, landing checks included."""
    from orchestration import pipeline

    settings = load_settings(Path(config))
    started = time.perf_counter()
    reports = pipeline.extract(settings)
    extracted = time.perf_counter()
    loads = pipeline.load(settings)
    ended = time.perf_counter()
    errors = [f"{report.stream}: {report.error}" for report in reports if report.error]
    refused = [f"{one.stream}: {'; '.join(one.reasons)}" for one in loads if one.is_refused]
    return {
        "errors": errors + refused,
        "extract_seconds": extracted - started,
        "load_seconds": ended - extracted,
        "fetched": sum(report.fetched for report in reports),
        "inserted": sum(one.inserted for one in loads),
        "batches": len(loads),
    }


def plain(target: str, warehouse: str) -> Measured:
    """Run the statements of a build in one plain connection."""
    return plain_build.run(Path(target), Path(warehouse))


TASKS: dict[str, Callable[..., Measured]] = {
    task.__name__: task for task in (contacts_pipeline, contacts_bare, memory, data, plain)
}


def _peak_mb() -> float:
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main() -> None:
    """Do the task that the arguments name."""
    measured = TASKS[sys.argv[1]](**json.loads(sys.argv[2]))
    print(json.dumps({**measured, "peak_mb": _peak_mb()}))


if __name__ == "__main__":
    main()
