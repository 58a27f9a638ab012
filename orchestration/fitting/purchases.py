"""Customers that buy when they want to: how often (BG/NBD) and for how much (Gamma-Gamma).

While a customer is alive, it buys at a rate of its own, and after every purchase it leaves with a probability of its
own; rates are gamma distributed over customers, probabilities beta. Fader, Hardie, Lee, "Counting Your Customers the
Easy Way" (Marketing Science 24, 2005); Fader, Hardie, "The Gamma-Gamma Model of Monetary Value" (note 25, 2013).
"""

import numpy as np
from scipy.special import betaln, digamma, expit, gammaln, hyp2f1

from orchestration.fitting.likelihood import Fit, Numbers, maximise


def purchase_likelihood(parameters: Numbers, repeats: Numbers, recency: Numbers, age: Numbers) -> tuple[float, Numbers]:
    """Log-likelihood of BG/NBD and its gradient by r, alpha, a and b.

    Args:
        parameters: r, alpha (a time), a, b.
        repeats: purchases after the first.
        recency: time from the first purchase to the last, 0 without repeats.
        age: time from the first purchase to the end of observation.
    """
    r, alpha, a, b = parameters
    count, is_repeating = r + repeats, repeats > 0
    alive = -count * np.log(alpha + age)
    after = np.where(is_repeating, b + repeats - 1, 1.0)
    gone = np.where(is_repeating, np.log(a) - np.log(after) - count * np.log(alpha + recency), -np.inf)
    either = np.logaddexp(alive, gone)
    still, left = np.exp(alive - either), np.exp(gone - either)
    value = (
        gammaln(count) - gammaln(r) + r * np.log(alpha) + betaln(a, b + repeats) - betaln(a, b) + either
    ).sum()  # fmt: skip
    both = digamma(a + b) - digamma(a + b + repeats)
    gradient = [
        digamma(count) - digamma(r) + np.log(alpha) - still * np.log(alpha + age) - left * np.log(alpha + recency),
        r / alpha - count * (still / (alpha + age) + left / (alpha + recency)),
        both + left / a,
        both + digamma(b + repeats) - digamma(b) - left / after,
    ]
    return float(value), np.asarray([np.broadcast_to(part, repeats.shape).sum() for part in gradient])


def fit_purchases(repeats: Numbers, recency: Numbers, age: Numbers) -> Fit:
    """Fit r, alpha, a and b to the customers' histories; alpha in the unit of the times."""
    scale = float(age.mean()) or 1.0

    def scaled(parameters: Numbers) -> tuple[float, Numbers]:
        return purchase_likelihood(parameters, repeats, recency / scale, age / scale)

    found = maximise(scaled, (1.0, 1.0, 1.0, 2.0))
    units = np.asarray([1.0, scale, 1.0, 1.0])
    # a density of times in another unit
    log_likelihood = found.log_likelihood - float(repeats.sum()) * float(np.log(scale))
    return Fit(found.parameters * units, found.standard_errors * units, log_likelihood, found.has_converged)


def expected_purchases(
    parameters: Numbers, repeats: Numbers, recency: Numbers, age: Numbers, ahead: Numbers
) -> Numbers:
    """Purchases to expect of each customer in a time ahead, by what it has bought.

    Euler's transformation of the published formula: the argument's power leaves the hypergeometric function, which
    then neither overflows nor cancels for customers with many purchases.

    Args:
        parameters: r, alpha, a and b, one each or one for every customer.
        repeats, recency, age: as for the likelihood.
        ahead: time ahead, in the unit of alpha.
    """
    r, alpha, a, b = parameters
    aside = np.where(np.abs(a - 1) < 1e-6, 1e-5, 0.0)  # the formula is 0 / 0 at 1, and smooth around
    sides = [_expected(r, alpha, a + move, b, (repeats, recency, age, ahead)) for move in (-aside, aside)]
    return np.asarray((sides[0] + sides[1]) / 2)


def _expected(
    r: Numbers, alpha: Numbers, a: Numbers, b: Numbers, history: tuple[Numbers, Numbers, Numbers, Numbers]
) -> Numbers:
    repeats, recency, age, ahead = history
    part = ahead / (alpha + age + ahead)
    stays = (1 - part) ** (a - 1) * hyp2f1(a + b - 1 - r, a - 1, a + b + repeats - 1, part)
    after = np.where(repeats > 0, b + repeats - 1, 1.0)
    odds = np.log(after) - np.log(a) - (r + repeats) * (np.log(alpha + age) - np.log(alpha + recency))
    alive = np.where(repeats > 0, expit(odds), 1.0)
    return np.asarray((a + b + repeats - 1) / (a - 1) * (1 - stays) * alive)


def amount_likelihood(parameters: Numbers, repeats: Numbers, mean: Numbers) -> tuple[float, Numbers]:
    """Log-likelihood of Gamma-Gamma and its gradient by p, q and gamma (an amount).

    Args:
        parameters: p, q, gamma.
        repeats: purchases after the first, all above 0.
        mean: their mean amount.
    """
    p, q, gamma = parameters
    shape, total = p * repeats, gamma + mean * repeats
    value = (
        gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(gamma)
        + (shape - 1) * np.log(mean) + shape * np.log(repeats) - (shape + q) * np.log(total)
    ).sum()  # fmt: skip
    gradient = [
        repeats * (digamma(shape + q) - digamma(shape) + np.log(mean) + np.log(repeats) - np.log(total)),
        digamma(shape + q) - digamma(q) + np.log(gamma) - np.log(total),
        q / gamma - (shape + q) / total,
    ]
    return float(value), np.asarray([part.sum() for part in gradient])


def fit_amounts(repeats: Numbers, mean: Numbers) -> Fit:
    """Fit p, q and gamma to the mean amounts of the customers that came back; gamma in the unit of the amounts."""
    scale = float(np.average(mean, weights=repeats)) or 1.0

    def scaled(parameters: Numbers) -> tuple[float, Numbers]:
        return amount_likelihood(parameters, repeats, mean / scale)

    found = maximise(scaled, (2.0, 3.0, 1.0))
    units = np.asarray([1.0, 1.0, scale])
    log_likelihood = found.log_likelihood - len(mean) * float(np.log(scale))
    return Fit(found.parameters * units, found.standard_errors * units, log_likelihood, found.has_converged)
