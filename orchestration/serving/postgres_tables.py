"""The tables of the server door: what the published file holds, in PostgreSQL's types, and how rows get there."""

import io
from dataclasses import dataclass

import duckdb
import pyarrow.csv

from ingestion.sql_text import quoted
from orchestration.serving.postgres_server import Server

_TYPES = {
    "VARCHAR": "text",
    "DATE": "date",
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "DOUBLE": "double precision",
    "TIMESTAMP": "timestamp without time zone",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
}
_NUL = "chr(0)"  # PostgreSQL has no text with this character
_BATCH_ROWS = 20_000


@dataclass(frozen=True)
class Table:
    """One table of the published file and its place on the server; `columns` in order, with DuckDB's types."""

    source_schema: str
    schema: str
    name: str
    columns: dict[str, str]
    comments: dict[str | None, str]

    @property
    def shown(self) -> str:
        """The name as people write it."""
        return f"{self.schema}.{self.name}"

    @property
    def place(self) -> str:
        """The quoted name on the server."""
        return quoted(self.schema, self.name)

    @property
    def staging(self) -> str:
        """The quoted name of the session's own copy; it ends with the transaction."""
        return quoted("pg_temp", f"{self.source_schema}_{self.name}"[:63])

    @property
    def names(self) -> str:
        """All columns, quoted."""
        return ", ".join(quoted(column) for column in self.columns)

    @property
    def query(self) -> str:
        """The rows as they are published, on the file: a NUL character becomes U+FFFD."""
        shown = ", ".join(_published(column, kind) for column, kind in self.columns.items())
        return f"select {shown} from {quoted(self.source_schema, self.name)}"  # noqa: S608


def of_file(file: duckdb.DuckDBPyConnection, server: Server) -> list[Table]:
    """Every table of schemas `marts` and `meta`. Raises ServerDoorError naming a column of a type not published."""
    schemas = {"marts": server.door.marts_schema, "meta": server.door.meta_schema}
    columns: dict[tuple[str, str], dict[str, str]] = {}
    comments: dict[tuple[str, str], dict[str | None, str]] = {}
    for schema, table, comment in file.execute(
        "select schema_name, table_name, comment from duckdb_tables()"
        " where schema_name in ('marts', 'meta') order by 1, 2"
    ).fetchall():
        columns[schema, table], comments[schema, table] = {}, {None: comment} if comment else {}
    for schema, table, column, kind, comment in file.execute(
        "select schema_name, table_name, column_name, data_type, comment from duckdb_columns()"
        " where schema_name in ('marts', 'meta') and not internal order by schema_name, table_name, column_index"
    ).fetchall():
        if kind not in _TYPES and not kind.startswith("DECIMAL"):
            raise server.failure(
                f"{schema}.{table}.{column} is of type {kind}, which this door does not publish",
                next="cast it in the model",
            )
        columns[schema, table][column] = kind
        if comment:
            comments[schema, table][column] = comment
    return [Table(key[0], schemas[key[0]], key[1], known, comments[key]) for key, known in columns.items()]


def server_type(kind: str) -> str:
    """PostgreSQL's name of a DuckDB type, as `format_type` writes it; decimals keep precision and scale."""
    return _TYPES.get(kind) or kind.lower().replace("decimal", "numeric")


def on_server(server: Server) -> dict[str, dict[str, str]]:
    """Every relation of both schemas, `schema.name`, with the types of its columns."""
    found: dict[str, dict[str, str]] = {}
    for relation, column, kind in server.rows(
        "select nspname || '.' || relname, attname, format_type(atttypid, atttypmod) from pg_class"
        " join pg_namespace on pg_namespace.oid = relnamespace"
        " left join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped"
        " where nspname in (%s, %s) and relkind in ('r', 'p', 'v', 'm', 'f') order by attnum",
        [server.door.marts_schema, server.door.meta_schema],
    ):
        found.setdefault(relation, {})
        if column:
            found[relation][column] = kind
    return found


def stage(file: duckdb.DuckDBPyConnection, server: Server, table: Table) -> None:
    """Copy the rows into a table of this session alone; the batches are small, whatever the size of the mart."""
    wanted = _definitions(table)
    server.rows(f"create temporary table {table.staging.split('.', 1)[1]} ({wanted}) on commit drop")
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
    with server.connection.cursor().copy(f"copy {table.staging} ({table.names}) from stdin (format csv)") as target:
        for batch in file.execute(table.query).to_arrow_reader(_BATCH_ROWS):
            text = io.BytesIO()
            pyarrow.csv.write_csv(batch, text, options)
            target.write(text.getbuffer())


def replace(server: Server, table: Table, known: dict[str, str] | None) -> None:
    """Give the table the columns and the rows of the file. `known`: its columns now, None when there is no table.

    Readers go on reading the old rows until the commit: DELETE and INSERT disturb nobody, and no table is rewritten.
    """
    if known is None:
        server.rows(f"create table {table.place} ({_definitions(table)})")
    elif changes := _changes(table, known):
        server.rows(f"alter table {table.place} {', '.join(changes)}")
    if known is not None:
        server.rows(f"delete from {table.place}")  # noqa: S608
    server.rows(f"insert into {table.place} ({table.names}) select {table.names} from {table.staging}")  # noqa: S608


def is_changed(table: Table, known: dict[str, str] | None) -> bool:
    """Whether replacing the table needs more than its rows to be replaced."""
    return known is not None and bool(_changes(table, known))


def comment(server: Server, table: Table) -> None:
    """Say on the server what the file says about the table and its columns, where that differs."""
    found: dict[str | None, str] = dict(
        server.rows(
            "select attname, description from pg_description"
            " left join pg_attribute on attrelid = objoid and attnum = objsubid and objsubid > 0"
            " where classoid = 'pg_class'::regclass and objoid = %s::regclass",
            [table.place],
        )
    )
    for column, text in table.comments.items():
        if found.get(column) != text:
            kind, place = ("column", f"{table.place}.{quoted(column)}") if column else ("table", table.place)
            server.rows(f"comment on {kind} {place} is '{text.replace(chr(39), chr(39) * 2)}'")


def nul_count(file: duckdb.DuckDBPyConnection, table: Table) -> int:
    """Values of text in which a NUL character is replaced."""
    texts = [
        f"count(*) filter (where contains({quoted(column)}, {_NUL}))"
        for column, kind in table.columns.items()
        if kind == "VARCHAR"
    ]
    counted = " + ".join(texts) or "0"
    row = file.execute(f"select {counted} from {quoted(table.source_schema, table.name)}").fetchone()  # noqa: S608
    return int(row[0]) if row else 0


def _published(column: str, kind: str) -> str:
    if kind == "VARCHAR":
        return f"replace({quoted(column)}, {_NUL}, chr(65533)) as {quoted(column)}"
    return quoted(column)


def _definitions(table: Table) -> str:
    return ", ".join(f"{quoted(column)} {server_type(kind)}" for column, kind in table.columns.items())


def _changes(table: Table, known: dict[str, str]) -> list[str]:
    """Clauses of one ALTER TABLE. A column of another type is dropped and added: that rewrites no row."""
    wanted = {column: server_type(kind) for column, kind in table.columns.items()}
    dropped = [f"drop column {quoted(column)}" for column in known if known[column] != wanted.get(column)]
    added = [f"add column {quoted(column)} {kind}" for column, kind in wanted.items() if known.get(column) != kind]
    return dropped + added
