"""`[kpi]`: the parameters of definitions, some of them with the dates on which they change."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from ingestion.setting_types import Section

BEGINNING = date(1900, 1, 1)

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class DatedRatio(Section):
    """A ratio and the first day on which it is in force."""

    valid_from: date = BEGINNING
    ratio: Annotated[Decimal, Field(ge=0, le=1, decimal_places=4)]


def _dated(value: Any) -> Any:
    """One number is in force for ever."""
    return value if isinstance(value, list | tuple) else [{"ratio": value}]


class Headline(Section):
    """Which variant of a KPI goes by its plain name, and the first day of the periods in which it does.

    `formula` tells in words what is counted from that day on, when that is not what the variant says.
    """

    valid_from: date = BEGINNING
    variant: str
    formula: Words | None = None


class DatedLevel(Headline):
    """What `cac` counts."""

    variant: Literal["paid", "direct", "loaded"] = Field(alias="level")


class DatedModel(Headline):
    """By which model `roas` credits sales."""

    variant: Literal["first_touch", "last_touch", "linear", "position_based", "time_decay"] = Field(alias="model")


class Redefinition(Section):
    """What a KPI means from a day on: another KPI, under whose name it is computed, or what `formula` says in words.

    Words alone are for a meaning that changed in the source (the score that makes an MQL): the numbers are computed as
    before, and the registry and the charts show the break.
    """

    kpi: Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")]
    computed_as: Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")] | None = None
    formula: Words | None = None
    valid_from: date

    @model_validator(mode="after")
    def _says_what_changes(self) -> Self:
        if self.computed_as is None and self.formula is None:
            raise ValueError(f"`definitions` of `{self.kpi}` needs `computed_as`, or `formula` in words")
        return self


def _dated_as(word: str) -> BeforeValidator:
    """One word is in force for ever."""
    return BeforeValidator(lambda value: [{word: value}] if isinstance(value, str) else value)


def _one_at_a_time(name: str, dated: Sequence[Headline]) -> None:
    """The versions of a headline follow each other, from the beginning on."""
    versions = sorted(dated, key=lambda version: version.valid_from)
    if any(one.valid_from == other.valid_from for one, other in pairwise(versions)):
        raise ValueError(f"`{name}` says two things from the same day on")
    if versions[0].valid_from != BEGINNING:
        raise ValueError(f"the first of `{name}` has no `valid_from`: it holds from the beginning")
    if any(one.variant == other.variant and other.formula is None for one, other in pairwise(versions)):
        raise ValueError(f"`{name}` names what is in force already")


CohortKpi = Literal[
    "lead_to_mql_rate", "lead_to_won_rate", "mql_to_sql_rate", "sql_to_opportunity_rate", "opportunity_to_won_rate",
    "stage_conversion_rate", "stage_conversion_from_lead_rate", "lead_to_meeting_rate", "lead_to_quote_rate",
    "meeting_to_won_rate", "win_rate_of_created",
]  # fmt: skip


class KpiSettings(Section):
    """`[kpi]`: parameters of definitions."""

    gross_margin_ratio: Annotated[tuple[DatedRatio, ...], BeforeValidator(_dated)] = ()
    attribution_model: Annotated[tuple[DatedModel, ...], _dated_as("model"), Field(min_length=1)] = (
        DatedModel(model="first_touch"),
    )
    attribution_lookback_days: Annotated[int, Field(ge=1, le=3650)] = 90
    time_decay_half_life_days: Annotated[int, Field(ge=1, le=3650)] = 7
    cac_lag_months: Annotated[int, Field(ge=0, le=24)] = 0
    clv_horizon_months: Annotated[int, Field(ge=1, le=240)] = 36
    cac_headline: Annotated[tuple[DatedLevel, ...], _dated_as("level"), Field(min_length=1)] = (
        DatedLevel(level="loaded"),
    )
    definitions: tuple[Redefinition, ...] = ()
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
    def _one_headline_a_day(self) -> Self:
        _one_at_a_time("cac_headline", self.cac_headline)
        _one_at_a_time("attribution_model", self.attribution_model)
        if any(dated.valid_from.day != 1 for dated in self.cac_headline):
            raise ValueError("`cac_headline` changes on the first day of a month: cost is known by the month")
        return self

    @model_validator(mode="after")
    def _one_definition_a_day(self) -> Self:
        for kpi, setting in (("cac", "cac_headline"), ("roas", "attribution_model")):
            if kpi in self._redefined:
                raise ValueError(f"`definitions`: what `{kpi}` means is said by `{setting}`")
        for kpi, versions in self._redefined.items():
            _one_at_a_time(f"definitions` of `{kpi}", versions)
        return self

    @property
    def _redefined(self) -> dict[str, list[Headline]]:
        """KPIs that mean something else from a day on: first of all themselves."""
        versions: dict[str, list[Headline]] = {}
        for one in sorted(self.definitions, key=lambda one: one.valid_from):
            known = versions.setdefault(one.kpi, [Headline(variant=one.kpi)])
            variant = one.computed_as or known[-1].variant
            known.append(Headline(variant=variant, valid_from=one.valid_from, formula=one.formula))
        return dict(sorted(versions.items()))

    @property
    def headlines(self) -> list[tuple[str, str, date, str | None]]:
        """KPI, variant, first day and perhaps the formula in words of everything that goes by a plain name."""
        dated = {"cac": self.cac_headline, "roas": self.attribution_model, **self._redefined}
        return [
            (kpi, version.variant, version.valid_from, version.formula)
            for kpi, versions in dated.items()
            for version in versions
        ]
