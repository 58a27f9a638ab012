"""Reading the warehouse on Spark: the same questions as on DuckDB, in Spark's words."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from orchestration.quality import hashes
from orchestration.spark.session import Session

if TYPE_CHECKING:
    import pandas as pd

Columns = list[tuple[str, str]]
SCHEMAS = ("staging", "intermediate", "marts")
_DUCKDB_TYPES = {
    "string": "VARCHAR", "bigint": "BIGINT", "int": "INTEGER", "double": "DOUBLE", "boolean": "BOOLEAN",
    "date": "DATE", "timestamp": "TIMESTAMP", "float": "FLOAT",
}  # fmt: skip


class SparkReader:
    """Reader over a Spark session; see `orchestration.warehouse.Reader`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def marts(self) -> list[str]:
        """Names of the tables in schema `marts`, sorted."""
        return sorted(self._names("marts"))

    def tables(self) -> set[str]:
        """All built relations as `schema.table`."""
        return {f"{schema}.{name}" for schema in SCHEMAS for name in self._names(schema)}

    def columns(self, schema: str, table: str) -> Columns:
        """Columns in order, with the names that DuckDB gives their types."""
        _, rows = self._session.execute(f"describe table {schema}.{table}")
        return [(name, duckdb_type(kind)) for name, kind, *_ in rows]

    def rows(self, query: str) -> tuple[list[str], list[Sequence[Any]]]:
        """Column names and rows of a query; decimals, dates and timestamps as text."""
        columns, rows = self._session.execute(query)
        return [name for name, _ in columns], list(rows)

    def frame(self, query: str) -> "pd.DataFrame":
        """The result of a query; decimals as doubles."""
        import pandas as pd

        columns, rows = self._session.execute(query)
        frame = pd.DataFrame(rows, columns=[name for name, _ in columns])
        for name, kind in columns:
            if kind.startswith("decimal"):
                frame[name] = frame[name].astype("float64")
            elif kind in ("date", "timestamp", "timestamp_ntz"):
                frame[name] = pd.to_datetime(frame[name])
        return frame

    def seal(self, table: str) -> str:
        """Row count, sum of the row hashes, and the shape."""
        known = self.columns("marts", table)
        digest = f"cast({self.row_digest('mart', known)} as decimal(38, 0))"
        _, rows = self.rows(f"select count(*), coalesce(sum({digest}), 0) from marts.{table} as mart")
        return f"{rows[0][0]}:{rows[0][1]}:{hashes.shape(known)}"

    def content_hash(self, table: str) -> str:
        """See `orchestration.quality.hashes`: the same text of every row, hence the same sum."""
        parts = [
            _text(name, kind)
            for name, kind in self.columns("marts", table)
            if name not in hashes.LOAD_COLUMNS and not kind.startswith(("DOUBLE", "FLOAT"))
        ]
        text = " || '|' || ".join(parts) or "''"
        digest = f"cast(conv(substr(md5({text}), 1, 15), 16, 10) as decimal(38, 0))"
        _, rows = self.rows(f"select count(*), coalesce(sum({digest}), 0) from marts.{table}")
        return f"{rows[0][0]}:{rows[0][1]}"

    def row_digest(self, table: str, columns: Columns) -> str:
        """A 64-bit hash that tells NULL from every value and one column from the next."""
        parts = [f"{table}.{name}, {table}.{name} is null" for name, _ in columns]
        return f"xxhash64({', '.join(parts)})"

    def is_finite(self, expression: str) -> str:
        """A condition that a double is a number."""
        return f"(not isnan({expression}) and abs({expression}) < double('infinity'))"

    def row_counts(self) -> dict[str, int]:
        """Rows of every mart, counted in one statement."""
        parts = [f"select '{name}' as name, count(*) as counted from marts.{name}" for name in self.marts()]
        if not parts:
            return {}
        return {f"marts.{name}": counted for name, counted in self._session.execute(" union all ".join(parts))[1]}

    def _names(self, schema: str) -> list[str]:
        return [row[1] for row in self._session.execute(f"show tables in {schema}")[1] if not row[2]]


def duckdb_type(kind: str) -> str:
    """DuckDB's name of a Spark type: `decimal(18,2)` is `DECIMAL(18,2)`."""
    return _DUCKDB_TYPES.get(kind, re.sub(r"\s", "", kind).upper())


def _text(name: str, kind: str) -> str:
    if kind.startswith("TIMESTAMP"):
        value = f"cast(unix_micros({name}) as string)"
    elif kind == "VARCHAR":
        value = rf"replace(replace({name}, '\\', '\\\\'), '|', '\\|')"
    else:
        value = f"cast({name} as string)"
    return rf"coalesce({value}, '\\N')"
