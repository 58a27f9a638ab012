{{ config(
    key='opportunity_key',
    reached={'int_opportunities_recalled': 'int_opportunities_resolved.opportunity_id'}
) }}

with opportunities as (
    select * from {{ ref('int_opportunities_recalled') }}
),

stage_events as (
    select * from {{ ref('int_opportunity_stage_events_merged') }}
),

resolved as (
    select * from {{ ref('int_opportunities_resolved') }}
),

pipeline_settings as (
    select * from {{ ref('stg_meta__pipeline_settings') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

with_stage_events as (
    select distinct opportunity_key
    from stage_events
    where not is_deleted
),

-- records that were merged were created as one, with the earliest
creations as (
    select
        resolved.opportunity_key,
        min(opportunities.created_at) as created_at
    from opportunities
    inner join resolved
        on opportunities.source_system = resolved.source_system
        and opportunities.opportunity_id = resolved.opportunity_id
    group by resolved.opportunity_key
),

final as (
    select
        resolved.opportunity_key,
        resolved.counted_as_key,
        resolved.is_apart,
        opportunities.source_system,
        opportunities.opportunity_id,
        opportunities.opportunity_name,
        opportunities.account_id,
        opportunities.lead_id,
        coalesce(opportunities.pipeline_id, 'default') as pipeline_id,
        opportunities.stage as stage_id,
        case
            when pipeline_settings.is_renewal then 'renewal'
            else opportunities.opportunity_type
        end as opportunity_type,
        coalesce(opportunities.opportunity_type, '') = 'renewal'
        or coalesce(pipeline_settings.is_renewal, false) as is_renewal,
        with_stage_events.opportunity_key is not null as has_stage_events,
        opportunities.amount is null as is_amount_missing,
        coalesce(opportunities.amount, 0) as amount,
        coalesce(opportunities.currency_code, run_parameters.reporting_currency) as currency_code,
        opportunities.amount_crm_reporting,
        opportunities.probability,
        opportunities.owner_sales_rep_id,
        opportunities.campaign_id,
        opportunities.source,
        opportunities.lost_reason,
        opportunities.expected_close_date,
        opportunities.closed_at,
        {{ reporting_date('opportunities.closed_at') }} as crm_close_date,
        creations.created_at,
        opportunities.updated_at,
        {{ reporting_date('resolved.removed_at') }} as removed_date,
        opportunities.source_url
    from opportunities
    cross join run_parameters
    inner join resolved
        on opportunities.source_system = resolved.source_system
        and opportunities.opportunity_id = resolved.opportunity_id
    inner join creations
        on resolved.opportunity_key = creations.opportunity_key
    left join with_stage_events
        on resolved.opportunity_key = with_stage_events.opportunity_key
    left join pipeline_settings
        on opportunities.source_system = pipeline_settings.source_system
        and coalesce(opportunities.pipeline_id, 'default') = pipeline_settings.pipeline_id
    where (not opportunities.is_deleted or resolved.removed_at is not null)
        and not resolved.is_merged_away
)

select * from final
