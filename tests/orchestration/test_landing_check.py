"""A bad batch stays in landing, is named, and holds its stream until a person decides."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from ingestion import landing, state
from ingestion.landing import BatchInfo
from ingestion.settings import Settings, load_settings
from orchestration import pipeline, sources
from orchestration.quality import gate
from orchestration.quality.landing import LandingCheck
from tests.orchestration.companies import funnel

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def company(tmp_path: Path) -> Settings:
    (tmp_path / "token").write_text("secret")
    (tmp_path / "funnelhouse.toml").write_text(
        '[company]\nas_of_date = 2026-03-31\n[sources.hubspot]\naccess_token = { file = "token" }\n'
    )
    return load_settings(tmp_path / "funnelhouse.toml")


def land(settings: Settings, records: list[dict[str, object]], **changes: object) -> BatchInfo:
    """Land one batch of HubSpot owners (a snapshot stream) or, with `entity`, of another stream."""
    entity = str(changes.pop("entity", "owners"))
    folder = landing.stream_folder(settings, "hubspot", entity)
    last = landing.last_batch(folder)
    batch_id = landing.next_batch_id(last.batch_id if last else None)
    batch = BatchInfo(
        batch_id=batch_id, source="hubspot", kind="hubspot", entity=entity, mode="snapshot", pass_id=batch_id,
        row_count=len(records), fetched_count=len(records), closes_pass=True, folder=folder,
        fields={"id": ["string"], "teams": ["array"], "email": ["string"]},
    )  # fmt: skip
    rows = [
        {
            "record_id": record.get("id"),
            "updated_at": NOW.replace(tzinfo=None) if record.get("updatedAt", True) else None,
            "is_deleted": bool(record.get("gone")),
            "payload": None if record.get("gone") else str(record.get("payload", json.dumps(record))),
            "payload_hash": str(record.get("id")),
            "extracted_at": NOW.replace(tzinfo=None),
        }
        for record in records
    ]
    batch = replace(batch, **changes)  # type: ignore[arg-type]
    landing.write_batch(settings, batch, pa.Table.from_pylist(rows, schema=landing.BATCH_SCHEMA))
    return batch


def owners(count: int) -> list[dict[str, object]]:
    return [{"id": str(number), "email": f"{number}@example.com"} for number in range(count)]


def loaded_rows(settings: Settings, table: str) -> int:
    with duckdb.connect(settings.warehouse_path, read_only=True) as connection:
        row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row
    return int(row[0])


BAD_BATCHES = {
    "key_is_given": ([*owners(3), {"id": None}], {}),
    "key_is_not_empty": ([*owners(3), {"id": ""}], {}),
    "payload_is_an_object": ([*owners(3), {"id": "9", "payload": "[1, 2]"}], {}),
    "cursor_is_given": ([{"id": "1", "updatedAt": None}], {"entity": "deals", "mode": "incremental"}),
    "volume_against_own_count": (owners(10), {"expected_count": 100}),
    "quarantine_is_small": (owners(10), {"quarantined_count": 40, "fetched_count": 50}),
}


@pytest.mark.parametrize("check", BAD_BATCHES)
def test_one_bad_row_holds_its_batch_and_nothing_of_it_is_loaded(company: Settings, check: str) -> None:
    records, changes = BAD_BATCHES[check]
    batch = land(company, records, **changes)
    reports = pipeline.load(company)
    assert [report.is_refused for report in reports] == [True]
    assert check in " ".join(reports[0].reasons)
    assert loaded_rows(company, f"raw_hubspot.{batch.entity}") == 0
    assert check in " ".join(gate.of_sources(company))


def test_source_that_became_much_smaller_deletes_nothing_and_is_not_published(company: Settings) -> None:
    land(company, owners(50))
    pipeline.load(company)
    gone = [{"id": str(number), "gone": True} for number in range(5, 50)]
    land(company, gone, fetched_count=5, deleted_count=45)
    reports = pipeline.load(company)
    assert "the last complete pass had 50 records, this one has 5" in " ".join(reports[0].reasons)
    assert loaded_rows(company, "raw_hubspot.owners where is_deleted") == 0
    assert "refused by the landing check" in " ".join(gate.of_sources(company))


def test_object_that_becomes_a_list_is_refused_and_a_new_field_is_not(company: Settings) -> None:
    land(company, owners(3))
    pipeline.load(company)
    land(company, owners(3), fields={"id": ["string"], "teams": ["object"], "extra": ["number"]})
    reports = pipeline.load(company)
    assert reports[0].reasons == ["landing.hubspot.owners.json_types_are_kept failed: teams was list and is object"]


def test_good_batch_is_loaded_and_its_verdicts_are_kept(company: Settings) -> None:
    land(company, owners(20))
    reports = pipeline.load(company)
    assert [report.inserted for report in reports] == [20]
    check = LandingCheck(company)
    assert check.refuse(landing.batches(landing.stream_folder(company, "hubspot", "owners"))[0]) == []
    assert {verdict.status for verdict in check.verdicts} == {"passed"}


def test_refused_batch_holds_the_later_ones_until_it_is_accepted(company: Settings) -> None:
    land(company, owners(50))
    pipeline.load(company)
    refused = land(company, owners(5))
    land(company, owners(50))
    assert [report.batch_id for report in pipeline.load(company)] == [refused.batch_id]
    assert len(landing.pending_batches(company)) == 2
    done = funnel(company.folder, "state", "accept", "hubspot.owners")
    assert done.returncode == 0, done.stderr
    reports = pipeline.load(company)
    assert [report.is_refused for report in reports] == [False, False]
    assert sources.status(company)["hubspot"].refused == {}


def test_refused_batch_can_be_dropped_or_fetched_again(company: Settings) -> None:
    land(company, owners(50))
    pipeline.load(company)
    for command in ("drop", "refetch"):
        land(company, owners(5))
        assert pipeline.load(company)[0].is_refused
        assert funnel(company.folder, "state", command, "hubspot.owners").returncode == 0
        assert all(batch.row_count == 0 for batch in landing.pending_batches(company))
        pipeline.load(company)


def test_damaged_manifest_is_shown_by_state_and_does_not_crash_it(company: Settings) -> None:
    batch = land(company, owners(3))
    batch.manifest_path.write_text("{")
    shown = funnel(company.folder, "state", "show", "--json")
    assert shown.returncode == 0
    assert json.loads(shown.stdout)["streams"][0]["error"]
    assert state.show(company)[0].error
