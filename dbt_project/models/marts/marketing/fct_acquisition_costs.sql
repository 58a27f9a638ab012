with cost_lines as (
    select * from {{ ref('int_cost_lines_unioned') }}
),

allocated as (
    select * from {{ ref('int_cost_lines_allocated') }}
),

parts as (
    select
        cost_lines.cost_line_key,
        cost_lines.cac_level,
        allocated.member as channel,
        allocated.is_allocated,
        allocated.amount_reporting
    from cost_lines
    inner join allocated
        on cost_lines.cost_line_key = allocated.cost_line_key
    where allocated.dimension = 'channel'
    union all
    -- what serves others than sales and marketing, and what wins no customers, stays to tie out the ledger
    select
        cost_line_key,
        'others' as cac_level,
        coalesce(channel, '(unallocated)') as channel,
        false as is_allocated,
        amount_reporting - shared_amount_reporting as amount_reporting
    from cost_lines
    where cac_level <> 'none'
        and amount_reporting <> shared_amount_reporting
    union all
    select
        cost_line_key,
        'none' as cac_level,
        coalesce(channel, '(unallocated)') as channel,
        false as is_allocated,
        amount_reporting
    from cost_lines
    where cac_level = 'none'
),

final as (
    select
        {{ surrogate_key(['parts.cost_line_key', 'parts.cac_level', 'parts.channel']) }}
            as acquisition_cost_key,
        parts.cost_line_key,
        cost_lines.source_system,
        cost_lines.cost_source,
        cost_lines.record_id as cost_id,
        cost_lines.cost_date,
        {{ month_start('cost_lines.cost_date') }} as cost_month_date,
        cost_lines.category,
        parts.cac_level,
        parts.channel,
        cost_lines.currency_code,
        parts.is_allocated,
        cast(parts.amount_reporting as decimal(18, 2)) as cost_amount_reporting
    from parts
    inner join cost_lines
        on parts.cost_line_key = cost_lines.cost_line_key
)

select * from final
