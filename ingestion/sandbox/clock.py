"""Moments of the simulated company: aware UTC, whole milliseconds, and the vendors' ways to write them."""

import datetime as dt
from zoneinfo import ZoneInfo

UTC = dt.UTC
COMPANY_ZONE = ZoneInfo("Europe/Berlin")
HISTORY_DAYS = 730
HORIZON_DAYS = 185

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)


def local_midnight(day: dt.date) -> dt.datetime:
    """Return the UTC instant at which a day begins in the company's zone."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=COMPANY_ZONE).astimezone(UTC)


def end_of_day(day: dt.date) -> dt.datetime:
    """Return the last millisecond of a day in the company's zone, as UTC."""
    return local_midnight(day + dt.timedelta(days=1)) - _MILLISECOND


def local_date(moment: dt.datetime) -> dt.date:
    """Return the company's calendar date of an instant."""
    return moment.astimezone(COMPANY_ZONE).date()


def at_local(day: dt.date, hour: int, minute: int = 0, second: int = 0) -> dt.datetime:
    """Return the UTC instant of a wall-clock time in the company's zone (a gap takes the offset before it)."""
    local = dt.datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=COMPANY_ZONE)
    return local.astimezone(UTC)


def epoch_millis(moment: dt.datetime) -> int:
    """Return whole milliseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MILLISECOND


def epoch_seconds(moment: dt.datetime) -> int:
    """Return whole seconds since 1970, rounded down."""
    return epoch_millis(moment) // 1000


def from_millis(millis: int) -> dt.datetime:
    """Return the UTC instant of whole milliseconds since 1970."""
    return _EPOCH + millis * _MILLISECOND


def iso_millis(moment: dt.datetime) -> str:
    """Write a UTC instant as `2026-01-05T09:00:00.000Z`, as HubSpot does."""
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def iso_seconds(moment: dt.datetime) -> str:
    """Write a UTC instant as `2026-01-05T09:00:00Z`, fraction dropped, as Zendesk does."""
    return moment.isoformat(timespec="seconds")[:-6] + "Z"
