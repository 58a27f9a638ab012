"""A CSV export of a CRM that nobody here prepared: mapped in the configuration, it is in the facts and the KPIs."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ingestion.settings import load_settings
from orchestration import pipeline
from tests.simulated_company import load_and_build

EXPORT = """\
Opp ID;Sales Agent;Product;Account;Phase;Engaged;Closed;Close Value
1C1I7A6R;Moses Frase;GTX Plus Basic;Cancity;Won;20.10.2025;01.03.2026;1.054,00
Z063OYW0;Darcell Schlecht;GTXPro;Isdom;Won;25.10.2025;11.03.2026;4.514,50
EC4QE1BX;Darcell Schlecht;MG Special;Cancity;Lost;25.10.2025;07.03.2026;0,00
MV1LWRNH;Moses Frase;GTX Basic;Codehow;Won;25.10.2025;09.02.2026;588,00
PE84CX4O;Zane Levy;GTX Basic;;Engaging;25.02.2026;;
"""
CONFIGURATION = """\
[company]
name = "Legacy Ltd"
reporting_currency = "USD"
reporting_timezone = "Europe/Berlin"
as_of_date = 2026-03-31

[sources.legacy_crm]
kind = "files"
path = "exports/pipeline-*.csv"
entity = "opportunities"
date_format = "%d.%m.%Y"
delimiter = ";"
decimal = ","
[sources.legacy_crm.columns]
opportunity_id = "Opp ID"
owner_name = "Sales Agent"
account_name = "Account"
stage = "Phase"
created_at = "Engaged"
closed_at = "Closed"
amount = "Close Value"
[sources.legacy_crm.values.stage]
Won = "won"
Lost = "lost"
Engaging = "open"
"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company that has nothing but that export."""
    folder = tmp_path_factory.mktemp("legacy")
    (folder / "exports").mkdir()
    (folder / "exports" / "pipeline-2026.csv").write_text(EXPORT)
    (folder / "funnelhouse.toml").write_text(CONFIGURATION)
    settings = load_settings(folder / "funnelhouse.toml")
    reports = [*pipeline.extract(settings)]
    assert [(report.fetched, report.quarantined, report.error) for report in reports] == [(5, 0, None)]
    load_and_build(settings)
    return settings.warehouse_path


def rows(warehouse: Path, query: str) -> list[tuple[object, ...]]:
    """Rows of a query, dates and decimals as text."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        return [tuple(map(str, row)) for row in connection.execute(query).fetchall()]


def test_a_mapped_export_appears_in_the_opportunities_as_it_was_written(warehouse: Path) -> None:
    found = rows(
        warehouse,
        "select opportunity_id, opportunity_amount_reporting, is_won, closed_date"
        " from marts.fct_opportunities order by opportunity_id",
    )
    assert found == [
        ("1C1I7A6R", "1054.00", "True", "2026-03-01"),
        ("EC4QE1BX", "0.00", "False", "2026-03-07"),
        ("MV1LWRNH", "588.00", "True", "2026-02-09"),
        ("PE84CX4O", "0.00", "False", "None"),
        ("Z063OYW0", "4514.50", "True", "2026-03-11"),
    ]


def test_a_mapped_export_gives_the_sales_kpis_and_leaves_the_others_empty(warehouse: Path) -> None:
    found = rows(
        warehouse,
        "select kpi, value from marts.kpi_values where period_grain = 'month' and period_start_date = '2026-03-01'"
        " and dimension = 'total' and kpi in ('deals_won', 'deals_lost', 'sales_amount', 'win_rate', 'csat',"
        " 'opportunity_cycle_days_median', 'new_customers', 'cac_loaded', 'quota_attainment', 'mqls', 'mrr')"
        " order by kpi",
    )
    assert found == [
        ("cac_loaded", "None"),
        ("csat", "None"),
        ("deals_lost", "1.0"),
        ("deals_won", "2.0"),
        ("mqls", "None"),
        ("mrr", "None"),
        ("new_customers", "2.0"),
        ("opportunity_cycle_days_median", "134.5"),
        ("quota_attainment", "None"),
        ("sales_amount", "5568.5"),
        ("win_rate", "0.6666666666666666"),
    ]


def test_reps_and_accounts_that_a_file_only_names_are_members(warehouse: Path) -> None:
    found = rows(
        warehouse,
        "select member_label, value from marts.kpi_values where period_grain = 'quarter' and kpi = 'sales_amount'"
        " and period_start_date = '2026-01-01' and dimension = 'sales_rep' order by 1",
    )
    assert found == [("Darcell Schlecht", "4514.5"), ("Moses Frase", "1642.0")]
