"""A real PostgreSQL server on a free loopback port in a temporary folder, run by a user without privileges."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

PASSWORD = "canary-7d41:/@ %-never-to-be-seen"
REQUIRED = "FUNNELHOUSE_REQUIRE_POSTGRES"
DEBIAN = Path("/usr/lib/postgresql")


class Cluster:
    """A running server; its publisher owns every database that is made."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._made = 0

    def url(self, database: str, *, user: str = "publisher", password: str = PASSWORD, port: int | None = None) -> str:
        """A connection address; the password is percent-encoded."""
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{port or self.port}/{database}"

    def database(self, *, owner: str = "publisher") -> str:
        """Make a new, empty database."""
        self._made += 1
        name = f"warehouse_{self._made}"
        with psycopg.connect(self.url("postgres", user="admin"), autocommit=True) as connection:
            connection.execute(f"create database {name} owner {owner} encoding 'UTF8' template template0")
        return name


@contextlib.contextmanager
def running() -> Iterator[Cluster]:
    """Start a server; without its binaries the test is skipped, or fails when FUNNELHOUSE_REQUIRE_POSTGRES is set."""
    binaries = sorted(DEBIAN.glob("*/bin")) or [Path(found).parent for found in [shutil.which("initdb")] if found]
    if not binaries:
        reason = "no PostgreSQL server is installed (Debian: apt-get install postgresql)"
        if os.environ.get(REQUIRED):
            pytest.fail(reason)
        pytest.skip(reason)
    # The other user must be able to reach it, so it is not under pytest's private folder.
    folder = Path(tempfile.mkdtemp(prefix="funnelhouse-postgres-", dir="/tmp"))
    prefix = _unprivileged(folder)
    data, port = folder / "data", _free_port()
    (folder / "password").write_text(PASSWORD)
    (folder / "password").chmod(0o644)
    _call(prefix, binaries[-1] / "initdb", "-D", data, "-U", "admin", "-A", "scram-sha-256", "-E", "UTF8",
          "--locale=C.UTF-8", "--no-sync", f"--pwfile={folder / 'password'}")  # fmt: skip
    settings = f"-p {port} -h 127.0.0.1 -c fsync=off -c unix_socket_directories= -c max_connections=30"
    try:
        _call(prefix, binaries[-1] / "pg_ctl", "-D", data, "-o", settings, "-l", folder / "log", "-w", "start")
        cluster = Cluster(port)
        with psycopg.connect(cluster.url("postgres", user="admin"), autocommit=True) as connection:
            for role in ("publisher", "bi_reader", "analyst", "stranger"):
                connection.execute(f"create role {role} login password '{PASSWORD}'")
        yield cluster
    finally:
        with contextlib.suppress(AssertionError):
            _call(prefix, binaries[-1] / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> list[str]:
    """The prefix that makes a command run as an unprivileged user, who then owns the folder."""
    if os.geteuid() != 0:
        return []
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in known else "nobody"
    shutil.chown(folder, user)
    return ["runuser", "-u", user, "--"]


def _call(prefix: list[str], *command: object) -> None:
    # Its output goes to a file: the server inherits it and would keep a pipe open.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run([*prefix, *map(str, command)], stdout=said, stderr=said, check=False, cwd="/")
        said.seek(0)
        assert done.returncode == 0, said.read()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: object, *, seconds: float = 20) -> None:
    """Wait for something that a server does soon."""
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
