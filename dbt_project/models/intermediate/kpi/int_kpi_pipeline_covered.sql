with daily as (
    select * from {{ ref('int_opportunities_in_pipeline_daily') }}
    where is_open
),

quotas as (
    select * from {{ ref('int_quotas_attained') }}
),

periods as (
    select * from {{ ref('int_kpi_periods_planned') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- the evening before a period that has begun, and the as-of day of a period that has not ended
evenings as (
    select
        'pipeline_coverage' as kpi,
        period_grain,
        period_start_date,
        period_end_date,
        {{ date_add_days('period_start_date', -1) }} as evening_date
    from periods
    where not is_future
    union all
    select
        'pipeline_coverage_remaining' as kpi,
        periods.period_grain,
        periods.period_start_date,
        periods.period_end_date,
        run_parameters.as_of_date as evening_date
    from periods
    cross join run_parameters
    where not periods.is_complete_period
),

expected as (
    select
        evenings.kpi,
        evenings.period_grain,
        evenings.period_start_date,
        scopes.dimension,
        case scopes.dimension
            when 'team' then daily.team
            when 'sales_rep' then daily.sales_rep_id
            else 'all'
        end as member,
        sum(daily.amount_reporting) as expected_amount,
        count(*) as expected_count
    from evenings
    inner join daily
        on evenings.evening_date = daily.snapshot_date
        and evenings.period_start_date <= daily.expected_close_date
        and evenings.period_end_date >= daily.expected_close_date
    cross join (values ('total'), ('team'), ('sales_rep')) as scopes (dimension)
    where evenings.period_grain not in ('day', 'week')
    group by
        evenings.kpi,
        evenings.period_grain,
        evenings.period_start_date,
        scopes.dimension,
        case scopes.dimension
            when 'team' then daily.team
            when 'sales_rep' then daily.sales_rep_id
            else 'all'
        end
),

-- what is left to reach; nothing left, no coverage
needed as (
    select
        evenings.kpi,
        evenings.period_grain,
        evenings.period_start_date,
        quotas.dimension,
        quotas.member,
        quotas.target_amount
        - case when evenings.kpi = 'pipeline_coverage_remaining' then quotas.credited_amount else 0 end
            as needed_amount
    from evenings
    inner join quotas
        on evenings.period_grain = quotas.period_grain
        and evenings.period_start_date = quotas.period_start_date
),

final as (
    select
        needed.kpi,
        needed.period_grain,
        needed.period_start_date,
        needed.dimension,
        needed.member,
        cast(coalesce(expected.expected_amount, 0) as decimal(38, 6)) as numerator,
        cast(needed.needed_amount as decimal(38, 6)) as denominator,
        coalesce(expected.expected_count, 0) as fact_count
    from needed
    left join expected
        on needed.kpi = expected.kpi
        and needed.period_grain = expected.period_grain
        and needed.period_start_date = expected.period_start_date
        and needed.dimension = expected.dimension
        and needed.member = expected.member
    where needed.needed_amount > 0
)

select * from final
