"""A standalone Spark cluster and a Thrift server on loopback, as context managers for tests.

Nothing here listens beyond 127.0.0.1, uses a fixed port or reads the machine's own Spark settings. Every process leads
a session of its own: the end of a block kills that session, and Linux kills the process when the thread that started
it ends, so that a killed test leaves nothing behind.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
SPARK_PYTHON = ROOT / ".spark-venv" / "bin" / "python"
SPARK_HOME = next(
    (ROOT / ".spark-venv").glob("lib/python*/site-packages/pyspark"),
    ROOT / ".spark-venv" / "lib" / "python" / "site-packages" / "pyspark",
)
LOOPBACK = "127.0.0.1"
SHORT_LIVED_JVM = "-XX:TieredStopAtLevel=1 -XX:-UsePerfData"  # a third off the time of short jobs
DEADLINE = 120.0  # seconds for a process to report itself ready; a few are usual on an idle machine
GRACE = 15.0  # seconds for a Thrift server to close its metastore before it is killed
PR_SET_PDEATHSIG = 1

needs_spark = [
    pytest.mark.spark,
    pytest.mark.skipif(not SPARK_PYTHON.exists(), reason="run `make test-spark`, which installs the Spark environment"),
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java 17 on the PATH"),
    pytest.mark.skipif(sys.platform != "linux", reason="the cluster's processes are tied to the test by Linux's prctl"),
]


class ClusterError(RuntimeError):
    """A Spark process ended or stayed silent before it was ready."""


def spark_environment(folder: Path, extra: dict[str, str] | None = None) -> dict[str, str]:
    """Environment of every Spark process: loopback only, scratch files in `folder`, none of the machine's settings."""
    folder = folder.resolve()
    for name in ("conf", "scratch", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    foreign = ("SPARK_", "PYSPARK_", "HADOOP_", "HIVE_")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(foreign)},
        "SPARK_HOME": str(SPARK_HOME),
        "SPARK_CONF_DIR": str(folder / "conf"),
        "SPARK_LOCAL_IP": LOOPBACK,
        "SPARK_LOCAL_HOSTNAME": LOOPBACK,
        "SPARK_LOCAL_DIRS": str(folder / "scratch"),
        "JAVA_TOOL_OPTIONS": f'{SHORT_LIVED_JVM} "-Djava.io.tmpdir={folder / "tmp"}"',  # also for executors
        "PYSPARK_PYTHON": str(SPARK_PYTHON),
        "PYSPARK_DRIVER_PYTHON": str(SPARK_PYTHON),
        **(extra or {}),
    }


def daemon_environment(folder: Path) -> dict[str, str]:
    """Environment of a master or worker; a Thrift server would take its heap from `SPARK_DAEMON_MEMORY` too."""
    options = {
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": "-XX:+UseSerialGC",
        "SPARK_MASTER_OPTS": "-Dspark.master.rest.enabled=false",  # otherwise it takes the fixed port 6066
    }
    return spark_environment(folder, options)


def spark_class(*arguments: str) -> list[str]:
    """Command line that runs a class of Spark's."""
    return ["bash", str(SPARK_HOME / "bin" / "spark-class"), *arguments]


