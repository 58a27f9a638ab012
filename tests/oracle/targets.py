"""How sales stand against their targets, and how fast they move."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.ledger import Ledger
from tests.oracle.periods import MONTHS
from tests.oracle.pipeline import Pipeline
from tests.oracle.quotas import target_amounts, working_days

Key = tuple[str, str, date, str, str]
Value = tuple[Decimal | None, Decimal | None, float | None]


def _ratio(numerator: Decimal, denominator: Decimal) -> Value:
    return numerator, denominator, float(numerator / denominator) if denominator else None


def targeted(ledger: Ledger, values: dict[Key, Value], pipeline: Pipeline) -> dict[Key, Value]:
    """Attainment, pace and coverage of every period and member with a target."""
    found: dict[Key, Value] = {}
    for (grain, start, dimension, who), target in target_amounts(ledger, values).items():
        end, key = ledger.calendar.last_day(start, grain), (grain, start, dimension, who)
        got = values.get(("credited_sales_amount", *key), (Decimal(0), None, 0.0))[0] or Decimal(0)
        if start <= ledger.as_of:
            found["quota_attainment", *key] = attained = _ratio(got, target)
            passed = working_days(ledger, start, min(end, ledger.as_of))
            if passed and attained[2] is not None:
                share = passed / working_days(ledger, start, end)
                found["quota_pace", *key] = (None, None, attained[2] / share)
            before = sum(pipeline.expected_in(start - timedelta(days=1), start, end, dimension, who), Decimal(0))
            if target > 0:
                found["pipeline_coverage", *key] = _ratio(before, target)
        if end > ledger.as_of and target > got:
            now = sum(pipeline.expected_in(ledger.as_of, start, end, dimension, who), Decimal(0))
            found["pipeline_coverage_remaining", *key] = _ratio(now, target - got)
    return found


def velocity(ledger: Ledger, values: dict[Key, Value], pipeline: Pipeline) -> dict[Key, Value]:
    """Sales velocity of the company and its teams, by month and longer periods."""
    found: dict[Key, Value] = {}
    for kpi, grain, start, dimension, who in list(values):
        if kpi != "opportunity_cycle_days_mean" or grain not in MONTHS or dimension not in ("total", "team"):
            continue
        end = min(ledger.calendar.last_day(start, grain), ledger.as_of)
        days = values[kpi, grain, start, dimension, who][2]
        rate = values.get(("win_rate", grain, start, dimension, who), (None, None, None))[2]
        won = [
            pipeline.deals.amount(deal)
            for deal in pipeline.deals.deals
            if deal.is_won
            and not deal.is_renewal
            and deal.amount > 0
            and deal.closed
            and start <= deal.closed <= end
            and (dimension == "total" or pipeline.deals.members(deal, deal.closed)["team"] == who)
        ]
        worked = pipeline.opened_between(start, end, None if dimension == "total" else who)
        if days and rate is not None and won and worked:
            average = float(sum(won, Decimal(0)) / len(won))
            found["sales_velocity_amount", grain, start, dimension, who] = (None, None, worked * average * rate / days)
    return found
