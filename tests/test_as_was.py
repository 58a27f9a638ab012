"""What was known on a day: which versions of raw count, and what the marts then say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion import knowledge
from ingestion.errors import ConfigurationError
from ingestion.raw_tables import connect, create_raw_tables
from ingestion.sandbox.server import serve
from ingestion.sandbox.world import World
from ingestion.settings import Settings, load_settings
from orchestration import as_was, company, pipeline, transform
from orchestration.errors import PipelineError
from orchestration.quality import hashes
from orchestration.quality.kpi_identities import PIPELINE_BRIDGE
from tests.orchestration.companies import contents, copy_company
from tests.simulated_company import WITHOUT_CHECKS
from tests.worked_example import RESTATED_SINCE_FEBRUARY, differences, expected_rows

DAY = date(2026, 2, 28)
LAST = datetime(2026, 2, 28, 22, 59, 59, 999999)  # of DAY in Berlin
NEXT = datetime(2026, 2, 28, 23)
# What costs and targets feed: their files say neither when a line was written nor when it was created.
UNDATED = ("acquisition_cost", "cac", "clv_", "pipeline_coverage", "quota_", "target")
MARCH, APRIL = datetime(2026, 3, 10), datetime(2026, 4, 10)
Version = tuple[str, str, "datetime | None", bool, "str | None", datetime]
Known = set[tuple[str, str, "str | None", bool]]


def known(folder: Path, versions: list[Version]) -> Known:
    """What remains of versions of leads in files: source, record, payload, is_deleted."""
    with connect(folder / "company.duckdb") as connection:
        create_raw_tables(connection)
        rows = [(*row[:5], str(number), row[5], "b1", number) for number, row in enumerate(versions)]
        connection.executemany("insert into raw_files.leads values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    with connect(folder / "past.duckdb") as connection:
        knowledge.copy_known(connection, folder / "company.duckdb", DAY, "Europe/Berlin")
        found = connection.execute("select source_name, record_id, payload, is_deleted from raw_files.leads").fetchall()
    assert len(found) == len(set(found))
    return set(found)


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        pytest.param(
            [("crm", "1", LAST, False, "old", APRIL), ("crm", "1", NEXT, False, "new", APRIL)],
            {("crm", "1", "old", False)},
            id="a version of the next day is not known, the last microsecond of the day is",
        ),
        pytest.param(
            [("crm", "1", MARCH, False, "first", APRIL), ("crm", "1", APRIL, False, "second", APRIL)],
            {("crm", "1", "first", False)},
            id="the first version ever seen is valid back to the creation",
        ),
        pytest.param(
            [("crm", "1", APRIL, False, "second", MARCH), ("crm", "1", MARCH, False, "first", APRIL)],
            {("crm", "1", "first", False)},
            id="the first version is the earliest of the source, whatever was loaded first",
        ),
        pytest.param(
            [("crm", "1", LAST, False, "alive", APRIL), ("crm", "1", MARCH, True, None, APRIL)],
            {("crm", "1", "alive", False)},
            id="a deletion after the day is not known",
        ),
        pytest.param(
            [("crm", "1", datetime(2026, 1, 1), False, "alive", APRIL), ("crm", "1", LAST, True, None, APRIL)],
            {("crm", "1", "alive", False), ("crm", "1", None, True)},
            id="a deletion on the day is known",
        ),
        pytest.param(
            [("crm", "1", MARCH, True, "gone", APRIL)],
            {("crm", "1", "gone", False)},
            id="a record that was first seen deleted later was not deleted yet",
        ),
        pytest.param(
            [("crm", "1", MARCH, True, None, APRIL), ("crm", "1", APRIL, False, "back", APRIL)],
            {("crm", "1", "back", False)},
            id="of later versions the first with content stands for the record",
        ),
        pytest.param(
            [("crm", "1", LAST, True, None, MARCH), ("crm", "1", APRIL, False, "back", APRIL)],
            {("crm", "1", None, True)},
            id="what was deleted on the day does not come back by a later version",
        ),
        pytest.param(
            [("crm", "1", None, False, "old", LAST), ("crm", "1", None, False, "new", NEXT)],
            {("crm", "1", "old", False)},
            id="without a version of the source its extraction counts",
        ),
        pytest.param(
            [("crm", "1", LAST, False, "one", APRIL), ("erp", "1", MARCH, False, "other", APRIL)],
            {("crm", "1", "one", False), ("erp", "1", "other", False)},
            id="two sources may have the same record",
        ),
    ],
)
def test_the_versions_that_were_known(tmp_path: Path, versions: list[Version], expected: Known) -> None:
    assert known(tmp_path, versions) == expected


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 2, 28), datetime(2026, 2, 28, 23)),
        (date(2026, 3, 28), datetime(2026, 3, 28, 23)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 22)),
    ],
)
def test_a_day_ends_at_midnight_of_the_reporting_zone(day: date, end: datetime) -> None:
    assert knowledge.end_of_day(day, "Europe/Berlin") == end


def test_sources_loaded_for_the_first_time_after_the_day_are_named(tmp_path: Path) -> None:
    versions = [
        ("crm", "1", LAST, False, "a", MARCH),
        ("crm", "2", MARCH, False, "b", APRIL),
        ("erp", "1", LAST, False, "c", LAST),
    ]
    with connect(tmp_path / "company.duckdb") as connection:
        create_raw_tables(connection)
        rows = [(*row[:5], str(number), row[5], "b1", number) for number, row in enumerate(versions)]
        connection.executemany("insert into raw_files.leads values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        connection.execute(
            "insert into raw_hubspot.deals values ('1', ?, false, 'd', 'd', ?, 'b2', 9)",
            [MARCH, datetime(2026, 3, 1, 23)],
        )
    with connect(tmp_path / "past.duckdb") as connection:
        found = knowledge.copy_known(connection, tmp_path / "company.duckdb", DAY, "Europe/Berlin")
    assert found == [
        knowledge.FirstSeen("crm", date(2026, 3, 10), 1), knowledge.FirstSeen("hubspot", date(2026, 3, 2), 1)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def example(audited_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The worked example, built as of its last day."""
    return copy_company(audited_folder, tmp_path_factory.mktemp("example") / "company")


