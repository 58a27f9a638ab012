"""KPI values by period and member, drawn over the facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from tests.oracle.activities import Activities
from tests.oracle.facts import Deals, Fact, Facts, People
from tests.oracle.ledger import Ledger, Rules
from tests.oracle.money import Costs, Recurring, customers
from tests.oracle.opportunities import opportunities
from tests.oracle.people import persons
from tests.oracle.periods import GRAINS, MONTHS, Calendar
from tests.oracle.pipeline import Pipeline
from tests.oracle.responses import Responses
from tests.oracle.retention import RETENTION, retention
from tests.oracle.service import Service, tickets_per_customer
from tests.oracle.targets import targeted, velocity
from tests.oracle.value import NO_VALUE_WITHOUT, SO_FAR, Worth

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
    "ticket_reopen_rate", "sla_met_rate", "tickets_per_customer", "lead_to_meeting_rate", "lead_to_quote_rate",
    "meeting_to_won_rate",
    "cac_loaded", "csat", "csat_response_rate", "arpa", "cac_payback_months",
}  # fmt: skip
SUMS = {
    "leads", "mqls", "mql_events", "re_mqls", "sqls", "opportunities_created", "opportunities_created_amount",
    "closings_undone", "credits", "deals_won", "deals_lost", "sales_amount", "credited_sales_amount",
    "data_quality_negative_durations", "pipeline_amount", "marketing_spend_amount", "new_customers", "mrr", "mrr_new",
    "mrr_reactivated", "mrr_churned", "mrr_expansion", "mrr_contraction", "mrr_fx", "active_customers",
    "customers_churned", "tickets_created", "pipeline_closing_amount", "weighted_pipeline_amount",
    "pipeline_created_amount", "pipeline_reopened_amount", "pipeline_amount_changes", "pipeline_won_amount",
    "pipeline_lost_amount", "pipeline_fx_amount", "pipeline_opening_amount", "pipeline_transferred_in_amount",
    "pipeline_transferred_out_amount",
    "tickets_solved", "ticket_backlog", "tickets_waiting_first_response",
    "calls", "meetings", "emails_sent", "engagement_minutes", "quotes_sent", "leads_waiting_response",
    "repeat_purchases", "revenue_invoiced_amount",
}  # fmt: skip
# What is known by the month only has no days and weeks.
MONTHLY = {
    "mrr", "mrr_new", "mrr_reactivated", "mrr_churned", "mrr_expansion", "mrr_contraction", "mrr_fx", "arpa",
    "active_customers", "customers_churned", "cac_paid", "cac_direct", "cac_loaded", "quota_attainment",
    "quota_pace", "pipeline_coverage", "pipeline_coverage_remaining", "sales_velocity_amount", *RETENTION,
    "tickets_per_customer",
    "cac_payback_months", "customer_lifetime_months", *NO_VALUE_WITHOUT,
}  # fmt: skip
NEEDS = {
    "mql": {"mqls", "mql_events", "re_mqls", "lead_to_mql_rate", "mql_to_sql_rate"},
    "sql": {"sqls", "sql_to_opportunity_rate"},
    "cost": {
        "cac_paid", "cac_direct", "cac_loaded", "marketing_spend_amount", "cac_payback_months", "clv_to_cac_ratio",
    },
    "subscription": {
        "mrr", "mrr_new", "mrr_reactivated", "mrr_churned", "mrr_expansion", "mrr_contraction", "mrr_fx", "arpa",
        "active_customers", "customers_churned", *RETENTION, "customer_lifetime_months", "cac_payback_months",
        *NO_VALUE_WITHOUT,
    },
    "probability": {"weighted_pipeline_amount"},
    "ticket": {"tickets_created", "tickets_per_customer"},
    "ticket_event": {
        "tickets_solved", "ticket_reopen_rate", "ticket_backlog", "tickets_waiting_first_response",
        "resolution_minutes_median", "resolution_minutes_p90", "first_resolution_minutes_median",
    },
    "sla": {"sla_met_rate"},
    "activity": {
        "calls", "meetings", "emails_sent", "engagement_minutes", "lead_to_meeting_rate", "meeting_to_won_rate",
    },
    "quote": {"quotes_sent", "lead_to_quote_rate"},
    "lead_response": {"lead_response_minutes_median", "leads_waiting_response"},
    "margin": {"clv_historic_margin", "cac_payback_months", *NO_VALUE_WITHOUT},
    "invoice": {"revenue_invoiced_amount"},
    "rating": {"csat", "csat_response_rate"},
}  # fmt: skip
TARGETED = {
    "quota_attainment",
    "quota_pace",
    "pipeline_coverage",
    "pipeline_coverage_remaining",
    "sales_velocity_amount",
}
QUANTILES = {"median": 0.5, "p90": 0.9}
DURATIONS = {
    "qualification_hours": ("median", "p90"),
    "sales_cycle_days": ("median", "mean", "p90"),
    "opportunity_cycle_days": ("median", "mean", "p90"),
    "lost_cycle_days": ("median",),
    "first_response_minutes": ("median", "p90"),
    "resolution_minutes": ("median", "p90"),
    "first_resolution_minutes": ("median",),
    "lead_response_minutes": ("median",),
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
    sales = Deals(ledger, deals, facts)
    sales.collect()
    pipeline = Pipeline(ledger, sales, facts)
    pipeline.collect()
    funnel = People(ledger, people, deals, facts)
    funnel.collect()
    work = Activities(ledger, people, deals, facts)
    work.collect()
    Responses(funnel, work.with_person, facts).collect()
    buyers = customers(ledger, deals, people)
    Costs(ledger, buyers, facts).collect()
    recurring = Recurring(ledger, buyers, facts)
    recurring.collect()
    Service(ledger, facts).collect()
    worth = Worth(ledger, deals, buyers, recurring, facts)
    worth.collect()
    calendar = ledger.calendar
    values = _empty_totals(facts, as_of, calendar)
    values.update(_additive(facts.additive, calendar))
    values.update(_durations(facts.durations, calendar))
    values.update(_stocks(facts.stocks, as_of, calendar))
    values.update(_retention(recurring, as_of, calendar))
    values.update(_opening(values, calendar, as_of))
    values.update(targeted(ledger, values, pipeline))
    values.update(velocity(ledger, values, pipeline))
    values.update(tickets_per_customer(values))
    values.update(worth.values(first_day(facts, as_of), values))
    values = _unknown_without_inputs(values, ledger)
    rows = [(*key, *value) for key, value in values.items()]
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(COLUMNS[:5], ignore_index=True)


def grains(kpi: str) -> Iterable[str]:
    """The grains at which a KPI is told."""
    return MONTHS if kpi in MONTHLY else GRAINS


def first_day(facts: Facts, as_of: date) -> date:
    """The day of the first fact."""
    return min((fact.day for fact in [*facts.additive, *facts.durations, *facts.stocks]), default=as_of)


def _empty_totals(facts: Facts, as_of: date, calendar: Calendar) -> dict[Key, Value]:
    """Every KPI's total with nothing in it, for every period since the first fact."""
    first = first_day(facts, as_of)
    nothing: dict[str, Value] = {kpi: (Decimal(0), None, 0.0) for kpi in SUMS}
    nothing |= {kpi: (Decimal(0), Decimal(0), None) for kpi in RATIOS | RETENTION}
    nothing |= {f"{name}_{statistic}": (None, None, None) for name, some in DURATIONS.items() for statistic in some}
    nothing |= dict.fromkeys(TARGETED, (None, None, None))
    nothing |= {kpi: (Decimal(0), Decimal(0), None) for kpi in SO_FAR}
    nothing |= dict.fromkeys(NO_VALUE_WITHOUT, (None, None, None))
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
        "margin": bool(ledger.rules.gross_margins),
        "invoice": bool(ledger.rows("invoices")),
        "cost": bool(ledger.rows("ad_spend") or ledger.rows("costs")),
        "subscription": bool(ledger.rows("subscription_periods")),
        "probability": any(
            row.get("probability") for name in ("pipeline_stages", "opportunities") for row in ledger.rows(name)
        ),
        "ticket": bool(ledger.rows("tickets")),
        "activity": bool(ledger.rows("activities")),
        "quote": bool(ledger.rows("quotes")),
        "lead_response": "mql" in events and bool(ledger.rows("activities")),
        "ticket_event": bool(ledger.rows("ticket_events")),
        "sla": any(row["event_type"] == "sla_due" for row in ledger.rows("ticket_events")),
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
    sums = retention(recurring, as_of, calendar)
    return {key: (part, whole, quotient(part, whole)) for key, (part, whole) in sums.items()}


def _opening(values: dict[Key, Value], calendar: Calendar, as_of: date) -> dict[Key, Value]:
    """What a period opens with: the pipeline of the evening before it."""
    found: dict[Key, Value] = {}
    for (kpi, grain, day, dimension, who), value in values.items():
        if kpi == "pipeline_amount" and grain == "day" and value[0]:
            morning = day + timedelta(days=1)
            for larger in GRAINS:
                if morning <= as_of and calendar.period_of(morning, larger) == morning:
                    found["pipeline_opening_amount", larger, morning, dimension, who] = value
    return found
