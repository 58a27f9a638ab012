"""What dbt takes over from the last build, and what it makes anew because the code or a setting has changed."""

import json
import shutil
from pathlib import Path

import pytest

from ingestion.settings import Settings, load_settings
from orchestration import layout, transform
from orchestration.errors import BuildError
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


def test_manifest_is_written_again_only_for_other_code(tmp_path: Path) -> None:
    settings = write_worked_example(tmp_path)
    manifest = transform.prepare_manifest(settings)
    seeds = ["build", "--select", "resource_type:seed", "--exclude-resource-type", "test"]
    written = manifest.stat().st_mtime_ns
    assert transform.run_dbt(settings, seeds)
    assert manifest.stat().st_mtime_ns == written
    results = json.loads((layout.dbt_target(settings) / "run_results.json").read_text())["results"]
    assert {result["status"] for result in results} == {"success"}
    assert {result["unique_id"].split(".")[0] for result in results} == {"operation", "seed"}

    stamp = layout.dbt_target(settings).parent / "parsed.json"
    stamp.write_text(json.dumps({**json.loads(stamp.read_text()), "code_hash": "other"}))
    assert transform.run_dbt(settings, seeds)
    assert manifest.stat().st_mtime_ns > written
    assert json.loads(stamp.read_text())["code_hash"] == transform.code_hash()


def test_what_dbt_does_not_understand_is_said(tmp_path: Path) -> None:
    settings = write_worked_example(tmp_path)
    with pytest.raises(BuildError, match="No such option '--nothing'"):
        transform.run_dbt(settings, ["parse", "--nothing"])
