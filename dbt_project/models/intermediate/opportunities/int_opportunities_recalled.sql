{{ config(key='opportunity_id') }}

with opportunities as (
    select * from {{ ref('int_opportunities_unioned') }}
),

changes as (
    select * from {{ ref('int_opportunity_changes_unioned') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- an ordinary build knows everything and has no row here
known_changes as (
    select
        changes.source_system,
        changes.opportunity_id,
        changes.field,
        {{ clean_text('changes.value') }} as value,
        row_number() over (
            partition by changes.source_system, changes.opportunity_id, changes.field
            order by changes.changed_at desc, changes.value desc
        ) as change_rank
    from changes
    inner join run_parameters
        on {{ reporting_date('changes.changed_at') }} <= run_parameters.known_through_date
    where not changes.is_deleted
),

last_values as (
    select
        source_system,
        opportunity_id,
        max(case when field = 'amount' then 1 else 0 end) as has_amount,
        max(case when field = 'amount' then value end) as amount,
        max(case when field = 'currency_code' then 1 else 0 end) as has_currency_code,
        max(case when field = 'currency_code' then value end) as currency_code,
        max(case when field = 'probability' then 1 else 0 end) as has_probability,
        max(case when field = 'probability' then value end) as probability,
        max(case when field = 'expected_close_date' then 1 else 0 end) as has_expected_close_date,
        max(case when field = 'expected_close_date' then value end) as expected_close_date,
        max(case when field = 'owner_sales_rep_id' then 1 else 0 end) as has_owner_sales_rep_id,
        max(case when field = 'owner_sales_rep_id' then value end) as owner_sales_rep_id
    from known_changes
    where change_rank = 1
    group by source_system, opportunity_id
),

final as (
    select
        opportunities.source_system,
        opportunities.opportunity_id,
        opportunities.opportunity_name,
        opportunities.account_id,
        opportunities.lead_id,
        opportunities.pipeline_id,
        opportunities.stage,
        opportunities.opportunity_type,
        case
            when last_values.has_amount = 1 then {{ safe_decimal('last_values.amount', 18, 4) }}
            else opportunities.amount
        end as amount,
        case
            when last_values.has_currency_code = 1 then last_values.currency_code
            else opportunities.currency_code
        end as currency_code,
        opportunities.amount_crm_reporting,
        case
            when last_values.has_probability = 1 then {{ safe_decimal('last_values.probability', 9, 6) }}
            else opportunities.probability
        end as probability,
        case
            when last_values.has_owner_sales_rep_id = 1 then last_values.owner_sales_rep_id
            else opportunities.owner_sales_rep_id
        end as owner_sales_rep_id,
        opportunities.campaign_id,
        opportunities.source,
        opportunities.lost_reason,
        case
            when last_values.has_expected_close_date = 1 then {{ safe_date('last_values.expected_close_date') }}
            else opportunities.expected_close_date
        end as expected_close_date,
        opportunities.closed_at,
        opportunities.created_at,
        opportunities.updated_at,
        opportunities.is_deleted,
        opportunities.source_url
    from opportunities
    left join last_values
        on opportunities.source_system = last_values.source_system
        and opportunities.opportunity_id = last_values.opportunity_id
)

select * from final
