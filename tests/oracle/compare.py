"""Holding the published KPI values against the oracle's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pandas as pd

from tests.oracle.closing import PARTS
from tests.oracle.cohorts import Cohorts
from tests.oracle.kpis import closing_bridge
from tests.oracle.ledger import Ledger
from tests.oracle.opportunities import opportunities
from tests.oracle.people import persons

KEY = ["kpi", "period_grain", "period_start_date", "dimension", "member"]
COHORTS = {
    "leads": """
        select cohort_month_date, channel, age_months, lead_count, mql_count, sql_count, opportunity_count, won_count
        from marts.fct_lead_cohorts
    """,
    "customers": """
        select cohort_basis, cohort_month_date, channel, age_months, customer_count, active_customer_count,
            opening_mrr_amount_reporting, mrr_amount_reporting, net_retained_mrr_amount_reporting,
            gross_retained_mrr_amount_reporting, purchasing_customer_count, repeat_customer_count,
            revenue_to_date_amount_reporting, margin_to_date_amount_reporting
        from marts.fct_customer_cohorts
    """,
    "curves": """
        select month_end_date, dimension, member, age_months, exposed_count, churned_count, survival_ratio
        from marts.fct_survival_curves
    """,
}
NUMBERS = ["numerator", "denominator", "value", "maturity", "sample_count"]


def disagreements(
    oracle: pd.DataFrame, marts: pd.DataFrame, tolerances: Mapping[str, float] | None = None
) -> list[str]:
    """Every row in which the two differ: counts, money, maturity and samples exactly, values to 1e-9.

    Args:
        oracle: what `tests.oracle.kpis.compute` gives.
        marts: rows of `kpi_values`.
        tolerances: of KPIs whose values are the end of a search and not of a formula.

    A row that one side does not have stands for nothing happened, which only a member other than `all` may be: records
    of a member whose amounts come to nothing have no row.
    """
    numbered = [f"{number}_{side}" for number in NUMBERS[:-1] for side in ("oracle", "marts")]
    both = _keyed(oracle).merge(
        _keyed(marts), on=KEY, how="outer", suffixes=("_oracle", "_marts"), indicator=True, validate="one_to_one"
    )
    is_wrong = (both._merge != "both") & ((both.dimension == "total") | both[numbered].fillna(0.0).ne(0.0).any(axis=1))
    for number in NUMBERS:
        one, other = both[f"{number}_oracle"], both[f"{number}_marts"]
        allowed = pd.Series(0.0, index=both.index)
        if number == "value":
            allowed = both.kpi.map(dict(tolerances or {})).fillna(1e-9).astype(float)
        is_same = ((one - other).abs() <= allowed * one.abs().clip(lower=1.0)) | (one.isna() & other.isna())
        is_wrong |= (both._merge == "both") & ~is_same
    return [_told(row) for row in both[is_wrong].sort_values(KEY).to_dict("records")]


def _keyed(frame: pd.DataFrame) -> pd.DataFrame:
    days = frame.period_start_date.astype(str).str[:10]
    return frame[KEY].assign(period_start_date=days).join(frame[NUMBERS].astype(float))


def _told(row: Mapping[Any, Any]) -> str:
    sides = (
        "None" if row["_merge"] == missing else str(tuple(row[f"{number}_{side}"] for number in NUMBERS))
        for side, missing in (("oracle", "right_only"), ("marts", "left_only"))
    )
    return f"{' '.join(row[name] for name in KEY)}: oracle {{}}, marts {{}}".format(*sides)


def _same(one: float | None, other: float | None, tolerance: float) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= tolerance * max(1.0, abs(one))


def cohort_disagreements(ledger: Ledger, marts: duckdb.DuckDBPyConnection) -> list[str]:
    """Every row in which the cohort marts and the curves differ from the oracle's: exactly, shares to 1e-9."""
    cohorts, problems = Cohorts(ledger), []
    for name, query in COHORTS.items():
        truth: Mapping[Any, tuple[Any, ...]] = getattr(cohorts, name)()
        width = len(next(iter(truth), ()))
        shown = {row[:width]: row[width:] for row in marts.sql(query).fetchall()}
        for key in sorted({*truth, *shown}):
            one, other = truth.get(key), shown.get(key)
            if one is None or other is None or not all(map(_near, one, other)):
                problems.append(f"{name} {key}: oracle {one}, marts {other}")
    return problems


def _near(one: Any, other: Any) -> bool:
    return _same(one, other, 1e-9) if isinstance(one, float) else one == other


def closing_disagreements(ledger: Ledger, marts: duckdb.DuckDBPyConnection) -> list[str]:
    """Every row in which the bridge of closing periods differs from the oracle's."""
    columns = ", ".join(f"{'amount_changes' if part == 'changes' else f'{part}_amount'}_reporting" for part in PARTS)
    rows = marts.sql(
        f"select period_grain, period_start_date, dimension, member, {columns} from marts.fct_pipeline_closing_bridge"
    ).fetchall()
    shown = {row[:4]: dict(zip(PARTS, row[4:], strict=True)) for row in rows if any(row[4:])}
    truth = closing_bridge(ledger)
    return [
        f"closing bridge {key}: oracle {truth.get(key)}, marts {shown.get(key)}"
        for key in sorted({*truth, *shown})
        if truth.get(key) != shown.get(key)
    ]


def life_disagreements(ledger: Ledger, marts: duckdb.DuckDBPyConnection) -> list[str]:
    """Every opportunity whose creation, close, outcome or days differ from the oracle's."""
    rows = marts.sql(
        "select opportunity_id, created_date, closed_date, is_won, opportunity_cycle_days, active_days"
        " from marts.fct_opportunities"
    ).fetchall()
    shown = {row[0]: row[1:] for row in rows}
    deals = opportunities(ledger, persons(ledger))
    truth = {deal.key: (deal.created, deal.closed, deal.is_won, *deal.days) for deal in deals}
    return [
        f"opportunity {key}: oracle {truth.get(key)}, marts {shown.get(key)}"
        for key in sorted({*truth, *shown})
        if truth.get(key) != shown.get(key)
    ]
