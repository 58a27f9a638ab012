"""When things run: one job for everything, one per source, and the daily schedule."""

import dagster as dg

from ingestion.settings import Settings
from orchestration.assets.raw import source_keys

EVERYTHING = "everything"


def jobs(settings: Settings) -> list["dg.UnresolvedAssetJobDefinition"]:
    """`everything`, and `refresh_<source>` for every enabled source with all that depends on it."""
    everything = dg.define_asset_job(
        EVERYTHING,
        selection=dg.AssetSelection.all(),
        description="Extract, load, build, audit and publish; what `funnel run` runs.",
    )
    per_source = [
        dg.define_asset_job(
            f"refresh_{name}",
            selection=dg.AssetSelection.assets(*source_keys(settings, name)).downstream(),
            description=f"Refresh source {name} and everything that depends on it.",
        )
        for name in settings.enabled_sources
    ]
    return [everything, *per_source]


def daily_refresh(settings: Settings) -> dg.ScheduleDefinition:
    """Everything, early every morning of the reporting zone."""
    return dg.ScheduleDefinition(
        name="daily_refresh",
        job_name=EVERYTHING,
        cron_schedule="0 5 * * *",
        execution_timezone=settings.company.reporting_timezone,
    )
