"""How much of a cohort is old enough to be judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from tests.oracle.facts import Fact
from tests.oracle.periods import GRAINS, Calendar

Key = tuple[str, str, date, str, str]

DAYS = {
    "lead_to_mql_rate": 30, "mql_to_sql_rate": 30, "sql_to_opportunity_rate": 30, "lead_to_meeting_rate": 30,
    "lead_to_quote_rate": 90, "opportunity_to_won_rate": 90, "meeting_to_won_rate": 90, "win_rate_of_created": 90,
    "stage_conversion_rate": 90, "lead_to_won_rate": 180, "stage_conversion_from_lead_rate": 180,
}  # fmt: skip


def maturity(
    facts: Iterable[Fact],
    calendar: Calendar,
    as_of: date,
    days: dict[str, int],
    shares: Callable[[Fact], Iterable[tuple[str, str]]],
) -> dict[Key, Decimal]:
    """Share of each cohort's members that are at least so many days old on the as-of date, to six digits."""
    ages: dict[Key, list[tuple[int, Decimal]]] = defaultdict(list)
    for fact in facts:
        if fact.kpi in days and fact.denominator:
            for grain in GRAINS:
                for who in shares(fact):
                    key = (fact.kpi, grain, calendar.period_of(fact.day, grain), *who)
                    ages[key].append(((as_of - fact.day).days, fact.denominator))
    found = {}
    for key, members in ages.items():
        old = sum((count for age, count in members if age >= days[key[0]]), Decimal(0))
        share = old / sum(count for _, count in members)
        found[key] = share.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return found
