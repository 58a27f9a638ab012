"""Periods of every grain."""

from __future__ import annotations

from datetime import date, timedelta

MONTHS = {"month": 1, "quarter": 3, "fiscal_quarter": 3, "year": 12, "fiscal_year": 12}
GRAINS = ("day", "week", *MONTHS)


class Calendar:
    """Where weeks and fiscal years begin.

    Args:
        week_start: 1 = Monday … 7 = Sunday.
        fiscal_start: month in which the fiscal year begins.
    """

    def __init__(self, week_start: int = 1, fiscal_start: int = 1) -> None:
        self.week_start, self.fiscal_start = week_start, fiscal_start

    def period_of(self, day: date, grain: str) -> date:
        """The first day of the period that a day lies in."""
        if grain == "day":
            return day
        if grain == "week":
            return day - timedelta(days=(day.isoweekday() - self.week_start) % 7)
        shift = self.fiscal_start - 1 if grain.startswith("fiscal_") else 0
        months = MONTHS[grain]
        ordinal = day.year * 12 + day.month - 1 - shift
        year, month = divmod(ordinal // months * months + shift, 12)
        return date(year, month + 1, 1)

    def last_day(self, start: date, grain: str) -> date:
        """The last day of the period that begins on a day."""
        if grain in ("day", "week"):
            return start + timedelta(days=0 if grain == "day" else 6)
        year, month = divmod(start.year * 12 + start.month - 1 + MONTHS[grain], 12)
        return date(year, month + 1, 1) - timedelta(days=1)
