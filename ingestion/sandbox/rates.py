"""Daily exchange rates in reporting currency (USD) for one unit, on business days only."""

import datetime as dt
import random
from decimal import Decimal

REPORTING_CURRENCY = "USD"
_STARTING = {"EUR": 1.08, "GBP": 1.27}


def generate(rng: random.Random, first: dt.date, last: dt.date) -> dict[str, dict[dt.date, Decimal]]:
    """Return rates by currency and day (Monday to Friday), six decimals, a bounded random walk."""
    rates: dict[str, dict[dt.date, Decimal]] = {}
    for currency, starting in _STARTING.items():
        level = starting
        days: dict[dt.date, Decimal] = {}
        day = first
        while day <= last:
            if day.isoweekday() <= 5:
                level += (starting - level) * 0.01 + rng.gauss(0.0, 0.004)
                days[day] = Decimal(f"{level:.6f}")
            day += dt.timedelta(days=1)
        rates[currency] = days
    return rates
