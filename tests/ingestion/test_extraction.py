"""Passes over scripted sources: cursors, deletions, guards and what is reported."""

from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ingestion import landing, state
from ingestion import load as loading
from ingestion.settings import Settings
from tests.ingestion.scripted import ScriptedSource, company, contact, current, extract, instant, load, owners, raw

LATER = "2026-02-01T00:00:00.000Z"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return company(tmp_path)


def test_a_first_run_without_records_closes_and_loads(settings: Settings) -> None:
    reports = extract(settings, ScriptedSource({}))
    assert all(report.error is None for report in reports.values())
    load(settings)
    assert raw(settings, "raw_hubspot.contacts") == []


def test_what_was_sent_is_stored_as_sent(settings: Settings) -> None:
    record = contact(1, properties={"ü": "naïve\u0000text", "big": "9223372036854775808123", "nested": [{"a": None}]})
    extract(settings, ScriptedSource({"contacts": [record]}))
    load(settings)
    assert orjson.loads(raw(settings, "raw_hubspot.contacts")[0][2]) == record


def test_a_second_run_without_changes_writes_no_batch(settings: Settings) -> None:
    source = ScriptedSource({"contacts": [contact(1), contact(2)], "owners": owners(1, 2)})
    extract(settings, source)
    reports = extract(settings, source)
    assert (reports["contacts"].new, reports["contacts"].changed, reports["contacts"].batches) == (0, 0, [])
    assert reports["owners"].batches == []


def test_the_report_counts_new_and_changed(settings: Settings) -> None:
    extract(settings, ScriptedSource({"contacts": [contact(1), contact(2)]}))
    second = ScriptedSource({"contacts": [contact(2, LATER, properties={"email": "x"}), contact(3, LATER)]})
    report = extract(settings, second)["contacts"]
    assert (report.fetched, report.new, report.changed) == (2, 1, 1)
    assert (report.cursor_before, report.cursor_after) == ("2026-01-01T00:00:00.000Z", LATER)


def test_the_cursor_is_read_back_with_a_look_back_and_rounded_down_to_the_second(settings: Settings) -> None:
    extract(settings, ScriptedSource({"contacts": [contact(1, "2026-01-01T12:00:00.999Z")]}))
    second = ScriptedSource({})
    extract(settings, second)
    assert second.states["contacts"].cursor == "2026-01-01T12:00:00.999Z"
    assert second.states["contacts"].since == instant("2026-01-01T11:50:00+00:00")


def test_a_record_that_appears_late_within_the_look_back_is_not_lost(settings: Settings) -> None:
    extract(settings, ScriptedSource({"contacts": [contact(1, "2026-01-01T12:00:00Z")]}))
    late = contact(2, "2026-01-01T11:55:00Z")
    extract(settings, ScriptedSource({"contacts": [contact(1, "2026-01-01T12:00:00Z"), late]}))
    load(settings)
    assert current(settings, "raw_hubspot.contacts").keys() == {"1", "2"}


def test_a_record_that_appears_later_than_the_look_back_is_reported_by_the_sweep(settings: Settings) -> None:
    extract(settings, ScriptedSource({"contacts": [contact(1, "2026-01-01T12:00:00Z")]}))
    late = contact(2, "2026-01-01T10:00:00Z")
    source = ScriptedSource({"contacts": [contact(1, "2026-01-01T12:00:00Z"), late]}, counts={"contacts": 2})
    report = extract(settings, source)["contacts"]
    assert "the source counts 2 records and 1 have landed" in report.notes[0]
    state.reset(settings, "hubspot.contacts")
    assert extract(settings, source)["contacts"].notes == []


@given(
    seconds=st.lists(st.integers(0, 3), min_size=1, max_size=12),
    cut=st.integers(0, 12),
    page_size=st.integers(1, 4),
    is_ordered=st.booleans(),
)
@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_records_that_share_a_timestamp_are_neither_lost_nor_doubled(
    tmp_path_factory: pytest.TempPathFactory, seconds: list[int], cut: int, page_size: int, is_ordered: bool
) -> None:
    settings = company(tmp_path_factory.mktemp("company"))
    records = [contact(number, f"2026-01-01T00:00:0{second}Z") for number, second in enumerate(seconds)]
    records.sort(key=lambda record: (record["updatedAt"], record["id"]))
    for part in (records[:cut], records):
        extract(settings, ScriptedSource({"contacts": part}, page_size=page_size, is_ordered=is_ordered))
        load(settings)
    rows = raw(settings, "raw_hubspot.contacts")
    assert sorted(row[0] for row in rows) == sorted(record["id"] for record in records)


