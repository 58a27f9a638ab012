"""The business rules, each a dbt unit test beside its model, run against an empty warehouse."""

from __future__ import annotations

import json

import pytest

from ingestion import load
from ingestion.settings import Settings, load_settings
from orchestration import layout, transform
from tests import parsed


@pytest.fixture(scope="module")
def empty_company(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A company without any source: all raw tables exist and are empty."""
    folder = tmp_path_factory.mktemp("empty")
    file = folder / "funnelhouse.toml"
    file.write_text('[company]\nname = "Empty Ltd"\nreporting_currency = "USD"\nreporting_timezone = "Europe/Berlin"\n')
    settings = load_settings(file)
    settings.warehouse_path.parent.mkdir(parents=True)
    with load.connect(settings.warehouse_path) as connection:
        load.create_raw_tables(connection)
        load.write_run_parameters(connection, settings, settings.as_of_date())
    parsed.adopt(settings)
    return settings


@pytest.fixture(scope="module")
def outcomes(empty_company: Settings) -> dict[str, str]:
    """Status by node of a build with every unit test, each before its model."""
    transform.run_dbt(empty_company, ["build"])
    results = json.loads((layout.dbt_target(empty_company) / "run_results.json").read_text())["results"]
    return {result["unique_id"]: f"{result['status']} {result.get('message') or ''}".strip() for result in results}


def test_every_unit_test_of_the_business_rules_passes(outcomes: dict[str, str]) -> None:
    found = {node: status for node, status in outcomes.items() if node.startswith("unit_test.")}
    assert len(found) > 100
    assert {node: status for node, status in found.items() if not status.startswith("pass")} == {}


def test_a_company_without_any_data_builds_and_passes_its_checks(outcomes: dict[str, str]) -> None:
    found = {node: status for node, status in outcomes.items() if not node.startswith("unit_test.")}
    assert {status.split()[0] for status in found.values()} <= {"success", "pass", "warn"}


def test_the_project_can_be_parsed_without_a_warehouse(empty_company: Settings) -> None:
    known = parsed.once(empty_company)
    assert transform.is_parsed(known)
    assert not known.warehouse_path.exists()
