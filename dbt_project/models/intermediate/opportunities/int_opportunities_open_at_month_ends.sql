with open_intervals as (
    select * from {{ ref('int_opportunity_open_intervals') }}
),

months as (
    select * from {{ ref('int_calendar_months') }}
),

values_in_force as (
    select * from {{ ref('int_opportunity_values_in_force') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

open_then as (
    select
        open_intervals.opportunity_key,
        open_intervals.stage_key,
        months.snapshot_date
    from open_intervals
    inner join months
        on open_intervals.open_from_date <= months.snapshot_date
        and open_intervals.open_to_date > months.snapshot_date
),

amounts as (
    select opportunity_key, value, valid_from_date, valid_to_date
    from values_in_force
    where field = 'amount'
),

currencies as (
    select opportunity_key, value, valid_from_date, valid_to_date
    from values_in_force
    where field = 'currency_code'
),

in_force as (
    select
        open_then.opportunity_key,
        open_then.stage_key,
        open_then.snapshot_date,
        opportunities.channel,
        opportunities.region,
        opportunities.segment,
        coalesce(currencies.value, opportunities.currency_code) as currency_code,
        case
            when amounts.opportunity_key is null then opportunities.amount
            else coalesce({{ safe_decimal('amounts.value', 18, 4) }}, 0)
        end as amount
    from open_then
    inner join opportunities
        on open_then.opportunity_key = opportunities.opportunity_key
    left join amounts
        on open_then.opportunity_key = amounts.opportunity_key
        and open_then.snapshot_date >= amounts.valid_from_date
        and open_then.snapshot_date < amounts.valid_to_date
    left join currencies
        on open_then.opportunity_key = currencies.opportunity_key
        and open_then.snapshot_date >= currencies.valid_from_date
        and open_then.snapshot_date < currencies.valid_to_date
),

final as (
    select
        in_force.opportunity_key,
        in_force.stage_key,
        in_force.snapshot_date,
        in_force.channel,
        in_force.region,
        in_force.segment,
        in_force.currency_code,
        in_force.amount,
        exchange_rates.rate as exchange_rate,
        case
            when in_force.amount = 0 then cast(0 as decimal(18, 2))
            else {{ to_reporting_amount('in_force.amount', 'exchange_rates.rate') }}
        end as amount_reporting
    from in_force
    left join exchange_rates
        on in_force.currency_code = exchange_rates.currency_code
        and in_force.snapshot_date = exchange_rates.rate_date
)

select * from final
