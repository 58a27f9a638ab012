{{ config(
    key='opportunity_key',
    reached={'int_opportunities_first_seen_closed': 'int_opportunities_kept.opportunity_id'},
    on_days={
        'int_opportunities_kept': dated_at('created_at') ~ ' or ' ~ dated('crm_close_date'),
        'int_opportunity_stage_events_sequenced': dated('entered_date'),
        'int_opportunities_first_seen_closed': dated('first_seen_closed_date')
    }
) }}

with opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
),

stage_events as (
    select * from {{ ref('int_opportunity_stage_events_sequenced') }}
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

told as (
    select
        opportunity_key,
        min(case when is_real then entered_date end) as first_real_date,
        max(case when is_last then stage_key end) as stage_key,
        max(case when is_last then entered_date end) as stage_entered_date,
        max(case when is_last then entered_at end) as stage_entered_at,
        {{ is_any('is_last and is_closed') }} as is_closed,
        {{ is_any('is_last and is_won') }} as is_won,
        sum(case when is_reopening then 1 else 0 end) as reopened_count
    from stage_events
    group by opportunity_key
),

-- without stage events the record itself says where it stands
attributed as (
    select
        opportunities.opportunity_key,
        coalesce(stages.stage_key, '(unknown)') as stage_key,
        coalesce(stages.is_closed, false) as is_closed,
        coalesce(stages.is_won, false) as is_won,
        coalesce(stages.is_real, true) as is_real,
        case
            when opportunities.crm_close_date > run_parameters.as_of_date or opportunities.crm_close_date is null
                then first_seen_closed.first_seen_closed_date
            else opportunities.crm_close_date
        end as closed_date,
        run_parameters.as_of_date
    from opportunities
    cross join run_parameters
    left join stages
        on opportunities.source_system = stages.source_system
        and opportunities.pipeline_id = stages.pipeline_id
        and opportunities.stage_id = stages.stage_id
    left join first_seen_closed
        on opportunities.source_system = first_seen_closed.source_system
        and opportunities.opportunity_id = first_seen_closed.opportunity_id
),

decided as (
    select
        opportunities.opportunity_key,
        opportunities.has_stage_events,
        coalesce(told.stage_key, attributed.stage_key) as stage_key,
        case
            when opportunities.has_stage_events then told.is_closed
            else attributed.is_closed and attributed.closed_date <= attributed.as_of_date
        end as is_closed,
        coalesce(told.is_won, attributed.is_won) as is_won,
        coalesce(told.reopened_count, 0) as reopened_count,
        case
            when opportunities.has_stage_events then told.first_real_date
            when attributed.is_real then {{ reporting_date('opportunities.created_at') }}
        end as created_date,
        case
            when not opportunities.has_stage_events then attributed.closed_date
            else least(opportunities.crm_close_date, told.stage_entered_date)
        end as closed_date,
        told.stage_entered_date as final_event_date,
        coalesce(told.stage_entered_at, opportunities.closed_at) as closing_at,
        opportunities.removed_date,
        attributed.as_of_date
    from opportunities
    inner join attributed on opportunities.opportunity_key = attributed.opportunity_key
    left join told on opportunities.opportunity_key = told.opportunity_key
),

-- an opportunity exists from its first real stage on
final as (
    select
        opportunity_key,
        has_stage_events,
        stage_key,
        coalesce(is_closed, false) as is_closed,
        coalesce(is_closed and is_won, false) as is_won,
        reopened_count,
        created_date,
        case when is_closed then closed_date end as closed_date,
        case when is_closed then final_event_date end as closing_event_date,
        case when is_closed then closing_at end as closing_at,
        case when not coalesce(is_closed, false) then removed_date end as removed_date
    from decided
    where created_date <= as_of_date
)

select * from final
