"""Faults between a vendor's answer and the published file: what is served stays, the cause is told, a rerun heals."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from ingestion import landing, run_report, state
from ingestion.sandbox import credentials
from ingestion.sandbox.faults import Fault
from ingestion.sandbox.server import SandboxServer, serve
from ingestion.sandbox.world import World
from ingestion.settings import Settings, load_settings
from orchestration import builds, pipeline
from orchestration.quality import gate
from orchestration.serving import duckdb_file
from tests import simulated_company, simulated_vendors
from tests.orchestration.companies import contents, copy_company, funnel
from tests.simulated_vendors import FIRST_DAY, SCALE, SEED, published, runs, settle

# A command and where it is killed; the last one gets through.
STEPS = (
    ("extract", "extract.page_received:9"),
    ("extract", "landing.batch_visible:12"),
    ("load", "load.rows_inserted:12"),
    ("run", "publish.placed"),
    ("publish", ""),
)


@dataclass
class Survivor:
    """A company whose runs were killed one after the other until one got through."""

    folder: Path
    exit_codes: list[int] = field(default_factory=list)
    served_meanwhile: list[object] = field(default_factory=list)
    said: str = ""

    @property
    def settings(self) -> Settings:
        """The company's configuration."""
        return load_settings(self.folder / "funnelhouse.toml")


@pytest.fixture(scope="module")
def standing() -> Iterator[SandboxServer]:
    """The vendors of a company that stands still."""
    with serve(World.create(SEED, SCALE, FIRST_DAY)) as sandbox:
        yield sandbox


@pytest.fixture
def vendors(standing: SandboxServer) -> Iterator[SandboxServer]:
    """The same vendors, healthy again after the test."""
    yield standing
    standing.switch_faults()


@pytest.fixture(scope="module")
def survivor(standing: SandboxServer, tmp_path_factory: pytest.TempPathFactory) -> Survivor:
    """The company after first runs that were killed at several places, and published in the end."""
    found = Survivor(tmp_path_factory.mktemp("survivor"))
    settings = settle(found.folder, standing, FIRST_DAY)
    for command, place in STEPS:
        done = funnel(found.folder, command, FUNNELHOUSE_FAULT_POINT=place)
        found.exit_codes.append(done.returncode)
        found.said += done.stdout + done.stderr
        found.served_meanwhile.append(duckdb_file.current_version(settings))
    return found


@pytest.fixture
def company(survivor: Survivor, vendors: SandboxServer, tmp_path: Path) -> Settings:
    """A copy of the published company."""
    return copy_company(survivor.folder, tmp_path / "company")


def test_run_killed_at_several_places_ends_in_what_a_clean_run_publishes(survivor: Survivor, tmp_path: Path) -> None:
    assert survivor.exit_codes == [-9, -9, -9, -9, 0], survivor.said
    assert survivor.served_meanwhile[:-1] == [None, None, None, None]
    clean = simulated_company.simulate(tmp_path, seed=SEED, scale=SCALE, days=[FIRST_DAY])
    assert contents(survivor.settings) == clean.content_hashes()
    current = duckdb_file.current_version(survivor.settings)
    assert current
    duckdb_file.verify(Path(current["path"]), builds.content_hashes(survivor.settings, current["build_id"]))


def test_no_secret_of_a_vendor_is_in_what_a_run_says_or_leaves(survivor: Survivor) -> None:
    secrets = [path.read_bytes() for path in (survivor.folder / "secrets").iterdir()]
    assert credentials.STRIPE_API_KEY.encode() in secrets
    for path, content in simulated_vendors.texts_below(survivor.folder, without=["secrets"]).items():
        assert [secret for secret in secrets if secret in content] == [], path
    assert [secret for secret in secrets if secret.decode() in survivor.said] == []


def test_source_that_is_suddenly_empty_keeps_what_is_published_and_status_says_why(
    company: Settings, vendors: SandboxServer
) -> None:
    served, built = published(company), contents(company)
    tables = ("raw_hubspot.contacts", "raw_hubspot.deals", "raw_hubspot.owners", "raw_hubspot.deal_pipelines")
    deleted = deleted_rows(company, *tables)
    vendors.switch_faults(Fault("empty_source", "hubspot", times=None))
    said = runs(company.folder, "run", code=3)
    assert "records where there were" in said
    assert published(company) == served
    for text in (said, runs(company.folder, "status"), runs(company.folder, "publish", code=1)):
        assert "hubspot" in text
        assert "`funnel state accept hubspot." in text
    assert deleted_rows(company, *tables) == deleted
    vendors.switch_faults()
    runs(company.folder, "extract", "--source", "hubspot")
    runs(company.folder, "publish")
    assert contents(company) == built


def test_source_that_shrank_is_let_in_by_an_override_that_is_logged_and_used_once(
    company: Settings, vendors: SandboxServer
) -> None:
    vendors.switch_faults(Fault("empty_source", "stripe", "products", times=None))
    refused = {report.stream: report for report in pipeline.extract(company, names=["stripe"])}["stripe.products"]
    assert "the source has 0 records" in str(refused.error)
    assert any("source stripe failed" in reason for reason in gate.of_sources(company))
    runs(company.folder, "state", "accept", "stripe.products")
    taken = {report.stream: report for report in pipeline.extract(company, names=["stripe"])}["stripe.products"]
    assert taken.error is None
    kept = run_report.last(company, "extract")
    assert kept
    assert any("accepted by override" in note for stream in kept["streams"] for note in stream["notes"])
    assert state.accepted_streams(company) == frozenset()


