with cost_lines as (
    select * from {{ ref('int_cost_lines_unioned') }}
),

new_customers as (
    select * from {{ ref('int_new_customers_by_cost_month') }}
),

lines as (
    select
        cost_line_key,
        {{ month_start('cost_date') }} as cost_month_date,
        'channel' as dimension,
        channel as member,
        {{ amount_in_units('shared_amount_reporting') }} as units
    from cost_lines
    where cac_level <> 'none'
    union all
    select
        cost_line_key,
        {{ month_start('cost_date') }} as cost_month_date,
        'segment' as dimension,
        segment as member,
        {{ amount_in_units('shared_amount_reporting') }} as units
    from cost_lines
    where cac_level <> 'none'
),

weighted as (
    select
        lines.cost_line_key,
        lines.dimension,
        new_customers.member,
        lines.units,
        cast(new_customers.new_customer_count as decimal(18, 0)) as weight,
        cast(sum(new_customers.new_customer_count) over (
            partition by lines.cost_line_key, lines.dimension
        ) as decimal(18, 0)) as total_weight
    from lines
    inner join new_customers
        on lines.cost_month_date = new_customers.cost_month_date
        and lines.dimension = new_customers.dimension
    where lines.member is null
),

divided as (
    select
        cost_line_key,
        dimension,
        member,
        units,
        {{ share_remainder('units', 'weight', 'total_weight') }} as remainder,
        {{ share_in_whole_units('units', 'weight', 'total_weight') }} as whole_units
    from weighted
),

-- the units that are left over go to the largest remainders, ties by name
ranked as (
    select
        cost_line_key,
        dimension,
        member,
        units,
        whole_units,
        abs(units) - sum(whole_units) over (partition by cost_line_key, dimension) as units_left,
        row_number() over (
            partition by cost_line_key, dimension order by remainder desc, member
        ) as remainder_rank
    from divided
),

shared_out as (
    select
        cost_line_key,
        dimension,
        member,
        sign(units) * (whole_units + case when remainder_rank <= units_left then 1 else 0 end) as units
    from ranked
),

final as (
    select
        lines.cost_line_key,
        lines.dimension,
        coalesce(lines.member, shared_out.member, '(unallocated)') as member,
        lines.member is null as is_allocated,
        {{ units_in_amount('coalesce(shared_out.units, lines.units)') }} as amount_reporting
    from lines
    left join shared_out
        on lines.cost_line_key = shared_out.cost_line_key
        and lines.dimension = shared_out.dimension
)

select * from final
