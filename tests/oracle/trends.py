"""Changes against comparable periods and whether they are more than chance; the distributions are SciPy's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
from scipy import stats

from tests.oracle.facts import Fact, Facts
from tests.oracle.kpis import Key, Value, by_key, collect, computed, first_day, quotient, shares
from tests.oracle.ledger import Ledger
from tests.oracle.periods import GRAINS
from tests.oracle.registry import DURATIONS, MONTHLY, QUANTILES, RATIOS, SUMS

# Shares of facts: what is counted above is part of what is counted below.
SHARES = {
    "lead_to_mql_rate", "mql_to_sql_rate", "sql_to_opportunity_rate", "opportunity_to_won_rate", "lead_to_won_rate",
    "win_rate", "win_rate_of_created", "csat", "csat_response_rate", "ticket_reopen_rate", "sla_met_rate",
    "lead_to_meeting_rate", "lead_to_quote_rate", "meeting_to_won_rate", "stage_conversion_rate",
    "stage_conversion_from_lead_rate", "logo_churn_rate",
}  # fmt: skip
COUNTS = {
    "leads", "mqls", "mql_events", "re_mqls", "sqls", "opportunities_created", "closings_undone", "credits",
    "deals_won", "deals_lost", "data_quality_negative_durations", "new_customers", "tickets_created", "tickets_solved",
    "calls", "meetings", "emails_sent", "quotes_sent", "leads_waiting_response",
    "repeat_purchases", "impressions", "clicks", "web_sessions",
}  # fmt: skip
# Sums that no day adds to: what the period opens with, and what changes hands inside of it.
NOT_BY_DAY = {
    "pipeline_opening_amount", "pipeline_transferred_in_amount", "pipeline_transferred_out_amount",
}  # fmt: skip
ENOUGH = 5
NOTHING: Value = (None, None, None)
EMPTY: Value = (Decimal(0), None, 0.0)
Who = tuple[str, str, str]  # KPI or duration, dimension, member
Span = tuple[date, date]


@dataclass(frozen=True)
class Trend:
    """What a value is compared with, and the test of the change against the period before."""

    previous: float | None
    previous_year: float | None
    statistic: float | None = None
    p_value: float | None = None


class Days:
    """Facts by day, to be cut anywhere."""

    def __init__(self, facts: Facts) -> None:
        self.sums: dict[Who, dict[date, tuple[Decimal, Decimal]]] = defaultdict(dict)
        self.observed: dict[Who, list[tuple[date, float]]] = defaultdict(list)
        for fact, who in _by_member(facts.additive):
            part, whole = self.sums[who].get(fact.day, (Decimal(0), Decimal(0)))
            self.sums[who][fact.day] = part + fact.numerator, whole + fact.denominator
        for fact, who in _by_member(facts.durations):
            self.observed[who].append((fact.day, float(fact.numerator)))

    def sum(self, who: Who, span: Span) -> tuple[Decimal, Decimal]:
        """Numerator and denominator over some days."""
        found = [both for day, both in self.sums.get(who, {}).items() if span[0] <= day <= span[1]]
        return sum((part for part, _ in found), Decimal(0)), sum((whole for _, whole in found), Decimal(0))

    def counts(self, who: Who, span: Span) -> list[float]:
        """The count of every day, also of those without any."""
        days = self.sums.get(who, {})
        length = (span[1] - span[0]).days + 1
        return [float(days.get(span[0] + timedelta(days=n), (0, 0))[0]) for n in range(length)]

    def values(self, who: Who, span: Span) -> list[float]:
        """What was observed on some days."""
        return [value for day, value in self.observed.get(who, []) if span[0] <= day <= span[1]]


def _by_member(facts: Iterable[Fact]) -> Iterable[tuple[Fact, Who]]:
    for fact in facts:
        for dimension, member in shares(fact):
            yield fact, (fact.kpi, dimension, member)


class Trends:
    """The newest periods of a ledger, each beside the ones it is compared with; `frame` has every value as a table."""

    def __init__(self, ledger: Ledger, newest: int = 13) -> None:
        collected = collect(ledger)
        facts, as_of = collected.facts, ledger.as_of
        self.as_of, self.calendar, self.rules, self.newest = as_of, ledger.calendar, ledger.rules, newest
        self.first, self.days = first_day(facts, as_of), Days(facts)
        self.stocks = {fact.kpi for fact in facts.stocks}
        self.frame = computed(ledger, collected)
        self.values = by_key(self.frame)

    def all(self) -> dict[Key, Trend]:
        """Every value of the newest periods with what it is compared with."""
        recent = {(grain, start) for grain in GRAINS for start in self._recent(grain)}
        return {key: self.changed(key) for key in self.values if (key[1], key[2]) in recent}

    def _recent(self, grain: str) -> list[date]:
        starts = [self.calendar.period_of(self.as_of, grain)]
        while len(starts) < self.newest:
            starts.append(self.calendar.period_of(starts[-1] - timedelta(days=1), grain))
        return starts

    def changed(self, key: Key) -> Trend:
        """What one value is compared with."""
        start = key[2]
        before, year_before = self._before(key)
        previous, previous_year = self._compared(key, before), self._compared(key, year_before)
        numbers = previous[2], previous_year[2]
        if self.values[key][2] is None or numbers[0] is None:
            return Trend(*numbers)
        return Trend(*numbers, *self._tested(key, previous, self._span(key, start), self._span(key, before)))

    def _span(self, key: Key, start: date) -> Span:
        """The days of a period that stand beside those that have passed of the value's own."""
        _, grain, own, _, _ = key
        last = self.calendar.last_day(start, grain)
        if self.calendar.last_day(own, grain) > self.as_of:
            last = min(last, start + (self.as_of - own))
        return start, last

    def whole(self, key: Key) -> tuple[float | None, float | None]:
        """The value of the period before and of the one a year before, however far the value's own has come."""
        before, year_before = self._before(key)
        return self._told(key, before)[2], self._told(key, year_before)[2]

    def _before(self, key: Key) -> tuple[date, date]:
        _, grain, start, _, _ = key
        before = self.calendar.period_of(start - timedelta(days=1), grain)
        return before, start - timedelta(days=364) if grain == "week" else _a_year_before(start)

    def _empty(self, key: Key) -> Value:
        """What a member without a row had: 0 where sums are known."""
        return EMPTY if key[0] in SUMS and self.values.get(key, EMPTY)[2] is not None else NOTHING

    def _told(self, key: Key, start: date) -> Value:
        """What is told of a whole period; nothing before the first fact."""
        kpi, grain, _, dimension, member = key
        if start < self.calendar.period_of(self.first, grain):
            return NOTHING
        return self.values.get((kpi, grain, start, dimension, member), self._empty(key))

    def _compared(self, key: Key, start: date) -> Value:
        kpi, grain, own, dimension, member = key
        if self.calendar.last_day(own, grain) <= self.as_of or start < self.calendar.period_of(self.first, grain):
            return self._told(key, start)
        if kpi in MONTHLY | NOT_BY_DAY:
            return NOTHING
        span = self._span(key, start)
        if kpi in self.stocks:
            return self.values.get((kpi, "day", span[1], dimension, member), self._empty(key))
        if kpi in SUMS | RATIOS:
            return self._summed(key, span)
        name, _, statistic = kpi.rpartition("_")
        if statistic in DURATIONS.get(name, ()):
            return None, None, _statistic(self.days.values((name, dimension, member), span), statistic)
        return NOTHING

    def _summed(self, key: Key, span: Span) -> Value:
        if self.values[key][0] is None:
            return None, None, None
        part, whole = self.days.sum((self.rules.meant_by(key[0], key[2]), key[3], key[4]), span)
        return (part, whole, quotient(part, whole)) if key[0] in RATIOS else (part, None, float(part))

    def _tested(self, key: Key, previous: Value, now: Span, then: Span) -> tuple[float | None, float | None]:
        kpi, _, _, dimension, member = key
        if kpi in SHARES:
            return two_shares(self.values[key], previous)
        if kpi in COUNTS:
            return two_counts(*(self.days.counts((kpi, dimension, member), span) for span in (now, then)))
        if kpi.endswith("_mean"):
            who = kpi.removesuffix("_mean"), dimension, member
            return two_means(*(self.days.values(who, span) for span in (now, then)))
        if kpi.endswith("_median"):
            who = kpi.removesuffix("_median"), dimension, member
            return two_orders(*(self.days.values(who, span) for span in (now, then)))
        return None, None


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def _statistic(series: list[float], name: str) -> float | None:
    if not series:
        return None
    return float(np.mean(series) if name == "mean" else np.quantile(series, QUANTILES[name]))


