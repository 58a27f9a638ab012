"""Why a published value changed: the facts of two versions, compared record by record.

A reason is one of
- `late record`: a record that the earlier version did not have, though the day by which the KPI counts it was over;
- `edit`: an attribute, an original amount or a date of before then reads differently;
- `merge`, `delete`: the record is gone, because another stands for it or because its source has none;
- `rate`: the exchange rate differs, or only converted amounts do;
- `later event`: the record went on after the earlier as-of date (a lead of January that is won in May).

A record counts for a KPI when either version has it under the KPI's filter. What the KPI counts of it (`uses`) is the
day and, where the registry names one, the measure: as long as both are the same, the record changed nothing.

Where the definition itself changed is told by `restatements`, which knows the registry and the code of both builds.
"""

import duckdb

from orchestration.serving import restatement_rows
from orchestration.serving.restatement_rows import OWNERS

_FACT = """
    insert into changed_records
    with earlier_rows as (
        select {row} from earlier_file.marts.{fact}
    ),
    later_rows as (
        select {row} from version.marts.{fact}
    ),
    owned as (
        select
            owner,
            list_distinct(flatten(list(days))) as days,
            list_distinct(list_filter(flatten(list(uses)), lambda use: list_contains({looking_back}, use.use))) as uses
        from earlier_rows
        where {is_going_on}
        group by owner
    ),
    -- what was told by itself before and now is a part of another one
    told_apart as (
        select merged_key, surviving_key
        from merged_keys
        where merged_key in (select owner from earlier_rows) and merged_key not in (select owner from later_rows)
    ),
    pairs as (
        select
            coalesce(earlier_rows.record, later_rows.record) as record,
            earlier_rows.record is null as is_new,
            later_rows.record is null as is_gone,
            coalesce(earlier_rows.source_record in (select merged_record from merged), false)
            or coalesce(earlier_rows.owner in (select record from changed_records where reason = 'merge'), false)
            or coalesce(earlier_rows.owner in (select merged_key from told_apart), false) as is_merged,
            coalesce(earlier_rows.owner, later_rows.owner) in (select surviving_key from told_apart) as is_whole_again,
            later_rows.source_record in (select surviving_record from merged) as is_survivor,
            earlier_rows.owner in (select owner from later_rows) as owner_stays,
            later_rows.owner in (select owner from earlier_rows) as owner_was_there,
            coalesce(earlier_rows.owner, later_rows.owner) in (
                select record from changed_records where reason = 'edit'
            ) as owner_is_edited,
            later_rows.born <= $as_of
            or coalesce(list_min(list_transform(later_rows.uses, lambda use: use.day)) <= $as_of, false) as was_due,
            earlier_rows.attributes is distinct from later_rows.attributes
            or coalesce(len(list_filter(
                later_rows.days, lambda day: day <= $as_of and not list_contains(earlier_rows.days, day)
            )) > 0, false)
            -- a day of then is gone, and nothing that happened since took its place
            or coalesce(
                list_max(later_rows.days) <= $as_of
                and not list_has_all(later_rows.days, list_filter(earlier_rows.days, lambda day: day <= $as_of)),
                false
            ) as is_edited,
            earlier_rows.events is distinct from later_rows.events as has_events,
            list_max(later_rows.days) > $as_of as has_later_day,
            earlier_rows.amounts is distinct from later_rows.amounts as has_amounts,
            earlier_rows.rate <> later_rows.rate as has_rate,
            case
                when earlier_rows.record is null and not was_due then owned.days
                when earlier_rows.record is null then [later_rows.born]
                else list_distinct(list_concat(earlier_rows.days, later_rows.days))
            end as days,
            case
                when earlier_rows.record is null and not was_due then owned.uses
                else list_distinct(list_concat(earlier_rows.uses, later_rows.uses))
            end as uses,
            list_filter(
                earlier_rows.uses, lambda use: use.measure is not null and list_contains(later_rows.uses, use)
            ) as same_uses,
            -- what is counted as much on another day of before was not moved there by what happened later
            list_filter(
                list_concat(earlier_rows.uses, later_rows.uses),
                lambda use: use.day <= $as_of
                and len(list_filter(earlier_rows.uses, lambda one: {is_as_much})) > 0
                and len(list_filter(later_rows.uses, lambda one: {is_as_much})) > 0
            ) as redated_uses,
            list_distinct(list_concat(earlier_rows.members, later_rows.members)) as members,
            list_filter(
                earlier_rows.members,
                lambda member: member <> 'any=any' and list_contains(later_rows.members, member)
            ) as same_members
        from earlier_rows
        full outer join later_rows
            on earlier_rows.record = later_rows.record
        left join owned
            on later_rows.owner = owned.owner
        where earlier_rows.record is null
            or later_rows.record is null
            or earlier_rows.attributes is distinct from later_rows.attributes
            or earlier_rows.events is distinct from later_rows.events
            or earlier_rows.amounts is distinct from later_rows.amounts
    ),
    converted as (
        select
            *,
            case
                when is_whole_again then 'merge'
                when {is_rate} and not coalesce(owner_is_edited, false) then 'rate'
                else 'edit'
            end as amount_reason
        from pairs
    ),
    reasoned as (
        select
            record,
            days,
            uses,
            same_uses,
            redated_uses,
            members,
            same_members,
            case
                when is_new and not was_due and days is not null then ['later event']
                when is_new and not was_due then []
                when is_new and {is_derived} and owner_was_there then [amount_reason]
                when is_new then ['late record']
                when is_gone and {is_derived} and owner_stays then [amount_reason]
                when is_gone and is_merged then ['merge']
                when is_gone then ['delete']
                else list_filter([
                    case
                        when is_edited or (has_events and not has_later_day)
                            then case when is_survivor or is_whole_again then 'merge' else 'edit' end
                    end,
                    case when has_events and has_later_day then 'later event' end,
                    case
                        when has_rate then 'rate'
                        when has_amounts and not is_edited and not has_events then amount_reason
                    end
                ], lambda reason: reason is not null)
            end as reasons
        from converted
    )
    select
        '{fact}' as fact, record, reason, days, uses,
        case when reason = 'later event' then list_concat(same_uses, redated_uses) else same_uses end as same_uses,
        members, same_members
    from (select *, unnest(reasons) as reason from reasoned)
"""
_RATE_OF_THE_DAYS = """exists (
    select 1 from changed_rates
    where changed_rates.rate_date between list_min(pairs.days) - 1 and list_max(pairs.days)
)"""

