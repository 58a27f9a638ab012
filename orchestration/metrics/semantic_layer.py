"""Writes dbt's semantic model and metrics of the KPIs: everything in them comes from `meta.kpis`, where it stands once.

`dbt_project/models/semantic/` holds one file per subject, each made of the registry entries of the model that computes
the subject's components. Run `make metrics` after changing an entry; a test refuses files that are out of date.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from orchestration import layout

FOLDER = layout.DBT_PROJECT / "models" / "semantic"
ENTITY = "component"
EXPRESSIBLE = ("sum", "ratio")
_COMPUTED_BY = "int_kpi_components_"
_COPIED = ("unit", "direction", "owner", "aggregation", "grain", "dimensions")
_BEFORE, _AFTER = "component_date", "component_scope"

Json = dict[str, Any]


class _Plain(yaml.SafeDumper):
    """Lists are indented, and what stands twice is written twice."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def files() -> dict[str, str]:
    """The text of every file of the semantic layer, by its name."""
    found = {"kpi_components.yml": _text("kpi_components", {"semantic_models": [_semantic_model()]})}
    for model in _models():
        entries = [entry for entry in model["config"]["meta"]["kpis"] if is_expressible(entry)]
        subject = model["name"].removeprefix(_COMPUTED_BY)
        metrics = [metric for entry in entries for metric in _metrics(entry)]
        if metrics:
            found[f"metrics_{subject}.yml"] = _text(model["name"], {"metrics": metrics})
    return found


def is_expressible(entry: Json) -> bool:
    """Whether a KPI is a metric: it can be summed, and its definition does not change on a configured date."""
    return entry["aggregation"] in EXPRESSIBLE and "variant" not in entry


def out_of_date() -> list[str]:
    """Names of the files that are not what the registry says, missing and superfluous ones included."""
    wanted = files()
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yml")}
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def write() -> list[str]:
    """Bring the folder up to date; the names of the files that have changed."""
    changed, wanted = out_of_date(), files()
    FOLDER.mkdir(exist_ok=True)
    for name in changed:
        if name in wanted:
            (FOLDER / name).write_text(wanted[name], encoding="utf-8")
        else:
            (FOLDER / name).unlink()
    return changed


def metric_names(kpi: str, dimension: str | None = None) -> tuple[str, str, str]:
    """The metrics of a KPI: the KPI, its numerator and its denominator.

    With a dimension, those of a KPI that is told by one dimension at a time.
    """
    name = f"{kpi}_by_{dimension}" if dimension else kpi
    return name, f"{name}_numerator", f"{name}_denominator"


def _models() -> Iterator[Json]:
    for path in sorted((layout.DBT_PROJECT / "models" / "intermediate" / "kpi").glob(f"{_COMPUTED_BY}*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            if model.get("config", {}).get("meta", {}).get("kpis"):
                yield model


def _semantic_model() -> Json:
    text = (layout.DBT_PROJECT / "models" / "marts" / "kpi" / "kpi_components.yml").read_text(encoding="utf-8")
    described = {one["name"]: one["description"].strip() for one in yaml.safe_load(text)["models"][0]["columns"]}
    names = list(described)
    members = names[names.index(_BEFORE) + 1 : names.index(_AFTER) + 1]
    return {
        "name": "kpi_components",
        "description": "The components of additive and ratio KPIs by day and members.",
        "model": "ref('kpi_components')",
        "defaults": {"agg_time_dimension": _BEFORE},
        "primary_entity": ENTITY,
        "dimensions": [
            {
                "name": _BEFORE,
                "type": "time",
                "description": described[_BEFORE],
                "type_params": {"time_granularity": "day"},
            },
            {"name": "kpi", "type": "categorical", "description": described["kpi"]},
            {"name": "kpi_version", "type": "categorical", "description": described["version"], "expr": "version"},
            *({"name": name, "type": "categorical", "description": described[name]} for name in members),
        ],
        "measures": [
            {"name": f"kpi_{part}", "agg": "sum", "expr": part, "description": described[part]}
            for part in ("numerator", "denominator")
        ],
    }


def _metrics(entry: Json) -> Iterator[Json]:
    """The metrics of one KPI; one set per dimension when its components serve one dimension at a time."""
    is_scoped = entry.get("is_one_dimension_at_a_time", False)
    dimensions = [dimension for dimension in entry["dimensions"] if dimension != "total"]
    if "total" in entry["dimensions"] or not is_scoped:
        yield from _one(entry, metric_names(entry["name"]), "total" if is_scoped else None)
    for dimension in dimensions if is_scoped else ():
        yield from _one(entry, metric_names(entry["name"], dimension), dimension)


def _one(entry: Json, names: tuple[str, str, str], scope: str | None) -> Iterator[Json]:
    name, numerator, denominator = names
    condition = [
        f"{_dimension('kpi')} = '{entry['name']}'",
        f"{_dimension('kpi_version')} = {entry.get('version', 1)}",
        *([f"{_dimension('component_scope')} in ('all', '{scope}')"] if scope else []),
    ]
    by = f", by {scope}" if scope and scope != "total" else ""
    whole: Json = {
        "name": name,
        "label": entry["label"] + by,
        "description": " ".join(entry["formula"].split()),
        "config": {"meta": {"kpi": entry["name"], **{key: entry[key] for key in _COPIED}}},
    }
    if entry["aggregation"] == "sum":
        yield {**whole, "type": "simple", "type_params": {"measure": "kpi_numerator"}, "filter": condition}
        return
    yield {**whole, "type": "ratio", "type_params": {"numerator": numerator, "denominator": denominator}}
    for part, text in (("numerator", numerator), ("denominator", denominator)):
        yield {
            "name": text,
            "label": f"{entry['label']}{by}: {part}",
            "description": f"The {part} of {entry['name']}.",
            "config": {"meta": {"kpi": entry["name"], "part": part}},
            "type": "simple",
            "type_params": {"measure": f"kpi_{part}"},
            "filter": condition,
        }


def _dimension(name: str) -> str:
    return f"{{{{ Dimension('{ENTITY}__{name}') }}}}"


def _text(model: str, content: Json) -> str:
    body = yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)
    return f"# Written by `make metrics` from the yml of {model}.\n{body}"


def main() -> int:
    """Write the files and say which have changed."""
    for name in write():
        print(Path("dbt_project/models/semantic") / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
