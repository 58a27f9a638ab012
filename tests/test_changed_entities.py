"""Models that are built by fingerprint: what has changed is built again, and nothing else."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingestion.settings import Settings
from orchestration import pipeline
from tests.orchestration.companies import copy_company
from tests.simulated_company import load_and_build

PIPELINE = (
    "intermediate.int_opportunities_in_pipeline_daily",
    "intermediate.int_pipeline_days_followed",
    "intermediate.int_pipeline_flows_daily",
    "marts.fct_pipeline_daily",
    "marts.fct_pipeline_flows",
    "marts.fct_pipeline_closing_flows",
)

CHAIN = ("--select", *(f"+{table.split('.')[1]}" for table in PIPELINE))


def spoil(settings: Settings) -> None:
    """Write into every row of the chain what no build would."""
    with duckdb.connect(settings.warehouse_path) as connection:
        for table in PIPELINE:
            connection.execute(f"update {table} set channel = 'spoiled'")


def spoil_unseen(settings: Settings) -> None:
    """The same by the hand of the pipeline, so that nothing tells the next build of it."""
    with pipeline.writing(settings, "test"):
        spoil(settings)


def sound(settings: Settings) -> dict[str, set[str]]:
    """The opportunities of every table of the chain that have been built since."""
    query = (
        "select distinct opportunity_id from {} inner join marts.fct_opportunities as opportunities"
        " using (opportunity_key) where {}.channel <> 'spoiled'"
    )
    with duckdb.connect(settings.warehouse_path, read_only=True) as connection:
        return {
            table: {row[0] for row in connection.execute(query.format(table, table.split(".")[1])).fetchall()}
            for table in PIPELINE
        }


def rows_of(settings: Settings, opportunity: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of an opportunity, by table."""
    query = (
        "select chain.* from {} as chain inner join marts.fct_opportunities as opportunities using (opportunity_key)"
        " where opportunity_id = ? order by all"
    )
    with duckdb.connect(settings.warehouse_path, read_only=True) as connection:
        return {table: connection.execute(query.format(table), [opportunity]).fetchall() for table in PIPELINE}


def test_only_the_opportunity_that_changed_is_built_again(audited_folder: Path, tmp_path: Path) -> None:
    settings = copy_company(audited_folder, tmp_path / "company")
    everything = sound(settings)
    assert all(len(found) > 3 for found in everything.values())
    spoil_unseen(settings)
    with (settings.folder / "imports" / "opportunities.csv").open("a") as file:
        file.write(
            "D03,Gamma first,A3,main,s3,new,9000.00,USD,,2026-03-20,,2026-01-26T09:00:00Z,R1,false,"
            "2026-03-10T10:00:00Z\n"
        )
    load_and_build(settings, *CHAIN)
    assert sound(settings) == {table: {"D03"} for table in PIPELINE}
    merged = rows_of(settings, "D03")
    spoil(settings)
    load_and_build(settings, *CHAIN)
    assert sound(settings) == everything  # another hand has written the warehouse
    assert rows_of(settings, "D03") == merged
    assert all(merged.values())
