"""Landing to raw: once each, in any order, with the same result."""

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ingestion import landing
from ingestion import load as loading
from ingestion.catalog import STREAMS, stream
from ingestion.entities import ENTITIES, ENTITY_BY_NAME
from ingestion.landing import BatchInfo
from ingestion.settings import Settings, load_settings
from tests.ingestion import scripted
from tests.ingestion.scripted import ScriptedSource, company, contact, extract, load, raw, raw_rows

NOON = datetime(2026, 1, 1, 12)
STAGING = Path(__file__).parents[2] / "dbt_project" / "models" / "staging" / "files"

Version = tuple[str, int, str]


def batch(settings: Settings, number: int, versions: list[Version]) -> BatchInfo:
    """A batch of versions: key, minute of extraction, content (`-`: a tombstone)."""
    payloads = [None if content == "-" else f'{{"v":"{content}"}}' for _, _, content in versions]
    instants = [NOON + timedelta(minutes=minute) for _, minute, _ in versions]
    rows = pa.table(
        {
            "record_id": [key for key, _, _ in versions],
            "updated_at": instants,
            "is_deleted": [payload is None for payload in payloads],
            "payload": payloads,
            "payload_hash": [content for _, _, content in versions],
            "extracted_at": instants,
        },
        schema=landing.BATCH_SCHEMA,
    )
    batch_id = f"20260101T0000{number:02}000000-abcdef"
    folder = landing.stream_folder(settings, "hubspot", "contacts")
    info = BatchInfo(
        batch_id, "hubspot", "hubspot", "contacts", "incremental", batch_id, rows.num_rows, rows.num_rows,
        closes_pass=True, folder=folder,
    )  # fmt: skip
    landing.write_batch(settings, info, rows)
    return info


def contents(settings: Settings) -> list[tuple[str, str]]:
    """Key and content of all versions in raw."""
    return [(key, digest) for key, digest in raw(settings, "raw_hubspot.contacts", "record_id, payload_hash")]


def test_only_a_record_equal_to_its_latest_version_is_a_duplicate(tmp_path: Path) -> None:
    settings = company(tmp_path)
    for number, content in enumerate("AABBA-AA"):
        batch(settings, number, [("1", number, content)])
    load(settings)
    assert [content for _, content in contents(settings)] == ["A", "B", "A", "-", "A"]


def test_loading_again_changes_nothing(tmp_path: Path) -> None:
    settings = company(tmp_path)
    batch(settings, 0, [("1", 0, "A")])
    first = load(settings)
    assert [(report.inserted, report.load_seq) for report in first] == [(1, 1)]
    assert load(settings) == []
    for path in landing.stream_folder(settings, "hubspot", "contacts").glob("*.loaded"):
        path.unlink()
    assert load(settings) == []
    assert landing.pending_batches(settings) == []


def test_load_seq_rises_only_with_new_versions(tmp_path: Path) -> None:
    settings = company(tmp_path)
    for number, content in enumerate("ABBC"):
        batch(settings, number, [("1", number, content)])
    assert [report.load_seq for report in load(settings)] == [1, 2, 2, 3]


def test_a_lost_warehouse_is_rebuilt_from_landing(tmp_path: Path) -> None:
    settings = company(tmp_path)
    for number, content in enumerate("ABA"):
        batch(settings, number, [("1", number, content)])
    load(settings)
    before = contents(settings)
    settings.warehouse_path.unlink()
    load(settings)
    assert contents(settings) == before


def test_a_refused_batch_stays_and_holds_its_stream_only(tmp_path: Path) -> None:
    settings = company(tmp_path)
    refused = batch(settings, 0, [("1", 0, "A")])
    batch(settings, 1, [("1", 1, "B")])
    extract(settings, ScriptedSource({"owners": scripted.owners(1)}))
    reports = loading.load(settings, refuse=lambda info: ["looks wrong"] if info.batch_id == refused.batch_id else [])
    assert [(report.entity, report.inserted, report.reasons) for report in reports if report.landed] == [
        ("contacts", 0, ["looks wrong"]),
        ("owners", 1, []),
    ]
    assert contents(settings) == []
    load(settings)
    assert contents(settings) == [("1", "A"), ("1", "B")]


