with periods as (
    select * from {{ ref('int_kpi_periods_planned') }}
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
),

starts as (
    select
        period_start_date,
        period_start_date as read_start_date
    from periods
    union
    select
        period_start_date,
        previous_period_start_date as read_start_date
    from periods
    union
    select
        period_start_date,
        previous_year_start_date as read_start_date
    from periods
),

kpis as (
    select distinct
        kpi,
        computed_as,
        case
            when computed_as like '%_median' then substr(computed_as, 1, length(computed_as) - 7)
            when computed_as like '%_mean' then substr(computed_as, 1, length(computed_as) - 5)
            when computed_as like '%_p90' then substr(computed_as, 1, length(computed_as) - 4)
            else computed_as
        end as observation
    from definitions
),

final as (
    select
        kpis.kpi,
        kpis.computed_as,
        kpis.observation,
        starts.period_start_date,
        starts.read_start_date
    from kpis
    cross join starts
)

select * from final
