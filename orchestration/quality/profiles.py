"""The frames that the suites look at: the KPI tables, and one profile row per mart that the engine computes."""

from typing import TYPE_CHECKING

import duckdb

from orchestration.quality import suites
from orchestration.quality.hashes import columns, marts, quoted
from orchestration.quality.suites import Suite

if TYPE_CHECKING:
    import pandas as pd

_KPI_VALUES = """
    select
        *,
        case when denominator <= 0 and value is not null then 1 else 0 end as value_without_denominator,
        case
            when denominator > 0
                then abs(cast(value as double) - cast(numerator as double) / cast(denominator as double))
                    / greatest(1.0, abs(cast(value as double)))
        end as quotient_difference,
        value is null or isfinite(cast(value as double)) as is_finite
    from marts.kpi_values
"""
_KPI_DEFINITIONS = """
    select definitions.*, true as is_defined
    from marts.kpi_definitions as definitions
    union all by name
    select distinct kpi_values.kpi, false as is_defined
    from marts.kpi_values as kpi_values
    anti join marts.kpi_definitions as definitions on kpi_values.kpi = definitions.kpi
"""


def frames(
    connection: duckdb.DuckDBPyConnection, *, published_rows: dict[str, int]
) -> list[tuple[Suite, "pd.DataFrame"]]:
    """Every suite of the audit with its frame. `published_rows` are the row counts of the current publication."""
    found: list[tuple[Suite, pd.DataFrame]] = []
    tables = marts(connection)
    if "kpi_values" in tables:
        found.append((suites.KPI_VALUES, connection.execute(_KPI_VALUES).df()))
    if {"kpi_definitions", "kpi_values"} <= set(tables):
        found.append((suites.KPI_DEFINITIONS, connection.execute(_KPI_DEFINITIONS).df()))
    for table in tables:
        row = connection.execute(_profile(connection, table), [published_rows.get(table)]).df()
        found.append((suites.mart_profile(table), row))
    return found


def expected(mart_names: list[str]) -> list[Suite]:
    """The suites that an audit of these marts has to answer."""
    return [suites.KPI_VALUES, suites.KPI_DEFINITIONS, *(suites.mart_profile(name) for name in mart_names)]


def _profile(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    known = columns(connection, "marts", table)
    names = {name for name, _ in known}
    booleans = [name for name, kind in known if kind == "BOOLEAN"]
    doubles = [name for name, kind in known if kind in {"DOUBLE", "FLOAT"}]
    amounts = [
        name for name in names if name.endswith("_amount") and "currency_code" in names and table != "kpi_values"
    ]
    return f"""
        select
            count(*) as row_count,
            {_count_if([f"{quoted(name)} is null" for name in booleans])} as null_boolean_count,
            {_count_if([f"not isfinite({quoted(name)})" for name in doubles])} as infinite_count,
            count(*) - count(distinct hash(mart)) as duplicate_row_count,
            {_count_if([f"({quoted(name)} <> 0 and currency_code is null)" for name in sorted(amounts)])}
                as amount_without_currency_count,
            coalesce(count(*) / nullif(cast(? as double), 0), 1) as shrunk_to_ratio
        from {quoted("marts", table)} as mart
    """  # noqa: S608


def _count_if(conditions: list[str]) -> str:
    return f"count(*) filter (where {' or '.join(conditions)})" if conditions else "0"
