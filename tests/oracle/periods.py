"""Calendar periods."""

from __future__ import annotations

from datetime import date, timedelta

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def period_of(day: date, grain: str) -> date:
    """The first day of the period that a day lies in."""
    months = MONTHS[grain]
    return day.replace(day=1, month=(day.month - 1) // months * months + 1)


def last_day(start: date, grain: str) -> date:
    """The last day of a period."""
    return period_of(start + timedelta(days=31 * MONTHS[grain] + 1), grain) - timedelta(days=1)
