"""Kills and empty companies: the served version stays, and a rerun comes to the same content as a clean run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import psutil
import pytest

from ingestion.settings import Settings
from orchestration import builds, layout, pipeline, transform
from orchestration.serving import duckdb_file
from tests.orchestration import companies
from tests.orchestration.companies import contents, funnel


def rebuild(settings: Settings) -> None:
    for step in (["build"], ["audit"], ["publish"]):
        done = funnel(settings.folder, *step)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("point", [point for point in pipeline.FAULT_POINTS if point.startswith("audit.")])
def test_kill_during_the_audit_publishes_nothing_and_a_rerun_passes(audited: Settings, point: str) -> None:
    clean = contents(audited)
    build_id = builds.latest(audited)
    assert build_id
    for part in ("audit", "hashes"):
        (layout.builds(audited) / build_id / f"{part}.json").unlink()
    assert funnel(audited.folder, "audit", FUNNELHOUSE_FAULT_POINT=point).returncode == -9
    done = funnel(audited.folder, "publish")
    assert done.returncode == (0 if point == "audit.recorded" else 1)
    assert (duckdb_file.current_version(audited) is None) == (point != "audit.recorded")
    assert funnel(audited.folder, "audit").returncode == 0
    assert funnel(audited.folder, "publish").returncode == 0
    assert contents(audited) == clean


def test_kill_at_the_start_of_a_build_keeps_the_served_version(audited: Settings) -> None:
    served = pipeline.publish(audited)
    killed = funnel(audited.folder, "build", "--force", FUNNELHOUSE_FAULT_POINT="build.started")
    assert killed.returncode == -9
    refused = funnel(audited.folder, "publish")
    assert refused.returncode == 1
    assert "never finished" in refused.stderr
    assert duckdb_file.current_version(audited) == served


@pytest.mark.slow
@pytest.mark.parametrize("point", ["build.started", "build.models_done", "build.recorded"])
def test_kill_during_a_build_and_a_rerun_come_to_the_clean_content(audited: Settings, point: str) -> None:
    clean = contents(audited)
    served = pipeline.publish(audited)
    assert funnel(audited.folder, "build", "--force", FUNNELHOUSE_FAULT_POINT=point).returncode == -9
    assert funnel(audited.folder, "publish").returncode == 1
    assert duckdb_file.current_version(audited) == served
    rebuild(audited)
    assert contents(audited) == clean


def test_dbt_dies_in_mid_run_and_the_served_marts_stay(audited: Settings) -> None:
    served = pipeline.publish(audited)
    command = [sys.executable, "-m", "orchestration.cli.main", "--config", str(audited.file), "build", "--force"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    results = layout.dbt_target(audited) / "run_results.json"
    child = wait_for_child(process.pid)
    wait_until(lambda: not results.exists() and any((layout.dbt_logs(audited)).glob("dbt.log*")))
    time.sleep(1)
    os.kill(child, signal.SIGKILL)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 1, said
    assert "left no results" in said
    assert funnel(audited.folder, "publish").returncode == 1
    assert duckdb_file.current_version(audited) == served
    duckdb_file.verify(Path(served["path"]), builds.content_hashes(audited, served["build_id"]))


def test_kill_of_the_pipeline_ends_its_dbt_and_frees_the_lock(audited: Settings) -> None:
    command = [sys.executable, "-m", "orchestration.cli.main", "--config", str(audited.file), "build", "--force"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    child = wait_for_child(process.pid)
    process.kill()
    process.wait()
    wait_until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE)
    with pipeline.writing(audited, "the next run", wait_seconds=0):
        pass


def test_dbt_that_starts_after_its_pipeline_was_killed_ends(audited: Settings) -> None:
    """A kill may come before dbt has asked to end with its pipeline; a process of another parent says so."""
    orphan = subprocess.run(
        [transform.executable(audited), "--version"],
        env={**os.environ, **transform.environment(audited), "FUNNELHOUSE_PIPELINE_PID": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (orphan.returncode, orphan.stderr.strip()) == (1, "the pipeline that started dbt has ended")


@pytest.mark.slow
def test_company_without_any_source_builds_and_publishes_empty_marts(tmp_path: Path) -> None:
    (tmp_path / "funnelhouse.toml").write_text("[company]\nas_of_date = 2026-03-31\n")
    done = funnel(tmp_path, "run", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert funnel(tmp_path, "sql", "select count(*) as n from fct_leads", "--format", "csv").stdout == "n\n0\n"


@pytest.mark.slow
def test_run_is_recorded_in_dagster_and_a_second_run_has_nothing_to_do(tmp_path: Path) -> None:
    import dagster as dg

    settings = companies.write_worked_example(tmp_path)
    first = funnel(tmp_path, "run")
    assert first.returncode == 0, first.stdout + first.stderr
    published = duckdb_file.current_version(settings)
    assert funnel(tmp_path, "run").returncode == 0
    assert duckdb_file.current_version(settings) == published
    assert len(list(layout.builds(settings).glob("*/build.json"))) == 1
    with dg.DagsterInstance.from_config(os.fspath(layout.dagster_home(settings))) as instance:
        runs = instance.get_runs()
        assert {run.status for run in runs} == {dg.DagsterRunStatus.SUCCESS}
        assert instance.get_latest_materialization_event(dg.AssetKey(["marts", "kpi_values"]))
        assert instance.get_latest_materialization_event(dg.AssetKey(["publications", "marts_file"]))


def test_bad_rows_in_raw_fail_the_cast_check_and_a_data_test_and_nothing_is_published(audited: Settings) -> None:
    bad = {
        "hubspot.deals": '{"id": "1", "properties": {"amount": "twelve", "dealstage": "s1"}}',
        "stripe.subscriptions": '{"id": "1", "status": "canceled", "start_date": 1772000000, "ended_at": 1771000000}',
    }
    with duckdb.connect(audited.warehouse_path) as connection:
        for table, payload in bad.items():
            connection.execute(
                f"insert into raw_{table} by name select '1' as record_id, timestamp '2026-03-01' as updated_at,"
                " false as is_deleted, timestamp '2026-03-01' as extracted_at, 'x' as payload_hash,"
                " 'planted' as batch_id, (select max(load_seq) + 1 from meta.loaded_batches) as load_seq, ? as payload",
                [payload],
            )
    funnel(audited.folder, "build", "--force")
    build_id = builds.latest(audited)
    assert build_id
    stored = builds.read(audited, build_id, "dbt_verdicts")
    assert stored
    failed = {item["check"]: item for item in stored["verdicts"] if item["status"] == "failed"}
    assert any("no_lost_values_stg_hubspot__deals" in check for check in failed)
    backward = next(item for check, item in failed.items() if "assert_subscriptions_end_after_they_start" in check)
    assert backward["examples"]
    funnel(audited.folder, "audit")
    assert funnel(audited.folder, "publish").returncode == 1
    assert duckdb_file.current_version(audited) is None


def wait_for_child(pid: int) -> int:
    """The process id of the dbt that a pipeline process has started."""
    found: list[int] = []

    def look() -> bool:
        found[:] = [child.pid for child in psutil.Process(pid).children() if "dbt" in " ".join(child.cmdline())]
        return bool(found)

    wait_until(look)
    return found[0]


def wait_until(condition: object, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")
