with ages as (
    select * from {{ ref('int_mrr_customer_ages_derived') }}
),

all_month_ends as (
    select * from {{ ref('int_mrr_month_ends') }}
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
final as (
    select
        month_ends.month_end_date,
        exposures.dimension,
        exposures.member,
        exposures.age_months,
        cast(sum(exposures.exposed_count) as bigint) as exposed_count,
        cast(sum(exposures.churned_count) as bigint) as churned_count,
        cast(sum(
            case
                when exposures.next_month_end_date
                    >= {{ date_add_months(month_start('month_ends.month_end_date'), -5) }}
                    then exposures.exposed_count
                else 0
            end
        ) as bigint) as half_year_exposed_count,
        cast(sum(
            case
                when exposures.next_month_end_date
                    >= {{ date_add_months(month_start('month_ends.month_end_date'), -5) }}
                    then exposures.churned_count
                else 0
            end
        ) as bigint) as half_year_churned_count
    from month_ends
    inner join exposures
        on month_ends.month_end_date >= exposures.next_month_end_date
    group by
        month_ends.month_end_date,
        exposures.dimension,
        exposures.member,
        exposures.age_months
)

select * from final