def start_process(name: str, command: list[str], folder: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a command in `folder` with its output in `<name>.log`; it is killed when the calling thread ends."""
    parent = os.getpid()
    prctl = ctypes.CDLL(None).prctl

    def end_with_parent() -> None:
        prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != parent:
            os._exit(1)

    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )


def session_of(leader: int) -> list[int]:
    """Living processes of a leader's session: a worker's also has its executors and their Python processes."""
    members = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                members.append(process.pid)
    return members


def kill_session(process: subprocess.Popen[bytes]) -> None:
    """Kill -9 a process and all it started, also what left its process group, as PySpark's daemons do."""
    if process.returncode is not None:
        return  # reaped: its number may be a stranger's by now
    while members := session_of(process.pid):
        for member in members:
            with suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        time.sleep(0.02)
    process.wait()


@contextmanager
def running(
    name: str, command: list[str], folder: Path, environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is killed with all it started when the block ends."""
    process = start_process(name, command, folder, environment)
    try:
        yield process
    finally:
        kill_session(process)


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether a process ended, without reaping it: until then no stranger can get its number and its session's."""
    if process.returncode is not None:
        return True
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def wait_for_log(process: subprocess.Popen[bytes], log: Path, pattern: str, seconds: float = DEADLINE) -> re.Match[str]:
    """The first match of `pattern` in a process's log; an error with the log's end when it does not come in time."""
    deadline = time.monotonic() + seconds
    while True:
        ended = has_ended(process)
        text = log.read_text(encoding="utf-8", errors="replace")
        if match := re.search(pattern, text, re.DOTALL):
            return match
        if ended or time.monotonic() > deadline:
            problem = "ended" if ended else f"was not ready after {seconds:g} s"
            raise ClusterError(f"{log.stem} {problem}; no `{pattern}` in its log, which ends with:\n{text[-3000:]}")
        time.sleep(0.1)


@dataclass
class Cluster:
    """A running standalone cluster: its address, its master's process and the workers that still run."""

    master: str
    process: subprocess.Popen[bytes]
    folder: Path
    cores: int
    memory: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    started: int = 0

    def start_workers(self, count: int) -> list[subprocess.Popen[bytes]]:
        """Start workers side by side and wait until the master has registered each."""
        fresh = []
        for number in range(self.started + 1, self.started + count + 1):
            name = f"worker-{number}"
            command = spark_class("org.apache.spark.deploy.worker.Worker", "--host", LOOPBACK, "--port", "0")
            command += ["--webui-port", "0", "--cores", str(self.cores), "--memory", self.memory]
            command += ["--work-dir", str(self.folder / name), self.master]
            worker = start_process(name, command, self.folder, daemon_environment(self.folder))
            self.workers.append(worker)
            fresh.append((worker, self.folder / f"{name}.log"))
        self.started += count
        for worker, log in fresh:
            wait_for_log(worker, log, "Successfully registered with master")
        return [worker for worker, _ in fresh]

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start one more worker and wait until the master has registered it."""
        return self.start_workers(1)[0]

    def kill_worker(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill -9 a worker with its executors, as when its machine fails."""
        kill_session(worker)
        self.workers.remove(worker)

    def stop(self) -> None:
        """Kill all workers with their executors, then the master."""
        while self.workers:
            self.kill_worker(self.workers[-1])
        kill_session(self.process)


@contextmanager
def start_cluster(folder: Path, workers: int = 2, cores: int = 1, memory: str = "1g") -> Iterator[Cluster]:
    """A master with registered workers; logs, executors' folders and scratch files are in `folder`."""
    folder = folder.resolve()
    environment = daemon_environment(folder)
    command = spark_class("org.apache.spark.deploy.master.Master", "--host", LOOPBACK, "--port", "0")
    command += ["--webui-port", "0"]
    with running("master", command, folder, environment) as process:
        # A worker that asks before the election is turned away and only asks again after seconds.
        pattern = r"Starting Spark master at (spark://\S+).*New state: ALIVE"
        ready = wait_for_log(process, folder / "master.log", pattern)
        cluster = Cluster(ready[1], process, folder, cores, memory)
        try:
            cluster.start_workers(workers)
            yield cluster
        finally:
            cluster.stop()


@contextmanager
def thrift_server(folder: Path, master_conf: dict[str, str], extra: dict[str, str] | None = None) -> Iterator[int]:
    """Port of a Thrift server that runs on `spark.master` of `master_conf`; `extra` adds to its environment.

    Its current folder is `folder`, so that a metastore without settings (`SPARK_CONF_DIR`) is created there.
    """
    folder = folder.resolve()
    environment = spark_environment(folder, extra)
    conf = {"spark.driver.host": LOOPBACK, "spark.driver.bindAddress": LOOPBACK, "spark.ui.enabled": "false"}
    command = spark_class("org.apache.spark.deploy.SparkSubmit")
    command += ["--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"]
    for key, value in (conf | master_conf).items():
        command += ["--conf", f"{key}={value}"]
    command += ["spark-internal"]
    command += ["--hiveconf", f"hive.server2.thrift.bind.host={LOOPBACK}", "--hiveconf", "hive.server2.thrift.port=0"]
    with running("thrift-server", command, folder, environment) as server:
        ready = wait_for_log(server, folder / "thrift-server.log", r"Starting ThriftBinaryCLIService on port (\d+)")
        port = int(ready[1])
        socket.create_connection((LOOPBACK, port), timeout=DEADLINE).close()
        try:
            yield port
        finally:
            server.terminate()
            deadline = time.monotonic() + GRACE
            while not has_ended(server) and time.monotonic() < deadline:
                time.sleep(0.05)
