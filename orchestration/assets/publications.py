"""What leaves the house: the audited build as a DuckDB file and, when that door is open, in PostgreSQL; and the report
that fails the run when a source failed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from ingestion.errors import FunnelhouseError
from ingestion.settings import Settings
from orchestration import builds, pipeline, sources
from orchestration.assets.models import mart_keys
from orchestration.errors import GateRefused, PipelineError
from orchestration.quality import audit as auditing
from orchestration.resources import Company
from orchestration.serving import reader

GROUP = "publications"
AUDIT = dg.AssetKey([GROUP, "audit"])
MARTS_FILE = dg.AssetKey([GROUP, "marts_file"])
RUN_REPORT = dg.AssetKey([GROUP, "run_report"])
POSTGRES = dg.AssetKey([GROUP, "postgres"])


def keys(settings: Settings) -> list[dg.AssetKey]:
    """Everything of this group that exists for a company."""
    return [AUDIT, MARTS_FILE, *([POSTGRES] if settings.doors.postgres else []), RUN_REPORT]


def publications(manifest: Mapping[str, Any], settings: Settings) -> list[dg.AssetsDefinition]:
    """The audit, the doors and the report, in this order."""

    @dg.asset(key=AUDIT, group_name=GROUP, deps=mart_keys(manifest), kinds={"python"})
    def audit(company: Company) -> dg.MaterializeResult:
        """Verdicts of all checks of the newest build, and the seal on its marts."""
        result = pipeline.audit(company.settings())
        counts = {f"checks_{name}": count for name, count in result["counts"].items()}
        return dg.MaterializeResult(metadata={"build_id": result["build_id"], "status": result["status"], **counts})

    @dg.asset(key=MARTS_FILE, group_name=GROUP, deps=[AUDIT], kinds={"duckdb"})
    def marts_file(company: Company) -> dg.MaterializeResult:
        """The published DuckDB file. Reads the stored verdicts and the seal itself, whoever materialises it."""
        try:
            settings = company.settings()
            publication = pipeline.publish_file(settings)
        except GateRefused as refusal:
            raise dg.Failure(str(refusal), metadata={"reasons": refusal.reasons}, allow_retries=False) from refusal
        shown = {name: str(value) for name, value in publication.items()}
        return dg.MaterializeResult(metadata={**shown, "preview": dg.MetadataValue.md(_preview(settings))})

    @dg.asset(key=RUN_REPORT, group_name=GROUP, deps=[MARTS_FILE], kinds={"python"})
    def run_report(company: Company) -> dg.MaterializeResult:
        """The state of every source. Fails, after everything else is done, when an enabled source failed."""
        failed = sources.problems(company.settings())
        if failed:
            raise dg.Failure("; ".join(failed), allow_retries=False)
        return dg.MaterializeResult(metadata={"failed_sources": 0})

    return [audit, marts_file, *([_postgres] if settings.doors.postgres else []), run_report]


@dg.asset(key=POSTGRES, group_name=GROUP, deps=[MARTS_FILE], kinds={"postgres"})
def _postgres(company: Company) -> dg.MaterializeResult:
    """The same build in PostgreSQL, replaced in one transaction; what the file door serves is what it takes."""
    try:
        served = pipeline.publish_server(company.settings()).get("postgres", {})
    except (PipelineError, FunnelhouseError) as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    return dg.MaterializeResult(metadata={name: str(value) for name, value in served.items()})


def _preview(settings: Settings) -> str:
    """The first rows of the scorecard as a Markdown table."""
    names, rows = reader.query(
        settings,
        "select label, period_start_date, value, unit, trend_status from kpi_scorecard"
        " where period_grain = 'month' and value is not null order by owner, label limit 20",
    )
    lines = [names, ["---"] * len(names), *([str(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def publish_gate(manifest: Mapping[str, Any]) -> list[dg.AssetChecksDefinition]:
    """Mirrors of the suites' and identities' verdicts on the marts they speak of; they report and do not steer."""
    names = sorted(key.path[-1] for key in mart_keys(manifest))
    specs = [
        dg.AssetCheckSpec(
            _check_name(check),
            asset=dg.AssetKey(assets[0].split(".")),
            additional_deps=[AUDIT],
            description=f"Verdict {check} of the audit.",
        )
        for check, assets in auditing.expected_gate_checks(names).items()
        if assets and assets[0].removeprefix("marts.") in names
    ]
    if not specs:
        return []

    @dg.multi_asset_check(name="publish_gate", specs=specs, can_subset=True)
    def mirror(context: dg.AssetCheckExecutionContext, company: Company) -> Iterator[dg.AssetCheckResult]:
        settings = company.settings()
        build_id = builds.latest(settings)
        stored = (builds.read(settings, build_id, "audit") if build_id else None) or {"verdicts": []}
        by_name = {_check_name(verdict["check"]): verdict for verdict in stored["verdicts"]}
        for key in sorted(context.selected_asset_check_keys):
            yield _mirrored(key, by_name.get(key.name))

    return [mirror]


def _check_name(check: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in check)


def _mirrored(key: dg.AssetCheckKey, verdict: builds.Json | None) -> dg.AssetCheckResult:
    if verdict is None:
        return dg.AssetCheckResult(
            asset_key=key.asset_key, check_name=key.name, passed=False, metadata={"status": "no verdict"}
        )
    warns = verdict["severity"] == "warn"
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=verdict["status"] == "passed",
        severity=dg.AssetCheckSeverity.WARN if warns else dg.AssetCheckSeverity.ERROR,
        metadata={
            "status": verdict["status"],
            "message": verdict["message"],
            "measured": verdict["measured"],
            "examples": verdict["examples"],
            "evaluated_at": verdict["evaluated_at"],
        },
    )
