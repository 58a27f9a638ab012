{{ config(key='record_key') }}

with leads as (
    select * from {{ ref('int_leads_kept') }}
),

exclusions as (
    select * from {{ ref('int_lead_exclusions_unioned') }}
),

rules as (
    select distinct
        rule_type,
        {{ comparable_text('value') }} as comparable_value,
        {{ clean_text('value') }} as exact_value
    from exclusions
    where not is_deleted
),

final as (
    select leads.record_key
    from leads
    inner join rules
        on rules.rule_type = 'email_domain'
        and {{ text_part('leads.comparable_email', '@', 2) }} = rules.comparable_value
    union
    select leads.record_key
    from leads
    inner join rules
        on rules.rule_type = 'email'
        and leads.comparable_email = rules.comparable_value
    union
    select leads.record_key
    from leads
    inner join rules
        on rules.rule_type = 'lead_id'
        and leads.lead_id = rules.exact_value
)

select * from final
