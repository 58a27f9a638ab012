with bridged as (
    select * from {{ ref('int_pipeline_closing_bridged') }}
),

periods as (
    select * from {{ ref('int_kpi_periods') }}
),

final as (
    select
        {{ surrogate_key([
            'bridged.period_grain', 'bridged.period_start_date', 'bridged.dimension', 'bridged.member'
        ]) }} as pipeline_closing_bridge_key,
        bridged.period_grain,
        bridged.period_start_date,
        periods.period_end_date,
        bridged.dimension,
        bridged.member,
        bridged.opening_amount as opening_amount_reporting,
        bridged.created_amount as created_amount_reporting,
        bridged.reopened_amount as reopened_amount_reporting,
        bridged.pulled_in_amount as pulled_in_amount_reporting,
        bridged.pushed_out_amount as pushed_out_amount_reporting,
        bridged.amount_changes as amount_changes_reporting,
        bridged.won_amount as won_amount_reporting,
        bridged.lost_amount as lost_amount_reporting,
        bridged.removed_amount as removed_amount_reporting,
        bridged.fx_amount as fx_amount_reporting,
        bridged.transferred_in_amount as transferred_in_amount_reporting,
        bridged.transferred_out_amount as transferred_out_amount_reporting,
        bridged.closing_amount as closing_amount_reporting,
        periods.is_complete_period
    from bridged
    inner join periods
        on bridged.period_grain = periods.period_grain
        and bridged.period_start_date = periods.period_start_date
)

select * from final
