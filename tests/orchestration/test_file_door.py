"""The file door: what readers see is always one whole, verified version."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import Settings
from orchestration import builds, layout, pipeline
from orchestration.errors import GateRefused, PipelineError
from orchestration.serving import duckdb_file, reader
from tests.orchestration.companies import funnel


def another_build(settings: Settings, build_id: str) -> str:
    """A further audited build of the same marts, without the minutes that dbt needs for one."""
    newest = builds.latest(settings)
    assert newest
    shutil.copytree(layout.builds(settings) / newest, layout.builds(settings) / build_id)
    (layout.builds(settings) / build_id / "publication.json").unlink(missing_ok=True)
    for part in ("build", "audit", "hashes"):
        stored = builds.read(settings, build_id, part)
        assert stored
        builds.write(settings, build_id, part, {**stored, "build_id": build_id})
    return build_id


def leads(path: Path) -> object:
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute("select count(*) from marts.fct_leads").fetchone()


@pytest.mark.parametrize("point", [point for point in pipeline.FAULT_POINTS if point.startswith("publish.")])
def test_kill_during_publication_leaves_one_whole_version_and_a_rerun_finishes(audited: Settings, point: str) -> None:
    first = pipeline.publish(audited)["build_id"]
    second = another_build(audited, "20990101T000000000-aaaa")
    killed = funnel(audited.folder, "publish", FUNNELHOUSE_FAULT_POINT=point)
    assert killed.returncode == -9
    for served in (
        Path(duckdb_file.current_version(audited)["path"]),  # type: ignore[index]
        layout.current_link(audited).resolve(),
    ):
        build_id = served.stem.removeprefix("marts-")
        assert build_id in {first, second}
        duckdb_file.verify(served, builds.content_hashes(audited, build_id))
    again = funnel(audited.folder, "publish", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["build_id"] == second
    assert layout.current_link(audited).resolve().stem == f"marts-{second}"
    assert not list(audited.serving.glob(".*draft*"))


def test_publishing_twice_confirms_the_same_version(audited: Settings) -> None:
    first = pipeline.publish(audited)
    assert pipeline.publish(audited) == first


def test_three_versions_are_kept_and_a_reader_keeps_what_it_opened(audited: Settings) -> None:
    first = pipeline.publish(audited)
    with duckdb.connect(first["path"], read_only=True) as reading:
        for number in range(1, 5):
            another_build(audited, f"209901{number:02d}T000000000-aaaa")
            pipeline.publish(audited)
        assert len(duckdb_file.versions(audited)) == 3
        assert not Path(first["path"]).exists()
        assert reading.execute("select count(*) > 0 from marts.kpi_values").fetchone() == (True,)


def test_kpi_values_of_every_publication_are_kept(audited: Settings) -> None:
    for number in range(1, 5):
        another_build(audited, f"209901{number:02d}T000000000-aaaa")
        pipeline.publish(audited)
    assert len(list((audited.serving / "history").glob("kpi_values-*.parquet"))) == 4


def test_restatement_of_a_complete_period_is_logged(audited: Settings) -> None:
    first = pipeline.publish(audited)
    assert first["restatements"]["count"] == 0
    kept = audited.serving / "history" / f"kpi_values-{first['build_id']}.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"create table kept as select * replace (case when kpi = 'leads' and period_start_date = date '2026-01-01'"
            f" and period_grain = 'month' and dimension = 'total' then 6 else value end as value) from '{kept}'"
        )
        connection.execute(f"copy kept to '{kept}' (format parquet)")
    another_build(audited, "20990101T000000000-aaaa")
    restated = pipeline.publish(audited)["restatements"]
    assert restated["count"] == 1
    assert restated["examples"][0]["kpi"] == "leads"
    assert (float(restated["examples"][0]["was"]), float(restated["examples"][0]["is"])) == (6, 5)


def test_publication_is_refused_on_a_wal(audited: Settings) -> None:
    first = pipeline.publish(audited)
    second = another_build(audited, "20990101T000000000-aaaa")
    (audited.serving / f"marts-{second}.duckdb.wal").write_bytes(b"left behind")
    with pytest.raises(GateRefused, match="wal"):
        pipeline.publish(audited)
    current = duckdb_file.current_version(audited)
    assert current
    assert current["build_id"] == first["build_id"]


def test_version_that_is_not_what_was_audited_is_never_pointed_at(audited: Settings) -> None:
    build_id = builds.latest(audited)
    assert build_id
    stored = builds.read(audited, build_id, "hashes")
    assert stored
    stored["marts"]["fct_leads"]["content_hash"] = "0:0"
    builds.write(audited, build_id, "hashes", stored)
    with pytest.raises(PipelineError, match="fct_leads"):
        pipeline.publish(audited)
    assert duckdb_file.current_version(audited) is None


def test_mart_with_personal_data_is_not_published(audited: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_file.gate, "refusals", lambda *_: [])
    with duckdb.connect(audited.warehouse_path) as connection:
        connection.execute("create table marts.fct_people as select 'ada@example.com' as email")
    with pytest.raises(GateRefused, match="personal"):
        pipeline.publish(audited)
    assert duckdb_file.current_version(audited) is None


def test_rollback_serves_the_version_before_and_a_named_one(audited: Settings) -> None:
    first = pipeline.publish(audited)["build_id"]
    second = another_build(audited, "20990101T000000000-aaaa")
    pipeline.publish(audited)
    assert pipeline.rollback(audited)["build_id"] == first
    assert layout.current_link(audited).resolve().stem == f"marts-{first}"
    assert pipeline.rollback(audited, second)["build_id"] == second
    with pytest.raises(PipelineError, match="no version"):
        pipeline.rollback(audited, "20200101T000000000-aaaa")


def test_rolled_back_build_stays_so_until_it_is_published_again(audited: Settings) -> None:
    first = pipeline.publish(audited)["build_id"]
    second = another_build(audited, "20990101T000000000-aaaa")
    pipeline.publish(audited)
    pipeline.rollback(audited)
    assert pipeline.publish(audited)["build_id"] == first
    assert pipeline.publish(audited, again=True)["build_id"] == second


def test_rollback_without_an_earlier_version_says_so(audited: Settings) -> None:
    pipeline.publish(audited)
    with pytest.raises(PipelineError, match="no version to roll back to"):
        pipeline.rollback(audited)


def test_damaged_version_is_not_rolled_back_to(audited: Settings) -> None:
    first = pipeline.publish(audited)
    another_build(audited, "20990101T000000000-aaaa")
    pipeline.publish(audited)
    path = Path(first["path"])
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(PipelineError):
        pipeline.rollback(audited)


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('/etc/passwd')",
        "attach '/tmp/other.duckdb' as other",
        "copy marts.kpi_values to '/tmp/leak.csv'",
        "install httpfs",
        "set enable_external_access = true",
        "create table marts.mine as select 1",
    ],
)
def test_sql_on_the_published_file_reaches_nothing_else(published: Settings, statement: str) -> None:
    with pytest.raises(duckdb.Error):
        reader.query(published, statement)


def test_published_tables_say_what_they_mean(published: Settings) -> None:
    _, undocumented = reader.query(
        published, "select table_name, column_name from meta.data_dictionary where coalesce(description, '') = ''"
    )
    assert undocumented == []
    listed = "select kpi, version, valid_from, owner, formula from {} order by all"
    assert reader.query(published, listed.format("meta.kpi_registry")) == reader.query(
        published, listed.format("marts.kpi_definitions")
    )
    _, registered = reader.query(
        published, "select dimensions, drill_through from meta.kpi_registry where kpi = 'cac_paid'"
    )
    assert [[json.loads(text) for text in row] for row in registered] == [
        [
            ["total", "channel", "segment"],
            {"fact": "fct_acquisition_costs", "filter": "cac_level = 'paid'", "others": ["dim_customers"]},
        ]
    ]
    _, comments = reader.query(published, "select count(*) from duckdb_columns() where comment is not null")
    assert comments[0][0] > 100
