"""The compiled statements of a build, run one after the other in one plain DuckDB connection."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.fitting.duckdb_functions import Plugin


def run(target: Path, warehouse: Path) -> dict[str, Any]:
    """Run the statements of the build whose `target/` this is, in the order in which dbt finished them.

    The statements name their database, so the copy's file must have the name of the original's.
    """
    known = statements(target)
    with connect(warehouse) as connection:
        started = time.perf_counter()
        for statement in known:
            connection.execute(statement).fetchall()
        seconds = time.perf_counter() - started
    return {"seconds": seconds, "statements": len(known)}


@contextmanager
def connect(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A plain connection that has what the statements name: schemas, and the functions that models fit with."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        Plugin(name="functions", plugin_config={}).configure_connection(connection)
        for schema in ("staging", "intermediate", "marts"):
            connection.execute(f"create schema if not exists {schema}")
        yield connection


def copy_seeds(built: Path, target: Path, warehouse: Path) -> None:
    """Give a copy of the loaded warehouse the seeds that dbt has loaded elsewhere; they are no statements."""
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"].values()
    seeds = [(node["schema"], node["name"]) for node in nodes if node["resource_type"] == "seed"]
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"attach '{built}' as built (read_only)")
        for schema, name in seeds:
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create or replace table {schema}.{name} as from built.{schema}.{name}")


def node_seconds(target: Path) -> float:
    """Seconds that dbt spent executing nodes in its last build, added up."""
    return sum(_executing(result) for result in _results(target))


def slowest(target: Path, count: int = 5) -> list[tuple[str, float]]:
    """The nodes that took longest."""
    found = sorted(((_executing(r), r["unique_id"].split(".", 2)[2]) for r in _results(target)), reverse=True)
    return [(name, round(seconds, 2)) for seconds, name in found[:count]]


def node_count(target: Path) -> int:
    """How many nodes the last build executed."""
    return len(_results(target))


def statements(target: Path) -> list[str]:
    """The statements of a build, in the order in which dbt finished them."""
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    found: list[str] = []
    for result in sorted(_results(target), key=_ended):
        node = nodes[result["unique_id"]]
        code = (result.get("compiled_code") or "").strip().rstrip(";")
        name = node.get("relation_name") or ""
        if node["resource_type"] == "test":
            found.append(f"select count(*) from (\n{code}\n) as failures")
        elif node["resource_type"] == "model":
            kind = "view" if node["config"]["materialized"] == "view" else "table"
            found.append(f"create or replace {kind} {name} as\n{code}")
    return found


def _results(target: Path) -> list[dict[str, Any]]:
    content = json.loads((target / "run_results.json").read_text(encoding="utf-8"))
    results: list[dict[str, Any]] = content["results"]
    return results


def _executing(result: dict[str, Any]) -> float:
    return sum(
        (datetime.fromisoformat(step["completed_at"]) - datetime.fromisoformat(step["started_at"])).total_seconds()
        for step in result["timing"]
        if step["name"] == "execute"
    )


def _ended(result: dict[str, Any]) -> str:
    return max((step["completed_at"] for step in result["timing"]), default="")
