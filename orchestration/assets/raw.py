"""One asset per raw entity: what the enabled sources' records look like after extraction, landing check and load."""

from collections.abc import Iterator

import dagster as dg

from ingestion.catalog import STREAMS, Stream
from ingestion.raw_tables import CONFIGURATION_TABLES
from ingestion.settings import FilesSettings, Settings
from orchestration import builds, layout, pipeline, sources
from orchestration.resources import Company

GROUP = "raw"
CHECK = "landing"


def source_keys(settings: Settings, name: str) -> list[dg.AssetKey]:
    """The raw entities that one configured source feeds."""
    source = settings.sources[name]
    if isinstance(source, FilesSettings):
        return [dg.AssetKey(["files", source.entity])]
    return [dg.AssetKey([stream.source, stream.entity]) for stream in STREAMS if stream.source == source.kind]


def raw_assets(settings: Settings) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Assets of all catalogued streams; those of disabled sources only stand in the graph."""
    enabled = {key for name in settings.enabled_sources for key in source_keys(settings, name)}
    idle = [_spec(stream, "disabled") for stream in STREAMS if _key(stream) not in enabled]
    active = [_spec(stream, "enabled") for stream in STREAMS if _key(stream) in enabled]
    configured = [
        dg.AssetSpec(["meta", name], group_name=GROUP, description=f"The configuration's {name}, as models read it.")
        for name in CONFIGURATION_TABLES
    ]
    return [*([_refresh(active)] if active else []), *idle, *configured]


def source_gate(settings: Settings) -> list[dg.AssetChecksDefinition]:
    """Mirrors of the landing check's verdicts; they report and do not steer."""
    keys = sorted({key for name in settings.enabled_sources for key in source_keys(settings, name)})
    if not keys:
        return []

    @dg.multi_asset_check(
        name="source_gate", specs=[dg.AssetCheckSpec(CHECK, asset=key) for key in keys], can_subset=True
    )
    def mirror(context: dg.AssetCheckExecutionContext, company: Company) -> Iterator[dg.AssetCheckResult]:
        current = company.settings()
        stored = builds.read_json(layout.runs(current) / "landing_verdicts.json") or {"verdicts": []}
        for check in sorted(context.selected_asset_check_keys):
            yield _mirrored(check.asset_key, stored["verdicts"])

    return [mirror]


def _key(stream: Stream) -> dg.AssetKey:
    return dg.AssetKey([stream.source, stream.entity])


def _spec(stream: Stream, state: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        _key(stream),
        group_name=GROUP,
        description=f"Every version of {stream.entity} of {stream.source}, as sent: {stream.raw_table}.",
        kinds={"duckdb", stream.source} if stream.source in {"hubspot", "stripe", "zendesk"} else {"duckdb"},
        tags={"domain": stream.domain} if stream.domain else {},
        metadata={"mode": stream.mode, "key": stream.key, "cursor": stream.cursor or "", "source": state},
        skippable=False,
    )


def _refresh(specs: list[dg.AssetSpec]) -> dg.AssetsDefinition:
    @dg.multi_asset(name="refresh_sources", specs=specs, can_subset=True)
    def refresh_sources(context: dg.AssetExecutionContext, company: Company) -> Iterator[dg.MaterializeResult]:
        """Extract all selected sources in threads, check what landed, load it."""
        settings = company.settings()
        chosen = [
            name
            for name in settings.enabled_sources
            if set(source_keys(settings, name)) & set(context.selected_asset_keys)
        ]
        extraction, loading = pipeline.refresh(settings, sources=chosen)
        by_asset = sources.metadata_by_asset(settings, extraction, loading)
        for key in sorted(context.selected_asset_keys):
            yield dg.MaterializeResult(asset_key=key, metadata=by_asset.get(tuple(key.path), {}))

    return refresh_sources


def _mirrored(key: dg.AssetKey, stored: list[builds.Json]) -> dg.AssetCheckResult:
    asset = f"raw_{key.path[0]}.{key.path[1]}"
    mine = [verdict for verdict in stored if asset in verdict["assets"]]
    bad = [verdict for verdict in mine if verdict["status"] != "passed" and verdict["severity"] == "error"]
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=CHECK,
        passed=not bad,
        metadata={
            "checks": len(mine),
            "refused": [f"{verdict['check']}: {verdict['message']}" for verdict in bad],
            "evaluated_at": max((verdict["evaluated_at"] for verdict in mine), default=""),
        },
    )
