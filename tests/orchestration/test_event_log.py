"""Dagster's events in files that stay open: its own storage reads them, and none goes to a file that is gone."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from orchestration.event_log import EventLog

RUNS = 7  # more than files are kept open


@dg.asset
def numbers() -> int:
    return 1


@dg.asset_check(asset=numbers)
def numbers_are_known() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    (tmp_path / "dagster.yaml").write_text(
        "event_log_storage: {module: orchestration.event_log, class: EventLog, config: {base_dir: '%s'}}\n"
        "telemetry: {enabled: false}\n" % (tmp_path / "history" / "runs")
    )
    with dg.DagsterInstance.from_config(os.fspath(tmp_path)) as opened:
        assert isinstance(opened.event_log_storage, EventLog)
        yield opened


def run(instance: dg.DagsterInstance) -> str:
    """Number of a run that materialized the asset and its check."""
    done = dg.materialize([numbers, numbers_are_known], instance=instance)
    assert done.success
    return done.run_id


def test_what_runs_told_is_read_by_dagster_s_own_storage(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    runs = [run(instance) for _ in range(RUNS)]
    own = SqliteEventLogStorage(os.fspath(tmp_path / "history" / "runs"))
    for run_id in runs:
        told = [event.dagster_event_type for event in own.get_logs_for_run(run_id)]
        assert told == [event.dagster_event_type for event in instance.all_logs(run_id)]
        assert {dg.DagsterEventType.ASSET_MATERIALIZATION, dg.DagsterEventType.RUN_SUCCESS} <= set(told)
    newest = own.get_asset_records([numbers.key])[0].asset_entry.last_materialization
    assert newest
    assert newest.run_id == runs[-1]


def test_threads_write_one_after_the_other(instance: dg.DagsterInstance) -> None:
    def tell() -> None:
        for _ in range(20):
            instance.report_runless_asset_event(dg.AssetMaterialization(numbers.key))

    threads = [threading.Thread(target=tell) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(instance.fetch_materializations(numbers.key, limit=100).records) == 60


def test_a_run_after_everything_was_wiped_is_told(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    before = run(instance)
    instance.wipe()
    assert list(instance.all_logs(before)) == []
    after = run(instance)
    own = SqliteEventLogStorage(os.fspath(tmp_path / "history" / "runs"))
    assert own.get_logs_for_run(after)
    assert [record.run_id for record in instance.fetch_materializations(numbers.key, limit=10).records] == [after]
