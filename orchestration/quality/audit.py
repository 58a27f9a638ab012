"""The audit: verdicts of dbt, of the suites and of the identities brought together, judged for completeness, sealed."""

from datetime import datetime
from typing import Any

from ingestion import faultpoints
from ingestion.settings import Settings
from orchestration import build as building
from orchestration import builds, layout, warehouse
from orchestration.build import Build
from orchestration.errors import PipelineError
from orchestration.quality import expectations, identities, profiles, seal, suites, verdicts
from orchestration.quality.verdicts import PASSED, Verdict


def audit(settings: Settings, build_id: str | None = None) -> dict[str, Any]:
    """Audit the newest build and store the result; returns what is in `audit.json`.

    `status` is passed, failed, or incomplete (an error-severity check of dbt's manifest, the suites or the identities
    has no verdict newer than its model). Raises PipelineError when there is nothing to audit.
    """
    build_id = build_id or builds.latest(settings)
    found = building.stored(settings, build_id) if build_id else None
    if found is None or found.status == "running":
        raise PipelineError("there is no finished build to audit: run `funnel build`")
    faultpoints.reach("audit.started")
    manifest = builds.read_json(layout.dbt_target(settings) / "manifest.json") or {"nodes": {}}
    stored = builds.read(settings, found.build_id, "dbt_verdicts") or {"verdicts": []}
    all_verdicts = verdicts.stored(stored["verdicts"])
    problems = [] if found.is_complete else [f"build incomplete: {problem}" for problem in found.problems]
    marts: dict[str, Any] = {}
    with warehouse.reading(settings) as reader:
        seals = seal.take(reader)
        frames = profiles.frames(reader, published_rows=published_rows(settings))
        all_verdicts += identities.evaluate(reader)
        for mart, taken in seals.items():
            marts[mart] = {"seal": taken, "content_hash": reader.content_hash(mart)}
    all_verdicts += expectations.validate(frames, docs=layout.data_docs(settings))
    expected = expected_checks(manifest)
    result = _judge(found, all_verdicts, expected, problems)
    faultpoints.reach("audit.evaluated")
    builds.write(settings, found.build_id, "hashes", {"build_id": found.build_id, "marts": marts})
    builds.write(settings, found.build_id, "audit", result)
    faultpoints.reach("audit.recorded")
    return result


def expected_checks(manifest: dict[str, Any]) -> dict[str, list[str]]:
    """Every error-severity check that an audit has to answer, with the models it speaks of."""
    names = sorted(
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    )
    return {**verdicts.expected_checks(manifest), **expected_gate_checks(names)}


def expected_gate_checks(mart_names: list[str]) -> dict[str, list[str]]:
    """The part of the expected checks that is not dbt's: suites and identities."""
    return {**suites.expected_checks(profiles.expected(mart_names)), **identities.expected_checks()}


def published_rows(settings: Settings) -> dict[str, int]:
    """Row count of every mart in the current publication."""
    current = builds.read_json(layout.current_json(settings))
    if not current:
        return {}
    stored = builds.read(settings, current["build_id"], "hashes") or {"marts": {}}
    return {name: int(entry["content_hash"].split(":")[0]) for name, entry in stored["marts"].items()}


def _judge(
    found: Build, all_verdicts: list[Verdict], expected: dict[str, list[str]], problems: list[str]
) -> dict[str, Any]:
    finished = _finished_at(found)
    answered = {v.check: v for v in all_verdicts if v.status in {PASSED, verdicts.FAILED, verdicts.ERROR}}
    missing = [
        check
        for check, assets in sorted(expected.items())
        if check not in answered or _is_older(answered[check], assets, finished)
    ]
    blocking = [verdict for verdict in all_verdicts if verdict.blocks and verdict.status != verdicts.SKIPPED]
    status = "failed" if blocking or problems else "incomplete" if missing else "passed"
    return {
        "build_id": found.build_id,
        "audited_at": builds.now_text(),
        "status": status,
        "is_complete": not missing,
        "missing": missing,
        "problems": problems,
        "counts": _counts(all_verdicts),
        "verdicts": [verdict.as_json() for verdict in all_verdicts],
    }


def _finished_at(found: Build) -> dict[str, datetime]:
    return {
        f"{model['schema']}.{model['name']}": _moment(model["completed_at"])
        for model in found.models.values()
        if model.get("completed_at")
    }


def _is_older(verdict: Verdict, assets: list[str], finished: dict[str, datetime]) -> bool:
    return any(asset in finished and _moment(verdict.evaluated_at) < finished[asset] for asset in assets)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.now().astimezone().tzinfo)


def _counts(all_verdicts: list[Verdict]) -> dict[str, int]:
    counts = {"passed": 0, "warned": 0, "failed": 0, "error": 0, "skipped": 0}
    for verdict in all_verdicts:
        is_warning = verdict.status == verdicts.FAILED and verdict.severity == "warn"
        counts["warned" if is_warning else verdict.status] += 1
    return counts