def two_shares(now: Value, then: Value) -> tuple[float | None, float | None]:
    """Pooled test of two proportions: the square root of Pearson's statistic of the four cells."""
    part, whole, _ = now
    other_part, other_whole, _ = then
    if not (whole and other_whole) or part is None or other_part is None:
        return None, None
    in_all, hits = whole + other_whole, part + other_part
    if min(whole, other_whole) * min(hits, in_all - hits) < ENOUGH * in_all:
        return None, None
    cells = [[float(part), float(whole - part)], [float(other_part), float(other_whole - other_part)]]
    found = stats.chi2_contingency(cells, correction=False)
    up = part * other_whole - other_part * whole
    return float(np.copysign(np.sqrt(found.statistic), float(up))), float(found.pvalue)


def two_counts(now: list[float], then: list[float]) -> tuple[float | None, float | None]:
    """Do both periods have equally many a day? Pearson's statistic of the two, by the dispersion of the days."""
    days, other_days, in_all = len(now), len(then), sum(now) + sum(then)
    if in_all * min(days, other_days) < ENOUGH * (days + other_days):
        return None, None
    expected = [in_all * days / (days + other_days), in_all * other_days / (days + other_days)]
    found = stats.chisquare([sum(now), sum(then)], expected)
    spread = sum(float(np.var(each)) * len(each) / np.mean(each) for each in (now, then) if sum(each))
    dispersion = spread / (days + other_days - 2) if days + other_days > 2 else 1
    statistic = found.statistic / max(1.0, dispersion)
    return float(np.copysign(np.sqrt(statistic), sum(now) - expected[0])), float(stats.chi2.sf(statistic, 1))


