"""The lock that lets one process write, and that says who holds it.

The operating system's file lock is the guarantee: it ends with its process, so a dead process or a reused process
id can never hold it. The text inside the lock file only names the owner.
"""

import fcntl
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from orchestration.errors import LockedError

DEFAULT_WAIT_SECONDS = 60.0
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Owner:
    """The process that holds a lock: a process id counts only together with its start time."""

    pid: int
    process_started_at: float
    host: str
    command: str
    locked_at: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host} ({self.command}), since {self.locked_at}"


_held: dict[tuple[str, int], int] = {}
_held_guard = threading.Lock()


@contextmanager
def hold(path: Path, *, command: str = "", wait_seconds: float = DEFAULT_WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock at `path` for the length of the block; a thread that holds it already enters again.

    Waits `wait_seconds` for another owner, then raises LockedError naming it. The lock of a process that died, or
    whose id another process has since been given, is taken over.
    """
    key = (os.fspath(path.resolve()), threading.get_ident())
    with _held_guard:
        depth = _held.get(key, 0)
    if depth:
        with _entered(key):
            yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        _wait_for(file.fileno(), path, wait_seconds)
        _sign(path, command or " ".join(Path(part).name for part in sys.argv[:3]))
        try:
            with _entered(key):
                yield
        finally:
            file.truncate(0)
            fcntl.flock(file.fileno(), fcntl.LOCK_UN)


def owner(path: Path) -> Owner | None:
    """The living owner of the lock, or None when it is free or its owner is dead."""
    try:
        found = Owner(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None
    if found.host != socket.gethostname():
        return found
    return found if _is_alive(found) else None


@contextmanager
def _entered(key: tuple[str, int]) -> Iterator[None]:
    with _held_guard:
        _held[key] = _held.get(key, 0) + 1
    try:
        yield
    finally:
        with _held_guard:
            _held[key] -= 1
            if not _held[key]:
                del _held[key]


def _wait_for(descriptor: int, path: Path, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if time.monotonic() >= deadline:
                who = owner(path)
                name = str(who) if who else "another process"
                raise LockedError(
                    f"{path} is locked by {name}; wait until it has finished, or stop that process"
                ) from error
        time.sleep(_POLL_SECONDS)


def _sign(path: Path, command: str) -> None:
    me = psutil.Process()
    name = Owner(
        pid=me.pid,
        process_started_at=me.create_time(),
        host=socket.gethostname(),
        command=command,
        locked_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    path.write_text(json.dumps(asdict(name)))


def _is_alive(found: Owner) -> bool:
    try:
        return abs(psutil.Process(found.pid).create_time() - found.process_started_at) < 1.0
    except psutil.Error:
        return False