def test_a_damaged_batch_is_named_and_holds_its_stream_only(tmp_path: Path) -> None:
    settings = company(tmp_path)
    info = batch(settings, 0, [("1", 0, "A")])
    info.rows_path.write_bytes(b"PAR1 damaged")
    extract(settings, ScriptedSource({"owners": scripted.owners(1)}))
    refused = {report.stream: report.reasons for report in load(settings) if report.is_refused}
    assert list(refused) == ["hubspot.contacts"]
    assert f"hubspot.contacts, batch {info.batch_id}" in refused["hubspot.contacts"][0]
    assert len(raw(settings, "raw_hubspot.owners")) == 1
    info.manifest_path.write_bytes(b"{")
    (reasons,) = [report.reasons for report in load(settings)]
    assert "the manifest cannot be read" in reasons[0]


def test_a_batch_that_comes_late_does_not_seem_newer_than_what_was_taken_for_a_duplicate(tmp_path: Path) -> None:
    settings = company(tmp_path)
    for number, (minute, content) in enumerate(((0, "A"), (5, "A"), (3, "B"))):
        batch(settings, number, [("1", minute, content)])
        load(settings)
    assert [content for _, content in contents(settings)] == ["A", "B", "A"]


VERSIONS = st.lists(st.tuples(st.sampled_from("12"), st.integers(0, 5), st.sampled_from("AB-")), min_size=1, max_size=8)


@given(versions=VERSIONS, data=st.data())
@hypothesis_settings(max_examples=15, deadline=None)
def test_permuted_duplicated_and_rebatched_input_gives_the_same_present(
    tmp_path_factory: pytest.TempPathFactory, versions: list[Version], data: st.DataObject
) -> None:
    """The latest version of every record, and the last payload that is not NULL, do not depend on the order."""
    shuffled = data.draw(st.permutations(versions + versions[: data.draw(st.integers(0, len(versions)))]))
    size = data.draw(st.integers(1, len(shuffled)))
    results = []
    for name, parts in (
        ("straight", [sorted(versions)]),
        ("shuffled", [shuffled[at : at + size] for at in range(0, len(shuffled), size)]),
    ):
        settings = company(tmp_path_factory.mktemp(name))
        for number, part in enumerate(parts):
            batch(settings, number, list(part))
        load(settings)
        results.append(_present(settings))
    assert results[0] == results[1]


def _present(settings: Settings) -> list[tuple[Any, ...]]:
    order = "(extracted_at, updated_at, payload_hash)"
    return raw_rows(
        settings,
        f"""
        select record_id, arg_max(is_deleted, {order}), arg_max(payload, {order}) filter (where payload is not null)
        from raw_hubspot.contacts group by record_id order by record_id
        """,
    )


@given(order=st.permutations(range(6)), size=st.integers(1, 6), doubled=st.integers(0, 6))
@hypothesis_settings(max_examples=10, deadline=None)
def test_permuted_duplicated_and_repaged_answers_give_the_same_raw(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], size: int, doubled: int
) -> None:
    records = [contact(number, f"2026-01-01T00:00:0{number}Z") for number in range(6)]
    answers = [records[number] for number in order]
    answers += answers[:doubled]
    settings = company(tmp_path_factory.mktemp("company"))
    extract(settings, ScriptedSource({"contacts": answers}, page_size=size))
    load(settings)
    rows = raw(settings, "raw_hubspot.contacts", "record_id, updated_at::text")
    assert rows == [(str(number), f"2026-01-01 00:00:0{number}") for number in range(6)]


def test_a_large_pass_is_cut_into_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing, "MAX_RECORDS", 3)
    settings = company(tmp_path)
    report = extract(settings, ScriptedSource({"contacts": [contact(number) for number in range(8)]}))["contacts"]
    sizes = [info.row_count for info in landing.batches(landing.stream_folder(settings, "hubspot", "contacts"))]
    assert (len(report.batches), max(sizes), sum(sizes)) == (len(sizes), 3, 8)


def test_batch_names_rise_even_when_the_clock_goes_back() -> None:
    future = landing.next_batch_id("29990101T000000000000-abcdef")
    assert future > "29990101T000000000000-abcdef"


def test_lone_surrogates_are_repaired_and_counted(tmp_path: Path) -> None:
    settings = company(tmp_path)
    record = contact(1, properties={"name": "a\ud800b"})
    report = extract(settings, ScriptedSource({"contacts": [record]}))["contacts"]
    load(settings)
    assert report.notes == ["1 texts with lone surrogates were repaired"]
    assert "a\ufffdb" in raw(settings, "raw_hubspot.contacts")[0][2]


