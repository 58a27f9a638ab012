"""The sandbox's history in slices gives the same marts on a Spark cluster as on DuckDB, whatever is killed."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
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
    """What one engine says after one slice."""

    content: dict[str, str]
    kpi_values: pd.DataFrame
    registry: set[str]


@dataclass
class History:
    """Both engines after every slice, and what was killed."""

    on_duckdb: list[Marts] = field(default_factory=list)
    on_spark: list[Marts] = field(default_factory=list)
    killed_worker: bool = False
    served_before_kill: dict[str, str] = field(default_factory=dict)
    served_after_kill: dict[str, str] = field(default_factory=dict)


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


def run_on_spark(folder: Path, cluster: Cluster, number: int, history: History) -> None:
    """One slice as `funnel run`: in the first a worker is killed, in the second the run, which then runs again."""
    if number == 1:
        history.served_before_kill = published(folder)
        victim = start(folder, "run")
        wait_for_node(folder, 150, victim)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        history.served_after_kill = published(folder)
    run = start(folder, "run")
    if number == 0:
        wait_for_node(folder, 250, run)
        cluster.kill_worker(cluster.workers[0])
        history.killed_worker = run.poll() is None
    finish(run)
    history.on_spark.append(marts(Path(published(folder)["path"])))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """The history of one company on both engines."""
    folder = tmp_path_factory.mktemp("engines")
    world = World.create(11, 0.1, SLICES[0])
    found = History()
    with serve(world) as sandbox, start_cluster(folder / "cluster", workers=2, cores=1, memory="1g") as cluster:
        for number, day in enumerate(SLICES):
            sandbox.advance(max(day, world.as_of))
            for engine in ("duckdb", "spark"):
                sandbox.write_files(folder / engine / "imports")
            found.on_duckdb.append(build_on_duckdb(folder / "duckdb", sandbox.port, day))
            file = company.write_demo(folder / "spark", port=sandbox.port, as_of=day)
            on_spark(file, where=f'master = "{cluster.master}"', more={"spark.cores.max": "2"})
            run_on_spark(folder / "spark", cluster, number, found)
    return found


@pytest.mark.parametrize("number", range(len(SLICES)), ids=str)
def test_every_mart_has_the_same_content_on_spark_as_on_duckdb(history: History, number: int) -> None:
    assert len(history.on_spark[number].content) >= 20
    assert history.on_spark[number].content == history.on_duckdb[number].content


@pytest.mark.parametrize("number", range(len(SLICES)), ids=str)
def test_every_kpi_has_the_same_values_row_by_row(history: History, number: int) -> None:
    one, other = history.on_duckdb[number].kpi_values, history.on_spark[number].kpi_values
    assert len(one) > 5_000
    assert history.on_duckdb[number].registry == history.on_spark[number].registry == set(one.kpi)
    pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-9, atol=1e-9)


def test_a_worker_killed_in_the_middle_of_a_build_changes_nothing_in_the_result(history: History) -> None:
    assert history.killed_worker
    assert history.on_spark[0].content == history.on_duckdb[0].content


def test_a_killed_driver_leaves_what_is_published_and_the_next_run_converges(history: History) -> None:
    assert history.served_before_kill["build_id"] == history.served_after_kill["build_id"]
    assert history.on_spark[1].content == history.on_duckdb[1].content
