with cost_lines as (
    select * from {{ ref('int_cost_lines_unioned') }}
),

allocated as (
    select * from {{ ref('int_cost_lines_allocated') }}
),

-- every level contains the ones before it
levels (cac_level, kpi) as (
    values
    ('paid', 'cac_paid'),
    ('paid', 'cac_direct'),
    ('paid', 'cac_loaded'),
    ('direct', 'cac_direct'),
    ('direct', 'cac_loaded'),
    ('loaded', 'cac_loaded')
),

parts as (
    select
        cost_line_key,
        'total' as component_scope,
        null as member,
        shared_amount_reporting as amount
    from cost_lines
    union all
    select
        cost_line_key,
        dimension as component_scope,
        member,
        amount_reporting as amount
    from allocated
),

final as (
    select
        parts.cost_line_key,
        levels.kpi,
        cost_lines.cost_date as component_date,
        parts.component_scope,
        parts.member,
        parts.amount
    from cost_lines
    inner join levels
        on cost_lines.cac_level = levels.cac_level
    inner join parts
        on cost_lines.cost_line_key = parts.cost_line_key
)

select * from final
