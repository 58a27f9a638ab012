"""Maximum likelihood over positive parameters, and whether what was found is a maximum."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Numbers = NDArray[np.float64]
Likelihood = Callable[[Numbers], tuple[float, Numbers]]

_FURTHEST = 12.0  # in logarithms, from the scale of the data: beyond it a parameter runs away
_STEPS = 20


@dataclass(frozen=True)
class Fit:
    """Parameters with their standard errors, and how well they fit.

    `has_converged` says that the gradient vanishes and the curvature is negative in every direction; else the
    likelihood has no maximum inside and the parameters mean nothing.
    """

    parameters: Numbers
    standard_errors: Numbers
    log_likelihood: float
    has_converged: bool


def maximise(likelihood: Likelihood, start: Sequence[float]) -> Fit:
    """Fit positive parameters: quasi-Newton in their logarithms, then Newton until the gradient is rounding error.

    Args:
        likelihood: log-likelihood and its gradient by the parameters.
        start: where to begin, of the scale of the data.
    """
    origin = np.log(np.asarray(start, dtype=np.float64))

    def descend(logs: Numbers) -> tuple[float, Numbers]:
        parameters = np.exp(logs)
        value, gradient = likelihood(parameters)
        return -value, -gradient * parameters

    bounds = [(log - _FURTHEST, log + _FURTHEST) for log in origin]
    found = minimize(descend, origin, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000})
    logs, curvature = _polished(descend, np.asarray(found.x))
    value, slope = descend(logs)
    is_inside = bool(np.all(np.abs(logs - origin) < _FURTHEST - 0.1))
    is_flat = bool(np.all(np.abs(slope) <= 1e-6 * max(1.0, abs(value))))
    is_hill = bool(np.isfinite(curvature).all() and np.linalg.eigvalsh(curvature).min() > 0)
    has_converged = is_inside and is_flat and is_hill
    parameters = np.exp(logs)
    errors = np.full_like(parameters, np.nan)
    if has_converged:
        errors = np.sqrt(np.diag(np.linalg.inv(curvature))) * parameters
    return Fit(parameters, errors, -value, has_converged)


def _polished(descend: Likelihood, logs: Numbers) -> tuple[Numbers, Numbers]:
    """Newton steps while they lead down, and the curvature where they end."""
    curvature = _curvature(descend, logs)
    for _ in range(_STEPS):
        value, slope = descend(logs)
        if not np.isfinite(curvature).all() or np.linalg.eigvalsh(curvature).min() <= 0:
            break
        further = logs - np.linalg.solve(curvature, slope)
        ahead, slope_ahead = descend(further)
        if not np.isfinite(ahead) or ahead > value + 1e-9 * abs(value):
            break
        if np.abs(slope_ahead).max() >= np.abs(slope).max():
            break
        logs = further
        curvature = _curvature(descend, logs)
    return logs, curvature


def _curvature(descend: Likelihood, logs: Numbers, step: float = 1e-4) -> Numbers:
    """Second derivatives, by central differences of the gradient."""
    rows = []
    for place in range(len(logs)):
        move = np.zeros_like(logs)
        move[place] = step
        rows.append((descend(logs + move)[1] - descend(logs - move)[1]) / (2 * step))
    matrix = np.asarray(rows)
    return (matrix + matrix.T) / 2
