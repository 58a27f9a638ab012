"""How fast a vendor may be asked, and how long to wait when it says no."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


class TokenBucket:
    """Lets `per_second` requests through on average and `burst` at once, over all threads that share it."""

    def __init__(
        self,
        per_second: float,
        *,
        burst: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if per_second <= 0:
            raise ValueError("a rate limit must be above zero requests per second")
        self._per_second = per_second
        self._burst = max(1.0, per_second if burst is None else burst)
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._tokens = self._burst
        self._filled_at = clock()

    def take(self) -> float:
        """Wait for the next free place; the seconds that were waited."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._per_second)
            self._filled_at = now
            self._tokens -= 1
            wait = max(0.0, -self._tokens / self._per_second)
        if wait > 0:
            self._sleep(wait)
        return wait


def retry_after_seconds(header: str | None, *, date_header: str | None = None) -> float | None:
    """The seconds that a Retry-After header asks for, None when it is absent or makes no sense.

    The header holds seconds or an HTTP date (RFC 9110, 10.2.3); a date is read against the `Date` of the same
    answer, so that the clocks of both sides need not agree.
    """
    if header is None:
        return None
    text = header.strip()
    if text.replace(".", "", 1).isdecimal() and text.isascii():
        return float(text)
    moment = _http_date(text)
    if moment is None:
        return None
    now = _http_date(date_header or "") or datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
