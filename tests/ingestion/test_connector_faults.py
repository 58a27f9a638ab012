"""Every connector against the sandbox's scripted misbehaviour: whole, or a named error, never less."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion import http
from ingestion.catalog import Stream, stream
from ingestion.errors import ConfigurationError, ProtocolError, SourceError
from ingestion.sandbox.faults import Fault
from ingestion.sandbox.server import SandboxServer, serve
from ingestion.sandbox.world import World
from ingestion.service import zendesk
from ingestion.source import StreamState
from tests.ingestion import acceptance
from tests.ingestion.acceptance import Holdings, VendorUnderTest
from tests.ingestion.http_servers import QUICK
from tests.ingestion.test_connectors import VENDORS

STREAMS: dict[str, Stream] = {
    "hubspot": stream("hubspot", "companies"),
    "google_ads": stream("google_ads", "campaign_metrics"),
    "zendesk": stream("zendesk", "users"),
    "stripe": stream("stripe", "invoices"),
}
PATHS = {"hubspot": "objects", "google_ads": "searchStream", "zendesk": "incremental", "stripe": "invoices"}
PASSING = (
    "rate_limit_seconds", "rate_limit_http_date", "rate_limit_absent", "rate_limit_absurd", "server_error",
    "reset_mid_body", "truncated_json", "content_length_long", "content_length_short",
)  # fmt: skip
LASTING = {
    "html_200": ProtocolError,
    "error_object_200": ProtocolError,
    "empty_body_200": ProtocolError,
    "redirect_other_host": ProtocolError,
    "redirect_link_local": ProtocolError,
    "token_revoked": ConfigurationError,
    "rate_limit_absent": SourceError,
    "server_error": SourceError,
    "truncated_json": SourceError,
}


def small_pages(vendor: VendorUnderTest, patch: pytest.MonkeyPatch) -> None:
    """Several pages of every stream that is used here."""
    vendor.small_pages(patch)
    patch.setattr(zendesk, "_EXPORT_SIZE", 7)


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    """A company that stands still."""
    with serve(World.create(21, 0.1, acceptance.AS_OF)) as running:
        yield running


@pytest.fixture(scope="module")
def held(server: SandboxServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Holdings]:
    """What each vendor holds, by its own books."""
    folder = tmp_path_factory.mktemp("secrets")
    return {name: build(folder).holdings(server.world) for name, build in VENDORS.items()}


@pytest.fixture
def healthy(server: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxServer]:
    """The company with no fault left behind, read by connectors that do not wait long."""
    monkeypatch.setattr(http, "RetryPolicy", lambda: QUICK)
    yield server
    server.switch_faults()


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("name", VENDORS)
def test_a_passing_fault_costs_no_record_and_repeats_none(
    name: str,
    fault: str,
    healthy: SandboxServer,
    held: dict[str, Holdings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vendor = VENDORS[name](tmp_path)
    small_pages(vendor, monkeypatch)
    healthy.switch_faults(Fault(fault, name, PATHS[name], after=1, times=2))
    acceptance.check_full_load(vendor, STREAMS[name], healthy.base_url(name), held[name])
    assert [shown["hits"] for shown in healthy.faults()] == [2]


@pytest.mark.parametrize("fault", LASTING)
@pytest.mark.parametrize("name", VENDORS)
def test_a_lasting_fault_is_a_named_error_and_never_the_end_of_the_stream(
    name: str,
    fault: str,
    healthy: SandboxServer,
    held: dict[str, Holdings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vendor = VENDORS[name](tmp_path)
    small_pages(vendor, monkeypatch)
    source = vendor.connect(healthy.base_url(name))
    path = "" if fault == "token_revoked" else PATHS[name]
    healthy.switch_faults(Fault(fault, name, path, after=1, times=None))
    with pytest.raises(LASTING[fault]) as caught:
        acceptance.read(source, STREAMS[name], StreamState())
    source.close()
    assert name in str(caught.value)


@pytest.mark.parametrize("fault", ["stuck_cursor", "repeated_next_token"])
@pytest.mark.parametrize("name", ["hubspot", "zendesk"])
def test_a_page_token_that_goes_in_circles_is_refused(
    name: str,
    fault: str,
    healthy: SandboxServer,
    held: dict[str, Holdings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vendor = VENDORS[name](tmp_path)
    small_pages(vendor, monkeypatch)
    source = vendor.connect(healthy.base_url(name))
    path = "objects/companies" if name == "hubspot" else "incremental/users"
    healthy.switch_faults(Fault(fault, name, path, after=2, times=None))
    with pytest.raises(ProtocolError):
        acceptance.read(source, STREAMS[name], StreamState())
    source.close()


@pytest.mark.parametrize("name", ["hubspot", "zendesk"])
def test_links_to_another_host_are_not_even_read(
    name: str, healthy: SandboxServer, held: dict[str, Holdings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = VENDORS[name](tmp_path)
    small_pages(vendor, monkeypatch)
    healthy.switch_faults(Fault("next_other_host", name, times=None))
    acceptance.check_full_load(vendor, STREAMS[name], healthy.base_url(name), held[name])


def test_an_expired_token_is_refreshed_and_the_same_month_read_again(
    healthy: SandboxServer, held: dict[str, Holdings], tmp_path: Path
) -> None:
    vendor = VENDORS["google_ads"](tmp_path)
    healthy.switch_faults(Fault("token_expired", "google_ads", "searchStream", after=3, times=1))
    acceptance.check_full_load(vendor, STREAMS["google_ads"], healthy.base_url("google_ads"), held["google_ads"])


@pytest.mark.parametrize("fault", ["insert_between_pages", "delete_between_pages"])
def test_a_crm_that_moves_between_pages_loses_no_other_record(
    fault: str, healthy: SandboxServer, held: dict[str, Holdings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = VENDORS["hubspot"](tmp_path)
    small_pages(vendor, monkeypatch)
    contacts = stream("hubspot", "contacts")
    before = set(held["hubspot"]["contacts"])
    source = vendor.connect(healthy.base_url("hubspot"))
    healthy.switch_faults(Fault(fault, "hubspot", "objects/contacts", after=3, times=1, value="contacts"))
    records = acceptance.read(source, contacts, StreamState())
    source.close()
    keys = [acceptance.key_of(contacts, record) for record in records]
    assert len(before - set(keys)) <= 1
    assert len(keys) - len(set(keys)) <= 1
