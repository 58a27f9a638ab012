"""The frames that the suites look at: the KPI tables, and one profile row per mart that the engine computes."""

from typing import TYPE_CHECKING

from orchestration.quality import suites
from orchestration.quality.suites import Suite
from orchestration.warehouse import Reader

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
        value is null or {is_finite} as is_finite
    from marts.kpi_values
"""
_KPI_DEFINITIONS = """
    select coalesce(definitions.kpi, used.kpi) as kpi, {columns}, definitions.kpi is not null as is_defined
    from marts.kpi_definitions as definitions
    full outer join (select distinct kpi from marts.kpi_values) as used on definitions.kpi = used.kpi
"""


def frames(reader: Reader, *, published_rows: dict[str, int]) -> list[tuple[Suite, "pd.DataFrame"]]:
    """Every suite of the audit with its frame. `published_rows` are the row counts of the current publication."""
    found: list[tuple[Suite, pd.DataFrame]] = []
    tables = reader.marts()
    if "kpi_values" in tables:
        query = _KPI_VALUES.format(is_finite=reader.is_finite("cast(value as double)"))
        found.append((suites.KPI_VALUES, reader.frame(query)))
    if {"kpi_definitions", "kpi_values"} <= set(tables):
        others = [f"definitions.{name}" for name, _ in reader.columns("marts", "kpi_definitions") if name != "kpi"]
        found.append((suites.KPI_DEFINITIONS, reader.frame(_KPI_DEFINITIONS.format(columns=", ".join(others)))))
    for table in tables:
        found.append((suites.mart_profile(table), reader.frame(_profile(reader, table, published_rows.get(table)))))
    return found


def expected(mart_names: list[str]) -> list[Suite]:
    """The suites that an audit of these marts has to answer."""
    return [suites.KPI_VALUES, suites.KPI_DEFINITIONS, *(suites.mart_profile(name) for name in mart_names)]


def _profile(reader: Reader, table: str, published_rows: int | None) -> str:
    known = reader.columns("marts", table)
    names = {name for name, _ in known}
    booleans = [name for name, kind in known if kind == "BOOLEAN"]
    doubles = [name for name, kind in known if kind in {"DOUBLE", "FLOAT"}]
    amounts = [
        name for name in names if name.endswith("_amount") and "currency_code" in names and table != "kpi_values"
    ]
    return f"""
        select
            count(*) as row_count,
            {_count_if([f"{name} is null" for name in booleans])} as null_boolean_count,
            {_count_if([f"not {reader.is_finite(name)}" for name in doubles])} as infinite_count,
            count(*) - count(distinct {reader.row_digest("mart", known)}) as duplicate_row_count,
            {_count_if([f"({name} <> 0 and currency_code is null)" for name in sorted(amounts)])}
                as amount_without_currency_count,
            coalesce(count(*) / nullif(cast({published_rows or "null"} as double), 0), 1) as shrunk_to_ratio
        from marts.{table} as mart
    """  # noqa: S608


def _count_if(conditions: list[str]) -> str:
    return f"count(*) filter (where {' or '.join(conditions)})" if conditions else "0"
