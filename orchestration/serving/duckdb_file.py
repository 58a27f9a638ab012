"""The file door: one DuckDB file per published build, verified before a pointer names it.

A version holds schema `marts` (copies of the marts) and schema `meta` (the build, its verdicts, the KPI registry, the
data dictionary, the state of the sources); never raw data. Readers open it read-only, as long as they like.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb

from ingestion import faultpoints
from ingestion.settings import Settings
from ingestion.sql_text import literal, quoted
from orchestration import build as building
from orchestration import builds, layout, warehouse
from orchestration.errors import GateRefused, PipelineError
from orchestration.quality import gate
from orchestration.quality.hashes import content_hash, marts
from orchestration.serving import meta, restatements

STORAGE_VERSION = "v1.2.0"
KEPT_VERSIONS = 3
_PERSONAL = ("email", "phone", "first_name", "last_name", "full_name", "ip_address", "date_of_birth")


def publish(settings: Settings, build_id: str | None = None, *, again: bool = False) -> builds.Json:
    """Publish the newest build through the file door; returns what `current.json` then says.

    The stored verdicts, the seal and the state of the sources are read again here, so nothing that calls this can get
    round the gate. A build that is already published is confirmed as current, and one that was rolled back stays so
    unless it is published `again`. Raises GateRefused with every reason.
    """
    build_id = build_id or builds.latest(settings)
    reasons = gate.refusals(settings, build_id)
    if reasons or build_id is None:
        raise GateRefused(reasons)
    current = current_version(settings)
    if current and _is_settled(settings, current, build_id, again):
        return current
    faultpoints.reach("publish.started")
    target = _version(settings, build_id)
    draft = target.with_name(f".{target.name}.draft")
    _clear_drafts(settings)
    _write(settings, build_id, draft, _earlier(settings, current, build_id))
    faultpoints.reach("publish.written")
    _refuse_wal(draft, target)
    verify(draft, builds.content_hashes(settings, build_id))
    faultpoints.reach("publish.verified")
    draft.chmod(0o444)
    draft.replace(target)
    faultpoints.reach("publish.placed")
    _keep_values(settings, build_id)
    found = building.stored(settings, build_id)
    publication = {
        "path": os.fspath(target),
        "build_id": build_id,
        "published_at": builds.now_text(),
        "as_of_date": found.as_of_date if found else None,
        "sha256": file_hash(target),
        "stale_sources": gate.stale_sources(settings),
        "restatements": _restated(target, build_id),
    }
    _point(settings, publication)
    builds.write(settings, build_id, "publication", publication)
    _remove_old(settings)
    faultpoints.reach("publish.recorded")
    return publication


def _is_settled(settings: Settings, current: builds.Json, build_id: str, again: bool) -> bool:
    """Whether nothing has to be written: this build is served, or a person has rolled it back."""
    if current["build_id"] == build_id:
        return _version(settings, build_id).exists()
    return not again and current.get("rolled_back_from") == build_id and Path(current["path"]).exists()


def rollback(settings: Settings, build_id: str | None = None) -> builds.Json:
    """Point at the version before the current one, or at a named one, after verifying it.

    Raises PipelineError when there is no such version or it is damaged.
    """
    current = current_version(settings)
    kept = [name for name in versions(settings) if not current or name != current["build_id"]]
    if current and build_id is None:
        kept = [name for name in kept if name < current["build_id"]]
    wanted = build_id or (kept[-1] if kept else None)
    if wanted is None or wanted not in versions(settings):
        known = ", ".join(versions(settings)) or "none"
        raise PipelineError(f"there is no version to roll back to; kept versions: {known}")
    verify(_version(settings, wanted), builds.content_hashes(settings, wanted))
    publication = builds.read(settings, wanted, "publication") or {
        "path": os.fspath(_version(settings, wanted)),
        "build_id": wanted,
        "as_of_date": getattr(building.stored(settings, wanted), "as_of_date", None),
    }
    before = current or {}
    again = before.get("build_id") == wanted  # a rollback that is repeated, so that another door catches up
    publication = {
        **publication,
        "published_at": builds.now_text(),
        "rolled_back_from": before.get("rolled_back_from" if again else "build_id"),
    }
    _point(settings, publication)
    return publication


def current_version(settings: Settings) -> builds.Json | None:
    """What is published now, or None."""
    return builds.read_json(layout.current_json(settings))


def versions(settings: Settings) -> list[str]:
    """Build identifiers of the versions on disk, oldest first."""
    return sorted(path.stem.removeprefix("marts-") for path in settings.serving.glob("marts-*.duckdb"))


def file_hash(path: Path) -> str:
    """SHA-256 of a version's bytes, so that damage outside the marts is found as well."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(path: Path, expected: dict[str, str]) -> None:
    """Open a version read-only in another process and compare every mart's content hash.

    Raises PipelineError naming the marts that differ, or what the engine said.
    """
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.serving.verify", os.fspath(path)],
        capture_output=True,
        text=True,
        cwd=layout.PROJECT_ROOT,
        check=False,
    )
    if done.returncode:
        raise PipelineError(f"{path} cannot be read: {done.stderr.strip().splitlines()[-1:]}")
    found = json.loads(done.stdout)
    different = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if different:
        raise PipelineError(f"{path} is not what was audited: {', '.join(different)}")


