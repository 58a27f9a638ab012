"""How many facts are behind every value: what a quotient divides by, else what is counted or added up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.facts import Fact
from tests.oracle.ledger import Ledger
from tests.oracle.money import Recurring
from tests.oracle.periods import GRAINS
from tests.oracle.pipeline import Pipeline
from tests.oracle.registry import DURATIONS, RATIOS, RETENTION, SO_FAR, SUMS

Key = tuple[str, str, date, str, str]
Value = tuple[Decimal | None, Decimal | None, float | None]
Shares = Callable[[Fact], Iterable[tuple[str, str]]]
# Quotients of money: their denominator is an amount, and counts nothing.
OF_MONEY = {
    "win_rate_by_value", "cac_payback_months", "roas", "roas_first_touch", "roas_last_touch", "roas_linear",
    "roas_position_based", "roas_time_decay",
}  # fmt: skip
BELOW = {*RATIOS - OF_MONEY, *SO_FAR, "logo_churn_rate", "logo_churn_rate_12m", "visitor_to_lead_rate"}
AMOUNTS = {kpi for kpi in SUMS if "amount" in kpi or kpi.startswith("mrr") or kpi == "engagement_minutes"}
ABOVE = {*SUMS - AMOUNTS, "web_visitors"}
STOCKS = {"mrr", "pipeline_amount", "pipeline_closing_amount", "weighted_pipeline_amount"}
OF_CUSTOMERS = {"clv_simple", "clv_predictive", "clv_to_cac_ratio"}


class Samples:
    """The facts of a ledger, counted by period and member."""

    def __init__(self, ledger: Ledger, pipeline: Pipeline, recurring: Recurring, shares: Shares) -> None:
        self.ledger, self.pipeline, self.recurring, self.shares = ledger, pipeline, recurring, shares
        self.drawn: dict[Key, int] = defaultdict(int)

    def all(
        self, facts: Iterable[Fact], durations: Iterable[Fact], values: dict[Key, Value], buyers: dict[Key, int]
    ) -> dict[Key, int]:
        """The number of facts behind each of the values; `buyers` are those of a company without contracts."""
        self._records(facts)
        self._observations(durations)
        self.drawn.update(buyers)
        self._stocks()
        return {key: self._behind(key, value, values) for key, value in values.items()}

    def _keys(self, fact: Fact, kpi: str) -> Iterable[Key]:
        for grain in GRAINS:
            start = self.ledger.calendar.period_of(fact.day, grain)
            for dimension, who in self.shares(fact):
                yield kpi, grain, start, dimension, who

    def _records(self, facts: Iterable[Fact]) -> None:
        """A record that several members share is one for each of them, and one for all."""
        records: dict[Key, set[tuple[int, str]]] = defaultdict(set)
        for number, fact in enumerate(facts):
            if fact.record is not None and (fact.kpi in OF_MONEY or fact.kpi in AMOUNTS):
                one = (-1, fact.record) if fact.record else (number, "")
                for key in self._keys(fact, fact.kpi):
                    records[key].add(one)
        self.drawn.update({key: len(some) for key, some in records.items()})

    def _observations(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            for statistic in DURATIONS[fact.kpi]:
                for key in self._keys(fact, f"{fact.kpi}_{statistic}"):
                    self.drawn[key] += 1

    def _stocks(self) -> None:
        """What is open, or pays, on each day; an evening is a period's last day, and the next one's opening."""
        for day, evening in ((day.day, day.now) for day in self.pipeline.days if day.now.is_open):
            at = {**evening.members, "currency": evening.currency or self.ledger.rules.currency}
            for who in (("total", "all"), *at.items()):
                self.drawn["evening", "day", day, *who] += 1
        for end in self.recurring.ends:
            for customer in self.recurring.at(end):
                for who in (("total", "all"), *self.recurring.members(customer).items()):
                    self.drawn["customers", "day", end, *who] += 1

    def _behind(self, key: Key, value: Value, values: dict[Key, Value]) -> int:
        kpi, grain, start, *who = key
        end = min(self.ledger.calendar.last_day(start, grain), self.ledger.as_of)
        if kpi in BELOW or kpi in ABOVE:
            return int(value[kpi in BELOW] or 0)
        if kpi in RETENTION:
            return int(values["logo_churn_rate" + "_12m" * kpi.endswith("_12m"), *key[1:]][1] or 0)
        if kpi == "mrr" or (kpi in OF_CUSTOMERS and self.ledger.rows("subscription_periods")):
            is_told = kpi != "clv_to_cac_ratio" or any(values.get(("cac_loaded", *key[1:]), ())[:2])
            return self.drawn["customers", "day", end, *key[3:]] if is_told else 0
        if kpi in STOCKS:
            return self.drawn["evening", "day", end, *key[3:]]
        if kpi == "pipeline_opening_amount":
            return self.drawn["evening", "day", start - timedelta(days=1), *key[3:]]
        if kpi in ("quota_attainment", "quota_pace"):
            is_told = value[1] is not None or value[2] is not None
            return self.drawn["credited_sales_amount", *key[1:]] if is_told else 0
        if kpi in ("pipeline_coverage", "pipeline_coverage_remaining"):
            evening = self.ledger.as_of if kpi.endswith("remaining") else start - timedelta(days=1)
            last = self.ledger.calendar.last_day(start, grain)
            expected = self.pipeline.expected_in(evening, start, last, *who)
            return len(expected) if value[1] is not None else 0
        if kpi == "sales_velocity_amount":
            return self.drawn["opportunity_cycle_days_mean", *key[1:]] if value[2] is not None else 0
        return self.drawn[key]
