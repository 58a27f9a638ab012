"""The platform on one screen, left to right: sources, models, publications, and what runs them."""

import dagster as dg

from ingestion.settings import Settings, load_settings
from orchestration import automation
from orchestration.assets.models import dbt_models, manifest_of
from orchestration.assets.publications import publications, publish_gate
from orchestration.assets.raw import raw_assets, source_gate
from orchestration.resources import resources


def build_definitions(settings: Settings) -> dg.Definitions:
    """The definitions of one company; dbt has parsed its project before they are made."""
    manifest_path, manifest = manifest_of(settings)
    return dg.Definitions(
        assets=[*raw_assets(settings), dbt_models(manifest_path), *publications(manifest, settings)],
        asset_checks=[*source_gate(settings), *publish_gate(manifest)],
        jobs=automation.jobs(settings),
        schedules=[automation.daily_refresh(settings)],
        resources=resources(settings),
        executor=dg.in_process_executor,  # DuckDB allows one writing process
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions of the company that FUNNELHOUSE_CONFIG names (default: `funnelhouse.toml` here)."""
    return build_definitions(load_settings())
