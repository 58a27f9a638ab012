"""What a publication says differently about periods that an earlier one had already called complete."""

from pathlib import Path
from typing import Any

import duckdb

_EXAMPLES = 10
_CHANGED = """
    select
        kpi, period_grain, period_start_date, dimension, member, earlier.value as was, later.value as "is"
    from {earlier} as earlier
    full outer join {later} as later
        using (kpi, version, period_grain, period_start_date, dimension, member)
    where coalesce(earlier.is_complete_period, later.period_end_date <= $as_of_date)
        and (
            (earlier.value is null) <> (later.value is null)
            or abs(earlier.value - later.value) > 1e-9 * greatest(1, abs(earlier.value))
        )
    order by all
"""


def compare(earlier: Path, later: Path) -> dict[str, Any]:
    """Number of restated values of complete periods between two kept `kpi_values` files, with a few of them."""
    if not earlier.exists() or not later.exists():
        return {"count": 0, "examples": []}
    with duckdb.connect() as connection:
        row = connection.execute("select max(as_of_date) from read_parquet(?)", [str(earlier)]).fetchone()
        cursor = connection.execute(
            _CHANGED.format(earlier="read_parquet($earlier)", later="read_parquet($later)"),
            {"earlier": str(earlier), "later": str(later), "as_of_date": row[0] if row else None},
        )
        names = [column[0] for column in cursor.description or []]
        rows = cursor.fetchall()
    examples = [
        {name: None if cell is None else str(cell) for name, cell in zip(names, found, strict=True)}
        for found in rows[:_EXAMPLES]
    ]
    return {"count": len(rows), "examples": examples}


def differences(earlier: Path, later: Path) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of the values that two DuckDB files tell differently, of periods complete in the earlier.

    The columns are kpi, period_grain, period_start_date, dimension, member, was, is.
    """
    with duckdb.connect() as connection:
        for name, file in (("earlier", earlier), ("later", later)):
            connection.execute(f"attach {_text(file)} as {name}_file (read_only)")
        row = connection.execute("select max(as_of_date) from earlier_file.marts.kpi_values").fetchone()
        cursor = connection.execute(
            _CHANGED.format(earlier="earlier_file.marts.kpi_values", later="later_file.marts.kpi_values"),
            {"as_of_date": row[0] if row else None},
        )
        return [column[0] for column in cursor.description or []], cursor.fetchall()


def _text(file: Path) -> str:
    return "'" + str(file).replace("'", "''") + "'"
