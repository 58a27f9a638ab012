"""Running sandboxes for the tests of this folder."""

import datetime as dt
from collections.abc import Iterator

import pytest

from ingestion.sandbox.server import SandboxServer, serve
from ingestion.sandbox.world import World
from tests.ingestion.sandbox.hubspot_client import Client

AS_OF = dt.date(2026, 3, 31)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    """A small company, served for one module."""
    with serve(World.create(7, 0.2, AS_OF)) as server:
        yield server


@pytest.fixture(scope="module")
def client(sandbox: SandboxServer) -> Iterator[Client]:
    """A client of the company's HubSpot."""
    made = Client(sandbox)
    yield made
    made.http.close()
