"""What a row of a fact says of its record: keys, owner, days, members, and what the KPIs count of it."""

import duckdb

from ingestion.sql_text import quoted

USE = "struct(use bigint, day date, measure text)"
# Rows of these are derived from the records of an owner, which may be a mart of its own: a row that comes or goes while
# its owner stays is an edit.
OWNERS: dict[str, tuple[str, str | None]] = {
    "fct_pipeline_daily": ("opportunity_key", "fct_opportunities"),
    "fct_pipeline_flows": ("opportunity_key", "fct_opportunities"),
    "fct_opportunity_stage_events": ("opportunity_key", "fct_opportunities"),
    "fct_attribution": ("opportunity_key", "fct_opportunities"),
    "bridge_opportunity_credits": ("opportunity_key", "fct_opportunities"),
    "fct_lead_stage_events": ("lead_key", "fct_leads"),
    "fct_mrr_monthly": ("customer_key", None),
    "fct_mrr_movements": ("customer_key", None),
}
MERGED = {
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
# Their rows tell how long something lasted: what comes later may move what an earlier row counted for.
GOING_ON = ("fct_opportunity_stage_events", "fct_lead_stage_events")
KEYED = {"sales_rep": "dim_sales_reps", "campaign": "dim_campaigns", "product": "dim_products"}
_MOVES_WITH_AS_OF = ("is_past_due", "open_in_stage_days", "open_in_stage_count", "build_id")
_EVENTS = ("_count", "_days", "_hours", "_minutes", "_number", "_date", "_at")
_STATES = ("stage_key", "status", "answer", "movement_type")
_TYPED_BY_PEOPLE = ("expected_", "crm_")  # what somebody enters is no event, even when it is a date


def row(fact: str, columns: dict[str, str], uses: list[str]) -> str:
    """What a row of a fact says, as a list of select expressions.

    Args:
        fact: name of the mart.
        columns: those to compare, with their types, in the mart's order.
        uses: what is counted of a row, from `uses_of`.
    """
    keys = ["opportunity_key", "snapshot_date"] if fact == "fct_pipeline_daily" else [next(iter(columns))]
    typed = {name for name in columns if name.startswith(_TYPED_BY_PEOPLE)}
    days = [name for name, kind in columns.items() if kind == "DATE" and name not in typed]
    amounts = amounts_of(columns)
    compared = [name for name in columns if name not in {*keys, *amounts, *_MOVES_WITH_AS_OF}]
    events = [
        name
        for name in compared
        if name not in typed
        and (name in _STATES or name in days or name.startswith(("is_", "has_")) or name.endswith(_EVENTS))
    ]
    _, identifier = MERGED.get(fact, (None, None))
    owner, _ = OWNERS.get(fact, (None, None))
    expressions = {
        "record": _text_of(keys),
        "source_record": _text_of(["source_system", identifier] if identifier else []),
        "owner": owner or "cast(null as text)",
        "born": quoted(days[0]) if days else "cast(null as date)",
        "days": f"list_filter([{', '.join(map(quoted, days))}]::date[], lambda day: day is not null)",
        "uses": f"list_filter([{', '.join(uses)}]::{USE}[], lambda use: use is not null)",
        "members": f"[{', '.join(_members(columns))}]",
        "rate": "exchange_rate" if "exchange_rate" in columns else "cast(null as decimal(18, 9))",
        "attributes": _hash_of([name for name in compared if name not in events]),
        "events": _hash_of(events),
        "amounts": _hash_of(amounts),
    }
    return ", ".join(f"{expression} as {name}" for name, expression in expressions.items())


def amounts_of(columns: dict[str, str]) -> list[str]:
    """Names of the converted amounts among columns, and of the rate that converts them."""
    return [name for name in columns if name.endswith("_reporting") or name == "exchange_rate"]


def uses_of(connection: duckdb.DuckDBPyConnection, fact: str) -> list[str]:
    """What the restated KPIs count of a row of a fact, as expressions that are NULL for a row they do not count."""
    rows = connection.execute(
        'select distinct "use", drill_through_filter, drill_through_date, drill_through_measure from restated'
        " where facts[1] = ? order by 1",
        [fact],
    ).fetchall()
    return [_use(connection, fact, *row) for row in rows]


def looking_back(connection: duckdb.DuckDBPyConnection, fact: str) -> list[int]:
    """What is counted of a fact by KPIs that are no flows: what happens later may change what they say of a period."""
    found = connection.execute(
        'select distinct "use" from restated where facts[1] = ? and not is_flow order by 1', [fact]
    ).fetchall()
    return [use for (use,) in found]


def _use(
    connection: duckdb.DuckDBPyConnection, fact: str, use: int, condition: str, day: str | None, measure: str | None
) -> str:
    """What is counted of a row, as an expression; of all rows when an older version lacks a column that it needs."""
    parts = [condition, f"{day or 'null'}::date", f"({measure or 'null'})::text"]
    try:
        for file in ("earlier_file", "version"):
            connection.execute(f"select {', '.join(parts)} from {file}.marts.{fact} limit 0")  # noqa: S608 - of ours
    except duckdb.BinderException:
        parts = ["true", "null::date", "null::text"]
    return f"case when {parts[0]} then {{'use': {use}::bigint, 'day': {parts[1]}, 'measure': {parts[2]}}} end"


def _members(columns: dict[str, str]) -> list[str]:
    """What a row names as its members; everything counts for the total, and for `any` whatever changed of it."""
    named = [
        f"'{dimension}=' || coalesce({quoted(name)}, '(unknown)')"
        for dimension, names in _MEMBERS.items()
        for name in names
        if name in columns
    ]
    return ["'total=all'", "'any=any'", *named]


def _text_of(names: list[str]) -> str:
    parts = ", ".join(f"cast({quoted(name)} as text)" for name in names)
    return f"concat_ws('|', {parts})" if parts else "cast(null as text)"


def _hash_of(names: list[str]) -> str:
    return f"hash(row({', '.join(map(quoted, names))}))" if names else "0"
