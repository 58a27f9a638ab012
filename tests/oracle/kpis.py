"""KPI values by period and member, drawn over the facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from tests.oracle.attribution import Attribution
from tests.oracle.facts import Deals, Fact, Facts, People
from tests.oracle.ledger import Ledger, Rules
from tests.oracle.money import Costs, Recurring, customers
from tests.oracle.opportunities import opportunities
from tests.oracle.people import persons
from tests.oracle.periods import GRAINS, MONTHS, Calendar
from tests.oracle.quotas import target_amounts
from tests.oracle.service import Service
from tests.oracle.spend import Spend
from tests.oracle.stages import Stages

Key = tuple[str, str, date, str, str]
Value = tuple[Decimal | None, Decimal | None, float | None]
COLUMNS = [
    "kpi",
    "period_grain",
    "period_start_date",
    "dimension",
    "member",
    "numerator",
    "denominator",
    "value",
]

RATIOS = {
    "lead_to_mql_rate", "mql_to_sql_rate", "sql_to_opportunity_rate", "opportunity_to_won_rate", "lead_to_won_rate",
    "win_rate", "win_rate_by_value", "win_rate_of_created", "average_deal_amount", "cac_paid", "cac_direct",
    "cac_loaded", "csat", "csat_response_rate", "arpa",
    "cost_per_lead", "cost_per_mql", "cost_per_sql", "cost_per_opportunity",
    "stage_conversion_rate", "stage_conversion_from_lead_rate", "stage_transition_rate", "roas",
}  # fmt: skip
SUMS = {
    "leads", "mqls", "mql_events", "re_mqls", "sqls", "opportunities_created", "opportunities_created_amount",
    "closings_undone", "credits", "deals_won", "deals_lost", "sales_amount", "credited_sales_amount",
    "data_quality_negative_durations", "pipeline_amount", "marketing_spend_amount", "new_customers", "mrr", "mrr_new",
    "mrr_reactivated", "mrr_churned", "mrr_expansion", "mrr_contraction", "mrr_fx", "active_customers",
    "customers_churned", "tickets_created",
    "impressions", "clicks", "web_sessions",
    "attributed_sales_amount_first_touch", "attributed_sales_amount_last_touch", "attributed_sales_amount_linear",
    "attributed_sales_amount_position_based", "attributed_sales_amount_time_decay",
}  # fmt: skip
RETENTION = {"logo_churn_rate", "revenue_churn_rate", "net_revenue_retention", "gross_revenue_retention"}
# Whose total is empty: told by step or stage only, or known only where there is something to count.
NO_TOTAL = {
    "stage_conversion_rate", "stage_conversion_from_lead_rate", "stage_transition_rate", "quota_attainment",
    "web_visitors", "visitor_to_lead_rate",
}  # fmt: skip
# What is known by the month only has no days and weeks.
MONTHLY = {
    "mrr", "mrr_new", "mrr_reactivated", "mrr_churned", "mrr_expansion", "mrr_contraction", "mrr_fx", "arpa",
    "active_customers", "customers_churned", "cac_paid", "cac_direct", "cac_loaded", "quota_attainment",
    "pipeline_amount", *RETENTION,
}  # fmt: skip
NEEDS = {
    "mql": {"mqls", "mql_events", "re_mqls", "lead_to_mql_rate", "mql_to_sql_rate", "cost_per_mql"},
    "sql": {"sqls", "sql_to_opportunity_rate", "cost_per_sql"},
    "cost": {
        "cac_paid", "cac_direct", "cac_loaded", "marketing_spend_amount", "cost_per_lead", "cost_per_mql",
        "cost_per_sql", "cost_per_opportunity", "roas",
    },
    "impressions": {"impressions"},
    "clicks": {"clicks"},
    "web": {"web_sessions"},
    "subscription": {
        "mrr", "mrr_new", "mrr_reactivated", "mrr_churned", "mrr_expansion", "mrr_contraction", "mrr_fx", "arpa",
        "active_customers", "customers_churned", *RETENTION,
    },
    "ticket": {"tickets_created"},
    "rating": {"csat", "csat_response_rate"},
}  # fmt: skip
QUANTILES = {"median": 0.5, "p90": 0.9}
DURATIONS = {
    "qualification_hours": ("median", "p90"),
    "sales_cycle_days": ("median", "mean", "p90"),
    "opportunity_cycle_days": ("median", "mean", "p90"),
    "lost_cycle_days": ("median",),
    "first_response_minutes": ("median", "p90"),
    "time_in_stage_days": ("median", "mean", "p90"),
}


def shares(fact: Fact) -> Iterable[tuple[str, str]]:
    """The (dimension, member) pairs that a fact counts for."""
    if fact.is_total:
        yield "total", "all"
    yield from fact.members.items()


def quotient(numerator: Decimal, denominator: Decimal) -> float | None:
    """Numerator by denominator; nothing to divide by is None."""
    return float(numerator / denominator) if denominator else None


def compute(folder: Path, as_of: date, rules: Rules | None = None) -> pd.DataFrame:
    """Every KPI value of a ledger folder as of a date, at every grain.

    `total` has a row for every period since the first fact, other members where something happened.
    """
    ledger = Ledger.read(folder, as_of, rules)
    people, facts = persons(ledger), Facts()
    deals = opportunities(ledger, people)
    funnel = People(ledger, people, deals, facts)
    funnel.collect()
    sales = Deals(ledger, deals, facts)
    sales.collect()
    buyers = customers(ledger, deals, people)
    Costs(ledger, buyers, facts).collect()
    recurring = Recurring(ledger, buyers, facts)
    recurring.collect()
    Service(ledger, facts).collect()
    Attribution(ledger, people, sales, facts).collect()
    Stages(ledger, funnel, deals, facts).collect()
    spend = Spend(ledger, facts)
    spend.collect()
    calendar = ledger.calendar
    values = _empty_totals(facts, as_of, calendar)
    values.update(_additive(facts.additive, calendar))
    values.update(_durations(facts.durations, calendar))
    values.update(_stocks(facts.stocks, as_of, calendar))
    values.update(_retention(recurring, as_of, calendar))
    values.update(_quotas(ledger, facts))
    values.update(spend.visitors())
    values = _unknown_without_inputs(values, ledger)
    rows = [(*key, *value) for key, value in values.items()]
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(COLUMNS[:5], ignore_index=True)


def grains(kpi: str) -> Iterable[str]:
    """The grains at which a KPI is told."""
    return MONTHS if kpi in MONTHLY else GRAINS


def _empty_totals(facts: Facts, as_of: date, calendar: Calendar) -> dict[Key, Value]:
    """Every KPI's total with nothing in it, for every period since the first fact."""
    first = min((fact.day for fact in [*facts.additive, *facts.durations, *facts.stocks]), default=as_of)
    nothing: dict[str, Value] = {kpi: (Decimal(0), None, 0.0) for kpi in SUMS}
    nothing |= {kpi: (Decimal(0), Decimal(0), None) for kpi in RATIOS | RETENTION}
    nothing |= {f"{name}_{statistic}": (None, None, None) for name, some in DURATIONS.items() for statistic in some}
    nothing |= dict.fromkeys(NO_TOTAL, (None, None, None))
    empty: dict[Key, Value] = {}
    for grain in GRAINS:
        start = calendar.period_of(first, grain)
        while start <= as_of:
            empty |= {
                (kpi, grain, start, "total", "all"): value for kpi, value in nothing.items() if grain in grains(kpi)
            }
            start = calendar.last_day(start, grain) + timedelta(days=1)
    return empty


