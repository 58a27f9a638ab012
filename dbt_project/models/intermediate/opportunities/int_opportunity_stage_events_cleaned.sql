{{ config(
    key='opportunity_key',
    on_days={'int_opportunity_stage_events_completed': dated_at('entered_at')}
) }}

with stage_events as (
    select * from {{ ref('int_opportunity_stage_events_completed') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

happened as (
    select
        stage_events.opportunity_key,
        stage_events.stage_id,
        stage_events.stage_key,
        stage_events.entered_at,
        {{ reporting_date('stage_events.entered_at') }} as entered_date,
        stage_events.stage_order,
        stage_events.is_closed,
        stage_events.is_won,
        stage_events.is_real,
        stage_events.is_from_record
    from stage_events
    inner join run_parameters
        on {{ reporting_date('stage_events.entered_at') }} <= run_parameters.as_of_date
),

ordered as (
    select
        happened.*,
        lag(happened.stage_id) over (
            partition by happened.opportunity_key
            order by happened.entered_at, happened.is_from_record, happened.stage_order
        ) as previous_stage_id
    from happened
),

-- entering the stage that one is in changes nothing
final as (
    select
        opportunity_key,
        stage_id,
        stage_key,
        entered_at,
        entered_date,
        stage_order,
        is_closed,
        is_won,
        is_real,
        is_from_record
    from ordered
    where previous_stage_id is distinct from stage_id
)

select * from final
