"""The warehouse connection, and the tables that loading writes to."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ingestion.catalog import STREAMS

_RAW_COLUMNS = """
    record_id text,
    updated_at timestamp,
    is_deleted boolean,
    payload text,
    payload_hash text,
    extracted_at timestamp,
    batch_id text,
    load_seq bigint
"""

_LEDGERS = {
    "loaded_batches": """
        batch_id text primary key, stream text, load_seq bigint, cursor_after text, row_count bigint,
        loaded_at timestamp, extracted_through timestamp
    """,
    "quarantined_records": """
        batch_id text, source text, entity text, record_id text, reason text, record text,
        quarantined_at timestamp
    """,
}
CONFIGURATION_TABLES = {
    "run_parameters": """
        as_of_date date, reporting_currency text, reporting_timezone text, fiscal_year_start_month integer,
        week_start text, exchange_rate_max_age_days integer, attribution_lookback_days integer,
        time_decay_half_life_days integer, cac_lag_months integer, media_is_in_ad_spend boolean,
        weekend_days text, clv_horizon_months integer, trend_periods integer, significance_level_text text,
        known_through_date date
    """,
    "gross_margin_ratios": "valid_from date, ratio_text text",
    "cohort_maturities": "kpi text, maturity_days integer",
    "kpi_headlines": "kpi text, variant text, valid_from date, formula text",
    "targets": """
        record_id text, kpi text, period_grain text, period_start_date date, dimension text, member text,
        target_value_text text, currency_code text, valid_from date, valid_to date, baseline_value_text text,
        relative_to text, relative_change_text text, path_periods integer
    """,
    "value_mappings": """
        source_system text, entity text, column_name text, source_value text, unified_value text
    """,
    "pipeline_settings": """
        source_system text, pipeline_id text, first_real_stage_id text, is_renewal boolean
    """,
    "business_hours": """
        schedule_id text, time_zone text, weekday integer, opens_at text, closes_at text
    """,
    "holidays": "schedule_id text, holiday_date date, holiday_name text",
    "holiday_calendars": "schedule_id text, country_code text",
    "sources": "source_system text, kind text, is_enabled boolean",
}
META_TABLES = _LEDGERS | CONFIGURATION_TABLES


@contextmanager
def connect(path: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the warehouse in UTC that installs and loads no extensions by itself."""
    path.parent.mkdir(parents=True, exist_ok=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    connection = duckdb.connect(str(path), read_only=read_only, config=config)
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


def create_raw_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every raw table of the catalog and the tables of schema `meta`, where they are missing."""
    existing = {
        f"{schema}.{table}"
        for schema, table in connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
    }
    wanted = {stream.raw_table for stream in STREAMS} | {f"meta.{table}" for table in META_TABLES}
    if wanted <= existing:
        return
    connection.begin()
    connection.execute("create schema if not exists meta")
    for source in dict.fromkeys(stream.source for stream in STREAMS):
        connection.execute(f'create schema if not exists "raw_{source}"')
    for stream in STREAMS:
        columns = f"source_name text,{_RAW_COLUMNS}" if stream.source == "files" else _RAW_COLUMNS
        connection.execute(f'create table if not exists "raw_{stream.source}"."{stream.entity}" ({columns})')
    for table, columns in META_TABLES.items():
        connection.execute(f'create table if not exists meta."{table}" ({columns})')
    connection.commit()