def _unknown_without_inputs(values: dict[Key, Value], ledger: Ledger) -> dict[Key, Value]:
    """What no source gives is unknown, not 0."""
    events = {row["event_type"] for row in ledger.rows("lead_events")}
    is_given = {
        "mql": "mql" in events,
        "sql": "sql" in events,
        "cost": bool(ledger.rows("ad_spend") or ledger.rows("costs")),
        "impressions": any(row.get("impressions") for row in ledger.rows("ad_spend")),
        "clicks": any(row.get("clicks") for row in ledger.rows("ad_spend")),
        "web": bool(ledger.rows("web_sessions")),
        "subscription": bool(ledger.rows("subscription_periods")),
        "ticket": bool(ledger.rows("tickets")),
        "rating": bool(ledger.rows("ratings")),
    }
    unknown = {kpi for need, kpis in NEEDS.items() if not is_given[need] for kpi in kpis}
    return {key: (None, None, None) if key[0] in unknown else value for key, value in values.items()}


def _additive(facts: list[Fact], calendar: Calendar) -> dict[Key, Value]:
    sums: dict[Key, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for fact in facts:
        for grain in grains(fact.kpi):
            start = calendar.period_of(fact.day, grain)
            for dimension, who in shares(fact):
                both = sums[fact.kpi, grain, start, dimension, who]
                both[0] += fact.numerator
                both[1] += fact.denominator
    return {key: _value(key[0], *both) for key, both in sums.items()}


def _value(kpi: str, numerator: Decimal, denominator: Decimal) -> Value:
    if kpi in RATIOS:
        return numerator, denominator, quotient(numerator, denominator)
    return numerator, None, float(numerator)


def _durations(facts: list[Fact], calendar: Calendar) -> dict[Key, Value]:
    observed: dict[Key, list[float]] = defaultdict(list)
    for fact in facts:
        for grain in grains(fact.kpi):
            start = calendar.period_of(fact.day, grain)
            for dimension, who in shares(fact):
                observed[fact.kpi, grain, start, dimension, who].append(float(fact.numerator))
    found: dict[Key, Value] = {}
    for (name, *rest), series in observed.items():
        for statistic in DURATIONS[name]:
            value = np.mean(series) if statistic == "mean" else np.quantile(series, QUANTILES[statistic])
            grain, start, dimension, who = rest
            found[f"{name}_{statistic}", grain, start, dimension, who] = (None, None, float(value))
    return found


def _stocks(facts: list[Fact], as_of: date, calendar: Calendar) -> dict[Key, Value]:
    closing = []
    for fact in facts:
        for grain in grains(fact.kpi):
            start = calendar.period_of(fact.day, grain)
            if fact.day == min(calendar.last_day(start, grain), as_of):
                closing.append((grain, start, fact))
    sums: dict[Key, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for grain, start, fact in closing:
        for dimension, who in shares(fact):
            both = sums[fact.kpi, grain, start, dimension, who]
            both[0] += fact.numerator
            both[1] += fact.denominator
    return {key: _value(key[0], *both) for key, both in sums.items()}


def _retention(recurring: Recurring, as_of: date, calendar: Calendar) -> dict[Key, Value]:
    sums: dict[Key, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for grain in ("month", "quarter"):
        for start in sorted({calendar.period_of(end, grain) for end in recurring.ends}):
            if start - timedelta(days=1) < recurring.ends[0]:
                continue
            end = min(calendar.last_day(start, grain), as_of)
            for kpi, customer, numerator, denominator in recurring.retention(start, end):
                for dimension, who in [("total", "all"), *recurring.members(customer).items()]:
                    both = sums[kpi, grain, start, dimension, who]
                    both[0] += numerator
                    both[1] += denominator
    return {key: (*both, quotient(both[0], both[1])) for key, both in sums.items()}  # type: ignore[misc]


def _quotas(ledger: Ledger, facts: Facts) -> dict[Key, Value]:
    """Credited sales by target."""
    credited = _additive([fact for fact in facts.additive if fact.kpi == "credited_sales_amount"], ledger.calendar)
    found: dict[Key, Value] = {}
    for (grain, start, dimension, who), target in target_amounts(ledger).items():
        key = ("credited_sales_amount", grain, start, dimension, who)
        got = credited.get(key, (Decimal(0), None, 0.0))[0] or Decimal(0)
        found["quota_attainment", grain, start, dimension, who] = (got, target, quotient(got, target))
    return found
