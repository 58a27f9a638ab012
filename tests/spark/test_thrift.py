"""The worked example through a Thrift server: every expected number, and a gate that lets nothing else out."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import Settings
from orchestration import pipeline
from orchestration.errors import GateRefused
from orchestration.launch_dbt import CLOSING
from orchestration.spark.session import session
from tests.orchestration.companies import judged, write_worked_example
from tests.spark.cluster import SPARK_PYTHON, needs_spark, thrift_server
from tests.spark.companies import QUICK, on_spark, published
from tests.worked_example import differences, expected_rows

pytestmark = needs_spark

_CLOSE = """
import logging, runpy
runpy.run_path({module!r})
from dbt.adapters.spark.connections import PyhiveConnectionWrapper
from pyhive.exc import OperationalError
logging.basicConfig()

class Handle:
    def __init__(self, error):
        self.error = error

    def close(self):
        raise self.error

PyhiveConnectionWrapper(Handle(OperationalError("NoClassDefFoundError: LlapSigner"))).close()
PyhiveConnectionWrapper(Handle(ValueError("a mistake of ours"))).close()
"""


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The worked example, built and audited by way of a Thrift server."""
    folder = tmp_path_factory.mktemp("thrift")
    settings = write_worked_example(folder / "company")
    assert [report.error for report in pipeline.extract(settings) if report.error] == []
    with thrift_server(folder / "server", {**QUICK, "spark.master": "local[2]"}) as port:
        settings = on_spark(settings.file, where=f'thrift = "127.0.0.1:{port}"')
        pipeline.load(settings)
        pipeline.build(settings)
        assert pipeline.audit(settings)["status"] == "passed"
        yield settings


def test_mart_that_changed_since_its_audit_is_refused(example: Settings) -> None:
    with session(example) as opened:
        opened.execute("create table marts_before as select * from marts.dim_channels")
        opened.execute("insert into marts.dim_channels select * from marts_before limit 1")
        with pytest.raises(GateRefused, match="changed since the audit: dim_channels"):
            pipeline.publish(example)
        opened.execute("insert overwrite marts.dim_channels select * from marts_before")
        opened.execute("drop table marts_before")
    pipeline.publish(example)


def test_every_number_of_the_worked_example_comes_out_of_spark(example: Settings) -> None:
    with duckdb.connect(published(example.folder)["path"], read_only=True) as connection:
        values = connection.sql("select * from marts.kpi_values").df()
    expected = [row for row in expected_rows("as_of_2026-03-31") if row.kpi in set(values.kpi)]
    assert len({row.kpi for row in expected}) >= 45
    assert differences(expected, values) == []


def test_build_of_nothing_new_is_reused(example: Settings) -> None:
    assert pipeline.build(example).is_reused
    assert pipeline.publish(example)["build_id"] == published(example.folder)["build_id"]


def test_bad_row_in_raw_blocks_and_is_named(example: Settings) -> None:
    before, check = published(example.folder), "assert_merges_have_no_cycle"
    merges = Path(example.folder) / "imports" / "record_merges.csv"
    kept = merges.read_text()
    merges.write_text(kept + "leads,L07,L08,2026-03-03T10:00:00Z\n")
    try:
        pipeline.extract(example)
        assert [report.reasons for report in pipeline.load(example) if report.is_refused] == []
        verdict = judged(example, check)[check]
        assert verdict.blocks
        assert "'start_id': 'L0" in str(verdict)
    finally:
        merges.write_text(kept)
        pipeline.extract(example)
        pipeline.load(example)
    assert published(example.folder) == before


def test_session_that_the_server_cannot_close_fails_no_model() -> None:
    """Spark 4's server misses a class at some closes, after every statement was answered."""
    command = [SPARK_PYTHON, "-c", _CLOSE.format(module=str(CLOSING))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert "could not close a session: NoClassDefFoundError" in done.stderr
    assert done.returncode == 1, "only what the server says is tolerated"
    assert done.stderr.rstrip().endswith("ValueError: a mistake of ours")