def two_means(now: list[float], then: list[float]) -> tuple[float | None, float | None]:
    """Welch's test."""
    if min(len(now), len(then)) < ENOUGH or not (np.var(now) or np.var(then)):
        return None, None
    found = stats.ttest_ind(now, then, equal_var=False)
    return float(found.statistic), float(found.pvalue)


def two_orders(now: list[float], then: list[float]) -> tuple[float | None, float | None]:
    """Mann and Whitney's test; its z again from the p-value, 0 where the continuity correction leaves nothing."""
    if min(len(now), len(then)) < ENOUGH or len({*now, *then}) == 1:
        return None, None
    found = stats.mannwhitneyu(now, then, alternative="two-sided", method="asymptotic", use_continuity=True)
    up = float(found.statistic) - len(now) * len(then) / 2
    return float(np.copysign(stats.norm.isf(found.pvalue / 2), up)), float(found.pvalue)


def trend_disagreements(trends: Trends, marts: pd.DataFrame) -> list[str]:
    """Every row of `kpi_trends` that differs from the truth by more than a millionth, and every row that is missing.

    A member to whom nothing happened needs no row.
    """
    truth = trends.all()
    shown = _shown(marts, "comparable_previous_value", "comparable_previous_year_value", "statistic", "p_value")
    problems = []
    for key, numbers in shown.items():
        true = truth.get(key)
        wanted = (true.previous, true.previous_year, true.statistic, true.p_value) if true else None
        if wanted is None or not all(map(_close, wanted, numbers)):
            problems.append(f"{key}: oracle {wanted}, marts {numbers}")
    needed = (key for key in truth if key[3] == "total" or any(trends.values[key]))
    return problems + [f"{key}: missing" for key in needed if key not in shown]


def previous_disagreements(trends: Trends, kpi_values: pd.DataFrame) -> list[str]:
    """Every row of `kpi_values` whose previous values are not those of the whole periods before, to a millionth."""
    shown = _shown(kpi_values, "previous_value", "previous_year_value")
    wanted = {key: trends.whole(key) for key in shown}
    return [
        f"{key}: oracle {wanted[key]}, marts {numbers}"
        for key, numbers in shown.items()
        if not all(map(_close, wanted[key], numbers))
    ]


def _shown(marts: pd.DataFrame, *columns: str) -> dict[Key, tuple[float | None, ...]]:
    """Some columns of the official rows of a mart by their key."""
    keys = ["kpi", "period_grain", "period_start_date", "dimension", "member"]
    rows = marts[marts.is_official_version]
    rows = rows.assign(period_start_date=pd.to_datetime(rows.period_start_date).dt.date)[[*keys, *columns]]
    told = rows.astype(object).where(pd.notna(rows), None)
    return {row[:5]: row[5:] for row in told.itertuples(index=False, name=None)}


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= 1e-6 * max(1.0, abs(one))
