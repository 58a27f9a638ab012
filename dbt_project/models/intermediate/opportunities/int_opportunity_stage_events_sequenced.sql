{{ config(key='opportunity_key') }}

with stage_events as (
    select * from {{ ref('int_opportunity_stage_events_cleaned') }}
),

numbered as (
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
        row_number() over (
            partition by opportunity_key order by entered_at, is_from_record, stage_order, stage_id
        ) as event_number,
        lag(is_closed) over (
            partition by opportunity_key order by entered_at, is_from_record, stage_order, stage_id
        ) as is_previous_closed,
        lag(stage_order) over (
            partition by opportunity_key order by entered_at, is_from_record, stage_order, stage_id
        ) as previous_stage_order,
        lead(entered_at) over (
            partition by opportunity_key order by entered_at, is_from_record, stage_order, stage_id
        ) as exited_at,
        lead(entered_date) over (
            partition by opportunity_key order by entered_at, is_from_record, stage_order, stage_id
        ) as exited_date
    from stage_events
),

final as (
    select
        opportunity_key,
        event_number,
        stage_id,
        stage_key,
        stage_order,
        entered_at,
        entered_date,
        exited_at,
        exited_date,
        is_closed,
        is_won,
        is_real,
        exited_at is null as is_last,
        coalesce(is_previous_closed, false) and not is_closed as is_reopening,
        coalesce(stage_order < previous_stage_order, false)
        and not is_previous_closed as is_regression
    from numbered
)

select * from final
