"""Line items: a deal's amount belongs to the products of its lines, and the rest to an unknown one."""

from __future__ import annotations

from datetime import date

import duckdb
import pandas as pd
import pytest

from ingestion.settings import Settings, load_settings
from tests.oracle.compare import disagreements
from tests.oracle.kpis import compute
from tests.orchestration.companies import write_worked_example
from tests.simulated_company import load_and_build

PRODUCTS = """\
product_id,product_name,product_family
P1,Core,Platform
P2,Reports,Add-on
P3,Training,
"""
# D02 is 10,000 EUR in three lines that round up, D03 exceeds its 8,000, D06 falls short of its 4,000, D10 is a renewal.
LINES = """\
line_item_id,opportunity_id,product_id,quantity,amount
L1,D01,P1,10,9000.00
L2,D01,P2,1,3000.00
L3,D02,P1,1,3333.33
L4,D02,P2,1,3333.33
L5,D02,P3,1,3333.34
L6,D03,P1,1,9000.00
L7,D06,P2,2,2500.00
L8,D06,P9,1,1000.00
L9,D10,P1,6,7200.00
"""
SOURCE = """
[sources.{name}]
kind = "files"
path = "imports/{name}.csv"
entity = "{name}"
source_system = "crm"
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The worked example with line items, built."""
    folder = tmp_path_factory.mktemp("products") / "company"
    names = {"products": PRODUCTS, "opportunity_line_items": LINES}
    settings = write_worked_example(folder, more="".join(SOURCE.format(name=name) for name in names))
    for name, text in names.items():
        (folder / "imports" / f"{name}.csv").write_text(text)
    settings = load_settings(folder / "funnelhouse.toml")
    load_and_build(settings)
    return settings


def kpi_values(company: Settings) -> pd.DataFrame:
    with duckdb.connect(company.warehouse_path, read_only=True) as connection:
        return connection.sql("select * from marts.kpi_values").df()


def test_amounts_by_product_are_the_oracle_s(company: Settings) -> None:
    values = kpi_values(company)
    told = set(values[values.dimension == "product"].kpi)
    assert {"sales_amount", "opportunities_created_amount", "deals_won", "win_rate", "pipeline_amount"} <= told
    assert disagreements(compute(company.folder / "imports", date(2026, 3, 31)), values) == []


def test_a_product_has_its_lines_and_the_rest_is_unknown(company: Settings) -> None:
    """The quarter by hand: D02 is worth 10,900, of which each third rounds by itself and the largest takes the cent."""
    values = kpi_values(company)
    chosen = values[
        (values.kpi == "sales_amount") & (values.period_grain == "quarter") & (values.dimension == "product")
    ]
    shown = {
        (str(row.period_start_date)[:10], row.member): (float(row.numerator), row.member_label)
        for row in chosen.itertuples()
    }
    total = values[
        (values.kpi == "sales_amount") & (values.period_grain == "quarter") & (values.dimension == "total")
    ].set_index("period_start_date")
    for start, row in total.iterrows():
        parts = [number for (day, _), (number, _) in shown.items() if day == str(start)[:10]]
        assert sum(parts) == pytest.approx(float(row.numerator))
    assert shown["2026-01-01", "P2"][1] == "Reports"
    assert shown["2026-01-01", "P1"][0] == pytest.approx(9000 + 3333.33 * rate(company) + 9000 + 7200, abs=0.006)
    # D03 −1,000, D06 1,000 of a product that nobody lists and 500 that no line tells
    assert shown["2026-01-01", "(unknown)"][0] == -1000 + 1000 + 500


def test_a_deal_counts_for_the_product_that_it_is_most_for(company: Settings) -> None:
    """The wins of the quarter by hand: D01, D02 (which by a cent is Training's), D03, D06 and the renewal D10."""
    values = kpi_values(company)
    won = values[(values.kpi == "deals_won") & (values.period_grain == "quarter") & (values.dimension == "product")]
    shown = {
        row.member: int(row.numerator) for row in won.itertuples() if str(row.period_start_date)[:10] == "2026-01-01"
    }
    assert shown["P3"] == 1
    assert shown["P2"] == 1
    assert shown["P1"] == 3
    with duckdb.connect(company.warehouse_path, read_only=True) as connection:
        products = connection.execute(
            "select opportunity_id, product_id from marts.fct_opportunities join marts.dim_products using (product_key)"
            " where opportunity_id in ('D01', 'D02', 'D03', 'D06', 'D10') order by all"
        ).fetchall()
    assert products == [("D01", "P1"), ("D02", "P3"), ("D03", "P1"), ("D06", "P2"), ("D10", "P1")]


def rate(company: Settings) -> float:
    """The rate of D02's closing day."""
    with duckdb.connect(company.warehouse_path, read_only=True) as connection:
        found = connection.execute(
            "select exchange_rate from marts.fct_opportunities where opportunity_id = 'D02'"
        ).fetchone()
    assert found
    return float(found[0])


def test_lines_and_rests_make_every_amount(company: Settings) -> None:
    with duckdb.connect(company.warehouse_path, read_only=True) as connection:
        wrong = connection.execute(
            "select opportunity_key, any_value(opportunity_amount_reporting), sum(line_amount_reporting)"
            " from marts.fct_opportunities left join marts.fct_opportunity_line_items using (opportunity_key)"
            " group by all having sum(line_amount_reporting) is distinct from any_value(opportunity_amount_reporting)"
        ).fetchall()
        lines = connection.execute("select count(*) from marts.fct_opportunity_line_items where not is_rest").fetchone()
    assert wrong == []
    assert lines == (9,)
