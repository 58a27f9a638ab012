"""DuckDB and Spark on the same companies: full builds at several scales, what Spark shuffles, where the two cross.

Usage: python -m tests.bench.engines [--scales 1 3 10] [--master local[2]] [--json bench/engines.json]

One measurement per scale and engine, in one run. Both lines are fitted through the measured points (seconds = fixed +
facts × slope, least squares); the sizing table says which of its rows were measured and which are drawn out of it.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import numpy as np
from rich.console import Console
from rich.table import Table

from ingestion.settings import Settings, load_settings
from orchestration import pipeline, transform, warehouse
from tests.bench import machine
from tests.bench.company import Company
from tests.spark.companies import with_engine

MODELS = ["build", "--full-refresh", "--resource-type", "model", "--resource-type", "seed"]
FACTS = ("fct_leads", "fct_lead_stage_events", "fct_opportunities", "fct_opportunity_stage_events", "fct_tickets",
         "fct_ad_spend_daily", "fct_acquisition_costs", "fct_mrr_movements", "fct_satisfaction_ratings")  # fmt: skip
SIZES = (10**5, 10**6, 10**7, 10**8, 10**9, 10**10)


@dataclass
class Point:
    """One scale: rows of the fact marts and of raw, bytes, and the seconds of a full build of all models."""

    scale: float
    facts: int
    raw_rows: int
    landing_mb: float
    warehouse_mb: float
    lake_mb: float
    duckdb_seconds: float
    spark_seconds: float
    shuffle_mb: float


def measure(scale: float, folder: Path, master: str) -> Point:
    """Build a company of one scale on both engines.

    Args:
        scale: of the sandbox (1 is 2,000 people).
        folder: where the company may live.
        master: Spark's master.
    """
    with Company(folder / "vendors", scale) as company:
        settings = load_settings(company.place("duckdb"))
        assert [report.error for report in pipeline.extract(settings) if report.error] == []
    pipeline.load(settings)
    on_duckdb = _seconds(settings)
    with duckdb.connect(settings.warehouse_path, read_only=True) as connection:
        facts = sum(connection.execute(f"select count(*) from marts.{name}").fetchone()[0] for name in FACTS)  # type: ignore[index]
        raw = connection.execute(
            "select sum(estimated_size) from duckdb_tables() where schema_name like 'raw_%'"
        ).fetchone()
    spark = _on_spark(settings, folder / "spark", master)
    pipeline.load(spark)
    warehouse.prepare(spark)
    on_spark = _seconds(spark)
    return Point(
        scale=scale,
        facts=facts,
        raw_rows=int(raw[0]) if raw else 0,
        landing_mb=_megabytes(settings.var / "landing", "*.parquet"),
        warehouse_mb=settings.warehouse_path.stat().st_size / 1e6,
        lake_mb=_megabytes(spark.var / "lake", "*.parquet"),
        duckdb_seconds=on_duckdb,
        spark_seconds=on_spark,
        shuffle_mb=_shuffled(folder / "events"),
    )


def _seconds(settings: Settings) -> float:
    started = time.perf_counter()
    assert transform.run_dbt(settings, MODELS)
    return time.perf_counter() - started


def _on_spark(settings: Settings, folder: Path, master: str) -> Settings:
    events = folder.parent / "events"
    events.mkdir(parents=True)
    shutil.copytree(settings.folder, folder, ignore=shutil.ignore_patterns("warehouse.duckdb*", "dbt", "locks"))
    for mark in (folder / "var" / "landing").rglob("*.loaded"):
        mark.unlink()
    properties = {
        "spark.driver.memory": "6g",
        "spark.sql.shuffle.partitions": "4",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": events.as_uri(),
        "spark.eventLog.compress": "false",
    }
    return with_engine(folder / settings.file.name, f'master = "{master}"', properties)


def _shuffled(events: Path) -> float:
    """Megabytes that all tasks wrote into shuffles, from Spark's event logs."""
    found = 0
    for file in (
        path for path in events.rglob("*") if path.is_file() and path.name.startswith(("events", "local", "app"))
    ):
        with file.open(errors="replace") as lines:
            for line in lines:
                found += sum(int(number) for number in re.findall(r'"Shuffle Bytes Written":(\d+)', line))
    return found / 1e6


