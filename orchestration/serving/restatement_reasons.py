"""Why a published value changed: the facts of two versions, compared record by record.

A reason is one of
- `late record`: a record of before the earlier version's as-of date that it did not have;
- `edit`: an attribute, an original amount or a date of before then reads differently;
- `merge`, `delete`: the record is gone, because another stands for it or because its source has none;
- `rate`: only converted amounts differ;
- `later event`: the record went on after the earlier as-of date (a lead of January that is won in May).

Where the definition itself changed is told by `restatements`, which knows the registry and the code of both builds.
"""

import duckdb

from ingestion.sql_text import quoted

# Rows of these are derived from the records of an owner, which may be a mart of its own: a row that comes or goes while
# its owner stays is an edit.
OWNERS: dict[str, tuple[str, str | None]] = {
    "fct_pipeline_daily": ("opportunity_key", "fct_opportunities"),
    "fct_pipeline_flows": ("opportunity_key", "fct_opportunities"),
    "fct_opportunity_stage_events": ("opportunity_key", "fct_opportunities"),
    "fct_attribution": ("opportunity_key", "fct_opportunities"),
    "fct_lead_stage_events": ("lead_key", "fct_leads"),
    "fct_mrr_monthly": ("customer_key", None),
    "fct_mrr_movements": ("customer_key", None),
}
_MERGED = {
    "fct_leads": ("leads", "lead_id"),
    "fct_opportunities": ("opportunities", "opportunity_id"),
    "fct_tickets": ("tickets", "ticket_id"),
    "dim_customers": ("accounts", "account_id"),
}
# Columns of facts that name a member of a dimension, by its id or by its key.
_MEMBERS: dict[str, tuple[str, ...]] = {
    **{
        name: (name,)
        for name in ("channel", "source", "region", "segment", "opportunity_type", "ticket_channel", "agent_group")
    },
    "currency": ("currency_code",),
    "team": ("team", "owner_team", "created_team"),
    "sales_rep": ("sales_rep_id", "sales_rep_key", "owner_sales_rep_key", "created_sales_rep_key"),
    "campaign": ("campaign_id", "campaign_key"),
    "product": ("product_key",),
}
_KEYED = {"sales_rep": "dim_sales_reps", "campaign": "dim_campaigns", "product": "dim_products"}
_MOVES_WITH_AS_OF = ("is_past_due", "open_in_stage_days", "open_in_stage_count", "build_id")
_EVENTS = ("_count", "_days", "_hours", "_minutes", "_number", "_date", "_at")
_STATES = ("stage_key", "status", "answer", "movement_type")
_TYPED_BY_PEOPLE = ("expected_", "crm_")  # what somebody enters is no event, even when it is a date

_FACT = """
    insert into changed_records
    with earlier_rows as (
        select {row} from earlier_file.marts.{fact}
    ),
    later_rows as (
        select {row} from version.marts.{fact}
    ),
    pairs as (
        select
            coalesce(earlier_rows.record, later_rows.record) as record,
            earlier_rows.record is null as is_new,
            later_rows.record is null as is_gone,
            coalesce(earlier_rows.source_record in (select merged_record from merged), false)
            or coalesce(earlier_rows.owner in (select record from changed_records where reason = 'merge'), false)
                as is_merged,
            later_rows.source_record in (select surviving_record from merged) as is_survivor,
            earlier_rows.owner in (select owner from later_rows) as owner_stays,
            later_rows.owner in (select owner from earlier_rows) as owner_was_there,
            coalesce(earlier_rows.owner, later_rows.owner) in (
                select record from changed_records where reason = 'edit'
            ) as owner_is_edited,
            later_rows.born <= $as_of as was_due,
            earlier_rows.attributes is distinct from later_rows.attributes
            or list_filter(earlier_rows.days, lambda day: day <= $as_of)
                is distinct from list_filter(later_rows.days, lambda day: day <= $as_of) as is_edited,
            earlier_rows.events is distinct from later_rows.events as has_events,
            list_max(later_rows.days) > $as_of as has_later_day,
            earlier_rows.amounts is distinct from later_rows.amounts as has_amounts,
            list_distinct(list_concat(earlier_rows.days, later_rows.days)) as days,
            list_distinct(list_concat(earlier_rows.members, later_rows.members)) as members
        from earlier_rows
        full outer join later_rows
            on earlier_rows.record = later_rows.record
        where earlier_rows.record is null
            or later_rows.record is null
            or earlier_rows.attributes is distinct from later_rows.attributes
            or earlier_rows.events is distinct from later_rows.events
            or earlier_rows.amounts is distinct from later_rows.amounts
    ),
    converted as (
        select
            *,
            case when {is_rate} and not coalesce(owner_is_edited, false) then 'rate' else 'edit' end as amount_reason
        from pairs
    ),
    reasoned as (
        select
            record,
            days,
            members,
            case
                when is_new and not was_due then []
                when is_new and {is_derived} and owner_was_there then [amount_reason]
                when is_new then ['late record']
                when is_gone and {is_derived} and owner_stays then [amount_reason]
                when is_gone and is_merged then ['merge']
                when is_gone then ['delete']
                else list_filter([
                    case
                        when is_edited or (has_events and not has_later_day)
                            then case when is_survivor then 'merge' else 'edit' end
                    end,
                    case when has_events and has_later_day then 'later event' end,
                    case when has_amounts and not is_edited and not has_events then amount_reason end
                ], lambda reason: reason is not null)
            end as reasons
        from converted
    )
    select '{fact}' as fact, record, unnest(reasons) as reason, days, members
    from reasoned
"""
_RATE_OF_THE_DAYS = """exists (
    select 1 from changed_rates
    where changed_rates.rate_date between list_min(pairs.days) - 1 and list_max(pairs.days)
)"""


