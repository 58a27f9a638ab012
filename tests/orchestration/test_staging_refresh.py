"""Incremental staging is built from scratch when what it depends on besides raw has changed."""

import shutil
from pathlib import Path

import pytest

from ingestion.settings import Settings, load_settings
from orchestration import layout, transform
from tests.orchestration.companies import write_worked_example


def test_staging_is_rebuilt_until_a_whole_build_is_remembered(tmp_path: Path) -> None:
    settings = write_worked_example(tmp_path)
    assert "--full-refresh" in transform.build_arguments(settings)
    transform.remember_staging(settings)
    assert "--full-refresh" not in transform.build_arguments(settings)


def test_staging_is_rebuilt_when_the_reporting_zone_changes(tmp_path: Path) -> None:
    settings = write_worked_example(tmp_path)
    transform.remember_staging(settings)
    file = tmp_path / "funnelhouse.toml"
    file.write_text(file.read_text().replace("Europe/Berlin", "Asia/Kolkata"))
    assert "--full-refresh" in transform.build_arguments(load_settings(file))


def test_staging_is_rebuilt_when_a_seed_that_it_reads_changes_and_for_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = write_worked_example(tmp_path / "company")
    for part in ("macros", "models/staging", "seeds"):
        shutil.copytree(layout.DBT_PROJECT / part, tmp_path / "dbt" / part)
    shutil.copy(layout.DBT_PROJECT / "dbt_project.yml", tmp_path / "dbt")
    monkeypatch.setattr(layout, "DBT_PROJECT", tmp_path / "dbt")
    transform.remember_staging(settings)
    seeds = sorted((tmp_path / "dbt" / "seeds").glob("*.csv"))
    restaged = []
    for seed in seeds:
        before = seed.read_bytes()
        seed.write_bytes(before + b"\n")
        if "--full-refresh" in transform.build_arguments(settings):
            restaged.append(seed.stem)
        seed.write_bytes(before)
    assert "--full-refresh" not in transform.build_arguments(settings)
    assert restaged == ["currency_minor_units"]
    assert len(seeds) > 3


def test_other_code_is_parsed_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = write_worked_example(tmp_path)
    parsed = layout.dbt_target(settings) / "partial_parse.msgpack"
    parsed.parent.mkdir(parents=True, exist_ok=True)
    transform.forget_other_code(settings)
    parsed.write_bytes(b"of this code")
    transform.forget_other_code(settings)
    assert parsed.exists()
    monkeypatch.setattr(transform, "code_hash", lambda: "other")
    transform.forget_other_code(settings)
    assert not parsed.exists()


def test_the_worked_example_remembers_its_whole_build(audited: Settings) -> None:
    assert "--full-refresh" not in transform.build_arguments(audited)
