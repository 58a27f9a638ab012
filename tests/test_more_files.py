"""The worked example with files that it has not: line items of deals, and visitors of the website.

A deal's amount belongs to the products of its lines, and the rest to an unknown one. A longer period has the website's
own total of visitors, never a sum of days.
"""

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
SESSIONS = """\
session_date,source,medium,campaign_name,sessions,visitors
2026-01-05,google,cpc,,50,40
2026-01-08,Facebook,paid,,10,8
2026-01-12,google,organic,,20,10
2026-01-12,google,cpc,,5,5
2026-02-03,google,cpc,,60,50
2026-03-03,google,cpc,,7,7
"""
# The quarter is no sum of its months; 2 January is no first day of a month, April is not over, and a day's own total
# goes before its rows.
VISITORS = """\
period_grain,period_start_date,source,visitors
month,2026-01-01,,55
month,2026-01-01,google,44
month,2026-01-01,Facebook,8
month,2026-02-01,,50
quarter,2026-01-01,,90
month,2026-01-02,,1000
month,2026-04-01,,7
day,2026-01-12,,12
week,2026-01-05,,46
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
    """The worked example with line items and a web report, built."""
    folder = tmp_path_factory.mktemp("more") / "company"
    names = {
        "products": PRODUCTS, "opportunity_line_items": LINES, "web_sessions": SESSIONS, "web_visitors": VISITORS,
    }  # fmt: skip
    write_worked_example(folder, more="".join(SOURCE.format(name=name) for name in names))
    for name, text in names.items():
        (folder / "imports" / f"{name}.csv").write_text(text)
    settings = load_settings(folder / "funnelhouse.toml")
    load_and_build(settings)
    return settings


@pytest.fixture(scope="module")
def values(company: Settings) -> pd.DataFrame:
    with duckdb.connect(company.warehouse_path, read_only=True) as connection:
        return connection.sql("select * from marts.kpi_values").df()


def test_every_value_is_the_oracle_s(company: Settings, values: pd.DataFrame) -> None:
    told = set(values[values.dimension == "product"].kpi)
    assert {"sales_amount", "opportunities_created_amount", "deals_won", "win_rate", "pipeline_amount"} <= told
    assert "web_visitors" in set(values[values.value.notna()].kpi)
    assert disagreements(compute(company.folder / "imports", date(2026, 3, 31)), values) == []


def test_a_product_has_its_lines_and_the_rest_is_unknown(company: Settings, values: pd.DataFrame) -> None:
    """The quarter by hand: D02 is worth 10,900, of which each third rounds by itself and the largest takes the cent."""
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


def test_a_deal_counts_for_the_product_that_it_is_most_for(company: Settings, values: pd.DataFrame) -> None:
    """The wins of the quarter by hand: D01, D02 (which by a cent is Training's), D03, D06 and the renewal D10."""
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


def shown(values: pd.DataFrame, kpi: str, grain: str, member: str = "all") -> dict[str, float | None]:
    """Value by first day of the period."""
    rows = values[(values.kpi == kpi) & (values.period_grain == grain) & (values.member == member)]
    return {str(row.period_start_date)[:10]: None if pd.isna(row.value) else row.value for row in rows.itertuples()}


def test_a_longer_period_has_its_own_total_or_none(values: pd.DataFrame) -> None:
    months = shown(values, "web_visitors", "month")
    assert [months[day] for day in ("2026-01-01", "2026-02-01", "2026-03-01")] == [55, 50, None]
    assert shown(values, "web_visitors", "quarter")["2026-01-01"] == 90
    assert shown(values, "web_visitors", "year")["2026-01-01"] is None
    assert shown(values, "web_visitors", "week")["2026-01-05"] == 46
    days = shown(values, "web_visitors", "day")
    assert [days[day] for day in ("2026-01-05", "2026-01-12", "2026-01-13")] == [40, 12, None]
    assert shown(values, "web_visitors", "month", "google") == {"2026-01-01": 44}


def test_the_rate_of_a_period_divides_by_its_own_visitors(values: pd.DataFrame) -> None:
    leads = shown(values, "leads", "month")["2026-01-01"]
    rates = shown(values, "visitor_to_lead_rate", "month")
    assert leads
    assert rates["2026-01-01"] == pytest.approx(leads / 55)
    assert rates["2026-03-01"] is None


def test_the_totals_are_a_mart_of_periods_that_are_over(company: Settings) -> None:
    with duckdb.connect(company.warehouse_path, read_only=True) as connection:
        told = connection.execute(
            "select period_grain, count(*), sum(visitor_count) filter (is_whole_website)"
            " from marts.fct_web_visitors group by all order by 1"
        ).fetchall()
    assert told == [("day", 1, 12), ("month", 4, 105), ("quarter", 1, 90), ("week", 1, 46)]
