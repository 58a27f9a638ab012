{{ config(
    key='account_key',
    grows='month_end_date',
    on_days={}
) }}
-- depends_on: {{ ref('int_exchange_rates_daily') }}

with month_ends as (
    select * from {{ ref('int_mrr_month_ends') }}
),

by_customer as (
    select * from {{ ref('int_mrr_by_customer_month_ends') }}
),

closing as (
    select
        account_key,
        month_start_date,
        month_end_date,
        channel,
        region,
        segment,
        mrr_amount as closing_amount,
        mrr_amount_at_month_opening_rate as closing_amount_at_opening_rate
    from by_customer
    where is_active
),

-- what closes one month opens the next
opening as (
    select
        closing.account_key,
        month_ends.month_start_date,
        month_ends.month_end_date,
        closing.channel,
        closing.region,
        closing.segment,
        closing.closing_amount as opening_amount
    from closing
    inner join month_ends
        on closing.month_end_date = month_ends.opening_date
),

first_months as (
    select
        account_key,
        min(month_start_date) as first_month_start_date
    from closing
    group by account_key
),

compared as (
    select
        coalesce(closing.account_key, opening.account_key) as account_key,
        coalesce(closing.month_start_date, opening.month_start_date) as month_start_date,
        coalesce(closing.month_end_date, opening.month_end_date) as month_end_date,
        coalesce(closing.channel, opening.channel) as channel,
        coalesce(closing.region, opening.region) as region,
        coalesce(closing.segment, opening.segment) as segment,
        opening.account_key is not null as was_active,
        closing.account_key is not null as is_active,
        opening.opening_amount,
        closing.closing_amount,
        closing.closing_amount_at_opening_rate - opening.opening_amount as change_amount,
        closing.closing_amount - closing.closing_amount_at_opening_rate as fx_amount
    from closing
    full outer join opening
        on closing.account_key = opening.account_key
        and closing.month_start_date = opening.month_start_date
),

final as (
    select
        compared.account_key,
        compared.month_start_date,
        compared.month_end_date,
        compared.channel,
        compared.region,
        compared.segment,
        case
            when not compared.is_active then 'churned'
            when compared.month_start_date = first_months.first_month_start_date then 'new'
            when not compared.was_active then 'reactivated'
            when compared.change_amount > 0 then 'expansion'
            when compared.change_amount < 0 then 'contraction'
            else 'unchanged'
        end as movement_type,
        case when compared.was_active then compared.opening_amount else 0 end as opening_amount,
        case when compared.is_active then compared.closing_amount else 0 end as closing_amount,
        case when compared.was_active and compared.is_active then compared.change_amount else 0 end
            as change_amount,
        case when compared.was_active and compared.is_active then compared.fx_amount else 0 end
            as fx_amount
    from compared
    inner join first_months
        on compared.account_key = first_months.account_key
)

select * from final
