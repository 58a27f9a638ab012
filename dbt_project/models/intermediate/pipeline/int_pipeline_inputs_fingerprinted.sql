{{ config(key='opportunity_key') }}

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

stage_events as (
    select * from {{ ref('int_opportunity_stage_events_sequenced') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

rate_prints as (
    select
        currency_code,
        rate_date,
        {{ row_print('exchange_rates') }} as print
    from exchange_rates
),

-- all rates of a currency up to a day, so that a rate of tomorrow changes nothing that has ended
rates_until as (
    select
        currency_code,
        rate_date,
        sum(print) over (
            partition by currency_code order by rate_date
            rows between unbounded preceding and current row
        ) as print
    from rate_prints
),

all_rates as (
    select
        currency_code,
        sum(print) as print
    from rate_prints
    group by currency_code
),

rep_prints as (
    select
        sales_rep_key,
        sum({{ row_print('sales_reps') }}) as print
    from sales_reps
    group by sales_rep_key
),

prints as (
    select
        opportunity_key,
        {{ row_print('spans') }} as print
    from spans
    union all
    select
        spans.opportunity_key,
        coalesce(rates_until.print, all_rates.print) as print
    from spans
    inner join all_rates
        on spans.currency_code = all_rates.currency_code
    left join rates_until
        on spans.currency_code = rates_until.currency_code
        and {{ date_add_days('spans.to_date', -1) }} = rates_until.rate_date
    union all
    select
        opportunity_key,
        {{ row_print('opportunities') }} as print
    from opportunities
    union all
    select
        opportunity_key,
        {{ row_print('cycles') }} as print
    from cycles
    union all
    select
        opportunity_key,
        {{ row_print('products') }} as print
    from products
    union all
    select
        opportunity_key,
        {{ row_print('owners') }} as print
    from owners
    union all
    select
        owners.opportunity_key,
        rep_prints.print
    from owners
    inner join rep_prints
        on owners.sales_rep_key = rep_prints.sales_rep_key
    union all
    select
        opportunity_key,
        {{ row_print('stage_events') }} as print
    from stage_events
),

final as (
    select
        opportunity_key,
        cast(sum(print) as {{ dbt.type_string() }}) as fingerprint
    from prints
    group by opportunity_key
)

select * from final
