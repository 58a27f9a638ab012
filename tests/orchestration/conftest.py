"""One company is built once per test session; every test breaks a copy of its own."""

from pathlib import Path

import pytest

from ingestion.settings import Settings
from tests.orchestration import companies


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this session share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base


@pytest.fixture(scope="session")
def audited_folder(shared_folder: Path) -> Path:
    """The worked example: extracted, loaded, built and audited, not yet published. Never changed by a test."""
    return companies.built_once(shared_folder, "audited", [["extract"], ["load"], ["build"], ["audit"]])


@pytest.fixture
def audited(audited_folder: Path, tmp_path: Path) -> Settings:
    """A copy of the audited company."""
    return companies.copy_company(audited_folder, tmp_path / "company")
