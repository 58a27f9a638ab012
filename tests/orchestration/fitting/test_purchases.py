"""BG/NBD and Gamma-Gamma against published numbers, direct integration and parameters that are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import dblquad, quad
from scipy.special import beta, gamma
from scipy.stats import gamma as gamma_of

from orchestration.fitting import purchases
from orchestration.fitting.likelihood import Numbers
from tests.oracle.purchases import Histories, expected

CDNOW = np.asarray([0.243, 4.414, 0.793, 2.426])  # Fader, Hardie, Lee 2005, table 2; weeks


def numbers(*values: float) -> Numbers:
    return np.asarray(values, dtype=np.float64)


def buy_till_you_die(parameters: Numbers, customers: int, seed: int) -> tuple[Numbers, Numbers, Numbers]:
    """Histories of customers that behave as the model says."""
    r, alpha, a, b = parameters
    random = np.random.default_rng(seed)
    ages = random.uniform(100, 400, customers)
    rows = []
    for age in ages:
        rate, leaving = random.gamma(r, 1 / alpha), random.beta(a, b)
        count, last, now = 0, 0.0, 0.0
        while (now := now + random.exponential(1 / rate)) <= age:
            count, last = count + 1, now
            if random.random() < leaving:
                break
        rows.append((count, last, age))
    repeats, recency, age_ = np.asarray(rows, dtype=np.float64).T
    return repeats, recency, age_


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [(0.1429, 0.0078), (1.0, 0.0532), (3.0, 0.1506), (31.8571, 1.0405), (32.0, 1.0437), (78.0, 1.8576)],
)
def test_a_new_customer_buys_as_often_as_published(weeks: float, expected: float) -> None:
    none = numbers(0)
    found = purchases.expected_purchases(CDNOW, none, none, none, numbers(weeks))
    assert found[0] == pytest.approx(expected, rel=2e-3, abs=1e-4)  # published with unrounded parameters


def test_a_customer_with_two_repeats_buys_as_often_as_published() -> None:
    found = purchases.expected_purchases(CDNOW, numbers(2), numbers(30.43), numbers(38.86), numbers(39))
    assert found[0] == pytest.approx(1.226, abs=5e-4)


@pytest.mark.parametrize(
    "parameters", [(0.9, 60, 0.7, 3), (0.3, 5, 0.2, 0.3), (4, 20, 3, 0.5), (1, 10, 1, 1), (0.5, 30, 5, 40)]
)
def test_expected_purchases_are_the_mean_over_what_a_customer_may_be_like(parameters: tuple[float, ...]) -> None:
    repeats, recency, age = numbers(0, 0, 1, 4, 30), numbers(0, 0, 12, 80, 90), numbers(0, 200, 40, 100, 95)
    found = purchases.expected_purchases(np.asarray(parameters), repeats, recency, age, np.full(5, 90.0))
    wanted = expected(np.asarray(parameters), Histories([], repeats, recency, age, repeats), 90)
    assert found == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize(("repeats", "recency", "age"), [(0, 0, 38.86), (1, 5, 30), (2, 30.43, 38.86), (7, 20, 25)])
def test_the_likelihood_is_the_integral_over_rates_and_leaving(repeats: int, recency: float, age: float) -> None:
    r, alpha, a, b = CDNOW

    # in powers of the two unknowns, because both densities are infinite at 0
    def density(root: float, scale: float) -> float:
        leaving, rate = root ** (1 / a), scale ** (1 / r)
        alive = (1 - leaving) ** repeats * rate**repeats * np.exp(-rate * age)
        gone = leaving * (1 - leaving) ** (repeats - 1) * rate**repeats * np.exp(-rate * recency) if repeats else 0.0
        return float((alive + gone) * (1 - leaving) ** (b - 1) * np.exp(-alpha * rate))

    whole = beta(a, b) * gamma(r) / alpha**r * a * r
    integral = dblquad(density, 0, 8**r, 0, 1, epsabs=1e-12, epsrel=1e-7)[0] / whole
    value, _ = purchases.purchase_likelihood(CDNOW, numbers(repeats), numbers(recency), numbers(age))
    assert np.exp(value) == pytest.approx(integral, rel=1e-5)


@pytest.mark.parametrize(("repeats", "mean"), [(1, 12.0), (4, 35.0), (12, 80.0)])
def test_the_likelihood_of_an_amount_is_the_integral_over_its_scale(repeats: int, mean: float) -> None:
    p, q, around = 6.25, 3.74, 15.44

    def density(scale: float) -> float:
        return float(
            gamma_of.pdf(mean, p * repeats, scale=1 / (scale * repeats)) * gamma_of.pdf(scale, q, scale=1 / around)
        )

    integral, _ = quad(density, 0, 20, epsabs=1e-15, limit=500, points=[p / mean])
    value, _ = purchases.amount_likelihood(numbers(p, q, around), numbers(repeats), numbers(mean))
    assert np.exp(value) == pytest.approx(integral, rel=1e-6)


@pytest.mark.parametrize("place", range(4))
def test_the_gradient_of_purchases_is_the_slope(place: int) -> None:
    histories = (numbers(0, 1, 3, 40), numbers(0, 5, 20, 37.5), numbers(38, 30, 39, 38))
    move = np.zeros(4)
    move[place] = 1e-6
    up, down = (purchases.purchase_likelihood(CDNOW + sign * move, *histories)[0] for sign in (1, -1))
    _, gradient = purchases.purchase_likelihood(CDNOW, *histories)
    assert gradient[place] == pytest.approx((up - down) / 2e-6, rel=1e-5)


@pytest.mark.parametrize("place", range(3))
def test_the_gradient_of_amounts_is_the_slope(place: int) -> None:
    parameters, histories = numbers(6.25, 3.74, 15.44), (numbers(1, 4, 12), numbers(12, 35, 80))
    move = np.zeros(3)
    move[place] = 1e-6
    up, down = (purchases.amount_likelihood(parameters + sign * move, *histories)[0] for sign in (1, -1))
    _, gradient = purchases.amount_likelihood(parameters, *histories)
    assert gradient[place] == pytest.approx((up - down) / 2e-6, rel=1e-5)


def test_known_parameters_are_recovered_within_their_standard_errors() -> None:
    known = numbers(0.9, 60.0, 0.7, 3.0)
    fit = purchases.fit_purchases(*buy_till_you_die(known, 6000, seed=3))
    assert fit.has_converged
    assert np.abs(fit.parameters - known).max() > 0
    assert (np.abs(fit.parameters - known) < 3 * fit.standard_errors).all()
    assert (fit.standard_errors < 0.35 * known).all()


def test_the_fit_is_where_the_likelihood_is_highest_whatever_the_unit_of_time() -> None:
    repeats, recency, age = buy_till_you_die(numbers(0.9, 60.0, 0.7, 3.0), 2000, seed=5)
    fit = purchases.fit_purchases(repeats, recency, age)
    value, gradient = purchases.purchase_likelihood(fit.parameters, repeats, recency, age)
    assert fit.log_likelihood == pytest.approx(value, rel=1e-12)
    assert np.abs(gradient * fit.parameters).max() < 1e-6
    in_weeks = purchases.fit_purchases(repeats, recency / 7, age / 7)
    assert in_weeks.parameters * numbers(1, 7, 1, 1) == pytest.approx(fit.parameters, rel=1e-7)


def test_known_amounts_are_recovered_within_their_standard_errors() -> None:
    p, q, around = known = numbers(6.25, 3.74, 15.44)
    random = np.random.default_rng(11)
    repeats = random.integers(1, 9, 5000).astype(np.float64)
    mean = random.gamma(p * repeats) / (random.gamma(q, size=len(repeats)) / around * repeats)
    fit = purchases.fit_amounts(repeats, mean)
    assert fit.has_converged
    assert (np.abs(fit.parameters - known) < 3 * fit.standard_errors).all()
    value, _ = purchases.amount_likelihood(fit.parameters, repeats, mean)
    assert fit.log_likelihood == pytest.approx(value, rel=1e-12)


def test_customers_that_never_come_back_have_no_fit() -> None:
    nobody = np.zeros(50)
    fit = purchases.fit_purchases(nobody, nobody, np.linspace(10, 300, 50))
    assert not fit.has_converged
    assert np.isnan(fit.standard_errors).all()


def test_many_purchases_neither_overflow_nor_cancel() -> None:
    repeats, recency, age = numbers(0, 500, 5000), numbers(0, 400, 10), numbers(400, 400, 4000)
    found = purchases.expected_purchases(numbers(0.9, 6.0, 0.7, 3.0), repeats, recency, age, numbers(365, 365, 365))
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert found[1] > 100
    assert found[2] < 1e-6


def test_the_formula_is_smooth_where_it_is_0_by_0() -> None:
    history = (numbers(3), numbers(20), numbers(30), numbers(50))
    at, beside = (purchases.expected_purchases(numbers(0.9, 6, a, 3), *history)[0] for a in (1.0, 1.001))
    assert at == pytest.approx(beside, rel=1e-3)
