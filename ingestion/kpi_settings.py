"""`[kpi]`: the parameters of definitions, some of them with the dates on which they change."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from ingestion.setting_types import Section


class DatedRatio(Section):
    """A ratio and the first day on which it is in force."""

    valid_from: date = date(1900, 1, 1)
    ratio: Annotated[Decimal, Field(ge=0, le=1, decimal_places=4)]


def _dated(value: Any) -> Any:
    """One number is in force for ever."""
    return value if isinstance(value, list | tuple) else [{"ratio": value}]


class DatedLevel(Section):
    """What the headline `cac` counts, and the first day of the months in which it does."""

    valid_from: date = date(1900, 1, 1)
    level: Literal["paid", "direct", "loaded"]


def _dated_level(value: Any) -> Any:
    """One level is in force for ever."""
    return [{"level": value}] if isinstance(value, str) else value


CohortKpi = Literal[
    "lead_to_mql_rate", "lead_to_won_rate", "mql_to_sql_rate", "sql_to_opportunity_rate", "opportunity_to_won_rate",
    "stage_conversion_rate", "stage_conversion_from_lead_rate", "lead_to_meeting_rate", "lead_to_quote_rate",
    "meeting_to_won_rate", "win_rate_of_created",
]  # fmt: skip


class KpiSettings(Section):
    """`[kpi]`: parameters of definitions."""

    gross_margin_ratio: Annotated[tuple[DatedRatio, ...], BeforeValidator(_dated)] = ()
    attribution_model: Literal["first_touch", "last_touch", "linear", "position_based", "time_decay"] = "first_touch"
    attribution_lookback_days: Annotated[int, Field(ge=1, le=3650)] = 90
    time_decay_half_life_days: Annotated[int, Field(ge=1, le=3650)] = 7
    cac_lag_months: Annotated[int, Field(ge=0, le=24)] = 0
    clv_horizon_months: Annotated[int, Field(ge=1, le=240)] = 36
    cac_headline: Annotated[tuple[DatedLevel, ...], BeforeValidator(_dated_level), Field(min_length=1)] = (
        DatedLevel(level="loaded"),
    )
    exchange_rate_max_age_days: Annotated[int, Field(ge=0, le=366)] = 7
    maturity_days: Mapping[CohortKpi, Annotated[int, Field(ge=0, le=3650)]] = {}
    trend_periods: Annotated[int, Field(ge=1, le=400)] = 13
    significance_level: Annotated[Decimal, Field(gt=0, lt=1, decimal_places=4)] = Decimal("0.05")

    @model_validator(mode="after")
    def _one_ratio_a_day(self) -> Self:
        days = [dated.valid_from for dated in self.gross_margin_ratio]
        if len(set(days)) < len(days):
            raise ValueError("`gross_margin_ratio` has two ratios from the same day on")
        return self

    @model_validator(mode="after")
    def _one_headline_a_month(self) -> Self:
        days = sorted(dated.valid_from for dated in self.cac_headline)
        if len(set(days)) < len(days):
            raise ValueError("`cac_headline` has two levels from the same day on")
        if any(day.day != 1 for day in days):
            raise ValueError("`cac_headline` changes on the first day of a month: cost is known by the month")
        if days and days[0] != date(1900, 1, 1):
            raise ValueError("the first level of `cac_headline` has no `valid_from`: it holds from the beginning")
        levels = [dated.level for dated in sorted(self.cac_headline, key=lambda dated: dated.valid_from)]
        if any(one == other for one, other in pairwise(levels)):
            raise ValueError("`cac_headline` names a level that is in force already")
        return self
