"""Looks for what makes a run or a reader fail: space, permissions, versions, lock owner, damaged files."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import duckdb

from ingestion import landing
from ingestion.errors import FunnelhouseError
from ingestion.settings import Settings
from ingestion.sql_text import quoted
from orchestration import builds, layout, lock
from orchestration.errors import PipelineError, ServerDoorError
from orchestration.serving import duckdb_file

LEAST_FREE_BYTES = 1_000_000_000
_PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "dagster", "great-expectations")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `advice` says what to do when it is not fine."""

    subject: str
    is_fine: bool
    detail: str
    advice: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Everything there is to know about a company's folder; a file that cannot be read is a finding, not a crash."""
    findings: list[Finding] = []
    for look in (_versions, _space, _permissions, _lock, _landing, _warehouse, _publications, _server_door):
        findings.extend(_guarded(look, settings))
    return findings


def _guarded(look: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    try:
        yield from look(settings)
    except (OSError, duckdb.Error, FunnelhouseError, PipelineError) as error:
        yield Finding(look.__name__.strip("_"), False, str(error).splitlines()[0])


def _versions(settings: Settings) -> Iterator[Finding]:
    found = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    is_fine = (3, 11) <= sys.version_info[:2] < (3, 14)
    yield Finding("versions", is_fine, f"Python {sys.version.split()[0]}, {found}", "use Python 3.11 to 3.13")


def _space(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.folder).free
    held = settings.warehouse_path.stat().st_size if settings.warehouse_path.exists() else 0
    needed = max(LEAST_FREE_BYTES, 2 * held)
    yield Finding(
        "space", free >= needed, f"{free / 1e9:.1f} GB free, {needed / 1e9:.1f} GB wanted", "make room on this disk"
    )


def _permissions(settings: Settings) -> Iterator[Finding]:
    for path in (settings.folder, settings.var, settings.serving):
        if path.exists():
            yield Finding(
                "permissions",
                os.access(path, os.R_OK | os.W_OK | os.X_OK),
                str(path),
                "give this user read and write permission",
            )


def _lock(settings: Settings) -> Iterator[Finding]:
    held = lock.owner(layout.locks(settings) / "pipeline.lock")
    yield Finding("lock", True, f"held by {held}" if held else "free")


def _landing(settings: Settings) -> Iterator[Finding]:
    count = 0
    for source, entity in landing.streams(settings):
        for batch in landing.batches(landing.stream_folder(settings, source, entity)):
            count += 1
            if batch.row_count and not batch.rows_path.exists():
                yield Finding(
                    "landing",
                    False,
                    f"{batch.stream}: the rows of batch {batch.batch_id} are gone",
                    f"`funnel state refetch {batch.stream}`",
                )
    yield Finding("landing", True, f"{count} batches with readable manifests")


def _warehouse(settings: Settings) -> Iterator[Finding]:
    if settings.warehouse.engine == "spark":
        from orchestration.spark import health

        yield from (Finding("warehouse", *look) for look in health.examine(settings))
        return
    path = settings.warehouse_path
    if not path.exists():
        yield Finding("warehouse", True, "not built yet")
        return
    owner = lock.owner(layout.locks(settings) / "pipeline.lock")
    if owner is not None and owner.pid != os.getpid():
        yield Finding("warehouse", True, "in use, not examined")
        return
    advice = f"move {path} away and run `funnel load` and `funnel run`: raw is rebuilt from landing"
    try:
        tables, rows = _read_all(path)
        yield Finding("warehouse", True, f"{tables} tables with {rows} rows are readable")
    except duckdb.Error as error:
        yield Finding("warehouse", False, str(error).splitlines()[0], advice)


def _read_all(path: Path) -> tuple[int, int]:
    """Read every block of every table; the engine compares the checksums of the blocks."""
    total = 0
    with duckdb.connect(path, read_only=True) as connection:
        names = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        for schema, name in names:
            row = connection.execute(
                f"select count(*), sum(hash(content)) from {quoted(schema, name)} as content"  # noqa: S608
            ).fetchone()
            total += row[0] if row else 0
    return len(names), total


def _publications(settings: Settings) -> Iterator[Finding]:
    current = duckdb_file.current_version(settings)
    advice = "`funnel rollback`, then `funnel build --force`, `funnel audit` and `funnel publish`"
    for build_id in duckdb_file.versions(settings):
        path = settings.serving / f"marts-{build_id}.duckdb"
        named = f"{path.name}{' (published)' if current and current['build_id'] == build_id else ''}"
        if path.with_name(path.name + ".wal").exists():
            yield Finding("publication", False, f"{named} has a WAL: somebody opened it for writing", advice)
            continue
        recorded = (builds.read(settings, build_id, "publication") or {}).get("sha256")
        if recorded and recorded != duckdb_file.file_hash(path):
            yield Finding("publication", False, f"{named} is damaged: its bytes are not those published", advice)
            continue
        try:
            duckdb_file.verify(path, builds.content_hashes(settings, build_id))
            yield Finding("publication", True, f"{named} is what was audited")
        except PipelineError as error:
            yield Finding("publication", False, f"{named}: {error}", advice)
    if current and not Path(current["path"]).exists():
        yield Finding("publication", False, f"current.json names {current['path']}, which is gone", advice)
    if not duckdb_file.versions(settings):
        yield Finding("publication", True, "nothing is published yet")


def _server_door(settings: Settings) -> Iterator[Finding]:
    if settings.doors.postgres is None:
        return
    from orchestration.serving import postgres

    current = duckdb_file.current_version(settings) or {}
    try:
        found = postgres.state(settings)
    except ServerDoorError as error:
        yield Finding("postgres", False, f"PostgreSQL {error.where}: {error.what}", error.next)
        return
    served, advice = f"PostgreSQL {found['where']} serves {found['build_id'] or 'nothing'}", "`funnel publish`"
    if found["differences"]:
        few = "; ".join(found["differences"][:3])
        yield Finding("postgres", False, f"{served}, but {len(found['differences'])} things differ: {few}", advice)
    elif found["build_id"] != current.get("build_id"):
        yield Finding("postgres", False, f"{served}, the file door {current.get('build_id') or 'nothing'}", advice)
    else:
        yield Finding("postgres", True, f"{served} like the file door")
