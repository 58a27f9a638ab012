"""KPI values by period and member, drawn over the facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from tests.oracle.activities import Activities
from tests.oracle.attribution import Attribution
from tests.oracle.closing import ClosingBridge
from tests.oracle.closing import Key as ClosingKey
from tests.oracle.facts import Deals, Fact, Facts, People
from tests.oracle.ledger import Ledger, Rules
from tests.oracle.maturity import DAYS, maturity
from tests.oracle.money import Costs, Recurring, customers
from tests.oracle.opportunities import opportunities
from tests.oracle.people import persons
from tests.oracle.periods import GRAINS, MONTHS, Calendar
from tests.oracle.pipeline import Pipeline
from tests.oracle.purchases import Buyers
from tests.oracle.registry import DURATIONS, MONTHLY, NEEDS, NO_TOTAL, QUANTILES, RATIOS, RETENTION, SO_FAR, SUMS
from tests.oracle.responses import Responses
from tests.oracle.retention import retention
from tests.oracle.samples import Samples
from tests.oracle.service import Service, tickets_per_customer
from tests.oracle.spend import Spend
from tests.oracle.stages import Stages
from tests.oracle.targets import targeted, velocity
from tests.oracle.value import Worth

Key = tuple[str, str, date, str, str]
Value = tuple[Decimal | None, Decimal | None, float | None]
Told = TypeVar("Told")
COLUMNS = [
    "kpi", "period_grain", "period_start_date", "dimension", "member", "numerator", "denominator", "value", "maturity",
    "sample_count",
]  # fmt: skip


def shares(fact: Fact) -> Iterable[tuple[str, str]]:
    """The (dimension, member) pairs that a fact counts for."""
    if fact.is_total:
        yield "total", "all"
    yield from fact.members.items()


def quotient(numerator: Decimal, denominator: Decimal) -> float | None:
    """Numerator by denominator; nothing to divide by is None."""
    return float(numerator / denominator) if denominator else None


@dataclass(frozen=True)
class Collected:
    """What was counted, and who knows the rest."""

    facts: Facts
    pipeline: Pipeline
    recurring: Recurring
    worth: Worth
    spend: Spend
    buyers: Buyers


def collect(ledger: Ledger) -> Collected:
    """Every fact of a ledger."""
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
    Attribution(ledger, people, sales, facts).collect()
    Stages(ledger, funnel, deals, facts).collect()
    spend = Spend(ledger, facts)
    spend.collect()
    return Collected(facts, pipeline, recurring, worth, spend, Buyers(ledger, deals, buyers))


def sums_by(
    facts: Iterable[Fact], rules: Rules, dimensions: Collection[str], wanted: Mapping[str, Collection[str]]
) -> dict[tuple[str, ...], tuple[Decimal, Decimal]]:
    """Numerator and denominator by KPI, month and members of several dimensions at once, where both are not 0.

    Only facts that have one of the wanted members of each dimension in `wanted` count, and a KPI has the sums of a
    dimension only when its facts have one.
    """
    sums: dict[tuple[str, ...], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for fact in facts:
        if not (fact.is_total and {*dimensions, *wanted} <= set(fact.members)):
            continue
        if all(fact.members[dimension] in members for dimension, members in wanted.items()):
            plain = {name for _, name, _ in rules.headlines if rules.meant_by(name, fact.day) == fact.kpi}
            for kpi in {fact.kpi, *plain}:
                both = sums[kpi, f"{fact.day:%Y-%m}", *(fact.members[name] for name in dimensions)]
                both[0] += fact.numerator
                both[1] += fact.denominator
    return {key: (both[0], both[1]) for key, both in sums.items() if any(both)}


def compute(folder: Path, as_of: date, rules: Rules | None = None) -> pd.DataFrame:
    """Every KPI value of a ledger folder as of a date, at every grain.

    `total` has a row for every period since the first fact, other members where something happened.
    """
    ledger = Ledger.read(folder, as_of, rules)
    return computed(ledger, collect(ledger))


def computed(ledger: Ledger, found: Collected) -> pd.DataFrame:
    """Every KPI value, as `compute` gives them, of what was collected from a ledger."""
    facts, pipeline, recurring, worth, spend = found.facts, found.pipeline, found.recurring, found.worth, found.spend
    calendar, as_of = ledger.calendar, ledger.as_of
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
    values.update(found.buyers.values(first_day(facts, as_of)))
    values.update(spend.visitors())
    counted = Samples(ledger, pipeline, recurring, shares).all(
        facts.additive, facts.durations, values, found.buyers.samples
    )
    values, counted = _headlines(values, ledger.rules), _headlines(counted, ledger.rules)
    unknown = _unknown_without_inputs(ledger)
    values = {key: (None, None, None) if key[0] in unknown else value for key, value in values.items()}
    days = DAYS | dict(ledger.rules.maturity_days)
    old_enough = maturity(facts.additive, calendar, as_of, days, shares)
    rows = [
        (*key, *value, None if value[1] is None else old_enough.get(key), None if key[0] in unknown else counted[key])
        for key, value in values.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(COLUMNS[:5], ignore_index=True)


def by_key(values: pd.DataFrame) -> dict[Key, Value]:
    """Numerator, denominator and value of every row of a table that `compute` gave."""
    told = values.astype(object).where(pd.notna(values), None)
    return {row[:5]: row[5:8] for row in told.itertuples(index=False, name=None)}


def closing_bridge(ledger: Ledger) -> dict[ClosingKey, dict[str, Decimal]]:
    """The bridge of what is expected to close in each period."""
    found = collect(ledger)
    return ClosingBridge(ledger, found.pipeline, first_day(found.facts, ledger.as_of)).all()


def _headlines(values: dict[Key, Told], rules: Rules) -> dict[Key, Told]:
    """With the KPIs that go by another one's value, from a date on perhaps: a period has that of its first day."""
    names = {kpi for _, kpi, _ in rules.headlines}
    variants = {variant for _, _, variant in rules.headlines}
    meant = {
        (kpi, *key[1:]): value
        for key, value in values.items()
        if key[0] in variants
        for kpi in names
        if rules.meant_by(kpi, key[2]) == key[0]
    }
    return {key: value for key, value in values.items() if key[0] not in names} | meant


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
    nothing |= {kpi: (Decimal(0), Decimal(0), None) for kpi in SO_FAR}
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


def _unknown_without_inputs(ledger: Ledger) -> set[str]:
    """The KPIs that no source gives: they are unknown, not 0."""
    events = {row["event_type"] for row in ledger.rows("lead_events")}
    is_given = {
        "mql": "mql" in events,
        "sql": "sql" in events,
        "contact": ledger.has_contacts,
        "margin": bool(ledger.rules.gross_margins),
        "invoice": bool(ledger.rows("invoices")),
        "cost": bool(ledger.rows("ad_spend") or ledger.rows("costs")),
        "impressions": any(row.get("impressions") for row in ledger.rows("ad_spend")),
        "clicks": any(row.get("clicks") for row in ledger.rows("ad_spend")),
        "web": bool(ledger.rows("web_sessions")),
        "visitors": any(row.get("visitors") for name in ("web_sessions", "web_visitors") for row in ledger.rows(name)),
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
    return {kpi for need, kpis in NEEDS.items() if not is_given[need] for kpi in kpis}


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
    if denominator.is_nan():
        return None, None, None
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
