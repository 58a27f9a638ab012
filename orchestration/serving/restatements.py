"""What a publication says differently about periods that an earlier one had already called complete, and why."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ingestion.sql_text import literal
from orchestration.serving import restatement_reasons

TABLE = "kpi_restatements"
COMMENT = (
    "One row per value of a complete period that a later publication told differently: from what, to what, and why."
)
# Name, type and meaning of each column.
COLUMNS = (
    ("kpi", "varchar", "Name of the KPI."),
    ("version", "integer", "Version of its definition."),
    ("period_grain", "varchar", "Grain of the period."),
    ("period_start_date", "date", "First day of the period."),
    ("dimension", "varchar", "Dimension, or total."),
    ("member", "varchar", "Member of the dimension, or all."),
    ("published_value", "double", "Value that had been published."),
    ("restated_value", "double", "Value that replaced it; NULL when there is none any more."),
    (
        "reason",
        "varchar",
        "late record, edit, merge, delete, rate, definition, later event (the record went on after the earlier as-of"
        " date); several are separated by commas. Unexplained when no published fact of the period changed.",
    ),
    ("changed_facts", "varchar", "Facts whose changed records gave the reason; NULL for a definition alone."),
    (
        "changed_record_count",
        "bigint",
        "Changed records of these facts in the period, those of the member where a fact names it.",
    ),
    ("published_build_id", "varchar", "Build that had published the value."),
    ("published_as_of_date", "date", "Last complete day of that build."),
    ("restated_build_id", "varchar", "Build that replaced it."),
    ("restated_as_of_date", "date", "Last complete day of the later build."),
)
_EXAMPLES = 10
_CHANGED = """
    create temp table changed_values as
    select
        kpi, version, period_grain, period_start_date, dimension, member,
        coalesce(later.period_end_date, earlier.period_end_date) as period_end_date,
        earlier.value as published_value,
        later.value as restated_value
    from earlier_values as earlier
    full outer join later_values as later
        using (kpi, version, period_grain, period_start_date, dimension, member)
    where coalesce(
            earlier.is_complete_period,
            later.period_end_date <= (select max(as_of_date) from earlier_values)
        )
        and (
            (earlier.value is null) <> (later.value is null)
            or abs(earlier.value - later.value) > 1e-9 * greatest(1, abs(earlier.value))
        )
"""
_RESTATED = """
    create temp table restated as
    select
        changed_values.*,
        list_filter(
            list_concat([definitions.drill_through_fact], string_split(definitions.other_facts, ', ')),
            lambda fact: fact <> ''
        ) as facts,
        -- without a day of its own a filter tells a state of the as-of date (open tickets), and not of the period's end
        case
            when definitions.aggregation in ('last', 'recompute') and definitions.drill_through_date is null then 'true'
            else definitions.drill_through_filter
        end as drill_through_filter,
        definitions.drill_through_date,
        definitions.drill_through_measure,
        dense_rank() over (
            order by
                definitions.drill_through_fact, definitions.drill_through_filter, definitions.drill_through_date,
                definitions.drill_through_measure, definitions.aggregation in ('last', 'recompute')
        ) as use,
        -- a stock is told by its evening; a median or a rate of two ends without a day of its own looks back
        case
            when definitions.aggregation = 'last' and definitions.drill_through_date is not null
                then changed_values.period_end_date
            when definitions.aggregation in ('last', 'recompute') and definitions.drill_through_date is null
                then date '0001-01-01'
            else changed_values.period_start_date
        end as since_date,
        coalesce(ends_with(definitions.drill_through_measure, '_reporting'), true) as is_money,
        definitions.aggregation = 'sum' as is_flow  -- what happens later belongs to a later period
    from changed_values
    -- rows of other days than those of the period change it as well
    left join (
        select * replace (
            case when not has_rows_of_other_days then drill_through_date end as drill_through_date,
            case when not has_rows_of_other_days then drill_through_measure end as drill_through_measure
        )
        from version.marts.kpi_definitions
    ) as definitions
        using (kpi, version)
