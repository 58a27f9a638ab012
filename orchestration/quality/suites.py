"""The Great Expectations suites, as data: what is expected of landed batches, of the KPI tables and of every mart.

A suite's version is part of its checks' names, so a stored verdict says which wording it answered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

KPI_VALUES_KEY = ["kpi", "version", "period_grain", "period_start_date", "dimension", "member"]
GRAINS = ["day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"]


@dataclass(frozen=True)
class Expectation:
    """One expectation: the class of the library by name, its arguments, and whether it blocks (error) or warns."""

    name: str
    kind: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    severity: str = "error"


@dataclass(frozen=True)
class Suite:
    """Expectations of one frame. `asset` is the model or raw entity that the verdicts speak of."""

    name: str
    version: int
    asset: str
    expectations: tuple[Expectation, ...]

    def check(self, expectation: Expectation) -> str:
        """The identifier of one check, as it stands in the verdicts."""
        return f"suite.{self.name}.v{self.version}.{expectation.name}"


def landed_batch(stream: str, *, has_cursor: bool) -> Suite:
    """What every landed batch of a stream must be before it is loaded."""
    cursor = [_not_null("cursor_is_given", "updated_at")] if has_cursor else []
    return Suite(
        f"landed.{stream}",
        1,
        f"raw_{stream}",
        (
            _not_null("key_is_given", "record_id"),
            Expectation("key_is_not_empty", "ExpectColumnValueLengthsToBeBetween", _between("record_id", 1)),
            _not_null("extraction_time_is_given", "extracted_at"),
            *cursor,
            Expectation(
                "payload_is_an_object",
                "ExpectColumnValuesToBeInSet",
                {"column": "payload_type", "value_set": ["OBJECT", "TOMBSTONE"]},
            ),
        ),
    )


KPI_VALUES = Suite(
    "kpi_values",
    1,
    "marts.kpi_values",
    (
        Expectation("has_rows", "ExpectTableRowCountToBeBetween", {"min_value": 1}),
        Expectation("key_is_unique", "ExpectCompoundColumnsToBeUnique", {"column_list": KPI_VALUES_KEY}),
        *(
            Expectation(f"{column}_is_given", "ExpectColumnValuesToNotBeNull", {"column": column})
            for column in [*KPI_VALUES_KEY, "as_of_date", "aggregation", "unit"]
        ),
        Expectation(
            "grain_is_known",
            "ExpectColumnValuesToBeInSet",
            {"column": "period_grain", "value_set": GRAINS},
        ),
        Expectation(
            "aggregation_is_known",
            "ExpectColumnValuesToBeInSet",
            {"column": "aggregation", "value_set": ["sum", "ratio", "last", "recompute"]},
        ),
        Expectation(
            "one_as_of_date",
            "ExpectColumnUniqueValueCountToBeBetween",
            {"column": "as_of_date", "min_value": 1, "max_value": 1},
        ),
        Expectation(
            "no_value_without_denominator",
            "ExpectColumnValuesToBeBetween",
            {"column": "value_without_denominator", "max_value": 0},
        ),
        Expectation(
            "value_is_numerator_by_denominator",
            "ExpectColumnValuesToBeBetween",
            {"column": "quotient_difference", "min_value": 0, "max_value": 1e-6},
        ),
        Expectation("values_are_finite", "ExpectColumnValuesToBeInSet", {"column": "is_finite", "value_set": [True]}),
    ),
)

KPI_DEFINITIONS = Suite(
    "kpi_definitions",
    1,
    "marts.kpi_definitions",
    (
        Expectation("has_rows", "ExpectTableRowCountToBeBetween", {"min_value": 1}),
        *(
            Expectation(f"{column}_is_given", "ExpectColumnValuesToNotBeNull", {"column": column})
            for column in ("kpi", "label", "unit", "direction", "owner", "formula", "aggregation")
        ),
        Expectation(
            "every_value_is_defined",
            "ExpectColumnValuesToBeInSet",
            {"column": "is_defined", "value_set": [True]},
        ),
    ),
)


def mart_profile(mart: str) -> Suite:
    """What the one profile row of a mart must show; the engine computes the row in SQL."""
    return Suite(
        f"profile.{mart}",
        1,
        f"marts.{mart}",
        (
            Expectation("is_profiled", "ExpectTableRowCountToEqual", {"value": 1}),
            _zero("booleans_are_never_null", "null_boolean_count"),
            _zero("ratios_are_finite", "infinite_count"),
            _zero("no_row_stands_twice", "duplicate_row_count"),
            _zero("currencies_are_given_with_amounts", "amount_without_currency_count"),
            Expectation(
                "has_not_shrunk",
                "ExpectColumnValuesToBeBetween",
                {"column": "shrunk_to_ratio", "min_value": 0.1},
                severity="warn",
            ),
        ),
    )


def expected_checks(suites: Iterable[Suite]) -> dict[str, list[str]]:
    """Every error-severity check of some suites with the asset it speaks of."""
    return {
        suite.check(expectation): [suite.asset]
        for suite in suites
        for expectation in suite.expectations
        if expectation.severity == "error"
    }


def _not_null(name: str, column: str) -> Expectation:
    return Expectation(name, "ExpectColumnValuesToNotBeNull", {"column": column})


def _between(column: str, least: float) -> dict[str, Any]:
    return {"column": column, "min_value": least}


def _zero(name: str, column: str) -> Expectation:
    return Expectation(name, "ExpectColumnValuesToBeBetween", {"column": column, "min_value": 0, "max_value": 0})
