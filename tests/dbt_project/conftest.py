"""What the tests of the dbt project share."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestration import layout
from tests import parsed
from tests.orchestration.companies import write_worked_example


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The project's manifest, as parsed for every company like the worked example."""
    known = parsed.once(write_worked_example(tmp_path_factory.mktemp("manifest")))
    found: dict[str, Any] = json.loads((layout.dbt_target(known) / "manifest.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """All models of the project, by name."""
    found = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return sorted(found, key=lambda node: str(node["name"]))
