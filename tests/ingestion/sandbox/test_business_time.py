"""The company's working time: nine to five on weekdays that are no holidays, in Berlin."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from ingestion.sandbox.business_time import WorkingTime
from ingestion.sandbox.world import World

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def working() -> WorkingTime:
    return WorkingTime(World.create(1, 0.1, dt.date(2026, 3, 31)))


def at(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-01-05 10:00", "2026-01-05 11:30", 90),
        ("2026-01-05 10:00:00", "2026-01-05 10:01:59", 1),
        ("2026-01-09 16:30", "2026-01-12 09:45", 75),  # over a weekend
        ("2025-12-31 16:00", "2026-01-02 10:00", 120),  # over New Year
        ("2026-03-27 16:00", "2026-03-30 10:00", 120),  # over the change of the clocks
        ("2026-01-10 10:00", "2026-01-11 10:00", 0),  # nobody works
        ("2026-01-05 11:00", "2026-01-05 10:00", 0),
    ],
)
def test_only_working_minutes_count(working: WorkingTime, start: str, end: str, minutes: int) -> None:
    assert working.minutes(at(start), at(end)) == minutes


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-01-05 10:00", 4, "2026-01-05 14:00"),
        ("2026-01-09 16:00", 2, "2026-01-12 10:00"),
        ("2026-01-10 03:00", 8, "2026-01-12 17:00"),
        ("2026-01-05 09:00", 8, "2026-01-05 17:00"),
    ],
)
def test_working_time_after_a_moment(working: WorkingTime, start: str, hours: int, end: str) -> None:
    assert working.after(at(start), hours * 3600) == at(end)
