"""The benchmark measures all that it promises; how fast things are is not asserted here."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import load_settings
from orchestration import layout
from tests.bench import kpi_layer, plain_build
from tests.orchestration.companies import copy_company
from tests.simulated_company import simulate

ROWS = ["contacts_speed", "memory", "build", "one_percent", "nothing_changed", "growth", "dashboard"]
LINKED = [
    "intermediate.int_accounts_merged",
    "intermediate.int_people",
    "marts.bridge_merged_records",
    "marts.fct_opportunity_line_items",
    "marts.fct_quotes",
]
KPIS = ["leads", "mqls", "opportunities_created", "deals_won", "tickets_created", "mrr_new"]


def test_a_plain_connection_knows_all_that_the_statements_of_a_build_name(audited_folder: Path, tmp_path: Path) -> None:
    settings = copy_company(audited_folder, tmp_path / "company")
    statements = plain_build.statements(layout.dbt_target(settings))
    with plain_build.connect(settings.warehouse_path) as connection:
        for statement in statements:
            connection.execute(f"explain {statement}")
    assert len(statements) > 1000
    assert any("fit_purchases" in statement for statement in statements)


@pytest.mark.slow
def test_table_and_json_have_every_row(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    options = ["--scale", "0.02", "--records", "2000", "--repeats", "1", "--json", str(results)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *options],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    content = json.loads(results.read_text(encoding="utf-8"))
    assert [row["name"] for row in content["rows"]] == ROWS
    assert all(row["value"] is not None and row["samples"] for row in content["rows"])
    assert {"cores", "memory_gb", "python", "duckdb"} <= set(content["machine"])
    for heading in ("measured", "goal", "verdict", "detail"):
        assert heading in done.stdout


@pytest.mark.slow
def test_copies_are_people_deals_tickets_and_customers_of_their_own(tmp_path: Path) -> None:
    simulated = simulate(tmp_path, seed=5, scale=0.02, days=[date(2026, 6, 30)])
    settings = load_settings(simulated.folder / "funnelhouse.toml")
    totals, rows = _totals(simulated.warehouse), _rows(simulated.warehouse)
    kpi_layer.multiply(settings, 3)
    measured = kpi_layer.build(settings)
    assert _totals(simulated.warehouse) == {name: 3 * count for name, count in totals.items()}
    assert _rows(simulated.warehouse) == {name: 3 * count for name, count in rows.items()}
    assert set(measured["facts"]) == set(kpi_layer.FACTS)
    assert measured["seconds"] > sum(measured["slowest"].values()) / 2 > 0


def _rows(warehouse: Path) -> dict[str, int]:
    """What a link between copies, or one lost within a copy, would change."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        return {
            name: connection.sql(f"from {name}").count("*").fetchall()[0][0]
            for name in (*(f"marts.{fact}" for fact in kpi_layer.FACTS), *LINKED)
        }


def _totals(warehouse: Path) -> dict[str, int]:
    with duckdb.connect(warehouse, read_only=True) as connection:
        found = connection.execute(
            "select kpi, sum(numerator) from marts.kpi_values where period_grain = 'month' and dimension = 'total' "
            "and kpi in (select unnest($kpis)) group by kpi",
            {"kpis": KPIS},
        ).fetchall()
    assert len(found) == len(KPIS)
    return dict(found)
