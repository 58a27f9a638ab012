"""What customers without a contract will buy: BG/NBD and Gamma-Gamma by other routes than the pipeline's.

The likelihood is searched by a simplex, and expectations are taken over what a customer may be like: over its rate and
its probability to leave, by Gauss quadrature, without the published closed form.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln, roots_genlaguerre, roots_jacobi

from tests.oracle.ledger import Ledger
from tests.oracle.money import Customer
from tests.oracle.opportunities import Opportunity
from tests.oracle.periods import MONTHS

Numbers = NDArray[np.float64]
Key = tuple[str, str, date, str, str]
NODES = 80


@dataclass(frozen=True)
class Histories:
    """Every customer so far: days with a purchase after the first, when the last was, how old, and for how much."""

    members: list[dict[str, str]]
    repeats: Numbers
    recency: Numbers
    age: Numbers
    spent: Numbers


class Buyers:
    """The purchases of a company without subscriptions, and what is to be expected of them."""

    def __init__(self, ledger: Ledger, deals: list[Opportunity], buyers: dict[str, Customer]) -> None:
        self.ledger, self.buyers = ledger, buyers
        self.values_of: dict[date, dict[tuple[str, str], float]] = {}
        self.counts_of: dict[date, dict[tuple[str, str], int]] = {}
        self.samples: dict[Key, int] = {}
        self.days: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for deal in deals:
            if deal.is_won and not deal.is_renewal and deal.amount > 0 and deal.closed and deal.customer:
                amount = ledger.convert(deal.amount, deal.row.get("currency_code", ""), deal.closed)
                self.days[deal.customer][deal.closed] += amount

    def values(self, first: date) -> dict[Key, tuple[None, None, float | None]]:
        """`clv_predictive` of every period of whole months since a day."""
        found: dict[Key, tuple[None, None, float | None]] = {}
        if self.ledger.rows("subscription_periods"):
            return found
        for grain in MONTHS:
            start = self.ledger.calendar.period_of(first, grain)
            while start <= self.ledger.as_of:
                last = self.ledger.calendar.last_day(start, grain)
                end = min(last, self.ledger.as_of)
                if end not in self.values_of:  # a quarter ends with a month
                    self.values_of[end] = self._to_come(end)
                for who, value in self.values_of[end].items():
                    found["clv_predictive", grain, start, *who] = (None, None, value)
                    self.samples["clv_predictive", grain, start, *who] = self.counts_of[end][who]
                start = last + timedelta(days=1)
        return found

    def _to_come(self, end: date) -> dict[tuple[str, str], float]:
        share, histories = self.ledger.rules.margin(end), self._histories(end)
        if share is None or not histories.members:
            return {}
        back = (histories.repeats > 0) & (histories.spent > 0)
        if not back.any():
            return {}
        counts, means = histories.repeats[back], histories.spent[back] / histories.repeats[back]
        often = highest(lambda logs: _purchases(np.exp(logs), histories), [0, np.log(histories.age.mean()), 0, 0.7])
        much = highest(lambda logs: _amounts(np.exp(logs), counts, means), [0.7, 1.1, np.log(means.mean())])
        if often is None or much is None or much[1] <= 1:
            return {}
        ahead = (self._horizon(end) - end).days
        p, q, gamma = much
        worth = expected(often, histories, ahead) * p * (gamma + histories.spent) / (p * histories.repeats + q - 1)
        groups: dict[tuple[str, str], list[float]] = defaultdict(list)
        for members, one in zip(histories.members, worth, strict=True):
            for who in [("total", "all"), *members.items()]:
                groups[who].append(float(one))
        self.counts_of[end] = {who: len(some) for who, some in groups.items()}
        return {who: float(np.mean(some)) * float(share) for who, some in groups.items()}

    def _horizon(self, end: date) -> date:
        months = end.year * 12 + end.month - 1 + self.ledger.rules.clv_horizon_months
        for day in (end.day, 30, 29, 28):
            try:
                return date(months // 12, months % 12 + 1, day)
            except ValueError:
                continue
        raise AssertionError(end)

    def _histories(self, end: date) -> Histories:
        members, rows = [], []
        for key, buyer in sorted(self.buyers.items()):
            if buyer.first_day > end:
                continue
            days = sorted(day for day in self.days.get(key, {}) if day <= end) or [buyer.first_day]
            spent = sum((self.days[key][day] for day in days[1:]), Decimal(0))
            members.append(buyer.members)
            rows.append((len(days) - 1, (days[-1] - days[0]).days, (end - days[0]).days, float(spent)))
        table = np.asarray(rows, dtype=np.float64).reshape(-1, 4)
        return Histories(members, *table.T)


def highest(value: Callable[[Numbers], float], start: list[float]) -> Numbers | None:
    """Where a function of logarithms is highest; None when it has no maximum within a factor of e^10."""
    at = np.asarray(start, dtype=np.float64)
    for _ in range(6):
        options = {"xatol": 1e-9, "fatol": 1e-9, "maxiter": 2000}
        before, at = at, minimize(lambda logs: -value(logs), at, method="Nelder-Mead", options=options).x
        if np.abs(at - start).max() > 10:
            return None
        if np.abs(at - before).max() < 1e-7:
            break
    move = 1e-3 * np.eye(len(at))
    bend = [
        [value(at + one + two) - value(at + one - two) - value(at - one + two) + value(at - one - two) for two in move]
        for one in move
    ]
    return np.exp(at) if np.linalg.eigvalsh(np.asarray(bend)).max() < 0 else None


def _purchases(parameters: Numbers, seen: Histories) -> float:
    """The paper's A1 × A2 × (A3 + A4), in logarithms."""
    r, alpha, a, b = parameters
    x, is_back = seen.repeats, seen.repeats > 0
    a1 = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    a2 = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    a3 = -(r + x) * np.log(alpha + seen.age)
    a4 = np.log(a / np.maximum(b + x - 1, 1e-300)) - (r + x) * np.log(alpha + seen.recency)
    top = np.maximum(a3, a4)
    either = np.where(is_back, top + np.log(np.exp(a3 - top) + np.exp(a4 - top)), a3)
    return float((a1 + a2 + either).sum())