# Of the KPI's own fact those records count that either version has under its filter, on the KPI's own day. Where a fact
# names members, only the records that were or are the member's count for it.
_EXPLAINED = """
    create temp table explained as
    with of_members as (
        select *, unnest(members) as member_key
        from changed_records
    ),
    -- what stayed with its member and counts what it did has changed nothing for it
    changed as (
        select
            fact, record, reason, days, member_key,
            case
                when list_contains(same_members, member_key)
                    then list_filter(uses, lambda use: not list_contains(same_uses, use))
                else uses
            end as uses
        from of_members
    ),
    carried as (
        select distinct fact, split_part(member_key, '=', 1) as dimension
        from changed
    ),
    asked as (
        select distinct use, facts, since_date, period_end_date, dimension, member
        from restated
        union
        select distinct use, facts, since_date, period_end_date, 'any', 'any'
        from restated
    ),
    of_facts as (
        select asked.*, unnest(asked.facts) as fact
        from asked
    ),
    by_key as (
        select of_facts.*, coalesce(member_keys.member_key, 'any=any') as member_key
        from of_facts
        left join carried
            on of_facts.fact = carried.fact and of_facts.dimension = carried.dimension
        left join member_keys
            on carried.dimension = member_keys.dimension and of_facts.member = member_keys.member
        -- where no fact names the dimension, the reasons of the total are the member's
        qualify bool_or(carried.fact is not null) over (
            partition by
                of_facts.use, of_facts.facts, of_facts.since_date, of_facts.period_end_date, of_facts.dimension,
                of_facts.member
        )
    )
    select
        by_key.use, by_key.facts, by_key.since_date, by_key.period_end_date, by_key.dimension, by_key.member,
        list_sort(list_distinct(list(changed.reason))) as reasons,
        string_agg(distinct changed.fact, ', ' order by changed.fact) as changed_facts,
        count(distinct (changed.fact, changed.record)) as changed_record_count
    from by_key
    inner join changed
        on by_key.fact = changed.fact
        and by_key.member_key = changed.member_key
        and len(list_filter(
            case
                when by_key.fact <> by_key.facts[1] then changed.days
                else flatten(list_transform(
                    list_filter(changed.uses, lambda one: one.use = by_key.use),
                    lambda one: case when one.day is null then changed.days else [one.day] end
                ))
            end,
            lambda day: day between by_key.since_date and by_key.period_end_date
        )) > 0
    group by all
"""


