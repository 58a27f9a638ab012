"""Holding the published KPI values against the oracle's."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import duckdb
import pandas as pd

from tests.oracle.closing import PARTS
from tests.oracle.cohorts import Cohorts
from tests.oracle.kpis import closing_bridge
from tests.oracle.ledger import Ledger

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
NUMBERS = ["numerator", "denominator", "value", "maturity"]


def disagreements(
    oracle: pd.DataFrame, marts: pd.DataFrame, tolerances: Mapping[str, float] | None = None
) -> list[str]:
    """Every row in which the two differ: counts, money and maturity exactly, values to 1e-9.

    Args:
        oracle: what `tests.oracle.kpis.compute` gives.
        marts: rows of `kpi_values`.
        tolerances: of KPIs whose values are the end of a search and not of a formula.

    A row that one side does not have stands for nothing happened, which only a member other than `all` may be.
    """
    one, other = _indexed(oracle), _indexed(marts)
    problems = []
    for key in sorted({*one, *other}):
        truth, shown = one.get(key), other.get(key)
        if truth is None or shown is None:
            present = truth or shown or ()
            if key[3] == "total" or any(number not in (None, 0.0) for number in present):
                problems.append(f"{' '.join(key)}: oracle {truth}, marts {shown}")
        elif not all(map(_same, truth, shown, (0.0, 0.0, (tolerances or {}).get(key[0], 1e-9), 0.0))):
            problems.append(f"{' '.join(key)}: oracle {truth}, marts {shown}")
    return problems


def _indexed(frame: pd.DataFrame) -> dict[tuple[str, ...], tuple[float | None, ...]]:
    keys = frame[KEY].assign(period_start_date=frame.period_start_date.astype(str).str[:10])
    numbers = frame[NUMBERS].astype(float)
    return {
        tuple(key): tuple(None if math.isnan(number) else number for number in row)
        for key, row in zip(
            keys.itertuples(index=False, name=None), numbers.itertuples(index=False, name=None), strict=True
        )
    }


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