class TestRawTables:
    def test_every_stream_of_the_catalog_has_a_table_from_the_beginning(self, tmp_path: Path) -> None:
        settings = company(tmp_path)
        found = {
            f"{schema}.{table}"
            for schema, table in raw_rows(settings, "select table_schema, table_name from information_schema.tables")
        }
        assert {one.raw_table for one in STREAMS} <= found

    def test_the_session_is_utc_and_installs_no_extension(self, tmp_path: Path) -> None:
        settings = company(tmp_path)
        query = "select current_setting('TimeZone'), current_setting('autoinstall_known_extensions')"
        assert raw_rows(settings, query) == [("UTC", False)]

    def test_configuration_tables_are_replaced_only_when_they_differ(self, tmp_path: Path) -> None:
        configuration = """
            [company]
            reporting_timezone = "Europe/Berlin"
            holiday_country = "DE"
            [company.business_hours]
            monday = ["09:00-12:00", "13:00-24:00"]
            holidays = [{ date = 2026-01-01, name = "New Year" }]
            [kpi]
            gross_margin_ratio = [{ ratio = 0.75 }, { valid_from = 2026-01-01, ratio = 0.8 }]
            [kpi.maturity_days]
            lead_to_won_rate = 270
            [sources.hubspot]
            access_token = { env = "X" }
            [sources.hubspot.pipelines.renewals]
            first_real_stage = "s2"
            is_renewal = true
            [sources.hubspot.values.opportunity_type]
            newbusiness = "new"
        """
        settings = company(tmp_path, configuration)
        with loading.connect(settings.warehouse_path) as connection:
            loading.create_raw_tables(connection)
            first = loading.write_run_parameters(connection, settings, date(2026, 3, 31))
            again = loading.write_run_parameters(connection, settings, date(2026, 3, 31))
            later = loading.write_run_parameters(connection, settings, date(2026, 4, 1))
            tables = {name: connection.execute(f"from meta.{name}").fetchall() for name in first}
        assert (again, later) == ([], ["run_parameters"])
        assert tables["business_hours"] == [
            ("default", "Europe/Berlin", 1, "09:00", "12:00"),
            ("default", "Europe/Berlin", 1, "13:00", "24:00"),
        ]
        assert tables["gross_margin_ratios"] == [(date(1900, 1, 1), "0.7500"), (date(2026, 1, 1), "0.8000")]
        assert tables["cohort_maturities"] == [("lead_to_won_rate", 270)]
        assert tables["kpi_headlines"] == [
            ("cac", "loaded", date(1900, 1, 1), None), ("roas", "first_touch", date(1900, 1, 1), None),
        ]  # fmt: skip
        assert tables["holidays"] == [("default", date(2026, 1, 1), "New Year")]
        assert tables["holiday_calendars"] == [("default", "DE")]
        assert tables["pipeline_settings"] == [("hubspot", "renewals", "s2", True)]
        assert tables["value_mappings"] == [("hubspot", "opportunities", "opportunity_type", "newbusiness", "new")]
        assert tables["sources"] == [("hubspot", "hubspot", True)]
        parameters = (
            date(2026, 4, 1), "USD", "Europe/Berlin", 1, "monday", 7, 90, 7, 0, False, "67", 36, 13,
            "0.0500", None,
        )  # fmt: skip
        assert tables["run_parameters"] == [parameters]


@pytest.mark.skipif(not STAGING.is_dir(), reason="the dbt project is not there")
@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_the_staging_model_of_files_reads_every_column_of_the_entity(entity: Any) -> None:
    model = (STAGING / f"stg_files__{entity.name}.sql").read_text(encoding="utf-8")
    missing = [name for name in entity.column_names if name not in ("updated_at",) and f"mapped.{name}'" not in model]
    assert missing == []


def test_the_catalog_and_the_entities_are_consistent() -> None:
    assert len({one.name for one in STREAMS}) == len(STREAMS)
    assert len(ENTITY_BY_NAME) == len(ENTITIES)
    for one in STREAMS:
        assert one.parent is None or stream(one.source, one.parent).parent is None
        assert one.mode != "window" or one.cursor is not None
    for entity in ENTITIES:
        names = [column.name for column in entity.columns]
        assert len(set(names)) == len(names)
        assert set(entity.key) <= set(names)


def test_the_worked_example_lands_and_loads_whole(tmp_path: Path) -> None:
    example = Path(__file__).parents[1] / "worked_example"
    folder = tmp_path / "example"
    shutil.copytree(example, folder)
    settings = load_settings(folder / "funnelhouse.toml", environment={})
    reports = scripted.extract_files(settings)
    assert all(report.error is None and not report.quarantined for report in reports.values())
    inserted = {report.entity: report.inserted for report in load(settings)}
    for entity, count in inserted.items():
        lines = set((folder / f"{entity}.csv").read_text(encoding="utf-8").splitlines()[1:])
        assert count == len(lines), entity
    assert settings.as_of_date() == date(2026, 3, 31)
