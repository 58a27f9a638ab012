"""What Dagster shows and does: the graph, the checks, and that nothing in it gets round the gate."""

import os
from collections.abc import Iterator

import dagster as dg
import pytest

from ingestion.catalog import STREAMS
from ingestion.settings import Settings
from orchestration import builds, layout, pipeline
from orchestration.assets.publications import AUDIT, MARTS_FILE, RUN_REPORT
from orchestration.definitions import build_definitions
from orchestration.resources import prepare_instance
from orchestration.serving import duckdb_file

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@pytest.fixture
def definitions(audited: Settings) -> dg.Definitions:
    return build_definitions(audited)


@pytest.fixture
def instance(audited: Settings) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(os.fspath(prepare_instance(audited))) as opened:
        yield opened


def materialize(
    definitions: dg.Definitions, instance: dg.DagsterInstance, *keys: dg.AssetKey
) -> dg.ExecuteInProcessResult:
    return definitions.resolve_job_def("everything").execute_in_process(
        instance=instance, asset_selection=list(keys), raise_on_error=False, run_config=QUIET
    )


def test_graph_runs_from_every_raw_entity_to_the_publications(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    groups = {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    assert groups == {"raw", "staging", "intermediate", "marts", "publications"}
    for stream in STREAMS:
        assert graph.has(dg.AssetKey([stream.source, stream.entity]))
    before = dg.AssetSelection.assets(MARTS_FILE).upstream().resolve(graph)
    for entity in ("opportunities", "leads", "tickets"):
        assert {dg.AssetKey(["files", entity]), dg.AssetKey(["marts", "kpi_values"])} <= before
    jobs = {job.name for job in definitions.resolve_all_job_defs()}
    assert {"everything", "refresh_opportunities"} <= jobs


def test_instance_runs_one_at_a_time_without_telemetry(audited: Settings) -> None:
    text = (prepare_instance(audited) / "dagster.yaml").read_text()
    assert "max_concurrent_runs: 1" in text
    assert "enabled: false" in text.split("telemetry:")[1]


def test_publish_asset_alone_is_refused_when_a_check_failed(
    audited: Settings, definitions: dg.Definitions, instance: dg.DagsterInstance
) -> None:
    build_id = builds.latest(audited)
    assert build_id
    audit = builds.read(audited, build_id, "audit")
    assert audit
    audit["verdicts"][0].update(status="failed", severity="error", message="planted")
    builds.write(audited, build_id, "audit", {**audit, "status": "failed"})
    result = materialize(definitions, instance, MARTS_FILE)
    assert not result.success
    assert duckdb_file.current_version(audited) is None


def test_publish_asset_alone_is_refused_when_a_mart_changed(
    audited: Settings, definitions: dg.Definitions, instance: dg.DagsterInstance
) -> None:
    import duckdb

    with duckdb.connect(audited.warehouse_path) as connection:
        connection.execute("delete from marts.fct_leads")
    assert not materialize(definitions, instance, MARTS_FILE).success
    assert duckdb_file.current_version(audited) is None


def test_publish_asset_alone_publishes_what_passed(
    audited: Settings, definitions: dg.Definitions, instance: dg.DagsterInstance
) -> None:
    assert materialize(definitions, instance, MARTS_FILE).success
    assert duckdb_file.current_version(audited) is not None


def test_publications_report_a_failed_source_at_the_very_end(
    audited: Settings, definitions: dg.Definitions, instance: dg.DagsterInstance
) -> None:
    known = builds.read_json(layout.runs(audited) / "sources.json")
    assert known
    text = audited.file.read_text().replace("[sources.tickets]", '[sources.tickets]\nallow_stale = "36h"')
    audited.file.write_text(text)
    known["tickets"]["failed"] = {"tickets.tickets": "the file cannot be read"}
    builds.write_json(layout.runs(audited) / "sources.json", known)
    result = materialize(definitions, instance, AUDIT, MARTS_FILE, RUN_REPORT)
    assert not result.success
    failed = {event.step_key for event in result.all_events if event.is_step_failure}
    assert failed == {"publications__run_report"}
    assert duckdb_file.current_version(audited) is not None


def test_checks_mirror_the_verdicts_with_their_metadata_and_do_not_steer(
    audited: Settings, definitions: dg.Definitions, instance: dg.DagsterInstance
) -> None:
    pipeline.publish(audited)
    build_id = builds.latest(audited)
    assert build_id
    audit = builds.read(audited, build_id, "audit")
    assert audit
    planted = next(item for item in audit["verdicts"] if item["check"] == "identity.mrr_bridge_closes")
    planted.update(status="failed", message="planted", measured={"differing_rows": 3})
    builds.write(audited, build_id, "audit", audit)
    graph = definitions.resolve_asset_graph()
    keys = [key for key in graph.asset_check_keys if key.name.startswith(("identity_", "suite_"))]
    job = dg.define_asset_job("checks", selection=dg.AssetSelection.checks(*keys))
    resolved = dg.Definitions.merge(definitions, dg.Definitions(jobs=[job])).resolve_job_def("checks")
    result = resolved.execute_in_process(instance=instance, raise_on_error=False, run_config=QUIET)
    assert result.success
    found = {one.check_name: one for one in result.get_asset_check_evaluations()}
    assert len(found) == len(keys)
    bridge = found["identity_mrr_bridge_closes"]
    assert not bridge.passed
    assert bridge.metadata["message"].value == "planted"
    assert found["identity_funnel_is_conserved"].passed