def _megabytes(folder: Path, pattern: str) -> float:
    return sum(path.stat().st_size for path in folder.rglob(pattern)) / 1e6


def fitted(points: list[Point], engine: str) -> tuple[float, float]:
    """Fixed seconds and seconds per million facts of an engine; the slope is not below zero."""
    facts = np.array([point.facts / 1e6 for point in points])
    seconds = np.array([getattr(point, f"{engine}_seconds") for point in points])
    slope, fixed = np.polyfit(facts, seconds, 1)
    return float(fixed), max(0.0, float(slope))


def _measured_table(points: list[Point]) -> Table:
    table = Table(title="Full build of all models", show_lines=False)
    for heading in (
        "scale",
        "facts",
        "raw rows",
        "landing MB",
        "DuckDB file MB",
        "lake MB",
        "DuckDB s",
        "Spark s",
        "shuffle MB",
    ):
        table.add_column(heading, justify="right")
    for point in points:
        table.add_row(
            f"{point.scale:g}", f"{point.facts:,}", f"{point.raw_rows:,}", f"{point.landing_mb:,.1f}",
            f"{point.warehouse_mb:,.1f}", f"{point.lake_mb:,.1f}", f"{point.duckdb_seconds:,.0f}",
            f"{point.spark_seconds:,.0f}", f"{point.shuffle_mb:,.1f}",
        )  # fmt: skip
    return table


def _sizing(points: list[Point]) -> list[dict[str, object]]:
    """Seconds and storage by facts; rows beyond the largest measured company are extrapolated and say so."""
    largest = max(points, key=lambda point: point.facts)
    rows: list[dict[str, object]] = []
    for facts in SIZES:
        row: dict[str, object] = {"facts": facts, "is_extrapolated": facts > largest.facts}
        for engine in ("duckdb", "spark"):
            fixed, slope = fitted(points, engine)
            row[f"{engine}_seconds"] = round(fixed + slope * facts / 1e6)
        row["landing_gb"] = largest.landing_mb / largest.facts * facts / 1e3
        row["warehouse_gb"] = largest.warehouse_mb / largest.facts * facts / 1e3
        rows.append(row)
    return rows


def crossover(points: list[Point]) -> float | None:
    """Facts at which the fitted lines meet, None when they do not beyond zero."""
    (fixed, slope), (spark_fixed, spark_slope) = fitted(points, "duckdb"), fitted(points, "spark")
    return (spark_fixed - fixed) / (slope - spark_slope) * 1e6 if slope > spark_slope else None


def main() -> int:
    """Measure every scale, print the tables, write JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.engines", description=__doc__)
    parser.add_argument("--scales", type=float, nargs="+", default=[1.0, 3.0, 10.0])
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--json", type=Path, default=Path("bench/engines.json"))
    options = parser.parse_args()
    found, points = machine.describe(), []
    for scale in options.scales:
        with tempfile.TemporaryDirectory(prefix="funnelhouse-engines-") as folder:
            points.append(measure(scale, Path(folder), options.master))
        content = {"machine": found, "points": [asdict(point) for point in points]}
        if len(points) > 1:
            content |= {"sizing": _sizing(points), "crossover_facts": crossover(points)}
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(content, indent=2))
    console = Console(width=150)
    console.print(_measured_table(points))
    if len(points) > 1:
        for row in content["sizing"]:  # type: ignore[union-attr]
            console.print(row)
        console.print(f"crossover: {content['crossover_facts']}", machine.sentence(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
