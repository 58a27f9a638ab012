{{ config(key='opportunity_key') }}

with stage_events as (
    select * from {{ ref('int_opportunity_stage_events_sequenced') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

placed as (
    select * from {{ ref('int_opportunity_stages_placed') }}
),

final as (
    select
        visits.opportunity_key,
        visits.event_number,
        visits.stage_key,
        placed.pipeline_stage,
        visits.entered_date,
        visits.exited_date,
        {{ date_diff_days('visits.entered_date', 'visits.exited_date') }} as stage_days,
        coalesce(followers.is_won or next_placed.stage_place > placed.stage_place, false) as is_moved_forward
    from stage_events as visits
    inner join opportunities
        on visits.opportunity_key = opportunities.opportunity_key
    inner join placed
        on visits.stage_key = placed.stage_key
    left join stage_events as followers
        on visits.opportunity_key = followers.opportunity_key
        and visits.event_number + 1 = followers.event_number
    left join placed as next_placed
        on followers.stage_key = next_placed.stage_key
        and placed.source_system = next_placed.source_system
        and placed.pipeline_id = next_placed.pipeline_id
    where not opportunities.is_renewal
)

select * from final
