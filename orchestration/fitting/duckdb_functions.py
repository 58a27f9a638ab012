"""What models fit and score with, as functions of dbt's DuckDB session (named in `profiles.yml`)."""

import math
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb.sqltypes import BOOLEAN, DOUBLE, DuckDBPyType

# SciPy is imported where it is used: most companies never fit anything.

_PURCHASES = ("r", "alpha", "a", "b")
_AMOUNTS = ("p", "q", "gamma")


class Plugin(BasePlugin):
    """Registers the functions with every session that dbt opens."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """See BasePlugin."""
        series = duckdb.list_type(DOUBLE)
        conn.create_function("fit_purchases", fit_purchases, [series] * 3, _fit_type(_PURCHASES))
        conn.create_function("fit_amounts", fit_amounts, [series] * 2, _fit_type(_AMOUNTS))
        conn.create_function("expected_purchases", expected_purchases, [DOUBLE] * 8, DOUBLE, type="arrow")


def fit_purchases(repeats: list[float], recency: list[float], age: list[float]) -> dict[str, float | bool | None]:
    """BG/NBD over customers: purchases after the first, and days from the first to the last and to today."""
    import numpy as np

    from orchestration.fitting import purchases

    return _told(_PURCHASES, purchases.fit_purchases(np.asarray(repeats), np.asarray(recency), np.asarray(age)))


def fit_amounts(repeats: list[float], mean: list[float]) -> dict[str, float | bool | None]:
    """Gamma-Gamma over customers that came back: purchases after the first, and their mean amount."""
    import numpy as np

    from orchestration.fitting import purchases

    return _told(_AMOUNTS, purchases.fit_amounts(np.asarray(repeats), np.asarray(mean)))


def expected_purchases(
    r: Any, alpha: Any, a: Any, b: Any, repeats: Any, recency: Any, age: Any, ahead: Any
) -> Any:  # fmt: skip
    """Purchases to expect in the days ahead, row by row; all are Arrow arrays."""
    import numpy as np
    import pyarrow as pa

    from orchestration.fitting import purchases

    parameters = np.asarray([column.to_numpy() for column in (r, alpha, a, b)])
    history = (np.asarray(column.to_numpy()) for column in (repeats, recency, age, ahead))
    return pa.array(purchases.expected_purchases(parameters, *history))


def _fit_type(names: tuple[str, ...]) -> DuckDBPyType:
    errors = tuple(f"{name}_standard_error" for name in names)
    numbers = dict.fromkeys((*names, *errors, "log_likelihood"), DOUBLE)
    return duckdb.struct_type({**numbers, "has_converged": BOOLEAN})


def _told(names: tuple[str, ...], fit: Any) -> dict[str, float | bool | None]:
    errors = [f"{name}_standard_error" for name in names]
    numbers = zip(
        (*names, *errors, "log_likelihood"), (*fit.parameters, *fit.standard_errors, fit.log_likelihood), strict=True
    )
    told = {name: float(number) if math.isfinite(number) else None for name, number in numbers}
    return {**told, "has_converged": fit.has_converged}
