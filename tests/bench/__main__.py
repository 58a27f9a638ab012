"""The command: measures what is asked for, prints one table, writes JSON."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import ingestion_rows, machine, run_rows, serving_rows
from tests.bench.measure import MeasurementError, Row
from tests.bench.plan import Plan

ROWS: dict[str, Callable[[Plan], Row]] = {
    "contacts_speed": ingestion_rows.speed,
    "memory": ingestion_rows.memory,
    "build": run_rows.build,
    "one_percent": run_rows.one_percent,
    "nothing_changed": run_rows.nothing_changed,
    "growth": run_rows.growth,
    "dashboard": serving_rows.dashboard,
}


def main() -> int:
    """Measure; the code is 1 when something could not be measured (not when a goal is missed)."""
    options = _options()
    said = Console(stderr=True)
    found = machine.describe()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="funnelhouse-bench-") as folder, ExitStack() as stack:
        plan = Plan(options.scale, options.records, options.repeats, Path(folder), stack, options.only)
        for name, measure in ROWS.items():
            if options.only in (None, name):
                said.print(f"measuring {name} …")
                rows.append(_measured(name, measure, plan))
    Console(width=max(Console().width, 150)).print(_table(rows, found))
    content = {
        "machine": found,
        "scale": options.scale,
        "records": options.records,
        "repeats": options.repeats,
        "rows": [row.as_json() for row in rows],
    }
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(content, indent=2), encoding="utf-8")
    return 1 if any(row.is_met is None for row in rows) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="scale of the small company; the large has ten times")
    parser.add_argument("--records", type=int, default=1_000_000, help="records of the memory row")
    parser.add_argument("--repeats", type=int, default=3, help="measurements behind each median")
    parser.add_argument("--json", type=Path, default=Path("bench/results.json"), help="where to write the numbers")
    parser.add_argument("--only", choices=list(ROWS), help="one row")
    return parser.parse_args()


def _measured(name: str, measure: Callable[[Plan], Row], plan: Plan) -> Row:
    try:
        return measure(plan)
    except MeasurementError as error:
        return Row(name=name, what=name, measured="—", goal="", is_met=None, detail=str(error))


def _table(rows: list[Row], found: dict[str, object]) -> Table:
    table = Table(title="Benchmark", caption=machine.sentence(found), show_lines=True)
    for heading in ("what", "measured", "goal", "verdict", "detail"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        verdict = "not measured" if row.is_met is None else "met" if row.is_met else "short"
        table.add_row(row.what, row.measured, row.goal, verdict, row.detail)
    return table


if __name__ == "__main__":
    sys.exit(main())
