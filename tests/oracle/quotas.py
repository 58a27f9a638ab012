"""Quotas: as written for a period, else summed from shorter periods, else the working days' part of a longer one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.goals import Key, Value, goals
from tests.oracle.ledger import Ledger
from tests.oracle.periods import MONTHS

Target = tuple[str, date, str, str]


@dataclass(frozen=True)
class Quota:
    """One written quota and the days of its period on which its rep is employed."""

    grain: str
    start: date
    end: date
    amount: Decimal
    days: tuple[date, ...]


def working_days(ledger: Ledger, start: date, end: date) -> int:
    """Working days from one day through another."""
    weekdays, holidays = _working_days(ledger)
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    return sum(day.isoweekday() in weekdays and day not in holidays for day in days)


def target_amounts(ledger: Ledger, values: dict[Key, Value]) -> dict[Target, Decimal]:
    """Quota by (grain, period start, dimension, member), teams and company completed from the level below.

    Periods reach from the first target to the as-of date or the last target, whichever is later.
    """
    written: dict[tuple[str, str], list[Quota]] = defaultdict(list)
    for (_, grain, start, dimension, member), amount in goals(ledger, values, "credited_sales_amount").items():
        if amount is not None:
            written[dimension, member].append(_quota(ledger, grain, start, dimension, member, amount))
    starts = [quota.start for quotas in written.values() for quota in quotas]
    last = max([ledger.as_of, *(quota.end for quotas in written.values() for quota in quotas)])
    days = [
        start + timedelta(days=number)
        for start in [min(starts, default=last)]
        for number in range((last - start).days + 1)
    ]
    periods = sorted({(grain, ledger.calendar.period_of(day, grain)) for day in days for grain in MONTHS if starts})
    working = _working_days(ledger)
    found: dict[Target, Decimal] = {}
    for (dimension, who), quotas in written.items():
        for grain, start in periods:
            amount = _amount(ledger, quotas, grain, start, working)
            if amount is not None:
                found[grain, start, dimension, who] = amount
    _complete(ledger, found, periods)
    return found


def _complete(ledger: Ledger, found: dict[Target, Decimal], periods: list[tuple[str, date]]) -> None:
    for grain, start in periods:
        teams: dict[str, Decimal] = defaultdict(Decimal)
        for (g, s, dimension, who), amount in found.items():
            if (g, s, dimension) == (grain, start, "sales_rep"):
                teams[_first_team(ledger, who, start)] += amount
        for team, amount in teams.items():
            found.setdefault((grain, start, "team", team), amount)
        amounts = [amount for (g, s, d, _), amount in found.items() if (g, s, d) == (grain, start, "team")]
        if amounts:
            found.setdefault((grain, start, "total", "all"), sum(amounts, Decimal(0)))


def _first_team(ledger: Ledger, rep: str, start: date) -> str:
    """The team on a period's first day in employment, or the first one that the rep joins after it."""
    joined = [date.fromisoformat(row.get("valid_from") or "1900-01-01") for row in ledger.team_rows.get(rep, [])]
    return ledger.team(rep, max(start, _employment(ledger, rep)[0], min(joined, default=start)))


def _employment(ledger: Ledger, rep: str) -> tuple[date, date]:
    """First day of a rep's employment and the day after its last."""
    row = next(iter(ledger.team_rows.get(rep, [])), {})
    left = row.get("employed_to") or ""
    end = date.fromisoformat(left) if left and ledger.happened(left) else date.max
    return date.fromisoformat(row.get("employed_from") or "1900-01-01"), end


def _quota(ledger: Ledger, grain: str, start: date, dimension: str, who: str, amount: Decimal) -> Quota:
    end = ledger.calendar.last_day(start, grain)
    first, gone = (date.min, date.max) if dimension != "sales_rep" else _employment(ledger, who)
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    return Quota(grain, start, end, amount, tuple(day for day in days if first <= day < gone))


def _amount(
    ledger: Ledger, quotas: list[Quota], grain: str, start: date, working: tuple[set[int], set[date]]
) -> Decimal | None:
    end = ledger.calendar.last_day(start, grain)
    for quota in quotas:
        if (quota.grain, quota.start) == (grain, start):
            return quota.amount
    inside = [quota for quota in quotas if start <= quota.start and quota.end <= end]
    if inside:
        longest = max((quota.grain for quota in inside), key=MONTHS.__getitem__)
        return sum((quota.amount for quota in inside if quota.grain == longest), Decimal(0))
    around = [quota for quota in quotas if quota.start <= start and end <= quota.end]
    for quota in sorted(around, key=lambda quota: quota.end - quota.start):
        weekdays, holidays = working
        at_work = [day for day in quota.days if day.isoweekday() in weekdays and day not in holidays]
        if at_work and any(start <= day <= end for day in quota.days):
            before = sum(day < start for day in at_work)
            through = sum(day <= end for day in at_work)
            return ledger.rounded(quota.amount * through / len(at_work)) - ledger.rounded(
                quota.amount * before / len(at_work)
            )
    return None


def _working_days(ledger: Ledger) -> tuple[set[int], set[date]]:
    """Weekdays on which the default schedule opens, without one those outside the weekend; and the days off."""
    hours = {int(row["weekday"]) for row in ledger.rows("business_hours") if row["schedule_id"] == "default"}
    holidays = {
        date.fromisoformat(row["holiday_date"]) for row in ledger.rows("holidays") if row["schedule_id"] == "default"
    }
    return hours or set(range(1, 8)) - set(ledger.rules.weekend), holidays