@pytest.fixture(scope="module")
def past(example: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts of what was known on 28 February."""
    with duckdb.connect(pipeline.as_was(example, DAY)["path"], read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def today(example: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts of what was known on the last day."""
    with duckdb.connect(pipeline.as_was(example, example.as_of_date())["path"], read_only=True) as connection:
        yield connection


def test_every_number_that_was_known_is_that_of_the_worked_example(past: duckdb.DuckDBPyConnection) -> None:
    """Nothing of March is known: no edit, no deletion, no merge, no record."""
    expected = expected_rows("as_was_2026-02-28")
    assert len(expected) == 22
    assert differences(expected, past.sql("select * from marts.kpi_values").df()) == []


def test_what_changed_since_has_the_reasons_of_the_worked_example(
    example: Settings, past: duckdb.DuckDBPyConnection
) -> None:
    pipeline.publish(example)
    names, rows = as_was.restated(example, DAY)
    assert names[-1] == "reason"
    found = {
        (kpi, str(start), member): (was, now, reason)
        for kpi, grain, start, _, member, was, now, reason in rows
        if grain == "month"
    }
    for line in RESTATED_SINCE_FEBRUARY:
        was, now, reason = found[line[:3]]
        assert (was, now) == (pytest.approx(line.was, abs=1e-9), pytest.approx(line.now, abs=1e-9)), line
        assert reason == line.reason, line


def test_a_later_version_does_not_show(past: duckdb.DuckDBPyConnection) -> None:
    found = past.execute("select opportunity_id, opportunity_amount from marts.fct_opportunities").fetchall()
    amounts = dict(found)
    assert (amounts["D01"], amounts["D05"]) == (10000, 4000)


def test_a_later_deletion_does_not_show_and_a_later_record_does_not_exist(past: duckdb.DuckDBPyConnection) -> None:
    found = {row[0] for row in past.execute("select opportunity_id from marts.fct_opportunities").fetchall()}
    assert "D07" in found
    assert "D10" not in found


def test_a_later_merge_does_not_show(past: duckdb.DuckDBPyConnection) -> None:
    leads = past.execute(
        "select numerator from marts.kpi_values where kpi = 'leads' and period_grain = 'month'"
        " and period_start_date = date '2026-02-01' and dimension = 'total'"
    ).fetchone()
    assert leads == (3,)


def test_what_is_built_holds_marts_and_no_raw_rows(past: duckdb.DuckDBPyConnection) -> None:
    schemas = {row[0] for row in past.execute("select distinct schema_name from duckdb_tables()").fetchall()}
    assert schemas == {"marts", "meta"}
    dates = past.execute("select as_of_date, known_through_date from meta.run_parameters").fetchall()
    assert dates == [(DAY, DAY)]


def test_a_day_before_the_first_load_says_so(example: Settings, past: duckdb.DuckDBPyConnection) -> None:
    (later,) = as_was.built(example, DAY)["first_loaded_later"]
    assert later["source"] == "crm"
    assert later["first_loaded_on"] > DAY.isoformat()
    assert later["assumed_records"] > 0


def test_the_project_is_not_parsed_again(example: Settings, past: duckdb.DuckDBPyConnection) -> None:
    said = (example.folder / "var" / "as_was" / "work" / "var" / "dbt" / "logs" / "dbt.log").read_text()
    assert "Unable to do partial parsing" not in said
    assert "Done. PASS=" in said


def test_it_is_not_built_again_unless_something_changed(example: Settings, past: duckdb.DuckDBPyConnection) -> None:
    assert pipeline.as_was(example, DAY)["is_reused"]
    before = as_was.path(example, DAY).stat().st_ino
    file = example.folder / "funnelhouse.toml"
    text = file.read_text()
    file.write_text(text.replace("gross_margin_ratio = 0.80", "gross_margin_ratio = 0.70"))
    try:
        assert not pipeline.as_was(load_settings(file), DAY)["is_reused"]
    finally:
        file.write_text(text)
    assert as_was.path(example, DAY).stat().st_ino != before, "a reader keeps the file that it has open"


def test_knowing_everything_differs_from_an_ordinary_build_by_what_was_deleted(
    example: Settings, today: duckdb.DuckDBPyConnection
) -> None:
    """Only the pipeline remembers: no other fact, and no KPI of another kind."""
    was, now = hashes.content_hashes(today), contents(example)
    assert was.keys() == now.keys()
    different = {name.rpartition(".")[2] for name in was if was[name] != now[name]}
    assert {name for name in different if name.startswith(("fct_", "dim_", "bridge_"))} == {
        "fct_pipeline_daily", "fct_pipeline_flows", "fct_pipeline_closing_bridge", "fct_pipeline_closing_flows"
    }  # fmt: skip
    with duckdb.connect(example.warehouse_path, read_only=True) as connection:
        built = connection.sql("select * from marts.kpi_values").fetchall()
    remembered = set(today.sql("select * from marts.kpi_values").fetchall())
    kpis = {row[0] for row in remembered ^ set(built)}
    assert kpis <= {"weighted_pipeline_amount", "pipeline_coverage"} | {k for k in kpis if k.startswith("pipeline_")}


def test_what_was_deleted_is_in_the_pipeline_until_then(today: duckdb.DuckDBPyConnection) -> None:
    """D07, EUR 10,000: created on 25 February at 1.20, revalued to 1.25 on 6 March, deleted on 18 March."""
    rows = today.execute(
        "select kpi, period_start_date, value from marts.kpi_values where period_grain = 'month'"
        " and dimension = 'total' and (kpi like 'pipeline%amount%' or kpi = 'weighted_pipeline_amount')"
    ).fetchall()
    found = {(kpi.removeprefix("pipeline_").removesuffix("_amount"), start.month): value for kpi, start, value in rows}
    flows = ("opening", "created", "reopened", "amount_changes", "won", "lost", "removed", "fx", "closing")
    assert [found[flow, 2] for flow in flows] == [8_000, 34_800, 0, 0, 0, 8_000, 0, 0, 34_800]
    assert [found[flow, 3] for flow in flows] == [34_800, 13_200, 8_000, 1_250, 31_700, 6_000, 12_500, 1_200, 8_250]
    assert [found["weighted_pipeline", month] for month in (2, 3)] == [6_960, 4_150]
    last = today.execute(
        "select max(snapshot_date), count(*), max(stage_key = '(unknown)') from marts.fct_pipeline_daily"
        " where opportunity_key not in (select opportunity_key from marts.fct_opportunities)"
    ).fetchone()
    assert last == (date(2026, 3, 17), 21, False)
    assert today.sql(PIPELINE_BRIDGE.query).fetchall() == []


def test_what_is_remembered_is_restated_by_its_deletion(example: Settings, today: duckdb.DuckDBPyConnection) -> None:
    pipeline.publish(example)
    _, rows = as_was.restated(example, example.as_of_date())
    march = ("month", date(2026, 3, 1), "total", "all")
    assert {(row[0], *row[5:]) for row in rows if row[1:5] == march} == {
        ("pipeline_opening_amount", 34_800, 22_800, "delete"),
        ("pipeline_fx_amount", 1_200, 700, "delete"),
        ("pipeline_removed_amount", 12_500, 0, "delete"),
        ("pipeline_coverage", 1.44, 0.84, "delete"),
    }


def test_days_and_engines_that_cannot_be_are_refused(example: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="2026-04-01 is not over yet: the last complete day is 2026-03-31"):
        pipeline.as_was(example, date(2026, 4, 1))
    spark = example.model_copy(
        update={"warehouse": example.warehouse.model_copy(update={"engine": "spark", "master": "local[1]"})}
    )
    with pytest.raises(ConfigurationError, match="not supported on Spark yet"):
        pipeline.as_was(spark, DAY)
    with pytest.raises(PipelineError, match="nothing is loaded yet"):
        pipeline.as_was(example.model_copy(update={"folder": tmp_path}), DAY)
    with pytest.raises(PipelineError, match="run `funnel as-was 2026-01-31`"):
        as_was.built(example, date(2026, 1, 31))


@pytest.mark.slow
def test_it_is_what_the_build_of_that_day_said(tmp_path: Path) -> None:
    """A simulated company a month later, compared with what its marts said on the day itself."""
    days = [date(2026, 5, 31), date(2026, 6, 30)]
    world = World.create(7, 0.02, days[0])
    said = None
    with serve(world) as sandbox:
        for day in days:
            sandbox.advance(day)
            sandbox.write_files(tmp_path / "imports")
            settings = load_settings(company.write_demo(tmp_path, port=sandbox.port, as_of=day))
            pipeline.extract(settings)
            pipeline.load(settings)
            if said is None:
                assert transform.run_dbt(settings, WITHOUT_CHECKS)
                said = kpi_values(settings.warehouse_path)
    was = kpi_values(Path(pipeline.as_was(settings, days[0])["path"]))
    assert said is not None
    assert len(was) > 10_000
    assert sorted(said ^ was)[:10] == []


def kpi_values(warehouse: Path) -> set[tuple[str, ...]]:
    """Every KPI value of a file that neither costs nor targets feed, as text; unknown and zero are told apart."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        rows = connection.execute(
            "select kpi, period_grain, period_start_date, dimension, member, numerator, denominator, round(value, 6)"
            " from marts.kpi_values"
        ).fetchall()
    return {tuple(map(str, row)) for row in rows if not row[0].startswith(UNDATED)}