def _amounts(parameters: Numbers, counts: Numbers, means: Numbers) -> float:
    p, q, gamma = parameters
    share = gamma / (gamma + counts * means)
    parts = gammaln(p * counts + q) - gammaln(p * counts) - gammaln(q)
    return float((parts + q * np.log(share) + p * counts * np.log1p(-share) - np.log(means)).sum())


def expected(parameters: Numbers, seen: Histories, ahead: int) -> Numbers:
    """Purchases ahead: of a rate L and a probability P to leave, (1 − exp(−L × P × ahead)) ÷ P while it is there."""
    r, alpha, a, b = parameters
    found, nodes = np.zeros(len(seen.repeats)), {x: _nodes(parameters, x) for x in set(seen.repeats)}
    for place, (x, last, age) in enumerate(zip(seen.repeats, seen.recency, seen.age, strict=True)):
        leaving, mass, scaled, load = nodes[x]
        bought = -np.expm1(-np.outer(leaving, scaled / (alpha + age)) * ahead) / leaving[:, None]
        gone = a / (b + x - 1) * ((alpha + age) / (alpha + last)) ** (r + x) if x else 0.0
        found[place] = mass @ bought @ load / (1 + gone)
    return found


def _nodes(parameters: Numbers, x: float) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Where to look and how much each place weighs, of customers with so many purchases after the first."""
    r, _, a, b = parameters
    places, weights = roots_jacobi(NODES, b + x - 1, a - 1)  # (1 − P)^(b + x − 1) × P^(a − 1)
    scaled, heaps = roots_genlaguerre(NODES, r + x - 1)
    return (1 + places) / 2, weights / weights.sum(), scaled, heaps / heaps.sum()
