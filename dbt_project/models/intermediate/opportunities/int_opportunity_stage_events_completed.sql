{{ config(
    key='opportunity_key',
    reached={'int_opportunities_first_seen_closed': 'int_opportunities_kept.opportunity_id'},
    on_days={'int_opportunities_kept': dated('crm_close_date')}
) }}

with stage_events as (
    select * from {{ ref('int_opportunity_stage_events_placed') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
),

stages as (
    select * from {{ ref('int_stages_ordered') }}
),

first_seen_closed as (
    select * from {{ ref('int_opportunities_first_seen_closed') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

ranked as (
    select
        opportunity_key,
        entered_at,
        is_closed,
        row_number() over (
            partition by opportunity_key order by entered_at desc, stage_order desc, stage_id desc
        ) as event_rank
    from stage_events
),

-- the record is closed and its log ends open: the log has no closing of its own, and the record dates it;
-- what was known on a day has later versions where there is no other, and they close nothing
closings as (
    select
        opportunities.opportunity_key,
        stages.stage_id,
        stages.stage_key,
        ranked.entered_at as last_entered_at,
        case
            when opportunities.crm_close_date <= run_parameters.as_of_date then opportunities.closed_at
            else first_seen_closed.first_seen_closed_at
        end as closed_at,
        stages.stage_order,
        stages.is_won
    from opportunities
    cross join run_parameters
    inner join ranked
        on opportunities.opportunity_key = ranked.opportunity_key
        and ranked.event_rank = 1
        and not ranked.is_closed
    inner join stages
        on opportunities.source_system = stages.source_system
        and opportunities.pipeline_id = stages.pipeline_id
        and opportunities.stage_id = stages.stage_id
        and stages.is_closed
    left join first_seen_closed
        on opportunities.source_system = first_seen_closed.source_system
        and opportunities.opportunity_id = first_seen_closed.opportunity_id
    where run_parameters.known_through_date is null
        or {{ reporting_date('opportunities.updated_at') }} <= run_parameters.known_through_date
),

final as (
    select
        opportunity_key,
        stage_id,
        stage_key,
        entered_at,
        stage_order,
        is_closed,
        is_won,
        is_real,
        false as is_from_record
    from stage_events
    union all
    select
        opportunity_key,
        stage_id,
        stage_key,
        greatest(closed_at, last_entered_at) as entered_at,
        stage_order,
        true as is_closed,
        is_won,
        true as is_real,
        true as is_from_record
    from closings
    where closed_at is not null
)

select * from final
