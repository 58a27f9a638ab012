"""kill -9 at every named place between the source and raw: nothing half done, and a rerun equals a clean run."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ingestion import landing, run_report
from ingestion.faultpoints import FAULT_POINTS
from ingestion.settings import Settings, load_settings
from tests.ingestion import killed_run, scripted

TABLES = (
    "raw_hubspot.contacts",
    "raw_hubspot.owners",
    "raw_hubspot.contact_companies",
    "raw_files.costs",
)
INGESTION_POINTS = tuple(name for name in FAULT_POINTS if name.split(".")[0] in ("extract", "landing", "load"))


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company after its first run."""
    folder = tmp_path_factory.mktemp("first")
    (folder / "funnelhouse.toml").write_text(killed_run.CONFIGURATION, encoding="utf-8")
    killed_run.run(folder, killed_run.before(folder))
    return folder


@pytest.fixture(scope="module")
def clean(first_run: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Raw after an undisturbed second run."""
    folder = tmp_path_factory.mktemp("clean") / "company"
    shutil.copytree(first_run, folder)
    killed_run.run(folder, killed_run.after(folder))
    return _content(_settings(folder))


@pytest.mark.parametrize(
    "place",
    [
        *(f"{point}:2" for point in INGESTION_POINTS),
        *(pytest.param(f"{point}:{count}", marks=pytest.mark.slow) for point in INGESTION_POINTS for count in (1, 4)),
    ],
)
def test_a_run_killed_anywhere_is_made_good_by_the_next(
    place: str, first_run: Path, clean: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "company"
    shutil.copytree(first_run, folder)
    killed = subprocess.run(
        [sys.executable, "-m", "tests.ingestion.killed_run", str(folder)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "FUNNELHOUSE_FAULT_POINT": place},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    settings = _settings(folder)
    _nothing_is_half_done(settings)
    killed_run.run(folder, killed_run.after(folder))
    assert _content(settings) == clean
    assert landing.pending_batches(settings) == []
    assert run_report.last(settings, "extract") is not None


def _settings(folder: Path) -> Settings:
    return load_settings(folder / "funnelhouse.toml", environment={})


def _nothing_is_half_done(settings: Settings) -> None:
    for source, entity in landing.streams(settings):
        for batch in landing.batches(landing.stream_folder(settings, source, entity)):
            assert landing.read_batch(batch).num_rows == batch.row_count
    loaded = dict(scripted.raw_rows(settings, "select batch_id, row_count from meta.loaded_batches"))
    for table in TABLES:
        rows = scripted.raw_rows(settings, f"select batch_id, count(*) from {table} group by batch_id")
        assert all(loaded[batch_id] == count for batch_id, count in rows)


def _content(settings: Settings) -> dict[str, Any]:
    """The versions of every record without the times of this run, and the cursors."""
    content: dict[str, Any] = {}
    for table in TABLES:
        content[table] = scripted.raw(settings, table, "record_id, is_deleted, payload")
    content["cursors"] = [
        (source, entity, last.cursor_after)
        for source, entity in landing.streams(settings)
        if (last := landing.last_batch(landing.stream_folder(settings, source, entity)))
    ]
    query = "select distinct reason, record from meta.quarantined_records order by all"
    content["quarantine"] = scripted.raw_rows(settings, query)
    return content