def collect(connection: duckdb.DuckDBPyConnection, facts: list[str], as_of_date: object) -> None:
    """Fill the temporary tables `changed_records`, `member_keys` and `explained` from two attached versions.

    A changed record has its days, what is counted of it and its members of before and of now, as `dimension=key`;
    `member_keys` says by which of them a member goes. `restated` names what is counted: a fact, a condition, a day and
    a measure under one number, `use`; `explained` has its reasons for each period and member.

    Args:
        connection: with `earlier_file` and `version` attached.
        facts: the marts to compare, with the owners of derived ones; one that either version lacks is left out.
        as_of_date: the earlier version's last complete day.
    """
    connection.execute(
        "create or replace temp table changed_records (fact text, record text, reason text, days date[],"
        f" uses {restatement_rows.USE}[], same_uses {restatement_rows.USE}[], members text[], same_members text[])"
    )
    _member_keys(connection)
    _changed_rates(connection)
    owners = {owner for fact in facts if fact in OWNERS for owner in [OWNERS[fact][1]] if owner}
    for fact in [*sorted(owners), *sorted(set(facts) - owners)]:
        columns = _shared_columns(connection, fact)
        if columns:
            _merged_ids(connection, fact)
            uses = restatement_rows.uses_of(connection, fact)
            statement = _statement(fact, columns, uses, restatement_rows.looking_back(connection, fact))
            connection.execute(statement, {"as_of": as_of_date})
    connection.execute(_EXPLAINED)


def _statement(fact: str, columns: dict[str, str], uses: list[str], looking_back: list[int]) -> str:
    amounts = restatement_rows.amounts_of(columns)
    knows_original = "exchange_rate" in columns or any(name.removesuffix("_reporting") in columns for name in amounts)
    return _FACT.format(
        row=restatement_rows.row(fact, columns, uses),
        fact=fact,
        is_as_much="one.use = use.use and one.measure = use.measure",
        looking_back=f"{looking_back}::bigint[]",
        is_derived=str(fact in OWNERS).lower(),
        is_going_on=str(fact in restatement_rows.GOING_ON).lower(),
        is_rate="true" if knows_original else _RATE_OF_THE_DAYS,
    )


def _member_keys(connection: duckdb.DuckDBPyConnection) -> None:
    """By which keys the restated members go: their id, and that of their row in a dimension of either version."""
    connection.execute(
        "create or replace temp table member_keys as"
        " select distinct dimension, member, concat_ws('=', dimension, member) as member_key from restated"
        " union select 'any', 'any', 'any=any'"
    )
    for dimension, mart in restatement_rows.KEYED.items():
        if _shared_columns(connection, mart):
            connection.execute(
                "insert into member_keys"  # noqa: S608 - constant names
                f" select dimension, member, concat_ws('=', dimension, {dimension}_key) from member_keys inner join ("
                f" select {dimension}_id, {dimension}_key from version.marts.{mart} union"
                f" select {dimension}_id, {dimension}_key from earlier_file.marts.{mart})"
                f" on dimension = '{dimension}' and member = {dimension}_id"
            )


def _shared_columns(connection: duckdb.DuckDBPyConnection, fact: str) -> dict[str, str]:
    """Columns that a mart has in both versions, in the later one's order, with their types."""
    rows = connection.execute(
        "select later.column_name, later.data_type from duckdb_columns() as later"
        " inner join duckdb_columns() as earlier using (schema_name, table_name, column_name, data_type)"
        " where later.database_name = 'version' and earlier.database_name = 'earlier_file'"
        " and schema_name = 'marts' and table_name = ? order by later.column_index",
        [fact],
    ).fetchall()
    return dict(rows)


def _changed_rates(connection: duckdb.DuckDBPyConnection) -> None:
    """The days on which a rate reads differently; a day that only the later version has is no change."""
    connection.execute("create or replace temp table changed_rates (rate_date date)")
    if _shared_columns(connection, "fct_exchange_rates_daily"):
        connection.execute(
            "insert into changed_rates select distinct rate_date"
            " from earlier_file.marts.fct_exchange_rates_daily as earlier"
            " inner join version.marts.fct_exchange_rates_daily as later using (currency_code, rate_date)"
            " where earlier.exchange_rate <> later.exchange_rate"
        )


def _merged_ids(connection: duckdb.DuckDBPyConnection, fact: str) -> None:
    """The records that were merged away since the earlier version, and the keys of all, with what stands for them."""
    connection.execute("create or replace temp table merged (merged_record text, surviving_record text)")
    if fact in restatement_rows.MERGED and _shared_columns(connection, "bridge_merged_records"):
        connection.execute(
            "insert into merged select concat_ws('|', source_system, merged_id),"
            " concat_ws('|', surviving_source_system, surviving_id)"
            " from version.marts.bridge_merged_records anti join earlier_file.marts.bridge_merged_records"
            " using (entity, source_system, merged_id) where entity = ?",
            [restatement_rows.MERGED[fact][0]],
        )
    connection.execute("create or replace temp table merged_keys (merged_key text, surviving_key text)")
    _, owner = OWNERS.get(fact, (None, None))
    if owner in restatement_rows.MERGED and "merged_key" in _shared_columns(connection, "bridge_merged_records"):
        connection.execute(
            "insert into merged_keys select merged_key, surviving_key from version.marts.bridge_merged_records"
            " where entity = ?",
            [restatement_rows.MERGED[owner][0]],
        )
