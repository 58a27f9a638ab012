"""The KPI registry: every entry is whole, and the semantic layer says what it says."""

from __future__ import annotations

from typing import Any

from orchestration.metrics import semantic_layer
from orchestration.metrics.question import GRAINS

UNITS = {"count", "ratio", "currency", "days", "hours", "minutes", "months"}
AGGREGATIONS = {"sum", "last", "ratio", "recompute"}
IN_WORDS = ("name", "label", "owner", "formula", "grain")


def incomplete(entry: dict[str, Any]) -> list[str]:
    """What is missing or wrong in an entry of `meta.kpis`."""
    problems = [key for key in IN_WORDS if not str(entry.get(key) or "").strip()]
    problems += [key for key, known in (("unit", UNITS), ("aggregation", AGGREGATIONS)) if entry.get(key) not in known]
    problems += ["direction"] if entry.get("direction") not in {"up", "down"} else []
    problems += ["smallest_grain"] if entry.get("smallest_grain", "day") not in GRAINS else []
    problems += [key for key in ("dimensions", "version", "valid_from") if not entry.get(key)]
    through = entry.get("drill_through") or {}
    return problems + [f"drill_through.{key}" for key in ("fact", "filter") if not through.get(key)]


def entries(models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The registry entries of all models."""
    return [entry for model in models for entry in model["config"]["meta"].get("kpis", [])]


def test_every_kpi_says_what_it_is(models: list[dict[str, Any]]) -> None:
    found = {entry.get("name"): incomplete(entry) for entry in entries(models)}
    assert len(found) > 100
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_a_kpi_without_label_unit_direction_owner_formula_or_grain_is_refused(models: list[dict[str, Any]]) -> None:
    whole = entries(models)[0]
    for key in ("label", "unit", "direction", "owner", "formula", "grain"):
        assert incomplete({**whole, key: ""}) == [key]
        assert incomplete({name: value for name, value in whole.items() if name != key}) == [key]


def test_a_kpi_drills_through_to_a_mart(models: list[dict[str, Any]]) -> None:
    marts = {model["name"] for model in models if model["fqn"][1] == "marts"}
    assert {entry["drill_through"]["fact"] for entry in entries(models)} <= marts


def test_the_semantic_layer_is_what_the_registry_says() -> None:
    assert semantic_layer.out_of_date() == [], "run `make metrics`"


def test_every_sum_and_ratio_of_components_is_a_metric(models: list[dict[str, Any]], manifest: dict[str, Any]) -> None:
    metrics = {node["name"]: node for node in manifest["metrics"].values()}
    expressible = [
        entry
        for model in models
        if model["name"].startswith("int_kpi_components_")
        for entry in model["config"]["meta"].get("kpis", [])
        if entry["aggregation"] in {"sum", "ratio"} and "variant" not in entry
    ]
    assert len(expressible) > 60
    for entry in expressible:
        name = entry["name"] if "total" in entry["dimensions"] else f"{entry['name']}_by_{entry['dimensions'][0]}"
        assert metrics[name]["type"] == ("simple" if entry["aggregation"] == "sum" else "ratio")
        assert metrics[name]["config"]["meta"]["unit"] == entry["unit"]
