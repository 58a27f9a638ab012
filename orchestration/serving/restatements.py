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
        definitions.aggregation in ('last', 'recompute') as is_cumulative,
        definitions.aggregation = 'sum' as is_flow  -- what happens later belongs to a later period
    from changed_values
    left join version.marts.kpi_definitions as definitions
        using (kpi, version)
"""
# A stock, a median or a rate of two ends looks back: what changed before the period counts as well. Where a fact names
# members, only the records that were or are the member's count for it.
_EXPLAINED = """
    create temp table explained as
    with changed as (
        select fact, record, reason, days, unnest(members) as member_key
        from changed_records
    ),
    carried as (
        select distinct fact, split_part(member_key, '=', 1) as dimension
        from changed
    ),
    asked as (
        select distinct facts, is_cumulative, period_start_date, period_end_date, dimension, member
        from restated
        union
        select distinct facts, is_cumulative, period_start_date, period_end_date, 'total', 'all'
        from restated
    ),
    of_facts as (
        select asked.*, unnest(asked.facts) as fact
        from asked
    ),
    by_key as (
        select of_facts.*, coalesce(member_keys.member_key, 'total=all') as member_key
        from of_facts
        left join carried
            on of_facts.fact = carried.fact and of_facts.dimension = carried.dimension
        left join member_keys
            on carried.dimension = member_keys.dimension and of_facts.member = member_keys.member
        -- where no fact names the dimension, the reasons of the total are the member's
        qualify bool_or(carried.fact is not null) over (
            partition by
                of_facts.facts, of_facts.is_cumulative, of_facts.period_start_date, of_facts.period_end_date,
                of_facts.dimension, of_facts.member
        )
    )
    select
        by_key.facts, by_key.is_cumulative, by_key.period_start_date, by_key.period_end_date, by_key.dimension,
        by_key.member,
        list_sort(list_distinct(list(changed.reason))) as reasons,
        string_agg(distinct changed.fact, ', ' order by changed.fact) as changed_facts,
        count(distinct (changed.fact, changed.record)) as changed_record_count
    from by_key
    inner join changed
        on by_key.fact = changed.fact
        and by_key.member_key = changed.member_key
        and len(list_filter(
            changed.days,
            lambda day: day <= by_key.period_end_date and (by_key.is_cumulative or day >= by_key.period_start_date)
        )) > 0
    group by all
"""
_INSERT = """
    insert into version.marts.kpi_restatements by name
    select
        restated.kpi, restated.version, restated.period_grain, restated.period_start_date, restated.dimension,
        restated.member, restated.published_value, restated.restated_value,
        coalesce(nullif(array_to_string(list_concat(
            case
                when restated.is_flow and len(coalesce(own.reasons, shared.reasons)) > 1
                    then list_filter(coalesce(own.reasons, shared.reasons), lambda reason: reason <> 'later event')
                else coalesce(own.reasons, shared.reasons)
            end,
            case when $is_redefined or redefined.kpi is not null then ['definition'] else [] end
        ), ', '), ''), 'unexplained') as reason,
        coalesce(own.changed_facts, shared.changed_facts) as changed_facts,
        coalesce(own.changed_record_count, shared.changed_record_count, 0) as changed_record_count,
        $published_build_id as published_build_id,
        $as_of_date as published_as_of_date,
        $restated_build_id as restated_build_id,
        (select max(as_of_date) from version.marts.kpi_values) as restated_as_of_date
    from restated
    left join explained as own
        on restated.facts is not distinct from own.facts
        and restated.is_cumulative is not distinct from own.is_cumulative
        and restated.period_start_date = own.period_start_date
        and restated.period_end_date = own.period_end_date
        and restated.dimension = own.dimension
        and restated.member = own.member
    left join explained as shared  -- for members of whose own records none is known to have changed
        on restated.facts is not distinct from shared.facts
        and restated.is_cumulative is not distinct from shared.is_cumulative
        and restated.period_start_date = shared.period_start_date
        and restated.period_end_date = shared.period_end_date
        and shared.dimension = 'total'
    left join redefined
        on restated.kpi = redefined.kpi
        and restated.version = redefined.version
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


def differences(earlier: Path, later: Path) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of the values that two DuckDB files tell differently, of periods complete in the earlier.

    The columns are kpi, period_grain, period_start_date, dimension, member, was, is.
    """
    with duckdb.connect() as connection:
        for name, file in (("earlier", earlier), ("later", later)):
            connection.execute(f"attach {literal(file)} as {name}_file (read_only)")
        _compare(connection, "earlier_file.marts.kpi_values", "later_file.marts.kpi_values")
        cursor = connection.execute(
            "select kpi, period_grain, period_start_date, dimension, member, published_value as was,"
            ' restated_value as "is" from changed_values order by all'
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
    row = connection.execute("select max(as_of_date) from earlier_values").fetchone()
    as_of = row[0] if row else None
    connection.execute(_RESTATED)
    restatement_reasons.collect(connection, _facts(connection) if earlier.version else [], as_of)
    connection.execute(_EXPLAINED)
    _find_redefined(connection, earlier)
    connection.execute(
        _INSERT,
        {
            "is_redefined": earlier.is_redefined,
            "published_build_id": earlier.build_id,
            "restated_build_id": build_id,
            "as_of_date": as_of,
        },
    )


def _facts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The facts that list the rows of the restated KPIs."""
    found = connection.execute("select distinct unnest(facts) from restated order by 1").fetchall()
    return [fact for (fact,) in found]


def _find_redefined(connection: duckdb.DuckDBPyConnection, earlier: Earlier) -> None:
    """The KPIs whose formula reads differently, and the versions that the earlier registry does not have."""
    connection.execute("create temp table redefined (kpi text, version integer)")
    if earlier.version and _columns(connection, "kpi_definitions"):
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
