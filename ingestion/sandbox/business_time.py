"""The working time of the simulated company: its support hours without holidays, in its own zone."""

import datetime as dt
from bisect import bisect_right
from typing import TYPE_CHECKING

from ingestion.sandbox import files
from ingestion.sandbox.clock import at_local, epoch_seconds, local_date

if TYPE_CHECKING:
    from ingestion.sandbox.world import World


class WorkingTime:
    """Every working window of the simulated history, with the working seconds before it."""

    def __init__(self, world: "World") -> None:
        """Lay out the windows from a day before the history to half a year after it."""
        first, last = local_date(world.start) - dt.timedelta(days=1), local_date(world.end) + dt.timedelta(days=180)
        off = {day for day, _ in files.holidays(first, last)}
        opens, closes = (dt.time.fromisoformat(text) for text in (files.OPENS_AT, files.CLOSES_AT))
        self._starts: list[int] = []
        self._lengths: list[int] = []
        self._before: list[int] = [0]
        for number in range((last - first).days + 1):
            day = first + dt.timedelta(days=number)
            if day.isoweekday() > 5 or day in off:
                continue
            start, end = (epoch_seconds(at_local(day, clock.hour, clock.minute)) for clock in (opens, closes))
            self._starts.append(start)
            self._lengths.append(end - start)
            self._before.append(self._before[-1] + end - start)

    def minutes(self, start: int, end: int) -> int:
        """Whole working minutes between two instants in epoch seconds."""
        return self.seconds(start, end) // 60

    def seconds(self, start: int, end: int) -> int:
        """Working seconds between two instants in epoch seconds."""
        return max(0, self._until(end) - self._until(start))

    def after(self, start: int, seconds: int) -> int:
        """The instant at which so many working seconds have gone by since a start."""
        wanted = self._until(start) + seconds
        place = bisect_right(self._before, wanted - 1) - 1
        return self._starts[place] + wanted - self._before[place]

    def _until(self, at: int) -> int:
        place = bisect_right(self._starts, at)
        if place == 0:
            return 0
        return self._before[place - 1] + min(at - self._starts[place - 1], self._lengths[place - 1])