def test_a_repeated_page_token_is_refused_as_a_loop(settings: Settings) -> None:
    source = ScriptedSource({"contacts": [contact(number) for number in range(6)]}, tokens=["a", "b", "a"])
    report = extract(settings, source)["contacts"]
    assert report.error_kind == "ProtocolError"
    assert "repeats a page token" in (report.error or "")


def test_an_interrupted_pass_goes_on_behind_its_last_batch(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing, "MAX_RECORDS", 4)
    records = [contact(number, f"2026-01-01T00:00:{number:02}Z") for number in range(10)]
    failed = extract(settings, ScriptedSource({"contacts": records}, fail_after=3))["contacts"]
    assert failed.error is not None
    assert failed.cursor_after is None
    again = ScriptedSource({"contacts": records})
    report = extract(settings, again)["contacts"]
    assert again.states["contacts"].resume_token == "6"
    assert report.is_resumed
    assert report.cursor_after == "2026-01-01T00:00:09Z"
    load(settings)
    assert len(raw(settings, "raw_hubspot.contacts")) == 10


def test_children_are_read_for_changed_parents_and_again_after_a_failure(settings: Settings) -> None:
    def links(*numbers: int) -> list[dict[str, object]]:
        return [{"from": {"id": str(number)}, "to": []} for number in numbers]

    contacts = [contact(1), contact(2)]
    extract(settings, ScriptedSource({"contacts": contacts}, failing=frozenset({"contact_companies"})))
    source = ScriptedSource({"contacts": contacts, "contact_companies": links(1, 2)})
    extract(settings, source)
    assert source.states["contact_companies"].changed == {"contacts": {"1", "2"}}
    changed = ScriptedSource({"contacts": [contact(2, LATER, archived=True)], "contact_companies": links(1, 2)})
    report = extract(settings, changed)["contact_companies"]
    assert changed.states["contact_companies"].changed == {"contacts": {"2"}}
    assert report.fetched == 1


