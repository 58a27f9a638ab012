"""Identities: sums that must be equal however they are taken. Each is one query that returns the rows that differ."""

from datetime import UTC, datetime

from orchestration.errors import EngineError
from orchestration.quality.identity import Identity
from orchestration.quality.kpi_identities import (
    CLOSING_BRIDGE,
    COMPONENTS_MAKE_VALUES,
    DRIVERS_ADD_UP,
    FUNNEL_CONSERVATION,
    MEMBERS_ADD_UP,
    PIPELINE_BRIDGE,
    TRENDS_AGREE,
)
from orchestration.quality.verdicts import ERROR, FAILED, PASSED, Verdict
from orchestration.warehouse import Reader

_EXAMPLES = 5


MRR_BRIDGE = Identity(
    "mrr_bridge_closes",
    ("marts.fct_mrr_movements", "marts.fct_mrr_monthly"),
    """
    with movements as (
        select
            month_start_date,
            sum(opening_amount_reporting) as opening_amount,
            sum(closing_amount_reporting) as closing_amount,
            sum(
                opening_amount_reporting + new_amount_reporting + reactivated_amount_reporting
                + expansion_amount_reporting - contraction_amount_reporting - churned_amount_reporting
                + fx_amount_reporting
            ) as bridged_amount
        from marts.fct_mrr_movements
        group by month_start_date
    ),
    ends as (
        select month_start_date, sum(mrr_amount_reporting) as mrr_amount
        from marts.fct_mrr_monthly
        group by month_start_date
    )
    select
        coalesce(movements.month_start_date, ends.month_start_date) as month_start_date,
        movements.bridged_amount,
        movements.closing_amount,
        ends.mrr_amount
    from movements
    full outer join ends on movements.month_start_date = ends.month_start_date
    where coalesce(movements.bridged_amount, 0) <> coalesce(movements.closing_amount, 0)
        or coalesce(movements.closing_amount, 0) <> coalesce(ends.mrr_amount, 0)
    order by month_start_date
    """,
)

ALLOCATED_COST = Identity(
    "allocated_cost_equals_ledger",
    ("marts.fct_acquisition_costs", "intermediate.int_cost_lines_unioned"),
    """
    with allocated as (
        select category, sum(cost_amount_reporting) as allocated_amount
        from marts.fct_acquisition_costs
        group by category
    ),
    ledger as (
        select category, sum(amount_reporting) as ledger_amount
        from intermediate.int_cost_lines_unioned
        group by category
    )
    select
        coalesce(ledger.category, allocated.category) as category,
        ledger.ledger_amount,
        allocated.allocated_amount
    from ledger
    full outer join allocated on ledger.category = allocated.category
    where coalesce(ledger.ledger_amount, 0) <> coalesce(allocated.allocated_amount, 0)
    order by category
    """,
)

SPEND_TOTALS = Identity(
    "raw_spend_equals_mart_spend",
    ("marts.fct_ad_spend_daily", "intermediate.int_ad_spend_unioned", "intermediate.int_run_parameters"),
    """
    with entered as (
        select currency_code, sum(spend_amount) as entered_amount
        from intermediate.int_ad_spend_unioned
        where not is_deleted
            and spend_date <= (select as_of_date from intermediate.int_run_parameters)
        group by currency_code
    ),
    shown as (
        select currency_code, sum(spend_amount) as shown_amount
        from marts.fct_ad_spend_daily
        group by currency_code
    )
    select
        coalesce(entered.currency_code, shown.currency_code) as currency_code,
        entered.entered_amount,
        shown.shown_amount
    from entered
    full outer join shown on entered.currency_code = shown.currency_code
    where coalesce(entered.entered_amount, 0) <> coalesce(shown.shown_amount, 0)
    """,
)

