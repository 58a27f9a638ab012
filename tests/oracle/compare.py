"""Holding the published KPI values against the oracle's."""

from __future__ import annotations

import math

import pandas as pd

KEY = ["kpi", "period_grain", "period_start_date", "dimension", "member"]
NUMBERS = ["numerator", "denominator", "value", "maturity"]


def disagreements(oracle: pd.DataFrame, marts: pd.DataFrame) -> list[str]:
    """Every row in which the two differ: counts, money and maturity exactly, values to 1e-9.

    Args:
        oracle: what `tests.oracle.kpis.compute` gives.
        marts: rows of `kpi_values`.

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
        elif not all(map(_same, truth, shown, (0.0, 0.0, 1e-9, 0.0))):
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
