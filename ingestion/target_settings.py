"""`[[targets]]`: targets that stand in the configuration instead of a file; the columns are those of the entity."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ingestion.setting_types import Currency, Section, Word

Amount = Annotated[Decimal, Field(max_digits=18, decimal_places=6)]


class TargetSettings(Section):
    """One target: absolute, relative to what was observed, or the end of a path from a baseline."""

    kpi: Word
    period_grain: Literal["day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"]
    period_start_date: date
    dimension: Word = "total"
    member: Annotated[str, Field(min_length=1)] = "all"
    target_value: Amount | None = None
    currency_code: Currency | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    baseline_value: Amount | None = None
    relative_to: Literal["previous_period", "previous_year", "baseline"] | None = None
    relative_change: Amount | None = None
    path_periods: Annotated[int, Field(ge=1, le=400)] | None = None

    @model_validator(mode="after")
    def _says_what_is_wanted(self) -> Self:
        if (self.relative_to is None) != (self.relative_change is None):
            raise ValueError("a relative target needs both `relative_to` and `relative_change`")
        if (self.target_value is None) == (self.relative_to is None):
            raise ValueError("a target has either a `target_value` or a `relative_change`")
        if self.relative_to == "baseline" and self.baseline_value is None:
            raise ValueError("a target relative to its baseline needs a `baseline_value`")
        if self.path_periods is not None and (self.baseline_value is None or self.target_value is None):
            raise ValueError("a path leads from a `baseline_value` to a `target_value`")
        return self

    @property
    def key(self) -> str:
        """What it is a target of, as the id of its record."""
        return "|".join((self.kpi, self.period_grain, str(self.period_start_date), self.dimension, self.member))
