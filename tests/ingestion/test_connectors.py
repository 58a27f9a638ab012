"""The acceptance kit over every stream of every vendor of the sandbox."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingestion.catalog import Stream, streams_of
from ingestion.errors import ConfigurationError
from ingestion.sandbox.server import SandboxServer, serve
from ingestion.sandbox.world import World
from ingestion.source import StreamState
from tests.ingestion import acceptance, vendors_under_test
from tests.ingestion.acceptance import Holdings, VendorUnderTest

Build = Callable[[Path], VendorUnderTest]

VENDORS: dict[str, Build] = {
    "hubspot": vendors_under_test.hubspot_under_test,
    "google_ads": vendors_under_test.google_ads_under_test,
    "zendesk": vendors_under_test.zendesk_under_test,
    "stripe": vendors_under_test.stripe_under_test,
}
CASES = [(name, stream) for name in VENDORS for stream in streams_of(name)]
STREAMS = [pytest.param(name, stream, id=stream.name) for name, stream in CASES]
INCREMENTAL = [
    pytest.param(name, stream, id=stream.name)
    for name, stream in CASES
    if stream.mode == "incremental" and stream.cursor is not None
]


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    """A company that stands still."""
    with serve(World.create(11, 0.1, acceptance.AS_OF)) as running:
        yield running


@pytest.fixture(scope="module")
def held(server: SandboxServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Holdings]:
    """What each vendor of that company holds, by its own books."""
    folder = tmp_path_factory.mktemp("secrets")
    return {name: build(folder).holdings(server.world) for name, build in VENDORS.items()}


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SandboxServer, dict[str, Holdings]]]:
    """A company that has moved on, and what its vendors held before."""
    world = World.create(12, 0.1, acceptance.AS_OF)
    folder = tmp_path_factory.mktemp("secrets")
    with serve(world) as running:
        before = {name: build(folder).holdings(world) for name, build in VENDORS.items()}
        running.advance(acceptance.LATER)
        yield running, before


@pytest.mark.parametrize(("name", "stream"), STREAMS)
def test_a_full_load_equals_what_the_vendor_holds(
    name: str,
    stream: Stream,
    server: SandboxServer,
    held: dict[str, Holdings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vendor = VENDORS[name](tmp_path)
    vendor.small_pages(monkeypatch)
    acceptance.check_full_load(vendor, stream, server.base_url(name), held[name])


@pytest.mark.parametrize(("name", "stream"), STREAMS)
def test_an_interrupted_pass_goes_on_where_it_stopped(
    name: str,
    stream: Stream,
    server: SandboxServer,
    held: dict[str, Holdings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vendor = VENDORS[name](tmp_path)
    vendor.small_pages(monkeypatch)
    acceptance.check_resume(vendor, stream, server.base_url(name), held[name])


@pytest.mark.parametrize(("name", "stream"), INCREMENTAL)
def test_a_later_sync_sees_only_what_changed(
    name: str,
    stream: Stream,
    moved: tuple[SandboxServer, dict[str, Holdings]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    running, before = moved
    vendor = VENDORS[name](tmp_path)
    vendor.small_pages(monkeypatch)
    acceptance.check_incremental(vendor, stream, running.base_url(name), before[name], running.world)


@pytest.mark.parametrize("name", VENDORS)
def test_a_revoked_credential_is_a_configuration_error(name: str, server: SandboxServer, tmp_path: Path) -> None:
    vendor = VENDORS[name](tmp_path)
    source = vendor.connect_revoked(server.base_url(name))
    with pytest.raises(ConfigurationError):
        acceptance.read(source, vendor.streams[0], StreamState())
    source.close()