def test_new_fields_are_loaded_as_they_are_and_reported_as_drift(company: Settings, vendors: SandboxServer) -> None:
    vendors.switch_faults(Fault("new_field", "stripe", "customers", times=None, value="loyalty"))
    report = {one.stream: one for one in pipeline.extract(company, names=["stripe"])}["stripe.customers"]
    assert (report.error, report.deleted, report.quarantined) == (None, 0, 0)
    assert set(report.drift["new"]) == {"loyalty", "loyalty.nested", "loyalty.since"}
    assert [one.reasons for one in pipeline.load(company, names=["stripe"]) if one.is_refused] == []
    assert query(company, "select count(*) from raw_stripe.customers where payload like '%loyalty%'") >= report.changed
    assert report.changed > 0
    assert gate.of_sources(company) == []


def test_property_that_a_crm_no_longer_has_is_reported_as_missing(company: Settings, vendors: SandboxServer) -> None:
    state.reset(company, "hubspot.deals")
    vendors.switch_faults(Fault("removed_field", "hubspot", "deals", times=None, value="amount"))
    report = {one.stream: one for one in pipeline.extract(company, names=["hubspot"])}["hubspot.deals"]
    assert report.error is None
    assert report.drift["missing"] == ["properties.amount"]


def test_missing_required_field_stops_its_stream_and_the_publication_and_nothing_else(
    company: Settings, vendors: SandboxServer
) -> None:
    before = query(company, "select count(*) from raw_stripe.refunds")
    vendors.switch_faults(Fault("removed_field", "stripe", "refunds", times=None, value="amount"))
    reports = {report.stream: report for report in pipeline.extract(company, names=["stripe"])}
    assert "no record has the required field `amount`" in str(reports["stripe.refunds"].error)
    assert [name for name, report in reports.items() if report.error] == ["stripe.refunds"]
    pipeline.load(company, names=["stripe"])
    assert query(company, "select count(*) from raw_stripe.refunds") == before
    said = runs(company.folder, "publish", code=1)
    assert "source stripe failed" in said
    assert "required field `amount`" in said


def test_date_that_becomes_text_is_quarantined_with_its_reason_and_nothing_is_published(
    company: Settings, vendors: SandboxServer
) -> None:
    tickets = query(company, "select count(*) from raw_zendesk.tickets")
    vendors.switch_faults(Fault("retyped_field", "zendesk", "incremental/tickets", times=None, value="updated_at=soon"))
    report = {one.stream: one for one in pipeline.extract(company, names=["zendesk"])}["zendesk.tickets"]
    assert report.quarantined == report.fetched > 0
    assert {entry["reason"] for entry in landing.quarantined(company)} == {"`updated_at` is no time"}
    loaded = pipeline.load(company, names=["zendesk"])
    assert any("unusable" in " ".join(one.reasons) for one in loaded if one.stream == "zendesk.tickets")
    assert query(company, "select count(*) from raw_zendesk.tickets") == tickets
    assert "unusable" in runs(company.folder, "publish", code=1)


def test_object_that_becomes_a_list_is_held_in_landing_and_nothing_is_published(
    company: Settings, vendors: SandboxServer
) -> None:
    vendors.switch_faults(Fault("retyped_field", "stripe", "subscriptions", times=None, value="items:=[1]"))
    report = {one.stream: one for one in pipeline.extract(company, names=["stripe"])}["stripe.subscriptions"]
    refused = [one for one in pipeline.load(company, names=["stripe"]) if one.is_refused]
    assert report.error or [one.stream for one in refused] == ["stripe.subscriptions"]
    assert query(company, "select count(*) from raw_stripe.subscriptions where payload like '%\"items\":[1]%'") == 0
    said = runs(company.folder, "publish", code=1)
    assert "stripe" in said


def test_impossible_cursor_is_refused_shown_and_reset_from_the_command_line(company: Settings) -> None:
    runs(company.folder, "state", "reset", "hubspot.deals", "--cursor", "2999-01-01T00:00:00Z")
    said = runs(company.folder, "extract", "--source", "hubspot", code=3)
    assert "lies in the future" in said
    assert "funnel state reset hubspot.deals" in said.replace("\n", " ")
    assert "2999-01-01" in runs(company.folder, "state", "show", "--source", "hubspot", "--json")
    assert "lies in the future" in runs(company.folder, "publish", code=1)
    runs(company.folder, "state", "reset", "hubspot.deals")
    runs(company.folder, "extract", "--source", "hubspot")
    runs(company.folder, "publish")


def test_hostile_name_of_a_folder_is_quoted_in_every_step(
    survivor: Survivor, vendors: SandboxServer, tmp_path: Path
) -> None:
    settings = copy_company(survivor.folder, tmp_path / "o'brien\"; drop schema marts; --")
    shutil.rmtree(settings.serving)
    vendors.switch_faults(Fault("new_field", "stripe", "customers", times=None, value="'; drop table x; --"))
    reports = pipeline.extract(settings, names=["stripe"])
    assert [report.error for report in reports if report.error] == []
    assert sum(report.inserted for report in pipeline.load(settings, names=["stripe"])) > 0
    publication = pipeline.publish(settings)
    duckdb_file.verify(Path(publication["path"]), builds.content_hashes(settings, publication["build_id"]))
    assert contents(settings) == contents(survivor.settings)


def query(settings: Settings, statement: str) -> int:
    with duckdb.connect(settings.warehouse_path, read_only=True) as connection:
        row = connection.execute(statement).fetchone()
    assert row
    return int(row[0])


def deleted_rows(settings: Settings, *tables: str) -> list[int]:
    return [query(settings, f"select count(*) from {table} where is_deleted") for table in tables]
