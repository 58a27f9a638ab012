"""DuckDB keeps to the memory that `[warehouse] memory_limit` grants, in dbt's process and in those that read."""

from pathlib import Path

import pytest

from ingestion.settings import Settings, load_settings
from orchestration import layout, transform, warehouse
from tests.orchestration.companies import write_worked_example


@pytest.fixture(autouse=True)
def log_of_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBT_LOG_LEVEL_FILE", "debug")


def _limited(folder: Path) -> Settings:
    file = write_worked_example(folder).file
    file.write_text(file.read_text() + '\n[warehouse]\nmemory_limit = "512MiB"\n')
    return load_settings(file)


def test_dbt_and_the_readers_keep_to_the_limit(tmp_path: Path) -> None:
    settings = _limited(tmp_path)
    warehouse.prepare(settings)
    assert transform.run_dbt(settings, ["seed", "--select", "currency_minor_units"])
    assert "set memory_limit = '512MiB'" in (layout.dbt_logs(settings) / "dbt.log").read_text()
    with warehouse.reading(settings) as reader:
        _, rows = reader.rows("select current_setting('memory_limit'), current_setting('temp_directory')")
    assert rows == [("512.0 MiB", str(settings.var / "spilled"))]


def test_without_a_limit_dbt_sets_none(tmp_path: Path) -> None:
    settings = write_worked_example(tmp_path)
    warehouse.prepare(settings)
    assert transform.run_dbt(settings, ["seed", "--select", "currency_minor_units"])
    assert "built_from.versions" in (layout.dbt_logs(settings) / "dbt.log").read_text()
    assert "memory_limit" not in (layout.dbt_logs(settings) / "dbt.log").read_text()
