"""What review would say twice: names, layers, documentation, contracts and the shape of the SQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from ingestion.entities import ENTITIES
from ingestion.kpi_settings import CohortKpi
from tests.dbt_project.projects import PROJECT

Model = dict[str, Any]

NAMES = {
    "staging": re.compile(r"stg_(files|hubspot|google_ads|stripe|zendesk|meta)__[a-z_]+"),
    "intermediate": re.compile(r"int_[a-z_]+"),
    "marts": re.compile(r"(fct|dim|bridge|kpi)_[a-z_]+"),
}
LEFT_OF = {
    "staging": {"source", "seed", "staging"},
    "intermediate": {"seed", "staging", "intermediate"},
    "marts": {"seed", "intermediate", "marts"},
}
# Functions and operators that engines name, type or understand differently: they belong to macros.
ENGINE_SPECIFIC = re.compile(
    r"""(?ix)
    \b(?:try_cast|from_json|to_json|json_\w+|get_json_object|regexp_\w+|rlike|strptime|strftime|date_format
       |epoch\w*|make_(?:date|timestamp)|quantile_\w+|percentile\w*|median|unnest|explode|generate_series|sequence
       |range|list_\w+|array_\w+|struct_\w+|map_\w+|date_trunc|datediff|date_diff|date_add|date_sub|dateadd
       |add_months|last_day|arg_m(?:in|ax)\w*|m(?:in|ax)_by|string_agg|group_concat|listagg|any_value|bool_(?:or|and)
       |nfc_normalize|md5|sha\w*|hash|timezone|isodow|dayofweek|to_(?:minutes|months|days)|iff?|ifnull|nvl|strlen
       |string_split|split|len|now|current_date|current_timestamp|random|date_part|datetrunc)\s*\(
    | :: | \bat\ time\ zone\b | \binterval\s+['\d] | \bqualify\b | \bexclude\s*\( | \bgroup\ by\ all\b
    | \border\ by\ all\b | \bby\ name\b | \basof\b | // | \bilike\b | \bvarchar\b | \bas\ text\b | \btimestamptz\b
    | \bhugeint\b | \blateral\b | \bpivot\b | \bunpivot\b
    """
)
# The registry of KPIs is written from the models' metadata and not from data: reading it is no step back.
REGISTRY = "model.funnelhouse.kpi_definitions"
STAGING_MACROS = ("latest_records(", "record_versions(")
PIPELINE_COLUMNS = {
    "source_system", "record_id", "updated_at", "is_deleted", "extracted_at", "batch_id", "load_seq", "lost_values",
}  # fmt: skip
# In these two entities the contract's own `source_system` is another one than that of the row.
RENAMED = {
    ("identity_links", "source_system"): "linked_source_system",
    ("channel_mapping", "source_system"): "mapped_source_system",
}


def layer(model: Model) -> str:
    """staging, intermediate or marts."""
    return str(model["fqn"][1])


def sql_of(model: Model) -> str:
    """The model's file without comments."""
    text = re.sub(r"\{#.*?#\}", "", str(model["raw_code"]), flags=re.DOTALL)
    return re.sub(r"--[^\n]*", "", text)


def without_jinja(sql: str) -> str:
    """The SQL around the macros, and without what stands in quotes."""
    return re.sub(r"'[^']*'", "''", re.sub(r"\{[{%].*?[%}]\}", " ", sql, flags=re.DOTALL))


def ctes(sql: str) -> list[str]:
    """The bodies of the common table expressions, in order."""
    return re.findall(r"(?ms)^(?:with (?:recursive )?)?\w+ as \(\n(.*?)^\)", sql)


def broken(models: list[Model], is_broken: Callable[[Model], bool]) -> str:
    """Names of the models that break a rule, one a line."""
    return "\n".join(str(model["name"]) for model in models if is_broken(model))


def test_models_are_named_after_their_layer(models: list[Model]) -> None:
    assert broken(models, lambda m: not NAMES[layer(m)].fullmatch(m["name"])) == ""


def test_a_staging_model_stands_in_the_folder_of_its_source(models: list[Model]) -> None:
    staging = [model for model in models if layer(model) == "staging"]
    assert broken(staging, lambda m: not m["name"].startswith(f"stg_{m['fqn'][2]}__")) == ""


def test_models_read_only_from_their_left(models: list[Model], manifest: dict[str, Any]) -> None:
    nodes = {**manifest["nodes"], **manifest["sources"]}

    def kind(unique_id: str) -> str:
        node = nodes[unique_id]
        return layer(node) if node["resource_type"] == "model" else str(node["resource_type"])

    wrong = {
        model["name"]: sorted(
            {kind(node) for node in model["depends_on"]["nodes"] if node != REGISTRY} - LEFT_OF[layer(model)]
        )
        for model in models
    }
    assert "\n".join(f"{name}: {kinds}" for name, kinds in wrong.items() if kinds) == ""


def test_every_model_has_one_yml_beside_it(models: list[Model]) -> None:
    def stands_apart(model: Model) -> bool:
        patch = str(model["patch_path"] or "").removeprefix("funnelhouse://")
        return patch != str(Path(model["original_file_path"]).with_suffix(".yml"))

    assert broken(models, stands_apart) == ""


def test_every_description_says_the_grain_first(models: list[Model]) -> None:
    assert broken(models, lambda m: not m["description"].startswith("One row per ")) == ""


def test_every_column_is_described(models: list[Model]) -> None:
    undescribed = [f"{m['name']}.{c['name']}" for m in models for c in m["columns"].values() if not c["description"]]
    assert undescribed == []


def test_every_mart_keeps_an_enforced_contract_with_persisted_descriptions(models: list[Model]) -> None:
    marts = [model for model in models if layer(model) == "marts"]
    assert len(marts) > 10
    assert broken(marts, lambda m: not m["contract"]["enforced"]) == ""
    assert broken(marts, lambda m: any(not c["data_type"] for c in m["columns"].values())) == ""
    assert broken(marts, lambda m: m["config"]["persist_docs"] != {"relation": True, "columns": True}) == ""


def test_every_foreign_key_of_a_mart_has_a_relationships_test(models: list[Model], manifest: dict[str, Any]) -> None:
    keys = {
        next(iter(model["columns"])): model["name"]
        for model in models
        if layer(model) == "marts" and model["name"].startswith("dim_")
    }
    tested = {
        (node["attached_node"], node["column_name"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "relationships"
    }
    untested = [
        f"{model['name']}.{column}"
        for model in models
        if layer(model) == "marts"
        for column in model["columns"]
        if column.endswith("_key")
        for key, dimension in keys.items()
        if dimension != model["name"]
        and (column == key or column.endswith(f"_{key}"))
        and (model["unique_id"], column) not in tested
    ]
    assert untested == []


def test_every_date_of_a_fact_is_a_role_of_the_calendar(models: list[Model], manifest: dict[str, Any]) -> None:
    tested = {
        (node["attached_node"], column)
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "role_playing_dates"
        for column in node["test_metadata"]["kwargs"]["columns"]
    }
    untested = [
        f"{model['name']}.{name}"
        for model in models
        if model["name"].startswith(("fct_", "bridge_"))
        for name, column in model["columns"].items()
        if column["data_type"] == "date" and (model["unique_id"], name) not in tested
    ]
    assert untested == []


def test_technical_columns_of_marts_are_hidden(models: list[Model]) -> None:
    shown = [
        f"{model['name']}.{name}"
        for model in models
        if layer(model) == "marts"
        for name, column in model["columns"].items()
        if (name.endswith("_key") or name == "build_id") and not column["config"].get("meta", {}).get("is_hidden")
    ]
    assert shown == []


def test_every_staging_model_of_records_tests_its_casts(models: list[Model], manifest: dict[str, Any]) -> None:
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "no_lost_values"
    }
    of_records = [m for m in models if layer(m) == "staging" and any(name in sql_of(m) for name in STAGING_MACROS)]
    assert len(of_records) > 40
    assert broken(of_records, lambda m: m["unique_id"] not in tested) == ""


def test_ref_and_source_stand_only_in_import_ctes(models: list[Model]) -> None:
    def is_import(body: str) -> bool:
        if any(name in body for name in STAGING_MACROS):
            return True
        return bool(re.match(r"\s*select(?: distinct)? \*\s+from \{\{ (?:ref|source)\('[^}]*'\) \}\}", body))

    def reads_elsewhere(model: Model) -> bool:
        sql = sql_of(model)
        imports = [body for body in ctes(sql) if is_import(body)]
        return len(re.findall(r"\b(?:ref|source)\('", sql)) != sum(
            len(re.findall(r"\b(?:ref|source)\('", body)) for body in imports
        )

    assert broken(models, reads_elsewhere) == ""


def test_final_names_every_column_and_the_last_line_selects_it(models: list[Model]) -> None:
    def is_vague(model: Model) -> bool:
        sql = sql_of(model)
        final = re.search(r"(?ms)^final as \(\n(.*?)^\)", sql)
        has_star = final is None or re.search(r"select(?: distinct)? \*|\w\.\*", without_jinja(final[1])) is not None
        return has_star or not sql.rstrip().endswith("select * from final")

    assert broken(models, is_vague) == ""


def test_models_name_no_function_of_one_engine(models: list[Model]) -> None:
    found = {model["name"]: ENGINE_SPECIFIC.findall(without_jinja(sql_of(model))) for model in models}
    assert "\n".join(f"{name}: {words}" for name, words in found.items() if words) == ""


def test_models_write_no_columns_in_loops(models: list[Model]) -> None:
    assert broken(models, lambda m: re.search(r"\{%-?\s*for\b", m["raw_code"]) is not None) == ""


def test_every_mapped_model_of_a_vendor_is_part_of_its_entity(models: list[Model]) -> None:
    by_name = {model["name"]: model for model in models}
    vendors = "files|hubspot|google_ads|stripe|zendesk|company"
    outside = [
        name
        for name in by_name
        if (match := re.fullmatch(rf"int_(?:{vendors})_(\w+)_mapped", name))
        and match[1] in {entity.name for entity in ENTITIES}
        and f"model.funnelhouse.{name}" not in by_name[f"int_{match[1]}_unioned"]["depends_on"]["nodes"]
    ]
    assert outside == []


@pytest.mark.parametrize("entity", [entity.name for entity in ENTITIES])
def test_the_staging_model_of_an_entity_has_exactly_the_columns_of_the_contract(
    entity: str, models: list[Model]
) -> None:
    model = next(model for model in models if model["name"] == f"stg_files__{entity}")
    names = next(found for found in ENTITIES if found.name == entity).column_names
    contract = {RENAMED.get((entity, name), name) for name in names}
    assert set(model["columns"]) == contract | PIPELINE_COLUMNS
    assert set(re.findall(r"as (\w+),?\n", sql_of(model))) - {"final"} <= contract | PIPELINE_COLUMNS


def test_the_configuration_sets_the_maturity_of_exactly_the_cohort_kpis(models: list[Model]) -> None:
    entries = [kpi for model in models for kpi in model["config"]["meta"].get("kpis", [])]
    assert {kpi["name"] for kpi in entries if "maturity_days" in kpi} == set(get_args(CohortKpi))


def test_nothing_of_dbt_hub_is_needed() -> None:
    assert not (PROJECT / "packages.yml").exists()
    assert not (PROJECT / "dependencies.yml").exists()
