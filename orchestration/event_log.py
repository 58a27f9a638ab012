"""Where Dagster keeps the events of its runs: its own SQLite files, with their connections kept open.

A run with a build tells nearly five thousand events. Dagster opens and closes a file several times for each of them,
which took half of what a run needs beside dbt.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData

_MOST_OPEN = 4  # files: the index, and those of the newest runs


class EventLog(SqliteEventLogStorage):
    """Dagster's SQLite event log, file by file the same, without a new connection for every event.

    Args:
        base_dir: folder of the files, one per run and `index.db`.
        inst_data: how Dagster came to this class; it passes that itself.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, sa.Engine] = OrderedDict()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> "EventLog":
        """As Dagster makes it from `dagster.yaml`."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def _engine(self, shard: str) -> sa.Engine:
        if shard not in self._engines:
            if len(self._engines) >= _MOST_OPEN:
                self._engines.popitem(last=False)[1].dispose()
            address, arguments = self.conn_string_for_shard(shard), {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
            self._engines[shard] = sa.create_engine(address, poolclass=sa.StaticPool, connect_args=arguments)
            sa.event.listen(self._engines[shard], "connect", _hurry)
        self._engines.move_to_end(shard)
        return self._engines[shard]

    def wipe(self) -> None:
        """Forget all runs."""
        self._close()
        super().wipe()

    def dispose(self) -> None:
        """Close what is open."""
        self._close()
        super().dispose()

    def _close(self) -> None:
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()


def _hurry(connection: Any, _: object) -> None:
    """With a write-ahead log a loss of power costs the last events at most, never the file."""
    connection.execute("pragma synchronous = normal")
