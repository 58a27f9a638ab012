"""The cluster of the Spark tests computes, survives a worker and leaves nothing behind."""

from __future__ import annotations

import ast
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import psutil
import pytest

from tests.spark.cluster import (
    LOOPBACK,
    ROOT,
    SPARK_PYTHON,
    Cluster,
    ClusterError,
    has_ended,
    needs_spark,
    running,
    session_of,
    spark_environment,
    start_cluster,
    start_process,
    thrift_server,
    wait_for_log,
)

pytestmark = needs_spark

SESSION = """
import os, sys, time
from pathlib import Path
from pyspark import TaskContext
from pyspark.sql import SparkSession

conf = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false"}
conf["spark.executor.memory"] = "512m"
spark = SparkSession.builder.master(sys.argv[1]).config(map=conf).getOrCreate()
numbers = spark.sparkContext.parallelize(range(1000), 4)
"""

SUM = """
print("RESULT", numbers.mapPartitions(lambda rows: [(os.getsid(0), sum(rows))]).collect())
"""

HELD_SUM = """
folder = Path.cwd()

def held(partition, rows):
    marker = folder / f"{partition}-{TaskContext.get().attemptNumber()}.started"
    unfinished = marker.with_suffix(".part")
    unfinished.write_text(str(os.getpid()))
    unfinished.rename(marker)
    while not (folder / "go").exists():
        time.sleep(0.05)
    return [sum(rows)]

print("RESULT", numbers.mapPartitionsWithIndex(held).sum())
"""

OWNER = """
import sys, time
from pathlib import Path
from tests.spark.cluster import start_cluster

with start_cluster(Path(sys.argv[1]), workers=1) as cluster:
    print("READY", cluster.master, cluster.workers[0].pid, flush=True)
    time.sleep(600)
"""

QUERY = """
import sys
from pyhive import hive

cursor = hive.connect("127.0.0.1", port=int(sys.argv[1])).cursor()
for query in ("select 1", "select sum(id) from range(1000)"):
    cursor.execute(query)
    print(cursor.fetchall())
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with start_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


def job(script: str, folder: Path, master: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """A driver in `folder` that runs a script with `numbers` on the cluster."""
    return running("driver", [str(SPARK_PYTHON), "-c", SESSION + script, master], folder, spark_environment(folder))


def wait_until(condition: Callable[[], bool], problem: str, seconds: float = 60) -> None:
    """Wait for a condition; fail with the problem when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, problem
        time.sleep(0.1)


def python_of(driver: subprocess.Popen[bytes], folder: Path, partition: int) -> int:
    """Number of the process that holds a partition's first attempt."""
    marker = folder / f"{partition}-0.started"
    wait_until(lambda: marker.exists() or has_ended(driver), f"partition {partition} did not start", 120)
    assert marker.exists(), (folder / "driver.log").read_text()[-3000:]
    return int(marker.read_text())


def listening_addresses(sessions: list[int]) -> set[str]:
    """Addresses at which the processes of some sessions accept connections."""
    processes = [psutil.Process(member) for session in sessions for member in session_of(session)]
    connections = [connection for process in processes for connection in process.net_connections("inet")]
    return {c.laddr.ip.removeprefix("::ffff:") for c in connections if c.status == psutil.CONN_LISTEN}


def test_executors_of_the_workers_sum_numbers(cluster: Cluster, tmp_path: Path) -> None:
    assert len(cluster.workers) == 2
    with job(SUM, tmp_path, cluster.master) as driver:
        result = ast.literal_eval(wait_for_log(driver, tmp_path / "driver.log", r"RESULT (\[.*?\])")[1])
    assert sum(part for _, part in result) == sum(range(1000))
    assert {session for session, _ in result} <= {worker.pid for worker in cluster.workers}


def test_a_job_outlives_a_killed_worker_and_another_can_take_its_place(cluster: Cluster, tmp_path: Path) -> None:
    with job(HELD_SUM, tmp_path, cluster.master) as driver:
        holders = [python_of(driver, tmp_path, partition) for partition in (0, 1)]
        sessions = {worker.pid: session_of(worker.pid) for worker in cluster.workers}
        assert listening_addresses([driver.pid, *sessions]) == {LOOPBACK}
        [lost] = [worker for worker in cluster.workers if holders[0] in sessions[worker.pid]]
        assert holders[1] not in sessions[lost.pid]

        cluster.kill_worker(lost)
        assert session_of(lost.pid) == []
        (tmp_path / "go").touch()
        result = wait_for_log(driver, tmp_path / "driver.log", r"RESULT (\d+)\n")
    assert int(result[1]) == sum(range(1000))
    assert (tmp_path / "0-1.started").exists()
    assert len(cluster.workers) == 1
    assert cluster.start_worker() in cluster.workers
    assert len(cluster.workers) == 2


def test_nothing_outlives_a_killed_owner_of_a_cluster(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OWNER, str(tmp_path / "cluster")]
    environment = {**spark_environment(tmp_path), "PYTHONPATH": str(ROOT)}
    with running("owner", command, tmp_path, environment) as owner:
        ready = wait_for_log(owner, tmp_path / "owner.log", r"READY (\S+) (\d+)\n")
        with job(HELD_SUM, tmp_path, ready[1]) as driver:
            holder, worker = python_of(driver, tmp_path, 0), int(ready[2])
            assert holder in session_of(worker)
            daemons = [child.pid for child in psutil.Process(owner.pid).children()]
            assert len(daemons) == 2
            owner.kill()
            wait_until(lambda: not any(map(session_of, daemons)), "the cluster still runs")


def test_the_thrift_server_answers_over_the_cluster(cluster: Cluster, tmp_path: Path) -> None:
    with thrift_server(tmp_path, {"spark.master": cluster.master, "spark.executor.memory": "512m"}) as port:
        command = [str(SPARK_PYTHON), "-c", QUERY, str(port)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.splitlines() == ["[(1,)]", "[(499500,)]"], done.stderr[-3000:]


def test_a_process_that_ends_early_shows_the_end_of_its_log(tmp_path: Path) -> None:
    process = start_process("broken", ["bash", "-c", "echo out of luck"], tmp_path, spark_environment(tmp_path))
    with pytest.raises(ClusterError, match=r"(?s)broken ended; no `READY` in its log.*out of luck"):
        wait_for_log(process, tmp_path / "broken.log", "READY")
    process.wait()
