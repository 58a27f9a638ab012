"""Raw to marts: dbt, started from here by the job and by the command line, with everything it writes under `var/`."""

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ingestion.currencies import minor_units
from ingestion.settings import Settings
from orchestration import builds, layout
from orchestration.errors import BuildError
from orchestration.spark import environment as spark

BUILD_ARGUMENTS = ("build", "--exclude-resource-type", "unit_test")
_CODE_SUFFIXES = {".sql", ".yml", ".yaml", ".csv", ".py", ".md"}
_NOT_IN_HASH = {"base_url", "token_url", "allow_stale", "requests_per_second", "settle", "max_bytes"}
_PARSED = "partial_parse.msgpack"
_MANIFESTS = ("manifest.json", "semantic_manifest.json")
_REFERENCE = re.compile(r"\bref\('(\w+)'\)")
_LAUNCHER = Path(__file__).with_name("launch_dbt.py")


@dataclass(frozen=True)
class NodeEvent:
    """One line of dbt's progress: a model or check that finished."""

    name: str
    kind: str
    status: str
    index: int
    total: int


Progress = Callable[[NodeEvent], None]


def code_hash() -> str:
    """One hash over everything that decides what a build makes of the same raw rows."""
    digest = hashlib.sha256()
    for package in ("dbt-core", "dbt-duckdb", "duckdb", "great-expectations", "scipy"):
        digest.update(f"{package}={version(package)}\n".encode())
    lock = layout.PROJECT_ROOT / "uv.lock"  # what another environment has, Spark's
    digest.update(lock.read_bytes() if lock.exists() else b"")
    quality, fitting = (layout.PROJECT_ROOT / "orchestration" / name for name in ("quality", "fitting"))
    for root in (layout.DBT_PROJECT, quality, fitting):
        for path in sorted(root.rglob("*")):
            parts = path.relative_to(root).parts
            if path.suffix in _CODE_SUFFIXES and not {"target", "logs", "__pycache__"} & set(parts):
                digest.update("/".join(parts).encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def settings_hash(settings: Settings) -> str:
    """One hash over the configuration that decides numbers; addresses, credentials and the as-of date are not in it."""
    tree = settings.model_dump(mode="json", include={"company", "kpi", "targets", "sources"})
    del tree["company"]["as_of_date"]
    for source in tree["sources"].values():
        for name in [name for name in source if name in _NOT_IN_HASH or name.endswith(("_token", "_key", "_secret"))]:
            del source[name]
    return hashlib.sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest()[:32]


def staging_basis(settings: Settings) -> dict[str, str]:
    """What staged rows depend on besides raw: incremental models do not compute old rows again by themselves."""
    digest = hashlib.sha256()
    for path in _staging_code():
        digest.update(path.relative_to(layout.DBT_PROJECT).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return {
        "code": digest.hexdigest()[:32],
        "reporting_timezone": settings.company.reporting_timezone,
        "engine": settings.warehouse.engine,
    }


def _staging_code() -> list[Path]:
    """The project, the macros, the staging models, and of the seeds those that a staging model reads."""
    project = layout.DBT_PROJECT
    models = sorted((project / "models" / "staging").rglob("*"))
    read = {name for path in models if path.suffix == ".sql" for name in _REFERENCE.findall(path.read_text())}
    seeds = [path for path in sorted((project / "seeds").rglob("*")) if path.stem in read]
    found = [project / "dbt_project.yml", *sorted((project / "macros").rglob("*")), *models, *seeds]
    return [path for path in found if path.suffix in _CODE_SUFFIXES]


def build_arguments(settings: Settings) -> list[str]:
    """`dbt build`, from scratch when what staged rows depend on has changed since the last whole build.

    Parquet on Spark has no transactions: there, a build that did not end makes the next one start from scratch too.
    """
    is_fresh = builds.read_json(_staged_with(settings)) == staging_basis(settings)
    if settings.warehouse.engine == "spark" and settings.warehouse.table_format == "parquet":
        _staged_with(settings).unlink(missing_ok=True)
    return [*BUILD_ARGUMENTS, *([] if is_fresh else ["--full-refresh"])]


def remember_staging(settings: Settings) -> None:
    """Note that all of staging was built with today's code."""
    builds.write_json(_staged_with(settings), staging_basis(settings))


def _staged_with(settings: Settings) -> Path:
    return settings.var / "dbt" / "staged_with.json"


def arguments(settings: Settings) -> list[str]:
    """The arguments that every dbt command of this company shares, so that no command re-parses for another."""
    variables = {
        "reporting_timezone": settings.company.reporting_timezone,
        "reporting_minor_units": minor_units(settings.company.reporting_currency),
    }
    return ["--vars", json.dumps(variables, sort_keys=True)]


def environment(settings: Settings) -> dict[str, str]:
    """What dbt reads from its environment: the warehouse and its own folders."""
    return {
        "FUNNELHOUSE_CODE_HASH": code_hash(),
        "FUNNELHOUSE_PIPELINE_PID": str(os.getpid()),
        "FUNNELHOUSE_MEMORY_LIMIT": settings.warehouse.memory_limit or "",
        "DBT_PROJECT_DIR": os.fspath(layout.DBT_PROJECT),
        "DBT_PROFILES_DIR": os.fspath(layout.DBT_PROJECT),
        "DBT_TARGET_PATH": os.fspath(layout.dbt_target(settings)),
        "DBT_LOG_PATH": os.fspath(layout.dbt_logs(settings)),
        "DBT_LOG_FORMAT_FILE": "text",
        "DBT_LOG_LEVEL_FILE": os.environ.get("DBT_LOG_LEVEL_FILE", "info"),  # with `debug` it tells every statement
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_WRITE_JSON": "false" if _has_manifest(settings) else "true",  # dbt writes its manifest twice per build
        "DO_NOT_TRACK": "1",
        **(spark.variables(settings) if settings.warehouse.engine == "spark" else _of_file(settings)),
    }


def _of_file(settings: Settings) -> dict[str, str]:
    path = settings.warehouse_path
    return {"FUNNELHOUSE_WAREHOUSE": path.name, "FUNNELHOUSE_WAREHOUSE_FOLDER": os.fspath(path.parent)}


@contextmanager
def dbt_environment(settings: Settings) -> Iterator[None]:
    """Give this process dbt's environment for the length of the block, as dagster-dbt passes on its own."""
    wanted = environment(settings)
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def executable(settings: Settings) -> Path:
    """The program that starts dbt in this interpreter; written into `var/` when absent."""
    path = settings.var / "dbt" / "dbt"
    python = spark.python(settings) if settings.warehouse.engine == "spark" else sys.executable
    text = f"#!{python}\nimport runpy\nrunpy.run_path({os.fspath(_LAUNCHER)!r}, run_name='__main__')\n"
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".dbt.{os.getpid()}")
        draft.write_text(text)
        draft.chmod(draft.stat().st_mode | stat.S_IXUSR)
        draft.replace(path)
    return path


def prepare_manifest(settings: Settings) -> Path:
    """Path of an up-to-date manifest; dbt parses only when the code or a variable changed."""
    if not _has_manifest(settings):
        run_dbt(settings, ["parse"])
    return layout.dbt_target(settings) / "manifest.json"


def _has_manifest(settings: Settings) -> bool:
    is_there = all((layout.dbt_target(settings) / name).exists() for name in _MANIFESTS)
    return is_there and builds.read_json(_manifest_of(settings)) == _decides_manifest(settings)


def _manifest_of(settings: Settings) -> Path:
    return layout.dbt_target(settings).parent / "parsed.json"


def _decides_manifest(settings: Settings) -> dict[str, Any]:
    return {
        "code_hash": code_hash(),
        "arguments": arguments(settings),
        "engine": settings.warehouse.engine,
        "warehouse": settings.warehouse_path.name,
    }


def forget_other_code(settings: Settings) -> None:
    """Have other code than that of the last run parsed whole: dbt stumbles over metrics that are no longer there."""
    code = {"code_hash": code_hash()}
    if builds.read_json(_parsed_with(settings)) != code:
        (layout.dbt_target(settings) / _PARSED).unlink(missing_ok=True)
        builds.write_json(_parsed_with(settings), code)


def is_parsed(settings: Settings) -> bool:
    """Whether dbt has parsed the project for this company."""
    return (layout.dbt_target(settings) / _PARSED).exists()


def adopt_parsed(settings: Settings, known: Settings) -> None:
    """Take over the project as dbt has parsed it for another company, unless it was parsed for this one already."""
    if is_parsed(known) and not is_parsed(settings):
        layout.dbt_target(settings).mkdir(parents=True, exist_ok=True)
        shutil.copy(layout.dbt_target(known) / _PARSED, layout.dbt_target(settings))
        shutil.copy(_parsed_with(known), _parsed_with(settings))
        if _has_manifest(known):
            for name in _MANIFESTS:
                shutil.copy(layout.dbt_target(known) / name, layout.dbt_target(settings))
            shutil.copy(_manifest_of(known), _manifest_of(settings))


def _parsed_with(settings: Settings) -> Path:
    return layout.dbt_target(settings).parent / "parsed_partly.json"


def run_dbt(settings: Settings, command: list[str], *, progress: Progress | None = None) -> bool:
    """Run one dbt command in its own process; True when dbt is content.

    Raises BuildError when dbt could not do its work at all (no run results, or a project that does not parse).
    """
    layout.dbt_target(settings).mkdir(parents=True, exist_ok=True)
    layout.dbt_logs(settings).mkdir(parents=True, exist_ok=True)
    settings.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    forget_other_code(settings)
    variables = environment(settings)
    process = subprocess.Popen(
        [os.fspath(executable(settings)), "--log-format", "json", *command, *arguments(settings)],
        env={**os.environ, **variables},
        cwd=layout.DBT_PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    errors: list[str] = []
    try:
        assert process.stdout is not None
        for line in process.stdout:
            _follow(line, errors, progress)
        code = process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if command[0] == "build":
        if not (layout.dbt_target(settings) / "run_results.json").exists():
            raise BuildError(f"dbt ended with code {code} and left no results: {' '.join(errors[-3:])}")
    elif code:
        raise BuildError(f"dbt {command[0]} failed: {' '.join(errors[-3:])}")
    if code == 0 and variables["DBT_WRITE_JSON"] == "true":
        builds.write_json(_manifest_of(settings), _decides_manifest(settings))
    return code == 0


def run_models(settings: Settings, command: list[str], *, progress: Progress | None = None) -> None:
    """Run one `dbt build` that has no checks.

    Raises BuildError naming the models that failed and what the engine said of each.
    """
    (layout.dbt_target(settings) / "run_results.json").unlink(missing_ok=True)
    if run_dbt(settings, command, progress=progress):
        return
    results = builds.read_json(layout.dbt_target(settings) / "run_results.json") or {"results": []}
    problems = [
        f"{result['unique_id'].rpartition('.')[2]}: {result['message']}"
        for result in results["results"]
        if result["status"] not in {"success", "skipped"}
    ]
    raise BuildError("; ".join(problems) or f"dbt ended without success; see its log in {layout.dbt_logs(settings)}")


def _follow(line: str, errors: list[str], progress: Progress | None) -> None:
    try:
        event: Mapping[str, Any] = json.loads(line)
        info, data = event["info"], event.get("data", {})
    except (ValueError, KeyError, TypeError):
        errors.append(line.strip())
        return
    if info.get("level") == "error":
        errors.append(str(info.get("msg", "")).strip())
    node = data.get("node_info") or {}
    if progress and info.get("name") in {"LogModelResult", "LogTestResult", "LogSeedResult", "LogNodeResult"}:
        progress(
            NodeEvent(
                name=str(node.get("node_name", "")),
                kind=str(node.get("resource_type", "")),
                status=str(data.get("status", node.get("node_status", ""))),
                index=int(data.get("index", 0)),
                total=int(data.get("total", 0)),
            )
        )
