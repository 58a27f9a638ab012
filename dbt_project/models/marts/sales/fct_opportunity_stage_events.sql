{{ config(
    key='opportunity_key',
    on_days={'int_opportunity_stage_events_sequenced': 'is_last and not is_closed'}
) }}

with stage_events as (
    select * from {{ ref('int_opportunity_stage_events_sequenced') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

stages_reached as (
    select * from {{ ref('int_opportunity_stages_reached') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- a stage that was skipped has no entry of its own: the entry into a later one stands for it
skipped as (
    select
        opportunity_key,
        event_number,
        count(*) as stage_count
    from stages_reached
    where is_implied
    group by opportunity_key, event_number
),

final as (
    select
        {{ surrogate_key(['stage_events.opportunity_key', 'stage_events.event_number']) }}
            as opportunity_stage_event_key,
        stage_events.opportunity_key,
        stage_events.stage_key,
        opportunities.channel,
        opportunities.region,
        opportunities.segment,
        cast(stage_events.event_number as integer) as event_number,
        cast(case when stage_events.is_reopening then 1 else 0 end as integer) as reopening_count,
        cast({{ date_diff_days('stage_events.entered_date', 'stage_events.exited_date') }} as integer)
            as stage_days,
        cast(coalesce(skipped.stage_count, 0) as integer) as implied_stage_count,
        cast(case when stage_events.is_last and not stage_events.is_closed then 1 else 0 end as integer)
            as open_in_stage_count,
        cast(case
            when stage_events.is_last and not stage_events.is_closed
                then {{ date_diff_days('stage_events.entered_date', 'run_parameters.as_of_date') }}
        end as integer) as open_in_stage_days,
        stage_events.is_closed,
        stage_events.is_won,
        stage_events.is_regression,
        stage_events.is_last,
        opportunities.is_renewal,
        stage_events.entered_date,
        stage_events.exited_date,
        stage_events.entered_at,
        stage_events.exited_at,
        opportunities.source_url
    from stage_events
    inner join opportunities
        on stage_events.opportunity_key = opportunities.opportunity_key
    cross join run_parameters
    left join skipped
        on stage_events.opportunity_key = skipped.opportunity_key
        and stage_events.event_number = skipped.event_number
)

select * from final
