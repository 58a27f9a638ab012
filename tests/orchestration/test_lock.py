"""One process writes; whoever waits in vain learns whose turn it is."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from orchestration import lock
from orchestration.errors import LockedError

HOLDER = """
import sys, time
from pathlib import Path
from orchestration import lock
with lock.hold(Path(sys.argv[1]), command="the other run"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "pipeline.lock")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "held"
    yield process
    process.kill()
    process.wait()


def test_second_run_waits_then_fails_naming_the_owner(tmp_path: Path, holder: subprocess.Popen) -> None:
    path = tmp_path / "pipeline.lock"
    with pytest.raises(LockedError) as raised, lock.hold(path, wait_seconds=0.3):
        pass
    assert f"process {holder.pid}" in str(raised.value)
    assert "the other run" in str(raised.value)
    assert socket.gethostname() in str(raised.value)


def test_lock_of_a_killed_process_is_taken_over(tmp_path: Path, holder: subprocess.Popen) -> None:
    path = tmp_path / "pipeline.lock"
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert path.read_text(), "the dead process left its name behind"
    assert lock.owner(path) is None
    with lock.hold(path, wait_seconds=0):
        found = lock.owner(path)
        assert found is not None
        assert found.pid == os.getpid()


def test_lock_of_a_reused_process_id_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.lock"
    me = psutil.Process()
    stale = {
        "pid": me.pid,
        "process_started_at": me.create_time() - 3600,
        "host": socket.gethostname(),
        "command": "an older process with this id",
        "locked_at": "2026-01-01T00:00:00+00:00",
    }
    path.write_text(json.dumps(stale))
    assert lock.owner(path) is None
    with lock.hold(path, wait_seconds=0):
        pass


def test_a_waiting_run_gets_the_lock_when_it_is_free(tmp_path: Path, holder: subprocess.Popen) -> None:
    threading.Timer(0.3, holder.kill).start()
    with lock.hold(tmp_path / "pipeline.lock", wait_seconds=20):
        pass


def test_the_holder_enters_again_and_another_thread_does_not(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.lock"
    seen: list[str] = []

    def other() -> None:
        try:
            with lock.hold(path, wait_seconds=0):
                seen.append("entered")
        except LockedError:
            seen.append("locked")

    with lock.hold(path), lock.hold(path, wait_seconds=0):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert seen == ["locked"]
    assert lock.owner(path) is None