def collect(connection: duckdb.DuckDBPyConnection, facts: list[str], as_of_date: object) -> None:
    """Fill the temporary tables `changed_records` and `member_keys` from two attached versions.

    A changed record has its days and its members of before and of now, as `dimension=key`; `member_keys` says by which
    of them a member goes.

    Args:
        connection: with `earlier_file` and `version` attached.
        facts: the marts to compare, with the owners of derived ones; one that either version lacks is left out.
        as_of_date: the earlier version's last complete day.
    """
    connection.execute(
        "create or replace temp table changed_records (fact text, record text, reason text, days date[],"
        " members text[])"
    )
    _member_keys(connection)
    _changed_rates(connection)
    owners = {owner for fact in facts if fact in OWNERS for owner in [OWNERS[fact][1]] if owner}
    for fact in [*sorted(owners), *sorted(set(facts) - owners)]:
        columns = _shared_columns(connection, fact)
        if columns:
            _merged_ids(connection, fact)
            connection.execute(_statement(fact, columns), {"as_of": as_of_date})


def _statement(fact: str, columns: dict[str, str]) -> str:
    keys = ["opportunity_key", "snapshot_date"] if fact == "fct_pipeline_daily" else [next(iter(columns))]
    typed = {name for name in columns if name.startswith(_TYPED_BY_PEOPLE)}
    days = [name for name, kind in columns.items() if kind == "DATE" and name not in typed]
    amounts = [name for name in columns if name.endswith("_reporting") or name == "exchange_rate"]
    compared = [name for name in columns if name not in {*keys, *amounts, *_MOVES_WITH_AS_OF}]
    events = [
        name
        for name in compared
        if name not in typed
        and (name in _STATES or name in days or name.startswith(("is_", "has_")) or name.endswith(_EVENTS))
    ]
    attributes = [name for name in compared if name not in events]
    _, identifier = _MERGED.get(fact, (None, None))
    owner, _ = OWNERS.get(fact, (None, None))
    row = ", ".join(
        [
            f"{_text_of(keys)} as record",
            f"{_text_of(['source_system', identifier] if identifier else [])} as source_record",
            f"{owner or 'cast(null as text)'} as owner",
            f"{quoted(days[0]) if days else 'cast(null as date)'} as born",
            f"list_filter([{', '.join(map(quoted, days))}]::date[], lambda day: day is not null) as days",
            f"[{', '.join(_members(columns))}] as members",
            f"{_hash_of(attributes)} as attributes",
            f"{_hash_of(events)} as events",
            f"{_hash_of(amounts)} as amounts",
        ]
    )
    knows_original = "exchange_rate" in columns or any(name.removesuffix("_reporting") in columns for name in amounts)
    return _FACT.format(
        row=row,
        fact=fact,
        is_derived=str(owner is not None).lower(),
        is_rate="true" if knows_original else _RATE_OF_THE_DAYS,
    )


def _members(columns: dict[str, str]) -> list[str]:
    """What a row names as its members; everything counts for the total."""
    named = [
        f"'{dimension}=' || coalesce({quoted(name)}, '(unknown)')"
        for dimension, names in _MEMBERS.items()
        for name in names
        if name in columns
    ]
    return ["'total=all'", *named]


def _member_keys(connection: duckdb.DuckDBPyConnection) -> None:
    """By which keys the restated members go: their id, and that of their row in a dimension of either version."""
    connection.execute(
        "create or replace temp table member_keys as"
        " select distinct dimension, member, concat_ws('=', dimension, member) as member_key from restated"
        " union select 'total', 'all', 'total=all'"
    )
    for dimension, mart in _KEYED.items():
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
    """The records that were merged away since the earlier version, and those that stand for them."""
    connection.execute("create or replace temp table merged (merged_record text, surviving_record text)")
    if fact in _MERGED and _shared_columns(connection, "bridge_merged_records"):
        connection.execute(
            "insert into merged select concat_ws('|', source_system, merged_id),"
            " concat_ws('|', surviving_source_system, surviving_id)"
            " from version.marts.bridge_merged_records anti join earlier_file.marts.bridge_merged_records"
            " using (entity, source_system, merged_id) where entity = ?",
            [_MERGED[fact][0]],
        )


def _text_of(names: list[str]) -> str:
    parts = ", ".join(f"cast({quoted(name)} as text)" for name in names)
    return f"concat_ws('|', {parts})" if parts else "cast(null as text)"


def _hash_of(names: list[str]) -> str:
    return f"hash(row({', '.join(map(quoted, names))}))" if names else "0"
