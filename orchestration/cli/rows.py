"""How the command line asks the published file, and prints the rows: a table, CSV or JSON."""

import csv
import json
import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from orchestration.cli import output
from orchestration.errors import WrongQuestion


class Format(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


@contextmanager
def asking(*, as_json: bool = False) -> Iterator[None]:
    """Turn expected failures into one message and their exit code; what the file cannot answer is wrong use."""
    import duckdb

    with output.errors_as_exit_codes(as_json=as_json):
        try:
            yield
        except duckdb.Error as error:
            raise WrongQuestion(str(error)) from None


def show(names: Sequence[str], rows: Sequence[Sequence[Any]], format: Format) -> None:
    """Print rows in the chosen way."""
    if format is Format.JSON:
        print(_rows_as_json(names, rows))
    elif format is Format.CSV:
        _print_csv(names, rows)
    else:
        output.table("", names, rows)


def _print_csv(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow(["" if cell is None else _plain(cell) for cell in row])


def _rows_as_json(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A list of objects; decimals keep all their digits as JSON numbers."""
    objects = [
        "{" + ", ".join(f"{json.dumps(name)}: {_json(cell)}" for name, cell in zip(names, row, strict=True)) + "}"
        for row in rows
    ]
    return "[" + ",\n ".join(objects) + "]"


def _json(cell: Any) -> str:
    if isinstance(cell, Decimal):
        return format(cell, "f") if cell.is_finite() else "null"
    if isinstance(cell, float) and not math.isfinite(cell):
        return "null"
    return json.dumps(cell, default=_plain)


def _plain(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell)
