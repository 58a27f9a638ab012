"""The configuration that models read, as tables of schema `meta`; replaced only when it differs."""

from datetime import date
from typing import Any

import duckdb

from ingestion.raw_tables import META_TABLES
from ingestion.settings import WEEKDAYS, FilesSettings, Settings
from ingestion.source_settings import SellingSettings, VendorSettings
from ingestion.target_settings import TargetSettings

Row = tuple[Any, ...]

_AD_PLATFORMS = ("google_ads",)


def write_run_parameters(
    connection: duckdb.DuckDBPyConnection, settings: Settings, as_of_date: date, known_through_date: date | None = None
) -> list[str]:
    """Bring the configuration tables to the settings; returns the names of those that changed.

    `known_through_date` is the day of an as-was, None for what is known today.
    """
    tables = configuration(settings, as_of_date, known_through_date)
    return [name for name, rows in tables.items() if _replace(connection, name, rows)]


def configuration(settings: Settings, as_of_date: date, known_through_date: date | None = None) -> dict[str, list[Row]]:
    """The rows of every configuration table, in the order of its columns."""
    return {
        "run_parameters": [(*_parameters(settings, as_of_date), known_through_date)],
        "gross_margin_ratios": _gross_margins(settings),
        "cohort_maturities": list(settings.kpi.maturity_days.items()),
        "kpi_headlines": settings.kpi.headlines,
        "targets": [_target(target) for target in settings.targets],
        "value_mappings": _value_mappings(settings),
        "pipeline_settings": _pipelines(settings),
        "business_hours": _business_hours(settings),
        "holidays": _holidays(settings),
        "holiday_calendars": _holiday_calendars(settings),
        "sources": _sources(settings),
    }


def _replace(connection: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> bool:
    """Make a table hold exactly these rows, in one transaction; False when it does already."""
    before = connection.execute(f'select * from meta."{table}"').fetchall()  # noqa: S608 - a constant name
    if sorted(map(repr, before)) == sorted(map(repr, rows)):
        return False
    connection.begin()
    try:
        connection.execute(f'create or replace table meta."{table}" ({META_TABLES[table]})')
        if rows:
            marks = ", ".join("?" for _ in rows[0])
            connection.executemany(f'insert into meta."{table}" values ({marks})', rows)  # noqa: S608
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return True


def _parameters(settings: Settings, as_of_date: date) -> Row:
    company, kpi = settings.company, settings.kpi
    has_media = any(
        source.kind in _AD_PLATFORMS or (isinstance(source, FilesSettings) and source.entity == "ad_spend")
        for source in settings.enabled_sources.values()
    )
    return (
        as_of_date,
        company.reporting_currency,
        company.reporting_timezone,
        company.fiscal_year_start_month,
        company.week_start,
        kpi.exchange_rate_max_age_days,
        kpi.attribution_lookback_days,
        kpi.time_decay_half_life_days,
        kpi.cac_lag_months,
        has_media,
        "".join(str(number) for number, name in enumerate(WEEKDAYS, start=1) if name in company.weekend),
        kpi.clv_horizon_months,
        kpi.trend_periods,
        f"{kpi.significance_level:.4f}",
    )


def _gross_margins(settings: Settings) -> list[Row]:
    """As text: a decimal would pass through a double on its way into JSON."""
    return [(dated.valid_from, f"{dated.ratio:.4f}") for dated in settings.kpi.gross_margin_ratio]


def _target(target: TargetSettings) -> Row:
    """Numbers as text: a decimal would pass through a double on its way into JSON."""
    value, baseline, change = (
        None if number is None else f"{number:f}"
        for number in (target.target_value, target.baseline_value, target.relative_change)
    )
    return (
        target.key, target.kpi, target.period_grain, target.period_start_date, target.dimension, target.member, value,
        target.currency_code, target.valid_from, target.valid_to, baseline, target.relative_to, change,
        target.path_periods,
    )  # fmt: skip


def _value_mappings(settings: Settings) -> list[Row]:
    """Words of vendor sources; files apply theirs when they are read."""
    return [
        (name, *word)
        for name, source in settings.sources.items()
        if isinstance(source, VendorSettings)
        for word in source.words
    ]


def _pipelines(settings: Settings) -> list[Row]:
    return [
        (settings.source_system(name), pipeline_id, pipeline.first_real_stage, pipeline.is_renewal)
        for name, source in settings.sources.items()
        if isinstance(source, SellingSettings)
        for pipeline_id, pipeline in source.pipelines.items()
    ]


def _business_hours(settings: Settings) -> list[Row]:
    hours = settings.company.business_hours
    if hours is None:
        return []
    zone = hours.time_zone or settings.company.reporting_timezone
    return [("default", zone, weekday, opens, closes) for weekday, opens, closes in hours.ranges()]


def _holidays(settings: Settings) -> list[Row]:
    hours = settings.company.business_hours
    return [("default", holiday.date, holiday.name or None) for holiday in hours.holidays] if hours else []


def _holiday_calendars(settings: Settings) -> list[Row]:
    country = settings.company.holiday_country
    return [("default", country)] if country else []


def _sources(settings: Settings) -> list[Row]:
    """One row per source system: several file sources that share one are one row, on when any of them is."""
    found: dict[str, tuple[str, bool]] = {}
    for name, source in settings.sources.items():
        system = settings.source_system(name)
        kind, is_enabled = found.get(system, (source.kind, False))
        found[system] = (kind, is_enabled or source.enabled)
    return [(system, kind, is_enabled) for system, (kind, is_enabled) in found.items()]
