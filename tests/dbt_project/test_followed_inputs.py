"""Whether maintained models can follow the inputs that their configuration names: what they cannot is passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

Model = dict[str, Any]

FOLLOWING = {"key", "reached", "adds", "sums", "on_days", "grows", "begins", "stamps", "fingerprints", "day"}


def test_what_a_model_follows_are_inputs_that_tell_its_key(models: list[Model], manifest: dict[str, Any]) -> None:
    assert [f"{model['name']}: {wrong}" for model in models for wrong in not_followed(model, manifest)] == []


@pytest.mark.parametrize(
    ("config", "wrong"),
    [
        ({"on_days": {"int_orders": "…"}}, []),
        ({"on_days": {"int_old_orders": "…"}}, []),
        ({"on_days": {"int_all_orders": "…"}}, ["follows no days of the view int_all_orders"]),
        ({"on_days": {"int_lines": "…"}}, ["does not read int_lines"]),
        ({"on_days": {"int_days": "…"}}, ["int_days does not tell order_id"]),
        ({"on_days": {}, "key": None}, ["has no key that days could concern"]),
        ({"on_days": {"int_all_orders": "…"}, "grows": "order_date"}, []),
        (
            {"on_days": {"int_old_orders": "…"}, "grows": "order_date"},
            ["follows no days of int_old_orders, which a view reads"],
        ),
        ({"on_days": {"int_orders": "…"}, "grows": "order_date", "begins": {"int_orders": "order_date"}}, []),
        (
            {"on_days": {"int_orders": "…"}, "begins": {"int_orders": "order_date"}},
            ["cuts no rows of int_orders: it does not grow"],
        ),
        (
            {"on_days": {}, "grows": "order_date", "begins": {"int_orders": "order_date"}},
            ["cuts no rows of int_orders: on_days does not name it"],
        ),
        ({"begins": {"int_orders": "order_date"}}, ["cuts no rows of int_orders: it does not grow"]),
        ({"reached": {"int_all_orders": "order_id", "int_old_orders": "order_id"}}, []),
        ({"reached": {"int_all_orders": "order_id"}}, ["reaches the view int_all_orders, and no table behind it"]),
        ({"reached": {"int_lines": "order_id"}}, ["does not read int_lines"]),
        ({"reached": {"int_orders": "order_id"}, "key": None}, ["reaches no key"]),
        ({"adds": ["int_orders"], "key": None}, []),
        ({"adds": ["int_all_orders"], "key": None}, ["adds rows of the view int_all_orders"]),
        ({"adds": ["int_old_orders"], "key": None}, ["adds rows of int_old_orders, which a view reads"]),
        ({"adds": ["int_lines"], "key": None}, ["does not read int_lines"]),
        ({"stamps": {"int_days": ["today"]}, "compared": False}, []),
        ({"stamps": {"int_all_orders": ["today"]}, "compared": False}, ["has stamps of the view int_all_orders"]),
        ({"stamps": {"int_lines": ["today"]}, "compared": False}, ["does not read int_lines"]),
        ({"fingerprints": "int_orders"}, []),
        ({"fingerprints": "int_all_orders"}, ["tells keys apart by the view int_all_orders"]),
        ({"materialized": "view"}, ["is a view and has a key"]),
    ],
)
def test_a_configuration_that_would_be_passed_over_is_refused(config: dict[str, Any], wrong: list[str]) -> None:
    """Tried on a model of orders, some of which it reads through a view, and of days."""
    nodes = {
        node["unique_id"]: node
        for node in (
            planted("int_old_orders", {"order_id"}),
            planted("int_all_orders", {"order_id"}, reads=["int_old_orders"], materialized="view"),
            planted("int_orders", {"order_id"}),
            planted("int_days", {"today"}, day="today"),
            planted("int_lines", {"order_id"}),
        )
    }
    reads = ["int_orders", "int_all_orders", "int_days"]
    model = planted("int_open_orders", {"order_id", "order_date"}, reads=reads, **{"key": "order_id", **config})
    assert list(not_followed(model, {"nodes": nodes})) == wrong


def planted(name: str, columns: set[str], *, reads: list[str] | None = None, **config: Any) -> Model:
    """A model as the manifest tells it."""
    return {
        "unique_id": f"model.funnelhouse.{name}",
        "name": name,
        "columns": dict.fromkeys(columns),
        "depends_on": {"nodes": [f"model.funnelhouse.{read}" for read in reads or []]},
        "config": {"materialized": "maintained", **config},
    }


def columns_of(key: str | None) -> set[str]:
    """The columns of a key, or of what tells one."""
    return set(key.split(", ")) if key else set()


def is_view(node: Model | None) -> bool:
    """Whether it is a view, which readers see through: they follow the tables behind it."""
    return node is not None and node["config"]["materialized"] == "view"


def inputs_of(model: Model, manifest: dict[str, Any]) -> dict[str, Model | None]:
    """What a model reads itself, by name; sources are None."""
    return {node.split(".")[-1]: manifest["nodes"].get(node) for node in model["depends_on"]["nodes"]}


def behind_views(model: Model, manifest: dict[str, Any]) -> dict[str, Model | None]:
    """What a model reads through views, by name."""
    found: dict[str, Model | None] = {}
    for node in inputs_of(model, manifest).values():
        if node is not None and is_view(node):
            found |= inputs_of(node, manifest) | behind_views(node, manifest)
    return found


def not_followed(model: Model, manifest: dict[str, Any]) -> Iterator[str]:
    """What the model's configuration says that it follows, and cannot."""
    config, key = model["config"], columns_of(model["config"].get("key"))
    if config["materialized"] != "maintained":
        yield from (f"is a {config['materialized']} and has a {name}" for name in sorted(FOLLOWING & set(config)))
        return
    direct, behind = inputs_of(model, manifest), behind_views(model, manifest)
    if not config.get("sums") and (others := key - set(model["columns"])):
        yield f"has no column {', '.join(sorted(others))}"
    named = {name for told in ("reached", "adds", "stamps", "on_days", "begins") for name in config.get(told) or []}
    yield from (f"does not read {name}" for name in sorted(named - set(direct) - set(behind)))
    if config.get("reached") and not key:
        yield "reaches no key"
    for said in config.get("reached", {}).values():
        link, _, beside = said.split("=")[-1].strip().rpartition(".")
        # a key whose link changed is found only through the link's own changed rows
        if link and not ((node := direct.get(link)) and key | columns_of(beside) <= set(node["columns"])):
            yield f"{link} does not tell {config['key']} and {beside}"
    if missing := {*config.get("sums", []), *(["row_count"] if config.get("sums") else [])} - set(model["columns"]):
        yield f"has no column {', '.join(sorted(missing))}"
    if config.get("stamps") and not (key and config.get("compared") is False):
        yield "has stamps, and readers that follow its rows"
    yield from tables_not_followed(model, manifest)
    yield from days_not_followed(model, manifest)


