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


class Restated(NamedTuple):
    """One line of the example's table of what changed after 28 February, with the reasons in our words.

    The example's words are: merged = merge, deleted = delete, edited = edit, by amount = edit, by rate = rate, entered
    late = late record; reopened, went back into a stage and won since = later event, as the record went on in March. A
    member that has nothing any more has no value, where the example says 0.
    """

    kpi: str
    period_start_date: str
    member: str
    was: float | None
    now: float | None
    reason: str


RESTATED_SINCE_FEBRUARY = (
    Restated("leads", "2026-02-01", "all", 3, 2, "merge"),
    Restated("leads", "2026-02-01", "paid_social", 1, None, "merge"),
    Restated("lead_to_mql_rate", "2026-02-01", "all", 2 / 3, 1, "merge"),
    Restated("opportunities_created", "2026-02-01", "all", 4, 3, "delete"),
    Restated("opportunities_created_amount", "2026-01-01", "all", 18_000, 20_000, "edit"),
    Restated("opportunities_created_amount", "2026-02-01", "all", 34_800, 24_750, "delete, edit, rate"),
    Restated("sales_amount", "2026-01-01", "all", 10_000, 12_000, "edit"),
    Restated("average_deal_amount", "2026-01-01", "all", 10_000, 12_000, "edit"),
    Restated("roas", "2026-01-01", "all", 10_000 / 610, 12_000 / 610, "edit"),
    Restated("quota_attainment", "2026-01-01", "EMEA", 1.25, 1.5, "edit"),
    Restated("sales_amount", "2026-02-01", "all", 0, 7_200, "late record"),
    Restated("deals_won", "2026-02-01", "all", 0, 1, "late record"),
    Restated("quota_attainment", "2026-02-01", "EMEA", 0, 0.6, "late record"),
    Restated("deals_lost", "2026-02-01", "all", 1, 0, "later event"),
    Restated("win_rate", "2026-02-01", "all", 0, None, "later event"),
    Restated("win_rate_of_created", "2026-01-01", "all", 0.5, 1, "later event"),
    Restated("pipeline_amount", "2026-02-01", "all", 34_800, 22_800, "delete"),
    Restated("weighted_pipeline_amount", "2026-02-01", "all", 6_960, 4_560, "delete"),
    Restated("lead_to_won_rate", "2026-01-01", "all", 0.2, 0.6, "later event"),
    Restated("time_in_stage_days_median", "2026-02-01", "main:s2", 9, 7, "later event"),
    Restated("data_quality_negative_durations", "2026-02-01", "all", 0, 1, "late record"),
)
