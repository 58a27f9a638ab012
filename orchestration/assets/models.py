"""Every dbt model as an asset, and dbt's data tests as their checks."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import dagster_dbt

from ingestion.settings import Settings
from orchestration import build as building
from orchestration import builds, layout, pipeline, progress, transform
from orchestration.resources import Company


class Translator(dagster_dbt.DagsterDbtTranslator):
    """Gives dbt's sources the keys of the raw assets; everything else keeps dagster-dbt's names."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """`raw_hubspot.deals` is the asset `hubspot/deals`."""
        if dbt_resource_props["resource_type"] == "source":
            source = dbt_resource_props["source_name"].removeprefix("raw_")
            return dg.AssetKey([source, dbt_resource_props["name"]])
        return super().get_asset_key(dbt_resource_props)


def mart_keys(manifest: Mapping[str, Any]) -> list[dg.AssetKey]:
    """Asset keys of all models in schema `marts`."""
    return [
        dg.AssetKey(["marts", node["name"]])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    ]


def dbt_models(manifest_path: Path) -> dg.AssetsDefinition:
    """The models of the manifest, built by one `dbt build`."""

    @dagster_dbt.dbt_assets(
        manifest=manifest_path, name="dbt_build", exclude="resource_type:unit_test",
        dagster_dbt_translator=Translator(),
    )  # fmt: skip
    def dbt_build(
        context: dg.AssetExecutionContext, dbt: dagster_dbt.DbtCliResource, company: Company
    ) -> Iterator[Any]:
        settings = company.settings()
        with pipeline.writing(settings, "dbt build"), progress.phase("build") as listener:
            reused = building.reusable(settings)
            if reused:
                yield from _confirmed(context, reused)
                return
            running = building.start(settings)
            with transform.dbt_environment(settings):
                for count, event in enumerate(_stream(context, dbt, settings), start=1):
                    listener.advance(str(getattr(event, "output_name", "check")), count)
                    yield event
            done = building.finish(settings, running)
            yield from _row_counts(context, done)
        if not done.is_complete:
            raise dg.Failure(f"build {done.build_id} is incomplete: {'; '.join(done.problems) or 'checks failed'}")

    return dbt_build


def _stream(context: dg.AssetExecutionContext, dbt: dagster_dbt.DbtCliResource, settings: Settings) -> Iterator[Any]:
    invocation = dbt.cli(
        [*transform.build_arguments(settings), *transform.arguments(settings)],
        context=context,
        target_path=layout.dbt_target(settings),
        raise_on_error=False,
    )
    yield from invocation.stream()


def _row_counts(context: dg.AssetExecutionContext, done: building.Build) -> Iterator[dg.AssetObservation]:
    """Row counts of the marts, which dbt's events do not carry."""
    for model in done.models.values():
        key = dg.AssetKey([model["schema"], model["name"]])
        if model["schema"] == "marts" and key in context.selected_asset_keys and model["row_count"] is not None:
            yield dg.AssetObservation(asset_key=key, metadata={"dagster/row_count": model["row_count"]})


def _confirmed(context: dg.AssetExecutionContext, reused: building.Build) -> Iterator[dg.MaterializeResult]:
    """Nothing new, nothing done: the marts are confirmed so that what follows is not skipped."""
    in_order = sorted(reused.models.values(), key=lambda model: model["completed_at"])
    for model in in_order:
        key = dg.AssetKey([model["schema"], model["name"]])
        if model["schema"] == "marts" and key in context.selected_asset_keys:
            metadata: dict[str, Any] = {"unchanged_since_build": reused.build_id}
            if model["row_count"] is not None:
                metadata["dagster/row_count"] = model["row_count"]
            yield dg.MaterializeResult(asset_key=key, metadata=metadata)


def manifest_of(settings: Settings) -> tuple[Path, Mapping[str, Any]]:
    """The up-to-date manifest of this company: its path and content."""
    path = transform.prepare_manifest(settings)
    return path, builds.read_json(path) or {"nodes": {}}
