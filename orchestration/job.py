"""Runs the Dagster job in this process, recorded in the company's own instance, and sums the run up."""

import os
from collections.abc import Sequence
from typing import Any

from ingestion.settings import Settings
from orchestration import alerts, builds, layout, pipeline, sources
from orchestration.errors import BuildError, GateRefused, PipelineError, SourceFailed
from orchestration.quality import gate
from orchestration.serving import duckdb_file


def run(settings: Settings, *, sources: Sequence[str] | None = None) -> builds.Json:
    """Execute the job `everything`, or the jobs' assets of some sources, and return the summary of the run.

    Raises SourceFailed, GateRefused or BuildError when the run did not reach its end; everything that could be done
    was done before. Every failure is also sent to the alert sinks of the configuration.
    """
    began = builds.now_text()
    with pipeline.writing(settings, "run"):
        error = _execute(settings, sources)
    summary = _summary(settings, began, error)
    builds.write_json(layout.runs(settings) / "last_run.json", summary)
    if error is not None:
        alerts.send(settings, summary)
        raise error
    return summary


def _execute(settings: Settings, names: Sequence[str] | None) -> PipelineError | None:
    import dagster as dg

    from orchestration.automation import EVERYTHING
    from orchestration.definitions import build_definitions
    from orchestration.resources import prepare_instance

    home = prepare_instance(settings)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    definitions = build_definitions(settings)
    name = EVERYTHING if not names or len(names) != 1 else f"refresh_{names[0]}"
    with dg.DagsterInstance.from_config(os.fspath(home)) as instance:
        result = definitions.resolve_job_def(name).execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            tags={"funnelhouse/started_by": "funnel run"},
        )
        if result.success:
            return None
        failures = [
            (event.step_key, event.step_failure_data)
            for event in result.all_events
            if event.is_step_failure and event.step_key
        ]
    return _as_error(settings, failures)


def _as_error(settings: Settings, failures: list[tuple[str, Any]]) -> PipelineError:
    """The first failing step as the error that has its own exit code."""
    steps = {step: _message(data) for step, data in failures}
    if "publications__marts_file" in steps:
        return GateRefused(gate.refusals(settings, builds.latest(settings)) or [steps["publications__marts_file"]])
    if "publications__run_report" in steps:
        return SourceFailed("; ".join(sources.problems(settings)))
    if "dbt_build" in steps:
        reasons = gate.refusals(settings, builds.latest(settings))
        return GateRefused(reasons) if reasons else BuildError(steps["dbt_build"])
    step, message = next(iter(steps.items()), ("run", "the run failed; see the Dagster UI"))
    return PipelineError(f"{step}: {message}")


def _message(data: Any) -> str:
    if data.user_failure_data and data.user_failure_data.description:
        return str(data.user_failure_data.description)
    error = data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return str(error.message).strip() if error is not None else "unknown error"


def _summary(settings: Settings, began: str, error: PipelineError | None) -> builds.Json:
    return {
        "started_at": began,
        "finished_at": builds.now_text(),
        "status": "failed" if error else "succeeded",
        "error": str(error) if error else None,
        "build_id": builds.latest(settings),
        "sources": {name: one.problem or "ok" for name, one in sources.status(settings).items()},
        "published": duckdb_file.current_version(settings),
    }
