"""The company as it was known on a day: its raw history up to then, built in a warehouse of its own.

`var/as_was/<day>/warehouse.duckdb` holds the schemas `marts` and `meta`, as a published version does. The company's own
warehouse is only read, and nothing is published.
"""

import os
import shutil
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from ingestion import knowledge, raw_tables
from ingestion.errors import ConfigurationError
from ingestion.run_parameters import write_run_parameters
from ingestion.settings import Settings
from ingestion.sql_text import literal
from orchestration import build as building
from orchestration import builds, layout, transform, warehouse
from orchestration.errors import PipelineError
from orchestration.serving import duckdb_file, restatements

_MODELS = ("build", "--resource-type", "model", "--resource-type", "seed", "--full-refresh")


def path(settings: Settings, day: date) -> Path:
    """Where the as-was of a day is or would be."""
    return layout.as_was(settings) / day.isoformat() / "warehouse.duckdb"


def built(settings: Settings, day: date) -> builds.Json:
    """What was recorded of an as-was. Raises PipelineError when there is none."""
    found = builds.read_json(path(settings, day).with_name("as_was.json"))
    if found is None or not path(settings, day).exists():
        raise PipelineError(f"what was known on {day} is not built yet: run `funnel as-was {day}`")
    return found


def build(
    settings: Settings, day: date, *, force: bool = False, progress: transform.Progress | None = None
) -> builds.Json:
    """Build what was known at the end of a day, unless it stands already and nothing it depends on has changed.

    Raises ConfigurationError when the day or the engine does not allow it, PipelineError when nothing is loaded,
    BuildError naming each model that could not be built.
    """
    _refuse(settings, day)
    work = _work(settings, day)
    _remove(work)
    wanted = {**building.fingerprint(work), "load_seq": warehouse.newest_load_seq(settings)}
    stored = builds.read_json(path(settings, day).with_name("as_was.json"))
    if not force and stored and stored["fingerprint"] == wanted and path(settings, day).exists():
        return {**stored, "is_reused": True}
    try:
        first_seen = _fill(settings, work, day)
        transform.adopt_parsed(work, settings)
        transform.run_models(work, list(_MODELS), progress=progress)
        _keep_marts(work, path(settings, day))
    finally:
        _remove(work)
    record = {
        "day": day.isoformat(),
        "path": os.fspath(path(settings, day)),
        "built_at": builds.now_text(),
        "fingerprint": wanted,
        "first_loaded_later": [asdict(one) for one in first_seen],
    }
    builds.write_json(path(settings, day).with_name("as_was.json"), record)
    return {**built(settings, day), "is_reused": False}


def restated(settings: Settings, day: date) -> tuple[list[str], list[tuple[Any, ...]]]:
    """What the published version says differently today about the periods that were complete on the day, and why.

    Raises PipelineError when either of the two is missing.
    """
    before = built(settings, day)["fingerprint"]
    current = duckdb_file.current_version(settings)
    if current is None:
        raise PipelineError("nothing is published yet: run `funnel run`")
    now = building.stored(settings, current["build_id"])
    is_redefined = not now or any(before[name] != now.fingerprint[name] for name in ("code_hash", "settings_hash"))
    return restatements.differences(path(settings, day), Path(current["path"]), is_redefined=is_redefined)


def _refuse(settings: Settings, day: date) -> None:
    if settings.warehouse.engine == "spark":
        raise ConfigurationError(
            "what was known on a day is not supported on Spark yet",
            where=str(settings.file),
            next='Build it where `[warehouse] engine = "duckdb"`',
        )
    if day > settings.as_of_date():
        raise ConfigurationError(
            f"{day} is not over yet: the last complete day is {settings.as_of_date()}", where=str(settings.file)
        )
    if warehouse.newest_load_seq(settings) is None:
        raise PipelineError("nothing is loaded yet: run `funnel run`")


def _work(settings: Settings, day: date) -> Settings:
    """The same company in a folder of its own, as of the day. dbt's parsed project stays there for the next time."""
    company = settings.company.model_copy(update={"as_of_date": day})
    own = settings.warehouse.model_copy(update={"path": Path("var/warehouse.duckdb")})
    return settings.model_copy(
        update={"folder": layout.as_was(settings) / "work", "company": company, "warehouse": own}
    )


def _fill(settings: Settings, work: Settings, day: date) -> list[knowledge.FirstSeen]:
    with raw_tables.connect(work.warehouse_path) as connection:
        first_seen = knowledge.copy_known(connection, settings.warehouse_path, day, settings.company.reporting_timezone)
        write_run_parameters(connection, work, day, day)
    return first_seen


def _keep_marts(work: Settings, target: Path) -> None:
    """Put the marts and the parameters where they are read, in one step: raw and what is made of it are not kept."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    draft.unlink(missing_ok=True)
    with duckdb.connect(draft) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {literal(work.warehouse_path)} as work (read_only)")
        for schema, table in [("meta", "run_parameters"), *(("marts", name) for name in _marts(connection))]:
            connection.execute(f'create schema if not exists "{schema}"')
            connection.execute(f'create table "{schema}"."{table}" as from work."{schema}"."{table}"')
        connection.execute("detach work")
    draft.chmod(0o444)
    draft.replace(target)


def _marts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'work' and schema_name = 'marts' order by 1"
    )
    return [row[0] for row in found.fetchall()]


def _remove(work: Settings) -> None:
    """Leave nothing of a warehouse that a build had to itself, whether or not it ended."""
    for name in (work.warehouse_path, work.warehouse_path.with_name(work.warehouse_path.name + ".wal")):
        name.unlink(missing_ok=True)
    shutil.rmtree(work.warehouse_path.with_name(work.warehouse_path.name + ".tmp"), ignore_errors=True)
