with spans as (
    select * from {{ ref('int_opportunity_spans_valued') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

cycles as (
    select * from {{ ref('int_opportunities_cycled') }}
),

products as (
    select * from {{ ref('int_opportunity_products_chosen') }}
),

owners as (
    select * from {{ ref('int_opportunity_owners_in_force') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

ended as (
    select
        *,
        {{ date_add_days('to_date', -1) }} as last_date
    from spans
),

days as (
    {{ expand_days(
        'ended',
        ['opportunity_key', 'stage_key', 'is_open', 'currency_code', 'amount', 'probability', 'expected_close_date'],
        'from_date',
        'last_date'
    ) }}
),

converted as (
    select
        days.opportunity_key,
        days.date_day as snapshot_date,
        days.is_open,
        days.stage_key,
        days.currency_code,
        days.amount,
        days.probability,
        days.expected_close_date,
        exchange_rates.rate as exchange_rate,
        case
            when days.amount = 0 then cast(0 as decimal(18, 2))
            else {{ to_reporting_amount('days.amount', 'exchange_rates.rate') }}
        end as amount_reporting
    from days
    left join exchange_rates
        on days.currency_code = exchange_rates.currency_code
        and days.date_day = exchange_rates.rate_date
),

final as (
    select
        converted.opportunity_key,
        converted.snapshot_date,
        converted.is_open,
        converted.stage_key,
        opportunities.channel,
        opportunities.source,
        opportunities.campaign,
        opportunities.region,
        opportunities.segment,
        products.product_id as product,
        cycles.opportunity_type,
        owners.sales_rep_key,
        owners.sales_rep_id,
        coalesce(sales_reps.team, '(unknown)') as team,
        opportunities.is_renewal,
        converted.currency_code,
        converted.amount,
        converted.exchange_rate,
        converted.amount_reporting,
        converted.probability,
        {{ to_reporting_amount('converted.amount_reporting', 'converted.probability') }} as weighted_amount_reporting,
        converted.expected_close_date
    from converted
    inner join opportunities
        on converted.opportunity_key = opportunities.opportunity_key
    inner join cycles
        on converted.opportunity_key = cycles.opportunity_key
    inner join products
        on converted.opportunity_key = products.opportunity_key
    inner join owners
        on converted.opportunity_key = owners.opportunity_key
        and converted.snapshot_date >= owners.valid_from_date
        and converted.snapshot_date < owners.valid_to_date
    left join sales_reps
        on owners.sales_rep_key = sales_reps.sales_rep_key
        and converted.snapshot_date >= sales_reps.valid_from
        and converted.snapshot_date < sales_reps.valid_to
)

select * from final