"""
_REASONED = """
    create temp table reasoned as
    select
        restated.kpi, restated.version, restated.period_grain, restated.period_start_date, restated.dimension,
        restated.member, restated.published_value, restated.restated_value,
        coalesce(nullif(array_to_string(list_concat(
            case
                when len(coalesce(own.reasons, shared.reasons)) > 1
                    then list_filter(
                        coalesce(own.reasons, shared.reasons),
                        lambda reason: not (reason = 'later event' and restated.is_flow)
                        and not (reason = 'rate' and not restated.is_money)
                    )
                else coalesce(own.reasons, shared.reasons)
            end,
            case when $is_redefined or redefined.kpi is not null then ['definition'] else [] end
        ), ', '), ''), 'unexplained') as reason,
        coalesce(own.changed_facts, shared.changed_facts) as changed_facts,
        coalesce(own.changed_record_count, shared.changed_record_count, 0) as changed_record_count
    from restated
    left join explained as own
        on restated.use = own.use
        and restated.facts is not distinct from own.facts
        and restated.since_date = own.since_date
        and restated.period_end_date = own.period_end_date
        and restated.dimension = own.dimension
        and restated.member = own.member
    left join explained as shared  -- for members of whose own records none is known to have changed
        on restated.use = shared.use
        and restated.facts is not distinct from shared.facts
        and restated.since_date = shared.since_date
        and restated.period_end_date = shared.period_end_date
        and shared.dimension = 'any'
    left join redefined
        on restated.kpi = redefined.kpi
        and restated.version = redefined.version
"""
_INSERT = """
    insert into version.marts.kpi_restatements by name
    select
        *,
        $published_build_id as published_build_id,
        (select max(as_of_date) from earlier_values) as published_as_of_date,
        $restated_build_id as restated_build_id,
        (select max(as_of_date) from version.marts.kpi_values) as restated_as_of_date
    from reasoned
"""


@dataclass(frozen=True)
class Earlier:
    """The publication that a new one is compared with.

    `values` is its kept `kpi_values`, `version` its file when that is still there. `is_redefined` says whether the
    code or the configuration differs between the two builds.
    """

    build_id: str
    values: Path
    version: Path | None
    is_redefined: bool


def write(connection: duckdb.DuckDBPyConnection, earlier: Earlier | None, build_id: str) -> None:
    """Create `kpi_restatements` in the attached database `version`: the earlier version's rows and the new ones.

    Args:
        connection: with `version` attached and all other marts in it; it gets temporary tables.
        earlier: None for a first publication.
        build_id: of the version.
    """
    columns = ", ".join(f"{name} {kind}" for name, kind, _ in COLUMNS)
    connection.execute(f"create table version.marts.{TABLE} ({columns})")
    connection.execute(f"comment on table version.marts.{TABLE} is {literal(COMMENT)}")
    for name, _, meaning in COLUMNS:
        connection.execute(f"comment on column version.marts.{TABLE}.{name} is {literal(meaning)}")
    if earlier is None or not earlier.values.exists():
        return
    if earlier.version:
        connection.execute(f"attach {literal(earlier.version)} as earlier_file (read_only)")
    _add(connection, earlier, build_id)
    if earlier.version:
        connection.execute("detach earlier_file")


def summary(connection: duckdb.DuckDBPyConnection, build_id: str) -> dict[str, Any]:
    """Number of values that the build restated, by reason, with a few of them; read from its file."""
    own = f"from marts.{TABLE} where restated_build_id = ?"
    reasons = connection.execute(f"select reason, count(*) {own} group by 1 order by 1", [build_id]).fetchall()
    cursor = connection.execute(
        "select kpi, period_grain, period_start_date, dimension, member, published_value as was, restated_value as"
        f' "is", reason {own} order by all limit {_EXAMPLES}',
        [build_id],
    )
    names = [column[0] for column in cursor.description or []]
    examples = [
        {name: None if cell is None else str(cell) for name, cell in zip(names, row, strict=True)}
        for row in cursor.fetchall()
    ]
    return {"count": sum(count for _, count in reasons), "reasons": dict(reasons), "examples": examples}


def differences(earlier: Path, later: Path, *, is_redefined: bool) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of the values that two files tell differently, of periods complete in the earlier, and why.

    The columns are kpi, period_grain, period_start_date, dimension, member, was, is, reason.

    Args:
        earlier: a DuckDB file with the marts of a build, which a `later` one is compared with.
        is_redefined: whether the code or the configuration differs between the two.
    """
    with duckdb.connect() as connection:
        for name, file in (("earlier_file", earlier), ("version", later)):
            connection.execute(f"attach {literal(file)} as {name} (read_only)")
        _compare(connection, "earlier_file.marts.kpi_values", "version.marts.kpi_values")
        _find_reasons(connection, has_version=True, is_redefined=is_redefined)
        cursor = connection.execute(
            "select kpi, period_grain, period_start_date, dimension, member, published_value as was,"
            ' restated_value as "is", reason from reasoned order by all'
        )
        return [column[0] for column in cursor.description or []], cursor.fetchall()


