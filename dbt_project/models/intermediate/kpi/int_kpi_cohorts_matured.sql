{{ config(key='period_start_date') }}

with components as (
    select * from {{ ref('int_kpi_components_aggregated_to_periods') }}
),

final as (
    select
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        cast(
            {{ divide_money('mature_denominator', 'cast(denominator as bigint)', 6) }} as decimal(9, 6)
        ) as maturity
    from components
    where mature_denominator is not null
        and denominator > 0
)

select * from final
