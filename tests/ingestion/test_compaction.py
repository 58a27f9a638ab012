"""Old batches are joined, and nobody notices."""

from pathlib import Path

import pytest

from ingestion import compaction, landing
from tests.ingestion.scripted import ScriptedSource, company, contact, current, extract, load, raw


def test_old_batches_are_joined_without_losing_a_version_or_the_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "MANY_BATCHES", 6)
    monkeypatch.setattr(compaction, "NEWEST_KEPT", 2)
    monkeypatch.setattr(landing, "MAX_RECORDS", 4)
    settings = company(tmp_path)
    folder = landing.stream_folder(settings, "hubspot", "contacts")
    for day in range(1, 8):
        changed = [
            contact(1, f"2026-01-0{day}T00:00:00Z", properties={"day": day}),
            contact(f"new-{day}", f"2026-01-0{day}T00:00:00Z"),
        ]
        extract(settings, ScriptedSource({"contacts": changed}))
        load(settings)
    assert len(list(folder.glob("*.parquet"))) < 7
    assert all(batch.row_count <= 4 for batch in landing.batches(folder))
    before, present = raw(settings, "raw_hubspot.contacts"), current(settings, "raw_hubspot.contacts")
    assert len(before) == 14
    settings.warehouse_path.unlink()
    load(settings)
    assert raw(settings, "raw_hubspot.contacts") == before
    report = extract(settings, ScriptedSource({"contacts": changed}))["contacts"]
    assert (report.cursor_before, report.new, report.changed) == ("2026-01-07T00:00:00Z", 0, 0)
    assert current(settings, "raw_hubspot.contacts") == present
