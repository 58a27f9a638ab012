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

-- each part takes what its share of the line, and of those before it, has of the original amount: so they add up to it
accrued as (
    select
        parts.cost_line_key,
        parts.cac_level,
        parts.channel,
        parts.is_allocated,
        parts.amount_reporting,
        cost_lines.amount,
        cost_lines.amount_reporting as line_amount_reporting,
        sum(parts.amount_reporting) over (
            partition by parts.cost_line_key
            order by parts.cac_level, parts.channel
            rows between unbounded preceding and current row
        ) as accrued_amount_reporting
    from parts
    inner join cost_lines
        on parts.cost_line_key = cost_lines.cost_line_key
),

in_original_currency as (
    select
        cost_line_key,
        cac_level,
        channel,
        is_allocated,
        amount_reporting,
        cast(case
            when accrued_amount_reporting = line_amount_reporting then amount
            else {{ divide_money(
                'amount * cast(abs(' ~ amount_in_units('accrued_amount_reporting') ~ ') as decimal(19, 0))',
                'abs(' ~ amount_in_units('line_amount_reporting') ~ ')', 6, 6
            ) }}
        end as decimal(18, 6)) as accrued_amount
    from accrued
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
        cast(parts.accrued_amount - coalesce(lag(parts.accrued_amount) over (
            partition by parts.cost_line_key order by parts.cac_level, parts.channel
        ), 0) as decimal(18, 6)) as cost_amount,
        cast(parts.amount_reporting as decimal(18, 2)) as cost_amount_reporting,
        cost_lines.source_url
    from in_original_currency as parts
    inner join cost_lines
        on parts.cost_line_key = cost_lines.cost_line_key
)

select * from final
