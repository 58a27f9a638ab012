with daily as (
    select * from {{ ref('int_opportunities_in_pipeline_daily') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

stage_events as (
    select * from {{ ref('int_opportunity_stage_events_sequenced') }}
    where is_closed
        and (exited_date is null or exited_date > entered_date)
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

followed as (
    select
        *,
        lag(snapshot_date) over (partition by opportunity_key order by snapshot_date) as previous_date,
        lag(is_open) over (partition by opportunity_key order by snapshot_date) as was_open,
        lag(team) over (partition by opportunity_key order by snapshot_date) as previous_team,
        lag(sales_rep_id) over (partition by opportunity_key order by snapshot_date) as previous_sales_rep_id,
        lag(currency_code) over (partition by opportunity_key order by snapshot_date) as previous_currency_code,
        lag(amount) over (partition by opportunity_key order by snapshot_date) as previous_amount,
        lag(amount_reporting) over (partition by opportunity_key order by snapshot_date) as previous_amount_reporting,
        lag(expected_close_date) over (
            partition by opportunity_key order by snapshot_date
        ) as previous_expected_close_date
    from daily
),

-- only what was open on the evening before is there in the morning
mornings as (
    select
        *,
        coalesce(
            was_open and {{ date_diff_days('previous_date', 'snapshot_date') }} = 1, false
        ) as is_morning
    from followed
),

revalued as (
    select
        mornings.*,
        case
            when not mornings.is_morning then cast(0 as decimal(18, 2))
            when mornings.previous_amount = 0 then cast(0 as decimal(18, 2))
            else {{ to_reporting_amount('mornings.previous_amount', 'exchange_rates.rate') }}
        end as morning_amount
    from mornings
    left join exchange_rates
        on mornings.previous_currency_code = exchange_rates.currency_code
        and mornings.snapshot_date = exchange_rates.rate_date
),

outcomes as (
    select
        revalued.opportunity_key,
        revalued.snapshot_date,
        stage_events.is_won
    from revalued
    inner join stage_events
        on revalued.opportunity_key = stage_events.opportunity_key
        and revalued.snapshot_date >= stage_events.entered_date
        and revalued.snapshot_date < coalesce(stage_events.exited_date, date '9999-12-31')
    where not revalued.is_open
),

-- how a day ends for what is no longer open: by the last event, without events by the record
final as (
    select
        revalued.opportunity_key,
        revalued.snapshot_date,
        revalued.is_open,
        revalued.is_morning,
        not revalued.is_morning and revalued.snapshot_date = opportunities.created_date as is_creation,
        case
            when not revalued.is_open then coalesce(outcomes.is_won, opportunities.is_won)
        end as is_won_that_day,
        revalued.channel,
        revalued.source,
        revalued.campaign,
        revalued.region,
        revalued.segment,
        revalued.product,
        revalued.opportunity_type,
        revalued.team,
        revalued.sales_rep_id,
        case when revalued.is_morning then revalued.previous_team end as previous_team,
        case when revalued.is_morning then revalued.previous_sales_rep_id end as previous_sales_rep_id,
        revalued.amount_reporting,
        case when revalued.is_morning then revalued.previous_amount_reporting end as previous_amount_reporting,
        case when revalued.is_morning then cast(revalued.morning_amount as decimal(18, 2)) end
            as morning_amount_reporting,
        case when revalued.is_morning then revalued.previous_expected_close_date end as previous_expected_close_date,
        -- a source that empties the date of what is closed has not moved it
        case
            when revalued.is_morning and not revalued.is_open
                then coalesce(revalued.expected_close_date, revalued.previous_expected_close_date)
            else revalued.expected_close_date
        end as expected_close_date
    from revalued
    inner join opportunities
        on revalued.opportunity_key = opportunities.opportunity_key
    left join outcomes
        on revalued.opportunity_key = outcomes.opportunity_key
        and revalued.snapshot_date = outcomes.snapshot_date
)

select * from final
