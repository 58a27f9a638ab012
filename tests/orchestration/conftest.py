"""One company is built once per test session; every test breaks a copy of its own."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import Settings, load_settings
from orchestration import pipeline
from tests.orchestration import companies, postgres_companies, postgres_server


@pytest.fixture
def audited(audited_folder: Path, tmp_path: Path) -> Settings:
    """A copy of the audited company."""
    return companies.copy_company(audited_folder, tmp_path / "company")


@pytest.fixture(scope="module")
def spoilt(audited_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse to put bad rows into, each for the length of a transaction."""
    settings = companies.copy_company(audited_folder, tmp_path_factory.mktemp("spoilt") / "company")
    with duckdb.connect(settings.warehouse_path) as connection:
        yield connection


@pytest.fixture(scope="session")
def published(audited_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The audited company, published by this worker. Never changed by a test."""
    settings = companies.copy_company(audited_folder, tmp_path_factory.mktemp("published") / "company")
    pipeline.publish(settings)
    return settings


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres_server.Cluster]:
    """A PostgreSQL server of this worker."""
    with postgres_server.running() as started:
        yield started


@pytest.fixture
def url(cluster: postgres_server.Cluster) -> str:
    """The publisher's address of a new, empty database."""
    return cluster.url(cluster.database())


@pytest.fixture
def company(tmp_path: Path, url: str) -> Settings:
    """A company without models: only a hand-made published file, and the server door."""
    (tmp_path / "funnelhouse.toml").write_text("[company]\nname = 'Odd'\n")
    settings = load_settings(tmp_path / "funnelhouse.toml")
    settings = postgres_companies.open_door(settings, url, more="lock_timeout_seconds = 1")
    postgres_companies.serve(settings, "b1", postgres_companies.ODD)
    return settings
