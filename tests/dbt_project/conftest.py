"""What the tests of the dbt project share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.dbt_project.projects import parsed_manifest


@pytest.fixture(scope="session")
def manifest(shared_folder: Path) -> dict[str, Any]:
    """The project's manifest; test processes of one run share it."""
    return parsed_manifest(shared_folder / "manifest")


@pytest.fixture(scope="session")
def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """All models of the project, by name."""
    found = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return sorted(found, key=lambda node: str(node["name"]))
