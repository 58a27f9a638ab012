{{ config(
    key='opportunity_id',
    reached={'int_record_merges_unioned': 'merged_id'},
    on_days={'int_record_merges_unioned': dated_at('merged_at')}
) }}

with opportunities as (
    select * from {{ ref('int_opportunities_recalled') }}
),

stage_events as (
    select * from {{ ref('int_opportunity_stage_events_unioned') }}
),

merge_log as (
    select * from {{ ref('int_record_merges_unioned') }}
),

pipeline_settings as (
    select * from {{ ref('stg_meta__pipeline_settings') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

merges_in_force as (
    select distinct
        merge_log.source_system,
        merge_log.merged_id
    from merge_log
    inner join run_parameters
        on {{ reporting_date('merge_log.merged_at') }} <= run_parameters.as_of_date
    where merge_log.entity = 'opportunities'
        and not merge_log.is_deleted
),

with_stage_events as (
    select distinct
        source_system,
        opportunity_id
    from stage_events
    where not is_deleted
),

final as (
    select
        {{ surrogate_key(['opportunities.source_system', 'opportunities.opportunity_id']) }}
            as opportunity_key,
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
        with_stage_events.opportunity_id is not null as has_stage_events,
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
        opportunities.created_at,
        opportunities.updated_at,
        opportunities.source_url
    from opportunities
    cross join run_parameters
    left join merges_in_force
        on opportunities.source_system = merges_in_force.source_system
        and opportunities.opportunity_id = merges_in_force.merged_id
    left join with_stage_events
        on opportunities.source_system = with_stage_events.source_system
        and opportunities.opportunity_id = with_stage_events.opportunity_id
    left join pipeline_settings
        on opportunities.source_system = pipeline_settings.source_system
        and coalesce(opportunities.pipeline_id, 'default') = pipeline_settings.pipeline_id
    where not opportunities.is_deleted
        and merges_in_force.merged_id is null
)

select * from final
