with customers as (
    select * from {{ ref('int_customers') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- with a lag, the cost of a month is set against the customers that came so many months later
dated as (
    select
        {{ month_start(
            date_add_months('customers.first_purchase_date', '-run_parameters.cac_lag_months')
        ) }} as cost_month_date,
        customers.channel,
        customers.segment
    from customers
    cross join run_parameters
),

final as (
    select
        cost_month_date,
        'channel' as dimension,
        channel as member,
        count(*) as new_customer_count
    from dated
    group by cost_month_date, channel
    union all
    select
        cost_month_date,
        'segment' as dimension,
        segment as member,
        count(*) as new_customer_count
    from dated
    group by cost_month_date, segment
)

select * from final