INVOICE_TOTALS = Identity(
    "raw_invoices_equal_mart_invoices",
    (
        "marts.fct_invoices",
        "intermediate.int_invoices_unioned",
        "intermediate.int_refunds_unioned",
        "intermediate.int_run_parameters",
    ),
    """
    with records as (
        select currency_code, invoice_date as entry_date, net_amount
        from intermediate.int_invoices_unioned
        where not is_deleted and status in ('paid', 'open')
        union all
        select currency_code, refunded_date, -net_amount
        from intermediate.int_refunds_unioned
        where not is_deleted
    ),
    entered as (
        select currency_code, sum(net_amount) as entered_amount
        from records
        where entry_date <= (select as_of_date from intermediate.int_run_parameters)
        group by currency_code
    ),
    shown as (
        select currency_code, sum(net_amount) as shown_amount
        from marts.fct_invoices
        where counted_invoice_count + refund_count > 0
        group by currency_code
    )
    select
        coalesce(entered.currency_code, shown.currency_code) as currency_code,
        entered.entered_amount,
        shown.shown_amount
    from entered
    full outer join shown on entered.currency_code = shown.currency_code
    where coalesce(entered.entered_amount, 0) <> coalesce(shown.shown_amount, 0)
    """,
)

OPPORTUNITY_TOTALS = Identity(
    "raw_opportunities_equal_mart_opportunities",
    ("marts.fct_opportunities", "intermediate.int_opportunities_unioned"),
    """
    select
        shown.source_system,
        shown.opportunity_id,
        count(*) as row_count,
        max(shown.opportunity_amount) as shown_amount,
        max(coalesce(entered.amount, 0)) as entered_amount
    from marts.fct_opportunities as shown
    left join intermediate.int_opportunities_unioned as entered
        on shown.source_system = entered.source_system
        and shown.opportunity_id = entered.opportunity_id
        and not entered.is_deleted
    group by shown.source_system, shown.opportunity_id
    having count(*) <> 1
        or count(entered.opportunity_id) <> 1
        or max(shown.opportunity_amount) <> max(coalesce(entered.amount, 0))
    """,
)

IDENTITIES: tuple[Identity, ...] = (
    MRR_BRIDGE,
    PIPELINE_BRIDGE,
    CLOSING_BRIDGE,
    ALLOCATED_COST,
    FUNNEL_CONSERVATION,
    SPEND_TOTALS,
    INVOICE_TOTALS,
    OPPORTUNITY_TOTALS,
    COMPONENTS_MAKE_VALUES,
    MEMBERS_ADD_UP,
    TRENDS_AGREE,
    DRIVERS_ADD_UP,
)


def expected_checks() -> dict[str, list[str]]:
    """Every identity with the marts it speaks of."""
    return {identity.check: list(identity.tables) for identity in IDENTITIES}


def evaluate(reader: Reader) -> list[Verdict]:
    """The verdict of every identity. A missing relation or an engine error gives the verdict `error`."""
    known = reader.tables()
    return [_evaluate(reader, identity, known) for identity in IDENTITIES]


def _evaluate(reader: Reader, identity: Identity, known: set[str]) -> Verdict:
    verdict = Verdict(
        check=identity.check,
        kind="identity",
        assets=list(identity.tables),
        severity="error",
        status=PASSED,
        evaluated_at=datetime.now(UTC).isoformat(),
    )
    if absent := [table for table in identity.tables if table not in known]:
        verdict.status, verdict.message = ERROR, f"not in the warehouse: {', '.join(absent)}"
        return verdict
    try:
        names, rows = reader.rows(identity.query)
    except EngineError as error:
        verdict.status, verdict.message = ERROR, str(error)
        return verdict
    verdict.measured = {"differing_rows": len(rows)}
    verdict.examples = [
        {name: None if value is None else str(value) for name, value in zip(names, row, strict=True)}
        for row in rows[:_EXAMPLES]
    ]
    if rows:
        verdict.status, verdict.message = FAILED, f"{len(rows)} rows differ, first {verdict.examples[0]}"
    return verdict