def _compare(connection: duckdb.DuckDBPyConnection, earlier: str, later: str) -> None:
    """Fill the temporary table `changed_values` from two relations that hold `kpi_values`."""
    connection.execute(f"create temp view earlier_values as from {earlier}")
    connection.execute(f"create temp view later_values as from {later}")
    connection.execute(_CHANGED)


def _add(connection: duckdb.DuckDBPyConnection, earlier: Earlier, build_id: str) -> None:
    """Carry the earlier rows over, find the new ones and their reasons."""
    if kept := _columns(connection, TABLE) if earlier.version else set():
        names = ", ".join(name for name, _, _ in COLUMNS if name in kept)
        connection.execute(
            f"insert into version.marts.{TABLE} by name select {names} from earlier_file.marts.{TABLE}"  # noqa: S608
        )
    _compare(connection, literal(earlier.values), "version.marts.kpi_values")
    _find_reasons(connection, has_version=earlier.version is not None, is_redefined=earlier.is_redefined)
    connection.execute(_INSERT, {"published_build_id": earlier.build_id, "restated_build_id": build_id})


def _find_reasons(connection: duckdb.DuckDBPyConnection, *, has_version: bool, is_redefined: bool) -> None:
    """Fill the temporary table `reasoned` from `changed_values`; without the earlier file no fact can be compared."""
    row = connection.execute("select max(as_of_date) from earlier_values").fetchone()
    connection.execute(_RESTATED)
    restatement_reasons.collect(connection, _facts(connection) if has_version else [], row[0] if row else None)
    _find_redefined(connection, has_version=has_version)
    connection.execute(_REASONED, {"is_redefined": is_redefined})


def _facts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The facts that list the rows of the restated KPIs."""
    found = connection.execute("select distinct unnest(facts) from restated order by 1").fetchall()
    return [fact for (fact,) in found]


def _find_redefined(connection: duckdb.DuckDBPyConnection, *, has_version: bool) -> None:
    """The KPIs whose formula reads differently, and the versions that the earlier registry does not have."""
    connection.execute("create temp table redefined (kpi text, version integer)")
    if has_version and _columns(connection, "kpi_definitions"):
        connection.execute(
            "insert into redefined select later.kpi, later.version from version.marts.kpi_definitions as later"
            " left join earlier_file.marts.kpi_definitions as earlier using (kpi, version)"
            " where earlier.formula is distinct from later.formula"
        )


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    """Columns of a mart of the earlier version; none when it has no such mart."""
    found = connection.execute(
        "select column_name from duckdb_columns()"
        " where database_name = 'earlier_file' and schema_name = 'marts' and table_name = ?",
        [table],
    ).fetchall()
    return {name for (name,) in found}
