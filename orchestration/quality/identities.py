"""Identities: sums that must be equal however they are taken. Each is one query that returns the rows that differ."""

from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from orchestration.quality.verdicts import ERROR, FAILED, PASSED, Verdict

_EXAMPLES = 5


@dataclass(frozen=True)
class Identity:
    """One identity. `query` returns a row per difference; `tables` are the relations that it reads."""

    name: str
    tables: tuple[str, ...]
    query: str

    @property
    def check(self) -> str:
        """The identifier of the check, as it stands in the verdicts."""
        return f"identity.{self.name}"


IDENTITIES: tuple[Identity, ...] = ()


def expected_checks() -> dict[str, list[str]]:
    """Every identity with the marts it speaks of."""
    return {identity.check: list(identity.tables) for identity in IDENTITIES}


def evaluate(connection: duckdb.DuckDBPyConnection) -> list[Verdict]:
    """The verdict of every identity. A missing relation or an engine error gives the verdict `error`."""
    known = {
        f"{schema}.{name}"
        for schema, name in connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
    }
    return [_evaluate(connection, identity, known) for identity in IDENTITIES]


def _evaluate(connection: duckdb.DuckDBPyConnection, identity: Identity, known: set[str]) -> Verdict:
    verdict = Verdict(
        check=identity.check,
        kind="identity",
        assets=list(identity.tables),
        severity="error",
        status=PASSED,
        evaluated_at=datetime.now(UTC).isoformat(),
    )
    if absent := [table for table in identity.tables if table not in known]:
        verdict.status, verdict.message = ERROR, f"not in the warehouse: {', '.join(absent)}"
        return verdict
    try:
        cursor = connection.execute(identity.query)
        names = [column[0] for column in cursor.description or []]
        rows = cursor.fetchall()
    except duckdb.Error as error:
        verdict.status, verdict.message = ERROR, str(error).splitlines()[0]
        return verdict
    verdict.measured = {"differing_rows": len(rows)}
    verdict.examples = [
        {name: None if value is None else str(value) for name, value in zip(names, row, strict=True)}
        for row in rows[:_EXAMPLES]
    ]
    if rows:
        verdict.status, verdict.message = FAILED, f"{len(rows)} rows differ, first {verdict.examples[0]}"
    return verdict
