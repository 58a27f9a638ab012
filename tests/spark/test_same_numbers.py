"""The sandbox's history gives the same marts on a Spark cluster as on DuckDB, whatever is killed on the way."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from ingestion.sandbox.server import serve
from ingestion.sandbox.world import World
from ingestion.settings import load_settings
from orchestration import company, pipeline, transform
from orchestration.quality import hashes
from orchestration.serving import restatements
from tests.simulated_company import WITHOUT_CHECKS
from tests.spark.cluster import Cluster, needs_spark, start_cluster
from tests.spark.companies import finish, on_spark, published, start, wait_for_node

pytestmark = needs_spark

SLICES = [date(2026, 5, 31), date(2026, 6, 30)]
KEY = ["kpi", "version", "period_grain", "period_start_date", "dimension", "member"]


@dataclass
class Marts:
    """What one engine says in the end."""

    content: dict[str, str]
    kpi_values: pd.DataFrame
    registry: set[str]


@dataclass
class History:
    """Both engines after the last slice, and what was killed."""

    on_duckdb: Marts
    on_spark: Marts
    killed_worker: bool
    published_by_killed_run: dict[str, str]


def marts(path: Path) -> Marts:
    """The marts of a DuckDB file; restatements tell of builds and are each engine's own."""
    with duckdb.connect(path, read_only=True) as connection:
        values = connection.sql("select * exclude (build_id) from marts.kpi_values").df()
        kpis = {row[0] for row in connection.execute("select distinct kpi from marts.kpi_definitions").fetchall()}
        found = {name: text for name, text in hashes.content_hashes(connection).items() if name != restatements.TABLE}
        return Marts(found, values.sort_values(KEY).reset_index(drop=True), kpis)


def build_on_duckdb(folder: Path, port: int, day: date) -> Marts:
    """One slice on DuckDB."""
    settings = load_settings(company.write_demo(folder, port=port, as_of=day))
    assert [report.error for report in pipeline.extract(settings) if report.error] == []
    pipeline.load(settings)
    assert transform.run_dbt(settings, WITHOUT_CHECKS)
    return marts(settings.warehouse_path)


def kill_a_run(folder: Path) -> dict[str, str]:
    """`funnel run`, killed in the middle of its models, and what it published."""
    victim = start(folder, "run")
    wait_for_node(folder, 150, victim)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    return published(folder)


def run_with_a_killed_worker(folder: Path, cluster: Cluster) -> bool:
    """`funnel run` to its end, though a worker is killed in the middle; whether the run still went on then."""
    run = start(folder, "run")
    wait_for_node(folder, 250, run)
    cluster.kill_worker(cluster.workers[0])
    is_running = run.poll() is None
    finish(run)
    return is_running


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """A company of two days on both engines: on Spark the first day's run is killed, and a worker of the second's."""
    folder = tmp_path_factory.mktemp("engines")
    world = World.create(11, 0.1, SLICES[0])
    with serve(world) as sandbox, start_cluster(folder / "cluster", workers=2, cores=1, memory="1g") as cluster:
        for day in SLICES:
            sandbox.advance(max(day, world.as_of))
            for engine in ("duckdb", "spark"):
                sandbox.write_files(folder / engine / "imports")
            on_duckdb = build_on_duckdb(folder / "duckdb", sandbox.port, day)
            file = company.write_demo(folder / "spark", port=sandbox.port, as_of=day)
            on_spark(file, where=f'master = "{cluster.master}"', more={"spark.cores.max": "2"})
            if day == SLICES[0]:
                published_by_killed_run = kill_a_run(folder / "spark")
        killed_worker = run_with_a_killed_worker(folder / "spark", cluster)
        in_the_end = marts(Path(published(folder / "spark")["path"]))
    return History(on_duckdb, in_the_end, killed_worker, published_by_killed_run)


def test_every_mart_has_the_same_content_on_spark_as_on_duckdb(history: History) -> None:
    assert len(history.on_spark.content) >= 20
    assert history.on_spark.content == history.on_duckdb.content


def test_every_kpi_has_the_same_values_row_by_row(history: History) -> None:
    one, other = history.on_duckdb.kpi_values, history.on_spark.kpi_values
    assert len(one) > 5_000
    assert history.on_duckdb.registry == history.on_spark.registry == set(one.kpi)
    pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-9, atol=1e-9)


def test_a_run_was_killed_before_it_published_and_a_worker_while_the_next_one_ran(history: History) -> None:
    assert history.published_by_killed_run == {}
    assert history.killed_worker