def _write(settings: Settings, build_id: str, draft: Path, earlier: restatements.Earlier | None) -> None:
    settings.serving.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("set autoinstall_known_extensions = false")
        connection.execute("set TimeZone = 'UTC'")
        warehouse.limit_memory(connection, settings)
        connection.execute(f"attach {literal(draft)} as version (storage_version '{STORAGE_VERSION}')")
        connection.execute("create schema version.marts")
        described = _descriptions(settings)
        with warehouse.marts_in_duckdb(settings, connection) as found:
            for name, (known, query) in found.items():
                _refuse_personal(name, known)
                _copy(connection, name, known, query, build_id)
        connection.begin()
        for name, (known, _) in found.items():
            _describe(connection, name, known, described.get(name, {}))
        connection.commit()
        restatements.write(connection, earlier, build_id)
        connection.execute("use version")
        stored = {restatements.TABLE: {"content_hash": content_hash(connection, restatements.TABLE)}}
        builds.write(settings, build_id, "restatements", {"marts": stored})
        meta.write(connection, settings, build_id)
        connection.execute("checkpoint version")
        connection.execute("use memory")
        connection.execute("detach version")


def _copy(
    connection: duckdb.DuckDBPyConnection, name: str, known: list[tuple[str, str]], query: str, build_id: str
) -> None:
    stamp = any(column == "build_id" for column, _ in known)
    chosen = f"* replace ({literal(build_id)} as build_id)" if stamp else "*"
    connection.execute(f"create table version.{quoted('marts', name)} as select {chosen} from ({query})")  # noqa: S608


def _descriptions(settings: Settings) -> dict[str, builds.Json]:
    """The nodes of all marts in dbt's manifest, by name."""
    manifest = builds.read_json(layout.dbt_target(settings) / "manifest.json") or {"nodes": {}}
    return {node["name"]: node for node in manifest["nodes"].values() if node["schema"] == "marts"}


def _describe(
    connection: duckdb.DuckDBPyConnection, name: str, known: list[tuple[str, str]], node: builds.Json
) -> None:
    """Comments that BI tools show, on the table and its columns."""
    table = f"version.{quoted('marts', name)}"
    if node.get("description"):
        connection.execute(f"comment on table {table} is {literal(node['description'])}")
    for column, _ in known:
        text = node.get("columns", {}).get(column, {}).get("description")
        if text:
            connection.execute(f"comment on column {table}.{quoted(column)} is {literal(text)}")


def _refuse_personal(name: str, known: list[tuple[str, str]]) -> None:
    personal = [column for column, _ in known if column in _PERSONAL or column.endswith(("_email", "_phone"))]
    if personal:
        raise GateRefused([f"marts.{name} would publish personal data: {', '.join(personal)}"])


def _refuse_wal(*paths: Path) -> None:
    for path in paths:
        wal = path.with_name(path.name + ".wal")
        if wal.exists():
            raise GateRefused([f"{wal.name} was left beside the new version: a reader would not see all of it"])


def _keep_values(settings: Settings, build_id: str) -> None:
    """Keep this publication's KPI values for ever: restatements compare published builds."""
    folder = settings.serving / "history"
    folder.mkdir(exist_ok=True)
    target = _kept_values(settings, build_id)
    draft = target.with_suffix(".draft")
    with duckdb.connect(_version(settings, build_id), read_only=True) as connection:
        if "kpi_values" in marts(connection):
            connection.execute(f"copy marts.kpi_values to {literal(draft)} (format parquet)")
            draft.replace(target)


def _kept_values(settings: Settings, build_id: str) -> Path:
    return settings.serving / "history" / f"kpi_values-{build_id}.parquet"


def _earlier(settings: Settings, current: builds.Json | None, build_id: str) -> restatements.Earlier | None:
    """What this publication is compared with: the version that is served now."""
    if current is None or current["build_id"] == build_id:
        return None
    before, now = building.stored(settings, current["build_id"]), building.stored(settings, build_id)
    meanings = [
        found and (found.fingerprint["code_hash"], found.fingerprint["settings_hash"]) for found in (before, now)
    ]
    version = Path(current["path"])
    return restatements.Earlier(
        build_id=current["build_id"],
        values=_kept_values(settings, current["build_id"]),
        version=version if version.exists() else None,
        is_redefined=meanings[0] != meanings[1],
    )


def _restated(version: Path, build_id: str) -> builds.Json:
    with duckdb.connect(version, read_only=True) as connection:
        return restatements.summary(connection, build_id)


def _point(settings: Settings, publication: builds.Json) -> None:
    link = layout.current_link(settings)
    draft = link.with_name(".current.draft")
    draft.unlink(missing_ok=True)
    draft.symlink_to(Path(publication["path"]).name)
    draft.replace(link)
    faultpoints.reach("publish.linked")
    builds.write_json(layout.current_json(settings), publication)


def _remove_old(settings: Settings) -> None:
    current = current_version(settings)
    kept = versions(settings)[-KEPT_VERSIONS:]
    for build_id in versions(settings):
        if build_id not in kept and (not current or build_id != current["build_id"]):
            _version(settings, build_id).unlink()


def _clear_drafts(settings: Settings) -> None:
    for path in settings.serving.glob(".marts-*.draft*"):
        path.unlink()


def _version(settings: Settings, build_id: str) -> Path:
    return settings.serving / f"marts-{build_id}.duckdb"
