{{ config(
    key='opportunity_id',
    reached={
        'stg_hubspot__deals': 'deal_id',
        'int_hubspot_associations_unpacked': 'from_id'
    }
) }}

with deals as (
    select * from {{ ref('stg_hubspot__deals') }}
),

stages as (
    select * from {{ ref('int_hubspot_pipeline_stages_mapped') }}
),

companies_of_deals as (
    select * from {{ ref('int_hubspot_associations_unpacked') }}
    where association = 'deal_companies' and is_primary
),

type_mappings as (
    select * from {{ ref('stg_meta__value_mappings') }}
    where
        source_system = 'hubspot'
        and entity = 'opportunities'
        and column_name = 'opportunity_type'
),

pipeline_settings as (
    select * from {{ ref('stg_meta__pipeline_settings') }}
    where source_system = 'hubspot'
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

primary_companies as (
    select
        companies_of_deals.from_id as deal_id,
        min(companies_of_deals.to_id) as company_id
    from companies_of_deals
    where companies_of_deals.preference = 1
    group by companies_of_deals.from_id
),

final as (
    select
        deals.deal_id as opportunity_id,
        deals.deal_name as opportunity_name,
        primary_companies.company_id as account_id,
        cast(null as {{ dbt.type_string() }}) as lead_id,
        coalesce(deals.pipeline_id, 'default') as pipeline_id,
        deals.deal_stage as stage,
        case
            when pipeline_settings.is_renewal then 'renewal'
            when type_mappings.unified_value is not null then type_mappings.unified_value
            when lower(deals.deal_type) = 'newbusiness' then 'new'
            when lower(deals.deal_type) = 'existingbusiness' then 'expansion'
            when lower(deals.deal_type) = 'renewal' then 'renewal'
        end as opportunity_type,
        deals.amount,
        upper(coalesce(deals.deal_currency_code, run_parameters.reporting_currency)) as currency_code,
        deals.amount_in_home_currency as amount_crm_reporting,
        -- HubSpot copies the stage's probability to the deal; only another one is the deal's own
        nullif(deals.stage_probability, stages.probability) as probability,
        lower(deals.forecast_category) as forecast_category,
        deals.created_at,
        {{ reporting_date('deals.close_at') }} as expected_close_date,
        -- the same property is the expected date while the deal is open
        case when stages.is_closed then deals.close_at end as closed_at,
        deals.owner_id as owner_sales_rep_id,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        deals.analytics_source as source,
        deals.closed_lost_reason as lost_reason,
        deals.next_step,
        deals.source_system,
        deals.record_id,
        deals.updated_at,
        deals.is_deleted,
        deals.source_url
    from deals
    cross join run_parameters
    left join stages
        on
            coalesce(deals.pipeline_id, 'default') = stages.pipeline_id
            and deals.deal_stage = stages.stage_id
    left join primary_companies
        on deals.deal_id = primary_companies.deal_id
    left join type_mappings
        on {{ comparable_text('deals.deal_type') }} = {{ comparable_text('type_mappings.source_value') }}
    left join pipeline_settings
        on coalesce(deals.pipeline_id, 'default') = pipeline_settings.pipeline_id
)

select * from final
