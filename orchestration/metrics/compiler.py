"""MetricFlow as a library: the SQL of metrics, for DuckDB. Nothing is executed and nothing is looked up online."""

import json
from collections.abc import Sequence
from typing import Any

from ingestion.settings import Settings
from orchestration import builds, layout
from orchestration.errors import PipelineError
from orchestration.metrics.semantic_layer import metric_names

Json = dict[str, Any]


def metrics(settings: Settings) -> Json:
    """dbt's semantic manifest of this company. Raises PipelineError when dbt has not written one yet."""
    manifest = builds.read_json(layout.dbt_target(settings) / "semantic_manifest.json")
    if manifest is None:
        raise PipelineError("the metrics are not known yet: run `funnel build`")
    return manifest


def chosen(manifest: Json, kpi: str, dimensions: Sequence[str]) -> tuple[str, ...]:
    """The metrics that answer for a KPI by some dimensions: itself, and the parts of a ratio; none when it has none.

    A KPI whose components serve one dimension at a time has metrics of its own per dimension.
    """
    known = {metric["name"] for metric in manifest["metrics"]}
    scope = dimensions[0] if len(dimensions) == 1 and metric_names(kpi, dimensions[0])[0] in known else None
    return tuple(name for name in metric_names(kpi, scope) if name in known)


def is_one_dimension_at_a_time(manifest: Json, kpi: str) -> bool:
    """Whether the KPI's components serve one dimension at a time."""
    return any(metric["name"].startswith(f"{kpi}_by_") for metric in manifest["metrics"] if kpi_of(metric) == kpi)


def sql(manifest: Json, names: Sequence[str], *, group_by: Sequence[str], where: Sequence[str]) -> str:
    """The statement that gives some metrics by some names; it reads the tables of schema `marts`."""
    from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
    from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
    from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

    parsed = parse_manifest_from_dbt_generated_manifest(json.dumps(_only(manifest, names)))
    engine = MetricFlowEngine(SemanticManifestLookup(parsed), _duckdb())
    request = MetricFlowQueryRequest.create(
        metric_names=list(names), group_by_names=list(group_by) or None, where_constraints=list(where) or None
    )
    return engine.explain(request).sql_statement.without_descriptions.sql


def _duckdb() -> Any:
    """What MetricFlow asks of a client when it only compiles."""
    from metricflow.protocols.sql_client import SqlEngine
    from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer

    class Dialect:
        sql_engine_type = SqlEngine.DUCKDB
        sql_plan_renderer = DuckDbSqlPlanRenderer()

    return Dialect()


def _only(manifest: Json, names: Sequence[str]) -> Json:
    """The manifest with these metrics alone, which are compiled ten times as fast, and with relations of any file."""
    trimmed = json.loads(json.dumps({**manifest, "saved_queries": []}))
    trimmed["metrics"] = [metric for metric in trimmed["metrics"] if metric["name"] in names]
    spines = trimmed["project_configuration"].get("time_spines") or []
    for holder in (*trimmed["semantic_models"], *spines):
        relation = holder["node_relation"]
        relation.update(database=None, relation_name=f"marts.{relation['alias']}")
    return trimmed


def kpi_of(metric: Json) -> str | None:
    """The KPI that a metric tells, or tells a part of."""
    return ((metric.get("config") or {}).get("meta") or {}).get("kpi")
