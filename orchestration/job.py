"""Runs the Dagster job in this process, recorded in the company's own instance, and sums the run up."""

import contextlib
import os
from collections.abc import Sequence
from typing import Any

from ingestion.catalog import STREAMS
from ingestion.errors import FunnelhouseError
from ingestion.settings import Settings
from orchestration import alerts, builds, findings, layout, pipeline, sources
from orchestration import build as building
from orchestration.errors import BuildError, GateRefused, PipelineError, SourceFailed
from orchestration.quality import gate
from orchestration.serving import duckdb_file


def run(settings: Settings, *, names: Sequence[str] | None = None) -> builds.Json:
    """Execute the job `everything`, or the jobs' assets of some sources, and return the summary of the run.

    Raises SourceFailed, GateRefused or BuildError when the run did not reach its end; everything that could be done
    was done before. Every failure is also sent to the alert sinks of the configuration.
    """
    began = builds.now_text()
    layout.runs(settings).mkdir(parents=True, exist_ok=True)
    error: Exception | None
    with pipeline.writing(settings, "run"):
        try:
            error = _execute(settings, names)
        except (PipelineError, FunnelhouseError) as raised:
            error = raised
    summary = _summary(settings, began, error)
    builds.write_json(layout.runs(settings) / "last_run.json", summary)
    if error is not None:
        alerts.send(settings, summary)
        raise error
    return summary


def _execute(settings: Settings, names: Sequence[str] | None) -> PipelineError | None:
    """The job in two runs: what is raw, then what depends on it, so that nothing new costs (nearly) nothing."""
    import dagster as dg

    from orchestration.assets.publications import keys as publication_keys
    from orchestration.assets.raw import source_keys
    from orchestration.automation import EVERYTHING
    from orchestration.definitions import build_definitions
    from orchestration.resources import prepare_instance

    home = prepare_instance(settings)
    definitions = build_definitions(settings)
    job = definitions.resolve_job_def(EVERYTHING)
    chosen = settings.enabled_sources if names is None else names
    raw = sorted({key for name in chosen for key in source_keys(settings, name)})
    log = layout.runs(settings) / "last_run.log"
    with (
        dg.DagsterInstance.from_config(os.fspath(home)) as instance,
        log.open("w") as said,
        contextlib.redirect_stdout(said),
    ):
        if raw and (failures := _run(job, instance, raw)):
            return _as_error(settings, failures)
        if building.reusable(settings):
            wanted = publication_keys(settings)
        else:
            materializable = definitions.resolve_asset_graph().materializable_asset_keys
            wanted = sorted(key for key in materializable if key.path[0] not in {stream.source for stream in STREAMS})
        failures = _run(job, instance, wanted)
    return _as_error(settings, failures) if failures else None


def _run(job: Any, instance: Any, keys: Sequence[Any]) -> dict[str, str]:
    """Run the job for some of its assets; the message of every step that failed."""
    result = job.execute_in_process(
        instance=instance,
        asset_selection=list(keys),
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        tags={"funnelhouse/started_by": "funnel run"},
    )
    if result.success:
        skipped = [event.step_key for event in result.all_events if event.is_step_skipped and event.step_key]
        unpublished = [step for step in skipped if step.startswith("publications__")]
        return {step: "it was skipped: dbt did not tell of its marts" for step in unpublished}
    failures = {
        event.step_key: _message(event.step_failure_data)
        for event in result.all_events
        if event.is_step_failure and event.step_key
    }
    return failures or {"run": "the run failed; see the Dagster UI"}


def _as_error(settings: Settings, steps: dict[str, str]) -> PipelineError:
    """The first failing step as the error that has its own exit code."""
    if "publications__marts_file" in steps:
        reasons = gate.refusals(settings, builds.latest(settings))
        failed = [f"source {name} {one.problem}" for name, one in sources.status(settings).items() if one.failed]
        if reasons and set(reasons) <= set(failed):
            return SourceFailed(f"nothing was published: {'; '.join(reasons)}")
        return GateRefused(reasons or [steps["publications__marts_file"]])
    if "publications__postgres" in steps:
        return PipelineError("; ".join([steps["publications__postgres"], *sources.problems(settings)]))
    if "publications__run_report" in steps:
        return SourceFailed("; ".join(sources.problems(settings)))
    if "dbt_build" in steps:
        reasons = gate.refusals(settings, builds.latest(settings))
        return GateRefused(reasons) if reasons else BuildError(steps["dbt_build"])
    step, message = next(iter(steps.items()))
    return PipelineError(f"{step}: {message}")


def _message(data: Any) -> str:
    if data.user_failure_data and data.user_failure_data.description:
        return str(data.user_failure_data.description)
    error = data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return str(error.message).strip() if error is not None else "unknown error"


def _summary(settings: Settings, began: str, error: Exception | None) -> builds.Json:
    return {
        "started_at": began,
        "finished_at": builds.now_text(),
        "status": "failed" if error else "succeeded",
        "error": str(error) if error else None,
        "build_id": builds.latest(settings),
        "sources": {name: one.problem or "ok" for name, one in sources.status(settings).items()},
        "published": duckdb_file.current_version(settings),
        "findings": [*findings.of_extraction(settings), *findings.warnings(settings, builds.latest(settings))],
    }
