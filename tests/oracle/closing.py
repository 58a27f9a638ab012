"""The bridge of what is expected to close in a period: what it was before, what moved it, what is left."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.ledger import Ledger
from tests.oracle.periods import MONTHS
from tests.oracle.pipeline import SCOPES, Day, Evening, Pipeline

PARTS = (
    "opening", "created", "reopened", "pulled_in", "pushed_out", "changes", "won", "lost", "removed", "fx",
    "transferred_in", "transferred_out", "closing",
)  # fmt: skip
Key = tuple[str, date, str, str]


class ClosingBridge:
    """Walks the pipeline day by day with the eyes of one period at a time: what is expected in it is there."""

    def __init__(self, ledger: Ledger, pipeline: Pipeline, first_day: date) -> None:
        self.ledger, self.pipeline, self.first_day = ledger, pipeline, first_day
        self.rows: dict[Key, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(PARTS, Decimal(0)))

    def all(self) -> dict[Key, dict[str, Decimal]]:
        """Every part by period, dimension and member; what has no part that is not 0 is left out."""
        for grain in MONTHS:
            start = self.ledger.calendar.period_of(self.first_day, grain)
            while start <= self.ledger.as_of:
                end = self.ledger.calendar.last_day(start, grain)
                for day in self.pipeline.days:
                    self._day(grain, start, end, day)
                start = end + timedelta(days=1)
        return {key: parts for key, parts in self.rows.items() if any(parts.values())}

    def _day(self, grain: str, start: date, end: date, day: Day) -> None:
        was, now = self._was_expected(day, start, end), self._is_expected(day, start, end)
        last = min(end, self.ledger.as_of)
        if day.now.is_open and now and day.day == start - timedelta(days=1):
            self._add(grain, start, "opening", day.now.members, day.now.worth)
        if day.now.is_open and now and day.day == last:
            self._add(grain, start, "closing", day.now.members, day.now.worth)
        if not start <= day.day <= last:
            return
        if day.before is None or not day.before.is_open:
            if now:
                self._add(grain, start, "created" if day.is_first else "reopened", day.now.members, day.now.worth)
        else:
            self._morning(grain, start, day, day.before, was=was, now=now)
        if now and not day.now.is_open:
            self._add(grain, start, day.outcome, day.now.members, day.now.worth)

    def _morning(self, grain: str, start: date, day: Day, before: Evening, *, was: bool, now: bool) -> None:
        """Revalued, handed over, moved and changed, in this order."""
        morning = self.ledger.convert(before.amount, before.currency, day.day)
        if was:
            self._add(grain, start, "fx", before.members, morning - before.worth)
            for scope in SCOPES:
                left, came = before.members[scope], day.now.members[scope]
                if left != came:
                    self.rows[grain, start, scope, left]["transferred_out"] += morning
                    self.rows[grain, start, scope, came]["transferred_in"] += morning
        if was != now:
            self._add(grain, start, "pulled_in" if now else "pushed_out", day.now.members, morning)
        if now:
            self._add(grain, start, "changes", day.now.members, day.now.worth - morning)

    def _add(self, grain: str, start: date, part: str, members: dict[str, str], amount: Decimal) -> None:
        self.rows[grain, start, "total", "all"][part] += amount
        for dimension, who in members.items():
            self.rows[grain, start, dimension, who][part] += amount

    @staticmethod
    def _was_expected(day: Day, start: date, end: date) -> bool:
        expected = day.before.expected if day.before and day.before.is_open else None
        return expected is not None and start <= expected <= end

    @staticmethod
    def _is_expected(day: Day, start: date, end: date) -> bool:
        """What leaves without a date any more leaves where it was expected."""
        expected = day.now.expected
        if expected is None and not day.now.is_open and day.before and day.before.is_open:
            expected = day.before.expected
        return expected is not None and start <= expected <= end
