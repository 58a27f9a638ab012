{{ config(
    key='opportunity_key',
    fingerprints='int_pipeline_inputs_fingerprinted',
    grows='snapshot_date',
    on_days={'int_opportunities_in_pipeline_daily': 'snapshot_date >= {since} - 1'}
) }}
-- depends_on: {{ ref('int_run_parameters') }}

with daily as (
    select * from {{ ref('int_opportunities_in_pipeline_daily') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_remembered') }}
),

stage_events as (
    select * from {{ ref('int_opportunity_stage_events_sequenced') }}
    where is_closed
        and (exited_date is null or exited_date > entered_date)
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

-- only what was open on the evening before is there in the morning
evenings as (
    select
        opportunity_key,
        {{ date_add_days('snapshot_date', 1) }} as following_date,
        team,
        sales_rep_id,
        currency_code,
        amount,
        amount_reporting,
        expected_close_date
    from daily
    where is_open
),

followed as (
    select
        daily.*,
        evenings.opportunity_key is not null as is_morning,
        evenings.team as previous_team,
        evenings.sales_rep_id as previous_sales_rep_id,
        evenings.currency_code as previous_currency_code,
        evenings.amount as previous_amount,
        evenings.amount_reporting as previous_amount_reporting,
        evenings.expected_close_date as previous_expected_close_date
    from daily
    left join evenings
        on daily.opportunity_key = evenings.opportunity_key
        and daily.snapshot_date = evenings.following_date
),

revalued as (
    select
        followed.*,
        case
            when followed.previous_amount = 0 then cast(0 as decimal(18, 2))
            else {{ to_reporting_amount('followed.previous_amount', 'exchange_rates.rate') }}
        end as morning_amount
    from followed
    left join exchange_rates
        on followed.previous_currency_code = exchange_rates.currency_code
        and followed.snapshot_date = exchange_rates.rate_date
),

outcomes as (
    select
        daily.opportunity_key,
        daily.snapshot_date,
        stage_events.is_won
    from daily
    inner join stage_events
        on daily.opportunity_key = stage_events.opportunity_key
        and daily.snapshot_date >= stage_events.entered_date
        and daily.snapshot_date < coalesce(stage_events.exited_date, date '9999-12-31')
    where not daily.is_open
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
        not revalued.is_open
        and coalesce(revalued.snapshot_date = opportunities.removed_date, false) as is_removed_that_day,
        revalued.channel,
        revalued.source,
        revalued.campaign,
        revalued.region,
        revalued.segment,
        revalued.product,
        revalued.opportunity_type,
        revalued.team,
        revalued.sales_rep_id,
        revalued.previous_team,
        revalued.previous_sales_rep_id,
        revalued.amount_reporting,
        revalued.previous_amount_reporting,
        case when revalued.is_morning then cast(revalued.morning_amount as decimal(18, 2)) end
            as morning_amount_reporting,
        revalued.previous_expected_close_date,
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
