{{ config(severity='warn') }}
-- Stages that no pipeline of their source has; what is in them counts as open, in the stage (unknown).
with opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
),

staged as (
    select * from {{ ref('int_opportunities_staged') }}
),

stage_events as (
    select * from {{ ref('int_opportunity_stage_events_cleaned') }}
),

entered as (
    select opportunity_key, stage_id
    from stage_events
    where stage_key = '(unknown)'
    union
    select opportunities.opportunity_key, opportunities.stage_id
    from opportunities
    inner join staged
        on opportunities.opportunity_key = staged.opportunity_key
    where staged.stage_key = '(unknown)'
        and not staged.has_stage_events
)

select
    opportunities.source_system,
    opportunities.pipeline_id,
    entered.stage_id,
    count(*) as opportunity_count,
    min(opportunities.opportunity_id) as first_opportunity_id
from entered
inner join opportunities
    on entered.opportunity_key = opportunities.opportunity_key
group by opportunities.source_system, opportunities.pipeline_id, entered.stage_id
