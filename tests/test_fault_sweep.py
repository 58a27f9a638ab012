"""Kills at every named place, late facts and disorder over whole runs: served versions stay, contents converge."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion import faultpoints, landing
from ingestion.sandbox.faults import Fault
from ingestion.sandbox.server import SandboxServer, serve
from ingestion.sandbox.world import World
from ingestion.settings import Settings
from orchestration import builds, pipeline, transform
from orchestration.serving import duckdb_file, reader
from tests import simulated_company
from tests.orchestration.companies import contents, copy_company, funnel
from tests.simulated_vendors import FIRST_DAY, NEXT_DAY, SCALE, SEED, published, runs, settle

pytestmark = pytest.mark.slow

# Files are small and land as one batch each, so every place is reached at least twice in a run of a company.
PLACES = tuple(
    f"{point}:2" if point in faultpoints.FAULT_POINTS else point
    for point in (*faultpoints.FAULT_POINTS, *pipeline.FAULT_POINTS)
)


@dataclass(frozen=True)
class TwoDays:
    """A company published on the first day, its vendors three weeks later, and the marts of a clean second run."""

    folder: Path
    vendors: SandboxServer
    clean: dict[str, str]
    second: dict[str, Any]

    def copy(self, folder: Path) -> Settings:
        """A company of its own that is about to make its second run."""
        copy_company(self.folder, folder)
        return settle(folder, self.vendors, NEXT_DAY)


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoDays]:
    """Two runs, three weeks apart, neither of them disturbed."""
    folder = tmp_path_factory.mktemp("two_days") / "company"
    world = World.create(SEED, SCALE, FIRST_DAY)
    with serve(world) as sandbox:
        settle(folder, sandbox, FIRST_DAY)
        runs(folder, "run")
        sandbox.advance(NEXT_DAY)
        second = copy_company(folder, folder.parent / "second").folder
        settings = settle(second, sandbox, NEXT_DAY)
        runs(second, "run")
        yield TwoDays(folder, sandbox, contents(settings), published(settings))


@pytest.mark.parametrize("place", PLACES)
def test_run_killed_anywhere_keeps_what_is_served_and_a_rerun_equals_the_clean_run(
    place: str, two_days: TwoDays, tmp_path: Path
) -> None:
    settings = two_days.copy(tmp_path / "company")
    served = duckdb_file.current_version(settings)
    assert served
    with duckdb.connect(served["path"], read_only=True) as reading:
        before = reading.execute("select count(*) from marts.kpi_values").fetchall()
        killed = funnel(settings.folder, "run", FUNNELHOUSE_FAULT_POINT=place)
        assert killed.returncode == -9, killed.stdout + killed.stderr
        now = duckdb_file.current_version(settings)
        assert now
        if place == "publish.recorded":
            assert now["build_id"] != served["build_id"]
        elif place != "publish.linked":
            assert now == served
        duckdb_file.verify(Path(now["path"]), builds.content_hashes(settings, now["build_id"]))
        runs(settings.folder, "run")
        assert reading.execute("select count(*) from marts.kpi_values").fetchall() == before
    assert contents(settings) == two_days.clean
    current = duckdb_file.current_version(settings)
    assert current
    duckdb_file.verify(Path(current["path"]), builds.content_hashes(settings, current["build_id"]))
    assert landing.pending_batches(settings) == []


def test_late_facts_rebuild_closed_months_and_the_restatement_is_logged(two_days: TwoDays) -> None:
    restated = two_days.second["restatements"]
    assert restated["count"] > 0
    for example in restated["examples"]:
        assert example["period_start_date"] < str(FIRST_DAY)
        assert example["was"] != example["is"]


def test_disordered_doubled_and_rebatched_history_gives_the_same_marts(
    two_days: TwoDays, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing, "MAX_RECORDS", 37)
    settings = settle(tmp_path, two_days.vendors, NEXT_DAY)
    for path in (tmp_path / "imports").glob("*.csv"):
        header, *lines = path.read_text().splitlines(keepends=True)
        random.Random(path.name).shuffle(lines)
        path.write_text("".join([header, *lines]))
    two_days.vendors.switch_faults(Fault("duplicate_records", "hubspot", times=None))
    try:
        reports = pipeline.extract(settings)
    finally:
        two_days.vendors.switch_faults()
    assert [report.error for report in reports if report.error] == []
    for name in reversed(settings.enabled_sources):
        assert [one.reasons for one in pipeline.load(settings, names=[name]) if one.is_refused] == []
    assert transform.run_dbt(settings, simulated_company.WITHOUT_CHECKS)
    assert simulated_company.Simulated(tmp_path, NEXT_DAY).content_hashes() == two_days.clean


def test_number_that_becomes_text_is_a_finding_and_nothing_is_published_until_it_is_a_number_again(
    two_days: TwoDays, tmp_path: Path
) -> None:
    settings = two_days.copy(tmp_path / "company")
    served = published(settings)
    fault = Fault("retyped_field", "stripe", "invoices", times=None, value="total=a lot")
    two_days.vendors.switch_faults(fault)
    try:
        said = runs(settings.folder, "run", code=1)
    finally:
        two_days.vendors.switch_faults()
    assert "no_lost_values_stg_stripe__invoices" in said
    assert "a lot" in said
    assert published(settings) == served
    runs(settings.folder, "run")
    assert contents(settings) == two_days.clean


def test_first_run_of_vendors_without_any_record_publishes_marts_without_rows_and_kpis_without_values(
    tmp_path: Path,
) -> None:
    with serve(World.create(SEED, SCALE, FIRST_DAY), faults=[Fault("empty_source", times=None)]) as sandbox:
        settings = settle(tmp_path, sandbox, FIRST_DAY)
        runs(tmp_path, "run")
        runs(tmp_path, "run")
    _, facts = reader.query(settings, "select (select count(*) from fct_leads) + (select count(*) from fct_tickets)")
    assert facts == [(0,)]
    _, rates = reader.query(settings, "select count(value) from kpi_values where denominator = 0")
    assert rates == [(0,)]
