"""One build: what went in, what dbt did, and whether anything had to be done at all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ingestion import faultpoints
from ingestion.settings import Settings
from orchestration import builds, layout, transform, warehouse
from orchestration.errors import BuildError
from orchestration.quality import verdicts

Invoke = Callable[[], None]


@dataclass
class Build:
    """A finished build, as stored in `build.json`."""

    build_id: str
    status: str
    as_of_date: str
    fingerprint: dict[str, Any]
    started_at: str
    finished_at: str | None = None
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    is_reused: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether every model was built."""
        return self.status == "succeeded"


def fingerprint(settings: Settings) -> dict[str, Any]:
    """Everything a build depends on. Two equal fingerprints give the same marts."""
    return {
        "engine": settings.warehouse.engine,
        "load_seq": warehouse.newest_load_seq(settings),
        "code_hash": transform.code_hash(),
        "settings_hash": transform.settings_hash(settings),
        "as_of_date": settings.as_of_date().isoformat(),
    }


def stored(settings: Settings, build_id: str) -> Build | None:
    """A build as it was recorded, or None."""
    found = builds.read(settings, build_id, "build")
    return Build(**found) if found else None


def reusable(settings: Settings) -> Build | None:
    """The newest build, when nothing it depends on has changed and it passed its audit untouched."""
    from orchestration.quality import seal

    build_id = builds.latest(settings)
    found = stored(settings, build_id) if build_id else None
    if not found or not found.is_complete or found.fingerprint != fingerprint(settings):
        return None
    audit = builds.read(settings, found.build_id, "audit")
    if not audit or audit["status"] != "passed" or seal.broken(settings, found.build_id):
        return None
    found.is_reused = True
    return found


def start(settings: Settings) -> Build:
    """Record that a build begins. Until it is finished, nothing can be published."""
    warehouse.prepare(settings)
    warehouse.forget(settings, only_if_distrusted=True)
    before = fingerprint(settings)
    fresh = Build(
        build_id=builds.new_build_id(),
        status="running",
        as_of_date=before["as_of_date"],
        fingerprint=before,
        started_at=builds.now_text(),
    )
    _store(settings, fresh)
    (layout.dbt_target(settings) / "run_results.json").unlink(missing_ok=True)
    faultpoints.reach("build.started")
    return fresh


def finish(settings: Settings, running: Build) -> Build:
    """Store what dbt did: every model's outcome and the verdict of every check."""
    faultpoints.reach("build.models_done")
    results = builds.read_json(layout.dbt_target(settings) / "run_results.json")
    if results is None:
        running.status, running.problems = "failed", ["dbt ended without results"]
        _store(settings, running)
        raise BuildError("dbt ended without results; see the log in var/dbt/logs")
    manifest = builds.read_json(layout.dbt_target(settings) / "manifest.json") or {}
    with warehouse.reading(settings) as reader:
        rows = reader.row_counts()
        found = verdicts.from_dbt(reader, results, manifest)
    for result in results["results"]:
        node = manifest["nodes"].get(result["unique_id"], {})
        if node.get("resource_type") in {"model", "seed"}:
            running.models[result["unique_id"]] = _model(result, node, rows)
    builds.write(settings, running.build_id, "dbt_verdicts", {"verdicts": [v.as_json() for v in found]})
    running.problems = [
        f"{model['name']}: {model['message']}"
        for model in running.models.values()
        if model["status"] not in {"success", "skipped"}
    ]
    is_whole = all(model["status"] == "success" for model in running.models.values())
    running.status = "succeeded" if is_whole else "failed"
    running.finished_at = builds.now_text()
    if is_whole and _staging_models(manifest) <= running.models.keys():
        transform.remember_staging(settings)
    _store(settings, running)
    builds.remove_old(settings)
    faultpoints.reach("build.recorded")
    return running


def build(settings: Settings, *, force: bool = False, progress: transform.Progress | None = None) -> Build:
    """Build every model with dbt, or confirm the newest build when nothing it depends on has changed.

    Raises BuildError naming each model that the engine could not build. A failed check raises nothing here: its
    verdict is stored, and the audit decides.
    """
    if force:
        warehouse.forget(settings)
    elif found := reusable(settings):
        return found
    running = start(settings)
    try:
        transform.run_dbt(settings, transform.build_arguments(settings), progress=progress)
    except BuildError as error:
        running.status, running.problems = "failed", [str(error)]
        _store(settings, running)
        raise
    done = finish(settings, running)
    if done.problems:
        raise BuildError("; ".join(done.problems))
    return done


def _staging_models(manifest: dict[str, Any]) -> set[str]:
    nodes = manifest.get("nodes", {}).items()
    return {name for name, node in nodes if node["resource_type"] == "model" and node["schema"] == "staging"}


def _store(settings: Settings, value: Build) -> None:
    content = {name: item for name, item in vars(value).items() if name != "is_reused"}
    builds.write(settings, value.build_id, "build", content)


def _model(result: dict[str, Any], node: dict[str, Any], rows: dict[str, int]) -> dict[str, Any]:
    ended = [step["completed_at"] for step in result.get("timing", []) if step["name"] == "execute"]
    return {
        "name": node["name"],
        "schema": node["schema"],
        "status": result["status"],
        "message": result.get("message"),
        "seconds": result.get("execution_time"),
        "completed_at": ended[0] if ended else None,
        "row_count": rows.get(f"{node['schema']}.{node['name']}"),
    }