def tables_not_followed(model: Model, manifest: dict[str, Any]) -> Iterator[str]:
    """Where the model's configuration names a view, or what a view reads, and only tables are followed."""
    config, direct, behind = model["config"], inputs_of(model, manifest), behind_views(model, manifest)
    for name in config.get("reached", {}):
        view = direct.get(name)
        if (
            view
            and is_view(view)
            and not {*inputs_of(view, manifest), *behind_views(view, manifest)} & config["reached"].keys()
        ):
            yield f"reaches the view {name}, and no table behind it"
    for name in config.get("adds", []):
        if is_view(direct.get(name)):
            yield f"adds rows of the view {name}"
        elif name in behind:
            yield f"adds rows of {name}, which a view reads"
    for name in config.get("stamps", {}):
        if is_view({**behind, **direct}.get(name)):
            yield f"has stamps of the view {name}"
    if (prints := config.get("fingerprints")) and is_view(manifest["nodes"].get(f"model.funnelhouse.{prints}")):
        yield f"tells keys apart by the view {prints}"


def days_not_followed(model: Model, manifest: dict[str, Any]) -> Iterator[str]:
    """What the model's configuration says about days, and cannot."""
    config, of_days = model["config"], model["config"].get("on_days")
    direct, behind = inputs_of(model, manifest), behind_views(model, manifest)
    inputs = {name: node for name, node in {**behind, **direct}.items() if node}
    if missing := {config.get("day"), config.get("grows")} - {None} - set(model["columns"]):
        yield f"has no column {', '.join(sorted(missing))}"
    for name in config.get("begins", {}):
        if not config.get("grows"):
            yield f"cuts no rows of {name}: it does not grow"
        elif name not in (of_days or {}):
            yield f"cuts no rows of {name}: on_days does not name it"
    if of_days is None:
        yield from ["grows on no days"] if config.get("grows") else []
        return
    if not config.get("key"):
        yield "has no key that days could concern"
        return
    if not any(node["config"].get("day") for node in inputs.values()):
        yield "reads nothing that is about days"
    for name in set(of_days) & set(inputs):
        # keys are sought in tables; the statement of a model that grows is narrowed where it reads what it names
        if config.get("grows") and name not in direct:
            yield f"follows no days of {name}, which a view reads"
        elif not config.get("grows") and is_view(inputs[name]):
            yield f"follows no days of the view {name}"
        elif name not in config.get("reached", {}) and not columns_of(config["key"]) <= set(inputs[name]["columns"]):
            yield f"{name} does not tell {config['key']}"