class TestDeletions:
    def test_a_snapshot_makes_tombstones_for_absent_keys_and_revives_them(self, settings: Settings) -> None:
        for present in ((1, 2, 3), (1, 3), (1, 2, 3)):
            extract(settings, ScriptedSource({"owners": owners(*present)}))
            load(settings)
        versions = [(row[0], row[1], row[2] is None) for row in raw(settings, "raw_hubspot.owners")]
        assert versions == [
            ("1", False, False), ("2", False, False), ("2", True, True), ("2", False, False), ("3", False, False),
        ]  # fmt: skip

    def test_an_archived_record_is_deleted_and_a_restored_one_lives(self, settings: Settings) -> None:
        for updated, archived in (("2026-01-01", False), ("2026-01-02", True), ("2026-01-03", False)):
            extract(settings, ScriptedSource({"contacts": [contact(1, f"{updated}T00:00:00Z", archived=archived)]}))
        load(settings)
        assert [row[1] for row in raw(settings, "raw_hubspot.contacts")] == [False, True, False]
        assert current(settings, "raw_hubspot.contacts").keys() == {"1"}

    def test_an_interrupted_snapshot_deletes_nothing(self, settings: Settings) -> None:
        extract(settings, ScriptedSource({"owners": owners(1, 2, 3, 4)}))
        extract(settings, ScriptedSource({"owners": owners(1, 2, 3, 4)}, fail_after=1))
        load(settings)
        assert current(settings, "raw_hubspot.owners").keys() == {"1", "2", "3", "4"}

    def test_a_key_seen_before_an_interruption_is_not_taken_for_deleted(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(landing, "MAX_RECORDS", 2)
        extract(settings, ScriptedSource({"owners": owners(1, 2, 3, 4, 5)}))
        extract(settings, ScriptedSource({"owners": owners(1, 2, 3, 4)}, fail_after=1))
        report = extract(settings, ScriptedSource({"owners": owners(1, 2, 3, 4)}))["owners"]
        assert (report.is_resumed, report.deleted) == (True, 1)

    def test_a_window_deletes_only_within_its_dates(self, tmp_path: Path) -> None:
        def metric(day: str, campaign: int) -> dict[str, object]:
            return {"campaign": {"id": str(campaign)}, "segments": {"date": day}, "metrics": {"clicks": "1"}}

        settings = company(
            tmp_path,
            '[sources.google_ads]\ncustomer_id = "123-456-7890"\nclient_id = "x"\n'
            + "".join(f'{name} = {{ env = "X" }}\n' for name in ("developer_token", "client_secret", "refresh_token")),
        )
        old, kept, gone = metric("2026-01-01", 1), metric("2026-03-20", 1), metric("2026-03-20", 2)
        extract(settings, ScriptedSource({"campaign_metrics": [old, kept, gone]}))
        report = extract(settings, ScriptedSource({"campaign_metrics": [kept]}))["campaign_metrics"]
        load(settings)
        assert report.deleted == 1
        keys = current(settings, "raw_google_ads.campaign_metrics").keys()
        assert keys == {"1|2026-01-01", "1|2026-03-20"}


class TestASourceThatSuddenlyLacksItsRecords:
    def test_an_empty_snapshot_is_refused_and_deletes_nothing(self, settings: Settings) -> None:
        extract(settings, ScriptedSource({"owners": owners(*range(20))}))
        report = extract(settings, ScriptedSource({"owners": []}))["owners"]
        load(settings)
        assert "0 records where there were 20" in (report.error or "")
        assert "funnel state accept hubspot.owners" in report.next
        assert len(current(settings, "raw_hubspot.owners")) == 20

    def test_ninety_per_cent_fewer_records_are_refused_until_the_override_which_is_logged_and_used_once(
        self, settings: Settings
    ) -> None:
        extract(settings, ScriptedSource({"owners": owners(*range(20))}))
        shrunk = ScriptedSource({"owners": owners(1, 2)})
        assert extract(settings, shrunk)["owners"].error is not None
        state.accept(settings, "hubspot.owners")
        report = extract(settings, shrunk)["owners"]
        assert report.error is None
        assert report.notes == ["accepted by override: the source has 2 records where there were 20"]
        assert report.deleted == 18
        assert state.accepted_streams(settings) == frozenset()

    def test_an_incremental_stream_is_refused_by_the_sources_own_count(self, settings: Settings) -> None:
        records = [contact(number) for number in range(30)]
        extract(settings, ScriptedSource({"contacts": records}, counts={"contacts": 30}))
        report = extract(settings, ScriptedSource({}, counts={"contacts": 1}))["contacts"]
        assert "1 records where there were 30" in (report.error or "")

    def test_fewer_records_than_the_source_counts_are_refused(self, settings: Settings) -> None:
        report = extract(settings, ScriptedSource({"owners": owners(1, 2)}, counts={"owners": 3}))["owners"]
        assert "counts 3 records but sent 2" in (report.error or "")


class TestState:
    @pytest.mark.parametrize(
        ("cursor", "finding"), [("2999-01-01T00:00:00Z", "lies in the future"), ("soon", "is malformed")]
    )
    def test_an_impossible_cursor_is_refused_shown_and_reset(
        self, settings: Settings, cursor: str, finding: str
    ) -> None:
        extract(settings, ScriptedSource({"contacts": [contact(1)]}))
        state.reset(settings, "hubspot.contacts", cursor=cursor)
        report = extract(settings, ScriptedSource({"contacts": [contact(1)]}))["contacts"]
        assert report.error_kind == "StateError"
        assert finding in (report.error or "")
        assert "funnel state reset hubspot.contacts" in report.next
        shown = {f"{one.source}.{one.entity}": one.cursor for one in state.show(settings)}
        assert shown["hubspot.contacts"] == cursor
        state.reset(settings, "hubspot.contacts")
        assert extract(settings, ScriptedSource({"contacts": [contact(1)]}))["contacts"].error is None

    def test_a_damaged_manifest_is_refused_and_shown(self, settings: Settings) -> None:
        extract(settings, ScriptedSource({"contacts": [contact(1)]}))
        folder = landing.stream_folder(settings, "hubspot", "contacts")
        manifest = next(folder.glob("2*.json"))
        manifest.write_text("{")
        assert extract(settings, ScriptedSource({}))["contacts"].error_kind == "StateError"
        assert [one.error is not None for one in state.show(settings) if one.entity == "contacts"] == [True]

    def test_a_record_with_a_cursor_in_the_future_is_kept_but_not_followed(self, settings: Settings) -> None:
        source = ScriptedSource({"contacts": [contact(1), contact(2, "2999-01-01T00:00:00Z")]})
        report = extract(settings, source)["contacts"]
        load(settings)
        assert report.cursor_after == "2026-01-01T00:00:00.000Z"
        assert current(settings, "raw_hubspot.contacts").keys() == {"1", "2"}

    def test_a_dropped_batch_is_gone_and_the_cursor_stays(self, settings: Settings) -> None:
        batch_id = extract(settings, ScriptedSource({"contacts": [contact(1)]}))["contacts"].batches[0]
        state.drop(settings, batch_id)
        again = ScriptedSource({})
        extract(settings, again)
        load(settings)
        assert raw(settings, "raw_hubspot.contacts") == []
        assert again.states["contacts"].cursor == "2026-01-01T00:00:00.000Z"

    def test_a_refetched_batch_comes_again(self, settings: Settings) -> None:
        source = ScriptedSource({"contacts": [contact(1)]})
        batch_id = extract(settings, source)["contacts"].batches[0]
        state.refetch(settings, batch_id)
        extract(settings, source)
        load(settings)
        assert source.states["contacts"].cursor is None
        assert current(settings, "raw_hubspot.contacts").keys() == {"1"}


class TestQuarantineAndDrift:
    def test_records_without_a_usable_key_or_cursor_are_quarantined_with_reasons(self, settings: Settings) -> None:
        bad = [
            {"properties": {}, "updatedAt": LATER},
            contact(2, "yesterday"),
            {"id": "3", "properties": {}},
            {"id": {"a": 1}, "properties": {}, "updatedAt": LATER},
            ["no object"],
            {"id": "5", "updatedAt": LATER},
        ]
        report = extract(settings, ScriptedSource({"contacts": [contact(1), *bad]}, page_size=10))["contacts"]
        load(settings)
        assert (report.fetched, report.new, report.quarantined) == (7, 1, 6)
        reasons = [entry["reason"] for entry in landing.quarantined(settings)]
        assert reasons == [
            "key field `id` is missing or no identifier",
            "`updatedAt` is no time",
            "cursor field `updatedAt` is missing",
            "key field `id` is missing or no identifier",
            "the record is not an object",
            "required field `properties` is missing",
        ]

    def test_quarantined_records_are_in_the_warehouse_with_their_reason(self, settings: Settings) -> None:
        extract(settings, ScriptedSource({"contacts": [contact(1), contact(2, "yesterday")]}))
        load(settings)
        with loading.connect(settings.warehouse_path) as connection:
            rows = connection.execute(
                "select source, entity, record_id, reason from meta.quarantined_records"
            ).fetchall()
        assert rows == [("hubspot", "contacts", "2", "`updatedAt` is no time")]

    def test_no_deletions_are_inferred_when_a_record_came_without_a_key(self, settings: Settings) -> None:
        extract(settings, ScriptedSource({"owners": owners(1, 2)}))
        report = extract(settings, ScriptedSource({"owners": [*owners(1), {"email": "?"}]}))["owners"]
        assert report.deleted == 0
        assert report.notes == ["records without a key came: no deletions were inferred"]

    def test_new_removed_and_retyped_fields_are_loaded_and_reported(self, settings: Settings) -> None:
        before = contact(1, properties={"amount": "1"}, url="x")
        after = contact(1, LATER, properties={"amount": 1.5, "tier": {"a": [1]}}, extra={"a": 1})
        extract(settings, ScriptedSource({"contacts": [before]}))
        report = extract(settings, ScriptedSource({"contacts": [after]}))["contacts"]
        load(settings)
        assert report.drift == {
            "new": ["extra", "extra.a", "properties.tier"],
            "missing": ["url"],
            "retyped": [{"field": "properties.amount", "before": "string", "now": "number"}],
        }
        assert len(raw(settings, "raw_hubspot.contacts")) == 2

    def test_an_object_that_becomes_a_list_is_reported(self, settings: Settings) -> None:
        extract(settings, ScriptedSource({"contacts": [contact(1)]}))
        report = extract(settings, ScriptedSource({"contacts": [contact(1, LATER, properties=[])]}))["contacts"]
        assert report.drift["retyped"] == [{"field": "properties", "before": "object", "now": "array"}]

    def test_a_required_field_that_no_record_has_stops_the_stream(self, settings: Settings) -> None:
        extract(settings, ScriptedSource({"contacts": [contact(1)]}))
        gone = [{"id": "2", "updatedAt": LATER}, {"id": "3", "updatedAt": LATER}]
        report = extract(settings, ScriptedSource({"contacts": gone}))["contacts"]
        assert "no record has the required field `properties`" in (report.error or "")
        assert report.cursor_after == "2026-01-01T00:00:00.000Z"

    def test_one_failing_stream_lets_the_others_go_on(self, settings: Settings) -> None:
        source = ScriptedSource({"contacts": [{"id": "1", "updatedAt": LATER}], "owners": owners(1)})
        reports = extract(settings, source)
        assert reports["contacts"].error is not None
        assert reports["owners"].new == 1
