"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import parsed
from tests.orchestration import companies


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this session share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base


@pytest.fixture(scope="session", autouse=True)
def parsed_once(shared_folder: Path) -> Iterator[None]:
    """New companies take over the parsed project from one another, in processes that tests start as well."""
    os.environ[parsed.SHARED] = os.fspath(shared_folder)
    yield
    del os.environ[parsed.SHARED]


@pytest.fixture(scope="session")
def audited_folder(shared_folder: Path, parsed_once: None) -> Path:
    """The worked example: extracted, loaded, built and audited, not yet published. Never changed by a test."""
    return companies.built_once(shared_folder, "audited", [["extract"], ["load"], ["build"], ["audit"]])
