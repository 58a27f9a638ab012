"""Staging is the same whatever the order, the slicing and the repetition of batches."""

from __future__ import annotations

import itertools
import json
import random
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_project.projects import PROJECT, dbt

MODELS = ("stg_hubspot__deals", "stg_hubspot__deal_versions")
RAW = """
create schema if not exists raw_hubspot;
create table if not exists raw_hubspot.deals (
    record_id text, updated_at timestamp, is_deleted boolean, payload varchar, payload_hash text,
    extracted_at timestamp, batch_id text, load_seq bigint
)
"""
Version = tuple[str, str | None, bool, str | None, str, str]


def version(deal: str, day: int, amount: str | None, *, is_deleted: bool = False, late_by: int = 0) -> Version:
    """One version of a deal: extracted on a day of January, changed `late_by` days before; no amount: a tombstone."""
    payload = None if amount is None else json.dumps({"id": deal, "properties": {"amount": amount, "dealname": deal}})
    updated_at = f"2026-01-{day - late_by:02} 09:00:00"
    return deal, updated_at, is_deleted, payload, f"{deal}{day}{amount}", f"2026-01-{day:02} 10:00:00"


HISTORY = [
    version("D1", 2, "100"),
    version("D1", 5, "200"),
    version("D1", 9, "100"),  # A, B, A: three versions
    version("D2", 3, "10"),
    version("D2", 8, None, is_deleted=True),
    version("D3", 4, "1"),
    version("D3", 6, None, is_deleted=True),
    version("D3", 12, "3"),  # restored
    version("D4", 7, "5", late_by=4),
    version("D4", 7, "6", late_by=2),
    version("D5", 10, None, is_deleted=True),  # never seen alive
]
LATEST = [("D1", "100.0000", False), ("D2", "10.0000", True), ("D3", "3.0000", False), ("D4", "6.0000", False)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of nothing but the models under test: it parses fast."""
    folder = tmp_path_factory.mktemp("staging") / "project"
    staging = Path("models") / "staging" / "hubspot"
    (folder / staging).mkdir(parents=True)
    shutil.copytree(PROJECT / "macros", folder / "macros")
    shutil.copytree(PROJECT / "tests" / "generic", folder / "tests" / "generic")
    shutil.copy(PROJECT / "dbt_project.yml", folder)
    shutil.copy(PROJECT / staging / "_hubspot__sources.yml", folder / staging)
    for model in MODELS:
        for suffix in ("sql", "yml"):
            shutil.copy(PROJECT / staging / f"{model}.{suffix}", folder / staging)
    return folder


def append(warehouse: Path, batches: list[list[Version]]) -> None:
    """Load batches, each with the next load sequence number."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(RAW)
        row = connection.execute("select coalesce(max(load_seq), 0) from raw_hubspot.deals").fetchone()
        for number, batch in enumerate(batches, start=(row[0] if row else 0) + 1):
            rows = [(*item, f"b{number:03}", number) for item in batch]
            connection.executemany("insert into raw_hubspot.deals values (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def staged(warehouse: Path) -> dict[str, list[Any]]:
    """What staging says, without the numbers of the loads."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        deals = connection.execute(
            "select deal_id, cast(amount as text), is_deleted, updated_at from staging.stg_hubspot__deals order by all"
        ).fetchall()
        versions = connection.execute(
            "select deal_id, updated_at, extracted_at, is_deleted from staging.stg_hubspot__deal_versions order by all"
        ).fetchall()
    return {"deals": deals, "versions": versions}


def build(project: Path, work: Path, *options: str) -> None:
    """Run and test the models."""
    dbt("--quiet", "build", *options, project=project, work=work)


def test_the_latest_version_wins_and_a_tombstone_keeps_the_last_payload(project: Path, tmp_path: Path) -> None:
    append(tmp_path / "warehouse.duckdb", [HISTORY])
    build(project, tmp_path)
    assert [row[:3] for row in staged(tmp_path / "warehouse.duckdb")["deals"]] == LATEST


def test_incremental_staging_equals_a_full_refresh_when_batches_arrive_out_of_order(
    project: Path, tmp_path: Path
) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    shuffled = list(HISTORY)
    random.Random(11).shuffle(shuffled)
    slices = (
        [list(part) for part in itertools.batched(shuffled, 2)]
        if hasattr(itertools, "batched")
        else [shuffled[start : start + 2] for start in range(0, len(shuffled), 2)]
    )
    for batches in (slices[:2], slices[2:5], [*slices[5:], shuffled[:3]]):
        append(warehouse, batches)
        build(project, tmp_path)
    incremental = staged(warehouse)
    build(project, tmp_path, "--full-refresh")
    assert staged(warehouse) == incremental
    assert [row[:3] for row in incremental["deals"]] == LATEST


def test_a_value_that_its_cast_loses_is_a_finding_with_field_and_example(project: Path, tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    misplaced = ("D9", None, False, json.dumps({"id": "D9", "properties": ["amount"]}), "h", "2026-01-03 10:00:00")
    append(warehouse, [[version("D1", 2, "12.7 EUR"), version("D2", 2, "5"), version("D3", 2, ""), misplaced]])
    dbt("--quiet", "run", project=project, work=tmp_path)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        lost = connection.execute(
            "select deal_id, lost_values from staging.stg_hubspot__deals where lost_values is not null order by all"
        ).fetchall()
    assert lost == [("D1", "amount=12.7 EUR"), ("D9", "properties is array")]
    with pytest.raises(AssertionError, match="no_lost_values_stg_hubspot__deals"):
        dbt("test", "--select", "stg_hubspot__deals", project=project, work=tmp_path)
