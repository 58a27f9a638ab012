"""Targets as they count: written, relative to what was observed, or steps of a path; and how values stand to them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from tests.oracle.ledger import Ledger, Row
from tests.oracle.periods import MONTHS

Key = tuple[str, str, date, str, str]
Value = tuple[Decimal | None, Decimal | None, float | None]
Planned = tuple[Row, date, int | None]  # the row, the first day of the period, the step of a path
PLACES = 6


def goals(ledger: Ledger, values: dict[Key, Value], kpi: str | None = None) -> dict[Key, Decimal | None]:
    """Every target in force (of one KPI or all), None while the period that it follows is not over or not there.

    A target written for a period wins over a step of a path, and of two the one that came into force later.
    """
    best: dict[Key, tuple[tuple[bool, str], Row, int | None]] = {}
    for row, start, step in _planned(ledger):
        key = (row["kpi"], row["period_grain"], start, row["dimension"], row["member"])
        rank = (step is None, row.get("valid_from") or "")
        if kpi in (None, key[0]) and (key not in best or rank > best[key][0]):
            best[key] = rank, row, step
    return {key: _resolved(ledger, values, key, row, step) for key, (_, row, step) in best.items()}


def _planned(ledger: Ledger) -> Iterable[Planned]:
    for row in ledger.rows("targets"):
        today = ledger.as_of.isoformat()
        if not (row.get("valid_from") or "") <= today < (row.get("valid_to") or "9999"):
            continue
        start, steps = date.fromisoformat(row["period_start_date"]), int(row.get("path_periods") or 1)
        for number in range(1, steps + 1):
            yield row, start, number if steps > 1 else None
            start = ledger.calendar.last_day(start, row["period_grain"]) + timedelta(days=1)


def _resolved(ledger: Ledger, values: dict[Key, Value], key: Key, row: Row, step: int | None) -> Decimal | None:
    kpi, grain, start, dimension, member = key
    currency = row.get("currency_code") or (ledger.rules.currency if kpi.endswith("_amount") else "")
    places = ledger.rules.minor_units if currency else PLACES
    if not row.get("target_value") and row.get("relative_to") != "baseline":
        before = _compared(ledger, row["relative_to"], grain, start)
        if ledger.calendar.last_day(before, grain) > ledger.as_of:
            return None
        observed = _observed(values.get((kpi, grain, before, dimension, member)), dimension)
        return None if observed is None else rounded(observed * _more(row), places)
    rate = Fraction(ledger.rate(currency, min(start, ledger.as_of))) if currency else Fraction(1)
    return rounded(_written(row, step) * rate, places)


def _written(row: Row, step: int | None) -> Fraction:
    if not row.get("target_value"):
        return Fraction(row["baseline_value"]) * _more(row)
    target = Fraction(row["target_value"])
    if step is None:
        return target
    baseline = Fraction(row["baseline_value"])
    return baseline + (target - baseline) * step / int(row["path_periods"])


def _more(row: Row) -> Fraction:
    return 1 + Fraction(row["relative_change"])


def _compared(ledger: Ledger, relative_to: str, grain: str, start: date) -> date:
    """The period that a relative target follows."""
    if relative_to == "previous_period":
        return ledger.calendar.period_of(start - timedelta(days=1), grain)
    if grain == "week":
        return start - timedelta(days=364)
    if grain in MONTHS or (start.month, start.day) != (2, 29):
        return start.replace(year=start.year - 1)
    return start.replace(year=start.year - 1, day=28)


def _observed(value: Value | None, dimension: str) -> Fraction | None:
    """What was observed, exactly; a member to whom nothing happened has no row."""
    if value is None or value[2] is None:
        return None
    numerator, denominator, number = value
    if dimension != "total" and not numerator and not denominator and numerator is not None:
        return None
    if numerator is None:
        return Fraction(number or 0)
    return Fraction(numerator) / Fraction(denominator) if denominator else Fraction(numerator)


def rounded(number: Fraction, places: int) -> Decimal:
    """Half away from zero."""
    units = int(abs(number) * 10**places + Fraction(1, 2))
    return Decimal(units if number >= 0 else -units).scaleb(-places)


def goal_disagreements(
    ledger: Ledger, values: dict[Key, Value], kpi_values: pd.DataFrame, fct_sales_targets: pd.DataFrame
) -> list[str]:
    """Every target and attainment that differs from the truth or is missing: targets exactly, attainment to 1e-9."""
    wanted = goals(ledger, values)
    target = fct_sales_targets.target_amount_reporting.combine_first(fct_sales_targets.target_value)
    written = {key: number for key, number, _ in _told(fct_sales_targets.assign(target_value=target, attainment=None))}
    problems = [
        f"target of {key}: oracle {wanted.get(key)}, marts {written.get(key)}"
        for key in sorted({*wanted, *written})
        if key not in wanted or key not in written or wanted[key] != written[key]
    ]
    seen = set()
    for key, shown, attainment in _told(kpi_values[kpi_values.is_official_version]):
        seen.add(key)
        goal, value = wanted.get(key), values.get(key, (None, None, None))[2]
        reached = value / float(goal) if goal and value is not None else None
        if shown != goal or not _is_near(attainment, reached):
            problems.append(f"{key}: oracle {goal} {reached}, marts {shown} {attainment}")
    return problems + [f"{key}: missing" for key in wanted if key in values and key not in seen and key[3] == "total"]


def _is_near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def _told(rows: pd.DataFrame) -> Iterable[tuple[Key, Decimal | None, float | None]]:
    columns = ["kpi", "period_grain", "period_start_date", "dimension", "member", "target_value", "attainment"]
    days = pd.to_datetime(rows.period_start_date).dt.date
    shown = rows.assign(period_start_date=days)[columns].astype(object)
    for row in shown.where(pd.notna(shown), None).itertuples(index=False, name=None):
        target = None if row[5] is None else Decimal(str(row[5]))
        yield row[:5], target, row[6]
