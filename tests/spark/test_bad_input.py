"""What a cluster or a lake can have wrong: a clear error, and nothing published."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ingestion import lake, landing
from ingestion.errors import StateError
from ingestion.settings import Settings
from orchestration import doctor, pipeline
from orchestration.errors import BuildError
from tests.orchestration.companies import funnel, write_worked_example
from tests.spark.cluster import needs_spark
from tests.spark.companies import on_spark, published

pytestmark = needs_spark


@pytest.fixture
def example(tmp_path: Path) -> Settings:
    """The worked example, extracted, on Spark in this process' machine."""
    settings = write_worked_example(tmp_path)
    assert [report.error for report in pipeline.extract(settings) if report.error] == []
    return on_spark(settings.file, where='master = "local[2]"')


def test_unreachable_master_is_named_and_nothing_is_published(example: Settings) -> None:
    on_spark(example.file, where='master = "spark://127.0.0.1:9"')
    assert funnel(example.folder, "load").returncode == 0
    done = funnel(example.folder, "build")
    assert done.returncode == 1
    assert "the Spark master 127.0.0.1:9 does not answer" in done.stdout + done.stderr
    assert published(example.folder) == {}


def test_unreachable_thrift_server_is_named(example: Settings) -> None:
    settings = on_spark(example.file, where='thrift = "127.0.0.1:9"')
    with pytest.raises(BuildError, match=r"the Thrift server 127\.0\.0\.1:9 does not answer"):
        pipeline.build(settings)


def test_missing_jar_of_a_table_format_is_named(example: Settings) -> None:
    settings = on_spark(example.file, where='master = "local[2]"\ntable_format = "iceberg"')
    pipeline.load(settings)
    with pytest.raises(Exception, match=r"(?i)iceberg") as raised:
        pipeline.build(settings)
    assert "spark.jars" in str(raised.value)
    assert published(example.folder) == {}


def test_second_company_on_the_same_lake_is_refused(example: Settings, tmp_path: Path) -> None:
    pipeline.load(example)
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(example.file, other)
    text = (other / "funnelhouse.toml").read_text().replace("[warehouse]\n", f'[warehouse]\nlake = "{example.lake}"\n')
    (other / "funnelhouse.toml").write_text(text)
    done = funnel(other, "load")
    assert done.returncode != 0
    assert "the lake belongs to Worked example" in done.stdout + done.stderr


def test_half_written_manifest_refuses_its_stream_and_loads_the_others(example: Settings) -> None:
    folder = landing.stream_folder(example, "leads", "leads")
    manifest = next(folder.glob("2*.json"))
    manifest.write_text(manifest.read_text()[:40])
    reports = pipeline.load(example)
    assert [report.stream for report in reports if report.is_refused] == ["leads.leads"]
    assert "the manifest cannot be read" in next(report.reasons[0] for report in reports if report.is_refused)
    loaded = {row["stream"] for row in lake.read(example, lake.LEDGER)}
    assert "leads.leads" not in loaded
    assert "opportunities.opportunities" in loaded


def test_loading_again_changes_nothing_and_a_batch_without_its_rows_is_refused(example: Settings) -> None:
    first = next(landing.stream_folder(example, "leads", "leads").glob("2*.parquet"))
    kept = first.read_bytes()
    first.write_bytes(kept[: len(kept) // 2])
    reports = {report.stream: report for report in pipeline.load(example)}
    assert reports["leads.leads"].is_refused
    first.write_bytes(kept)
    assert [report.stream for report in pipeline.load(example)] == ["leads.leads"]
    ledger = lake.read(example, lake.LEDGER)
    assert pipeline.load(example) == []
    assert lake.read(example, lake.LEDGER) == ledger
    assert len({row["batch_id"] for row in ledger}) == len(ledger)


def test_owner_file_that_names_another_folder_is_explained(example: Settings) -> None:
    lake.claim(example)
    path = Path(example.folder) / "var" / "lake" / "meta" / "owner.json"
    path.write_text(json.dumps({"company": "Else", "folder": "/somewhere"}) + "\n")
    with pytest.raises(StateError, match="the lake belongs to Else in /somewhere"):
        pipeline.load(example)


def test_doctor_names_what_spark_lacks(example: Settings) -> None:
    settings = on_spark(example.file, where='master = "spark://127.0.0.1:9"')
    found = [finding for finding in doctor.examine(settings) if finding.subject == "warehouse"]
    assert [finding.is_fine for finding in found] == [True, False, True]
    assert "pyspark-" in found[0].detail
    assert "127.0.0.1:9 does not answer" in found[1].detail
    assert "0 loaded batches" in found[2].detail
