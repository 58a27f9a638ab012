"""Whether a model has the key that it claims, or adds up as it claims: shown on the rows of a warehouse.

A maintained model is made anew for the keys whose rows changed, from inputs that are narrowed to these keys. That is
right when narrowing to any keys gives the rows of these keys and no others. Here every model is narrowed to thirds of
all keys, and what adds up is made of thirds of its inputs. The narrowing is written again and shares nothing with the
macros.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

PARTS = 3


def disagreements(warehouse: Path, target: Path) -> Iterator[str]:
    """Names of models, with what differs, whose parts are not what the whole is; `target` is dbt's."""
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    with duckdb.connect(warehouse, read_only=True) as connection:
        for node in followed(manifest):
            statement = (target / "compiled" / node["package_name"] / node["original_file_path"]).read_text()
            parts = [_part(connection, manifest, node, statement, part) for part in range(PARTS)]
            if not _make_the_whole(connection, node, parts):
                yield node["name"]


def followed(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Models that follow rows of their inputs."""
    models = (node for node in manifest["nodes"].values() if node["resource_type"] == "model")
    return [node for node in models if node["config"].get("key") or node["config"].get("adds")]


def _part(
    connection: duckdb.DuckDBPyConnection, manifest: dict[str, Any], node: dict[str, Any], statement: str, part: int
) -> str:
    """The model's statement, reading of its inputs only one third of the keys, or of the rows of what it adds."""
    for name in node["depends_on"]["nodes"]:
        source = manifest["nodes"].get(name) or manifest["sources"][name]
        relation, adds = source["relation_name"], node["config"].get("adds")
        if adds:
            condition = f"hash(told) % {PARTS} = {part}" if source["name"] in adds else None
        else:
            condition = _condition(connection, manifest, node, source, part)
        if condition:
            statement = statement.replace(relation, f"(select told.* from {relation} as told where {condition})")
    return statement


def _make_the_whole(connection: duckdb.DuckDBPyConnection, node: dict[str, Any], parts: list[str]) -> bool:
    whole, key, sums = f"select * from {node['relation_name']}", node["config"].get("key"), node["config"].get("sums")
    if sums:
        return not _differ(connection, node, _added(connection, node, parts), whole)
    if not key:
        return not _differ(connection, node, _together(parts), whole)
    conditions = [_is_in(key, part) for part in range(PARTS)]
    return not any(
        _differ(connection, node, f"select * from ({text}) where {condition}", f"{whole} where {condition}")
        for text, condition in zip(parts, conditions, strict=True)
    )


def _together(parts: list[str]) -> str:
    return " union all ".join(f"select * from ({part})" for part in parts)


def _added(connection: duckdb.DuckDBPyConnection, node: dict[str, Any], parts: list[str]) -> str:
    sums = node["config"]["sums"]
    columns = _columns(connection, node["relation_name"])
    counted = [column for column in columns if column in {"row_count", *sums, *(f"{name}_count" for name in sums)}]
    groups = ", ".join(column for column in columns if column not in counted)
    added = ", ".join(f"sum({column}) as {column}" for column in counted)
    return f"select {groups}, {added} from ({_together(parts)}) group by {groups}"


def _condition(
    connection: duckdb.DuckDBPyConnection,
    manifest: dict[str, Any],
    node: dict[str, Any],
    source: dict[str, Any],
    part: int,
) -> str | None:
    key, said = node["config"]["key"], node["config"].get("reached", {}).get(source["name"])
    if said is None:
        is_told = {*key.split(", ")} <= {*_columns(connection, source["relation_name"])}
        return _is_in(key, part) if is_told else None
    if "." not in said:
        return _is_in(said, part)
    left, _, right = said.rpartition("=")
    link, beside = right.strip().split(".")
    relation = manifest["nodes"][f"model.{node['package_name']}.{link}"]["relation_name"]
    return f"({left.strip() or beside}) in (select {beside} from {relation} where {_is_in(key, part)})"


def _is_in(columns: str, part: int) -> str:
    return f"hash(concat_ws('/', {columns})) % {PARTS} = {part}"


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    return {name: kind for name, kind, *_ in connection.execute(f"describe {relation}").fetchall()}


def _differ(connection: duckdb.DuckDBPyConnection, node: dict[str, Any], one: str, other: str) -> bool:
    """Whether two statements give other rows.

    Doubles are compared by ten digits, and again a little larger by as many: added up in another order, one may be
    rounded the other way where its digits end in a half, which they do not in both.
    """
    columns = _columns(connection, node["relation_name"])
    return all(_differ_by(connection, _rounded(columns, times), one, other) for times in ("1", "1.0000000003e0"))


def _rounded(columns: dict[str, str], times: str) -> str:
    return ", ".join(
        f"printf('%.9e', {name} * {times}) as {name}" if kind == "DOUBLE" else f"cast({name} as {kind}) as {name}"
        for name, kind in columns.items()
    )


def _differ_by(connection: duckdb.DuckDBPyConnection, told: str, one: str, other: str) -> bool:
    rows = "select * from (select {0} from ({1})) except all select * from (select {0} from ({2}))"
    return any(
        connection.execute(rows.format(told, left, right)).fetchall() for left, right in ((one, other), (other, one))
    )
