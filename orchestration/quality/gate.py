"""Whether a build may be published: the stored verdicts, the seal and the state of the sources, read anew each time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.settings import Settings
from orchestration import build as building
from orchestration import builds, sources
from orchestration.quality import seal, verdicts

_SHOWN = 5


def refusals(settings: Settings, build_id: str | None) -> list[str]:
    """Every reason why this build must not be published; empty when it may be."""
    if build_id is None:
        return ["there is no build: run `funnel build`"]
    found = building.stored(settings, build_id)
    if found is None:
        return [f"build {build_id} is not recorded: run `funnel build`"]
    reasons = _of_build(found) + _of_audit(settings, found) + of_sources(settings)
    if not reasons and (changed := seal.broken(settings, build_id)):
        reasons.append(f"changed since the audit: {', '.join(changed)}; run `funnel build --force`")
    return reasons


def of_sources(settings: Settings) -> list[str]:
    """Enabled sources that failed or were refused, beyond what `allow_stale` permits."""
    reasons = []
    for name, status in sources.status(settings).items():
        problem = status.problem
        if problem and not _may_be_stale(settings.sources[name].allow_stale, status.last_success_at):
            reasons.append(f"source {name} {problem}")
    return reasons


def stale_sources(settings: Settings) -> dict[str, Any]:
    """Sources with a problem that `allow_stale` lets pass, for the report and schema `meta`."""
    return {name: status.problem for name, status in sources.status(settings).items() if status.problem}


def _of_build(found: building.Build) -> list[str]:
    if found.status == "running":
        return [f"build {found.build_id} never finished: run `funnel build`"]
    if found.is_complete:
        return []
    named = "; ".join(found.problems[:_SHOWN])
    return [f"build {found.build_id} is incomplete{': ' + named if named else ''}"]


def _of_audit(settings: Settings, found: building.Build) -> list[str]:
    audit = builds.read(settings, found.build_id, "audit")
    if audit is not None and audit["status"] == "passed":
        return []
    if audit is None:
        bad = _failed_in_build(settings, found.build_id)
        if bad:
            return [f"the build's checks failed: {_few(bad)}"]
        return ["the audit is missing: run `funnel audit`"]
    if audit["status"] == "incomplete":
        return [f"the audit is incomplete, without a verdict: {_few(audit['missing'])}"]
    bad = _blocking(audit["verdicts"])
    return [f"the audit failed: {_few(bad + audit.get('problems', []))}"]


def _failed_in_build(settings: Settings, build_id: str) -> list[str]:
    stored = builds.read(settings, build_id, "dbt_verdicts") or {"verdicts": []}
    return _blocking(stored["verdicts"])


def _blocking(found: list[dict[str, Any]]) -> list[str]:
    """What stands in the way, the causes first: a check is skipped because another one failed."""
    bad = [verdict for verdict in verdicts.stored(found) if verdict.blocks]
    causes = [str(verdict) for verdict in bad if verdict.status != verdicts.SKIPPED]
    skipped = [str(verdict) for verdict in bad if verdict.status == verdicts.SKIPPED]
    return [*causes, f"checks skipped behind them: {len(skipped)}"] if causes and skipped else causes + skipped


def _few(values: list[str]) -> str:
    more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    return "; ".join(values[:_SHOWN]) + more


def _may_be_stale(allowed: timedelta | None, last_success_at: str | None) -> bool:
    if allowed is None or last_success_at is None:
        return False
    return datetime.now(UTC) - datetime.fromisoformat(last_success_at) <= allowed
