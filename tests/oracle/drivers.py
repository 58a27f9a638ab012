"""What became worse in the newest complete month and quarter, taken apart by member into mix and rate, exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd

from tests.oracle.kpis import Key
from tests.oracle.trends import COUNTS, SHARES, Trends

DIMENSIONS = ("channel", "region", "segment", "product", "team", "sales_rep")
LESS_IS_BETTER = {
    "closings_undone", "credits", "deals_lost", "data_quality_negative_durations", "leads_waiting_response",
    "cost_per_lead", "cost_per_mql", "cost_per_sql", "cost_per_opportunity", "marketing_spend_amount",
    "cac", "cac_paid", "cac_direct", "cac_loaded", "cac_payback_months", "customers_churned", "mrr_churned",
    "mrr_contraction", "logo_churn_rate", "logo_churn_rate_12m", "revenue_churn_rate", "revenue_churn_rate_12m",
    "pipeline_lost_amount", "pipeline_removed_amount", "ticket_backlog", "ticket_reopen_rate", "tickets_created",
    "tickets_per_customer", "tickets_waiting_first_response", "sales_cycle_days_mean", "opportunity_cycle_days_mean",
}  # fmt: skip
Sides = tuple[Fraction, Fraction]  # numerator, denominator
Members = dict[str, tuple[Sides, Sides]]  # now and before
NOTHING: Sides = (Fraction(0), Fraction(0))


class Driver(NamedTuple):
    """What one member contributed to the change of the company."""

    total_value: float
    total_previous_value: float
    p_value: float | None
    is_significant: bool
    numerator: Decimal
    denominator: Decimal | None
    previous_numerator: Decimal
    previous_denominator: Decimal | None
    share_value: float | None
    previous_share_value: float | None
    rate_value: float | None
    previous_rate_value: float | None
    mix_effect: float | None
    rate_effect: float | None
    effect_value: float
    effect_ratio: float


# the marts' p-values are a fit
TOLERANCES = tuple(1e-6 if name == "p_value" else 1e-9 for name in Driver._fields)


class Drivers:
    """The members behind every fall of the newest complete month and quarter."""

    def __init__(self, trends: Trends, level: Decimal = Decimal("0.05")) -> None:
        self.trends, self.level = trends, level
        self.told: dict[tuple[str, str, date], set[tuple[str, str]]] = defaultdict(set)
        for kpi, grain, start, dimension, member in trends.values:
            if dimension in DIMENSIONS:
                self.told[kpi, grain, start].add((dimension, member))

    def all(self) -> dict[Key, Driver]:
        """Every driver."""
        found: dict[Key, Driver] = {}
        for grain in ("month", "quarter"):
            start = self._newest(grain)
            before = self.trends.calendar.period_of(start - timedelta(days=1), grain)
            for kpi in sorted({key[0] for key in self.trends.values}):
                found |= self._of(kpi, grain, start, before)
        return found

    def _newest(self, grain: str) -> date:
        running = self.trends.calendar.period_of(self.trends.as_of + timedelta(days=1), grain)
        return self.trends.calendar.period_of(running - timedelta(days=1), grain)

    def _of(self, kpi: str, grain: str, start: date, before: date) -> dict[Key, Driver]:
        key = (kpi, grain, start, "total", "all")
        if key not in self.trends.values:
            return {}
        change = self.trends.changed(key)
        value, previous = self.trends.values[key][2], change.previous
        if value is None or previous is None or value == previous or (value > previous) != (kpi in LESS_IS_BETTER):
            return {}
        points_the_way = (value > previous) == ((change.statistic or 0) > 0)
        is_significant = change.p_value is not None and change.p_value < self.level and points_the_way
        is_mean = kpi.endswith("_mean")
        if (is_mean or kpi in SHARES | COUNTS) and not is_significant:
            return {}
        head = value, previous, change.p_value, is_significant
        numerator, denominator, _ = self.trends.values[key]
        if numerator is None and not is_mean:
            return {}
        taken_apart = _sum if denominator is None and not is_mean else _ratio
        total = self._sides(key), self._sides((kpi, grain, before, "total", "all"))
        return {
            (kpi, grain, start, dimension, member): taken_apart(head, sides, total)
            for dimension, members in self._members(kpi, grain, start, before).items()
            for member, sides in members.items()
        }

    def _sides(self, key: Key) -> Sides:
        """Numerator and denominator; of a mean what was observed, and how often."""
        kpi, grain, start, dimension, member = key
        if kpi.endswith("_mean"):
            span = start, self.trends.calendar.last_day(start, grain)
            observed = self.trends.days.values((kpi.removesuffix("_mean"), dimension, member), span)
            return sum(map(Fraction, observed), Fraction(0)), Fraction(len(observed))
        numerator, denominator, _ = self.trends.values.get(key, (None, None, None))
        return Fraction(numerator or 0), Fraction(denominator or 0)

    def _members(self, kpi: str, grain: str, start: date, before: date) -> dict[str, Members]:
        """By dimension the members with anything in either period, and what the total has beyond them."""
        found: dict[str, Members] = defaultdict(dict)
        for dimension, member in self.told[kpi, grain, start] | self.told[kpi, grain, before]:
            now, then = (self._sides((kpi, grain, day, dimension, member)) for day in (start, before))
            if (now, then) != (NOTHING, NOTHING):
                found[dimension][member] = now, then
        whole = self._sides((kpi, grain, start, "total", "all")), self._sides((kpi, grain, before, "total", "all"))
        for members in found.values():
            now, then = (_rest(whole[side], [both[side] for both in members.values()]) for side in (0, 1))
            if (now, then) != (NOTHING, NOTHING):
                members["(other)"] = now, then
        return found


def _rest(whole: Sides, parts: list[Sides]) -> Sides:
    return whole[0] - sum(part for part, _ in parts), whole[1] - sum(part for _, part in parts)


Head = tuple[float, float, float | None, bool]


def _sum(head: Head, sides: tuple[Sides, Sides], total: tuple[Sides, Sides]) -> Driver:
    now, before = sides[0][0], sides[1][0]
    effect, change = now - before, total[0][0] - total[1][0]
    return Driver(
        *head, _decimal(now), None, _decimal(before), None, None, None, None, None, None, None,
        float(effect), float(effect / change),
    )  # fmt: skip


def _ratio(head: Head, sides: tuple[Sides, Sides], total: tuple[Sides, Sides]) -> Driver:
    """Mix is more or less of the member, at its former distance from the company; rate is its own change.

    A member that was not there is given the rate that it came with; a numerator without a denominator is rate.
    """
    (part, whole), (old_part, old_whole) = sides
    (all_part, all_whole), (all_old_part, all_old_whole) = total
    share, old_share = whole / all_whole, old_whole / all_old_whole
    rate = part / whole if whole else None
    old_rate = old_part / old_whole if old_whole else None
    known = old_rate if old_rate is not None else rate
    mix = (share - old_share) * (known - all_old_part / all_old_whole) if known is not None else Fraction(0)
    own = share * (rate - old_rate) if rate is not None and old_rate is not None else Fraction(0)
    own += (part / all_whole if rate is None else 0) - (old_part / all_old_whole if old_rate is None else 0)
    change = all_part / all_whole - all_old_part / all_old_whole
    return Driver(
        *head, _decimal(part), _decimal(whole), _decimal(old_part), _decimal(old_whole),
        float(share), float(old_share), _float(rate), _float(old_rate),
        float(mix), float(own), float(mix + own), float((mix + own) / change),
    )  # fmt: skip


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def _float(number: Fraction | None) -> float | None:
    return None if number is None else float(number)


def driver_disagreements(truth: dict[Key, Driver], marts: pd.DataFrame) -> list[str]:
    """Every row of `kpi_drivers` that differs, is missing or has a rank that its effect does not have.

    P-values to a millionth, everything else to 1e-9.
    """
    shown = marts.assign(period_start_date=pd.to_datetime(marts.period_start_date).dt.date).astype(object)
    shown = shown.where(pd.notna(shown), None)
    rows = {
        (row["kpi"], row["period_grain"], row["period_start_date"], row["dimension"], row["member"]): row
        for row in shown.to_dict("records")
    }
    problems = []
    for key in sorted({*truth, *rows}):
        wanted, row = truth.get(key), rows.get(key)
        got = row and tuple(row[name] for name in Driver._fields)
        if wanted is None or got is None or not all(map(_same, wanted, got, TOLERANCES)):
            problems.append(f"{key}: oracle {wanted}, marts {got}")
    return problems or list(_misranked(truth, rows))


def _same(one: Any, other: Any, tolerance: float) -> bool:
    if one is None or other is None:
        return one is other
    return abs(float(one) - float(other)) <= tolerance * max(1.0, abs(float(one)))


def _misranked(truth: dict[Key, Driver], rows: dict[Key, dict[str, Any]]) -> Iterable[str]:
    lists: dict[tuple[Any, ...], list[tuple[int, float]]] = defaultdict(list)
    for key, driver in truth.items():
        badness = driver.effect_value if key[0] in LESS_IS_BETTER else -driver.effect_value
        lists[key[:4]].append((rows[key]["effect_rank"], badness))
    for key, ranks in lists.items():
        ranks.sort()
        if [rank for rank, _ in ranks] != list(range(1, len(ranks) + 1)):
            yield f"{key}: ranks {ranks}"
        if any(worse < other - 1e-9 for (_, worse), (_, other) in pairwise(ranks)):
            yield f"{key}: not by effect {ranks}"
