"""The connection of the server door: opened without showing a secret, its errors told in words, one publisher."""

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import conninfo

from ingestion.settings import PostgresSettings
from orchestration.errors import LockedError, ServerDoorError

_SECRETS = ("password", "sslpassword")
# By SQLSTATE or its class; the longest match counts.
_ADVICE = {
    "08": "look whether the server and the network are up",
    "28": "check user and password behind `url` of [serving.postgres]",
    "2BP01": "change or drop what depends on it",
    "3D000": "create the database",
    "42501": "give the publisher `create` on the database, and let it own both schemas and their tables",
    "53100": "make room on the server's disk",
    "53300": "close connections of others",
    "55P03": "end that session, or wait for it",
    "57": "look at the server's log",
}


class Server:
    """One open session and one transaction; nothing is kept unless `commit` is called."""

    def __init__(self, connection: "psycopg.Connection[Any]", door: PostgresSettings, where: str, hidden: list[str]):
        self.connection, self.door, self.where, self._hidden = connection, door, where, hidden

    def rows(self, statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """What a statement answers; no rows when it answers none."""
        cursor = self.connection.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def telling(self, subject: str) -> Iterator[None]:
        """Turn what the server says in the block into a ServerDoorError about `subject`, and roll back."""
        try:
            yield
        except psycopg.Error as error:
            code = error.sqlstate or "08000"
            said = "; ".join(text for text in (error.diag.message_primary, error.diag.message_detail) if text)
            with contextlib.suppress(psycopg.Error):
                self.connection.rollback()
                if code == "55P03":
                    said = f"it waited {self.door.lock_timeout_seconds} s for a lock held by {self._holders(subject)}"
            said = " ".join(f"{subject}: {_redacted(said or str(error), self._hidden)}".split())
            raise ServerDoorError(said, where=self.where, next=_advice(code)) from None

    def failure(self, what: str, *, next: str) -> ServerDoorError:
        """An error of this door."""
        return ServerDoorError(what, where=self.where, next=next)

    def be_the_publisher(self) -> None:
        """Hold the advisory lock until the transaction ends. Raises LockedError naming who has it."""
        key = f"funnelhouse {self.door.marts_schema} {self.door.meta_schema}"
        if self.rows("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [key]) == [(True,)]:
            return
        found = self.rows(
            "select pid, usename, application_name from pg_locks join pg_stat_activity using (pid)"
            " where locktype = 'advisory' and granted and objsubid = 1 and pg_locks.database ="
            " (select oid from pg_database where datname = current_database())"
            " and (classid::bigint << 32) | objid::bigint = hashtextextended(%s, 0)",
            [key],
        )
        raise LockedError(f"PostgreSQL {self.where}: another publisher is at work: {_sessions(found)}")

    def prepare(self) -> None:
        """Settings of the transaction. Raises ServerDoorError when the database does not hold UTF-8."""
        self.rows(f"set local lock_timeout = '{self.door.lock_timeout_seconds}s'")
        for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
            self.rows(f"set local {name} = 0")
        self.rows("set local timezone = 'UTC'")
        self.rows("set local datestyle = 'ISO, YMD'")
        self.rows("set local standard_conforming_strings = on")
        encoding = self.rows("show server_encoding")[0][0]
        if encoding != "UTF8":
            raise self.failure(f"the database is encoded in {encoding}", next="create it with encoding UTF8")

    def commit(self) -> None:
        """Make it visible to readers, all at once."""
        try:
            self.connection.commit()
        except psycopg.Error as error:
            what = f"the connection failed while committing ({_redacted(str(error), self._hidden).strip()})"
            raise self.failure(what, next="`funnel doctor` tells which build is served") from None

    def _holders(self, table: str) -> str:
        found = self.rows(
            "select distinct pid, usename, application_name from pg_locks join pg_stat_activity using (pid)"
            " where relation = to_regclass(%s) and granted and pid <> pg_backend_pid()",
            [table],
        )
        return _sessions(found) or "a session that has ended since"


@contextlib.contextmanager
def connected(door: PostgresSettings, purpose: str) -> Iterator[Server]:
    """A session on the server. Raises ServerDoorError when it cannot be opened, ConfigurationError without a secret."""
    url = door.url.get_secret_value()
    place = f"environment variable {door.url.env}" if door.url.env else f"file {door.url.file}"
    try:
        wanted = conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        raise ServerDoorError(
            "the value of `url` is no PostgreSQL address",
            where=f"({place})",
            next="write it as postgresql://user:password@host:5432/database",
        ) from None
    where = f"{wanted.get('host', 'localhost')}:{wanted.get('port', 5432)}/{wanted.get('dbname', '')}"
    hidden = [url, *(str(wanted[name]) for name in _SECRETS if wanted.get(name))]
    options = {"connect_timeout": 10, "keepalives_idle": 30, **wanted}
    options |= {"application_name": f"funnelhouse: {purpose}", "client_encoding": "UTF8"}
    try:
        opened = psycopg.connect(**options)  # type: ignore[arg-type]
    except psycopg.Error as error:
        said = " ".join(_redacted(str(error), hidden).split())
        raise ServerDoorError(
            f"no connection as user {wanted.get('user', '(default)')}: {said}",
            where=where,
            next=f"check that the server runs, and host, user, password and database in {place}",
        ) from None
    with contextlib.closing(opened):
        yield Server(opened, door, where, hidden)


def _advice(code: str) -> str:
    known = [prefix for prefix in _ADVICE if code.startswith(prefix)]
    return _ADVICE[max(known, key=len)] if known else f"look at the server's log (SQLSTATE {code})"


def _sessions(found: list[tuple[Any, ...]]) -> str:
    return ", ".join(f"pid {pid} (user {user}, {application or 'unnamed'})" for pid, user, application in found)


def _redacted(text: str, hidden: list[str]) -> str:
    for secret in sorted({form for value in hidden for form in (value, quote(value, safe=""))}, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
