"""The worked example: a quarter of a tiny company as rows of the unified entities, every KPI worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

EXAMPLE = Path(__file__).parent


class Expected(NamedTuple):
    """One row of expected.csv; empty is None."""

    kpi: str
    period_grain: str
    period_start_date: str
    dimension: str
    member: str
    numerator: float | None
    denominator: float | None
    value: float | None


def _number(text: object) -> float | None:
    return None if text is None or text == "" or pd.isna(text) else float(str(text))


def expected_rows(scenario: str) -> list[Expected]:
    """The expected values of one scenario, in file order."""
    frame = pd.read_csv(EXAMPLE / "expected.csv", dtype=str, keep_default_na=False)
    return [
        Expected(*row[1:6], *(_number(cell) for cell in row[6:9]))
        for row in frame[frame.scenario == scenario].itertuples(index=False)
    ]


def differences(expected: Iterable[Expected], values: pd.DataFrame) -> list[str]:
    """What differs between expected rows and KPI values; counts and money exactly, ratios to 1e-9.

    A missing row stands for 0 ÷ 0, which only a member other than `all` may be; expected.csv rounds values to twelve
    decimals.
    """
    found = {
        (row.kpi, row.period_grain, str(row.period_start_date)[:10], row.dimension, row.member): (
            _number(row.numerator),
            _number(row.denominator),
            _number(row.value),
        )
        for row in values.itertuples(index=False)
    }
    problems = []
    for row in expected:
        wanted = (row.numerator, row.denominator, row.value)
        got = found.get(row[:5])
        if got is None:
            is_equal = row.dimension != "total" and all(number in (None, 0) for number in wanted)
        else:
            is_equal = all(
                (one is None) == (other is None) and (one is None or abs(one - (other or 0)) <= tolerance)
                for one, other, tolerance in zip(got, wanted, (0, 0, 1e-9), strict=True)
            )
        if not is_equal:
            problems.append(f"{' '.join(row[:5])}: expected {wanted}, got {got}")
    return problems
