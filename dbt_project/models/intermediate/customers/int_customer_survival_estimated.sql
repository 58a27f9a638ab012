with ages as (
    select * from {{ ref('int_mrr_customer_ages_derived') }}
),

all_month_ends as (
    select * from {{ ref('int_mrr_month_ends') }}
),

calendar_days as (
    select * from {{ ref('int_calendar_days') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

dimensions (dimension) as (
    values ('total'), ('channel'), ('region'), ('segment')
),

month_ends as (
    select month_end_date
    from all_month_ends
    where month_end_date = {{ month_end('month_start_date') }}
),

exposures as (
    select
        dimensions.dimension,
        case dimensions.dimension
            when 'channel' then ages.channel
            when 'region' then ages.region
            when 'segment' then ages.segment
            else 'all'
        end as member,
        ages.age_months,
        ages.next_month_end_date,
        sum(ages.exposed_count) as exposed_count,
        sum(ages.churned_count) as churned_count
    from ages
    cross join dimensions
    where ages.exposed_count = 1
    group by
        dimensions.dimension,
        case dimensions.dimension
            when 'channel' then ages.channel
            when 'region' then ages.region
            when 'segment' then ages.segment
            else 'all'
        end,
        ages.age_months,
        ages.next_month_end_date
),

-- what was known at each month end
by_age as (
    select
        month_ends.month_end_date,
        exposures.dimension,
        exposures.member,
        exposures.age_months,
        sum(exposures.exposed_count) as exposed_count,
        sum(exposures.churned_count) as churned_count,
        sum(
            case
                when exposures.next_month_end_date
                    >= {{ date_add_months(month_start('month_ends.month_end_date'), -5) }}
                    then exposures.exposed_count
                else 0
            end
        ) as half_year_exposed_count,
        sum(
            case
                when exposures.next_month_end_date
                    >= {{ date_add_months(month_start('month_ends.month_end_date'), -5) }}
                    then exposures.churned_count
                else 0
            end
        ) as half_year_churned_count
    from month_ends
    inner join exposures
        on month_ends.month_end_date >= exposures.next_month_end_date
    group by
        month_ends.month_end_date,
        exposures.dimension,
        exposures.member,
        exposures.age_months
),

pooled as (
    select
        month_end_date,
        dimension,
        member,
        sum(exposed_count) as exposed_count,
        sum(churned_count) as churned_count,
        sum(half_year_exposed_count) as half_year_exposed_count,
        sum(half_year_churned_count) as half_year_churned_count
    from by_age
    group by month_end_date, dimension, member
),

numbered as (
    select row_number() over (order by calendar_date) as age_months
    from calendar_days
    where calendar_date = month_start_date
),

horizon as (
    select numbered.age_months
    from numbered
    inner join run_parameters
        on numbered.age_months <= run_parameters.clv_horizon_months
),

-- every age that anyone younger has lived through was observed; beyond the oldest the pooled hazard holds
hazards as (
    select
        pooled.month_end_date,
        pooled.dimension,
        pooled.member,
        horizon.age_months,
        case
            when by_age.exposed_count > 0
                then cast(by_age.churned_count as double) / cast(by_age.exposed_count as double)
            else cast(pooled.churned_count as double) / cast(pooled.exposed_count as double)
        end as hazard
    from pooled
    cross join horizon
    left join by_age
        on pooled.month_end_date = by_age.month_end_date
        and pooled.dimension = by_age.dimension
        and pooled.member = by_age.member
        and horizon.age_months = by_age.age_months
),

-- a product as a sum of logarithms, which a hazard of 1 has none of
earlier_ages as (
    select
        month_end_date,
        dimension,
        member,
        age_months,
        sum(case when hazard < 1 then 0 else 1 end) over (
            partition by month_end_date, dimension, member
            order by age_months
            rows between unbounded preceding and 1 preceding
        ) as certain_loss_count,
        sum(case when hazard < 1 then ln(1 - hazard) else 0 end) over (
            partition by month_end_date, dimension, member
            order by age_months
            rows between unbounded preceding and 1 preceding
        ) as log_survival
    from hazards
),

survived as (
    select
        month_end_date,
        dimension,
        member,
        sum(case
            when certain_loss_count > 0 then 0
            else exp(coalesce(log_survival, 0))
        end) as expected_months
    from earlier_ages
    group by month_end_date, dimension, member
),

final as (
    select
        pooled.month_end_date,
        pooled.dimension,
        pooled.member,
        cast(pooled.exposed_count as bigint) as exposed_count,
        cast(pooled.churned_count as bigint) as churned_count,
        cast(pooled.half_year_exposed_count as bigint) as half_year_exposed_count,
        cast(pooled.half_year_churned_count as bigint) as half_year_churned_count,
        survived.expected_months
    from pooled
    inner join survived
        on pooled.month_end_date = survived.month_end_date
        and pooled.dimension = survived.dimension
        and pooled.member = survived.member
)

select * from final
