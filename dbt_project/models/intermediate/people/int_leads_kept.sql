{{ config(
    key='lead_id',
    reached={'int_record_merges_unioned': 'merged_id', 'int_lead_merges_followed': 'merged_id'},
    on_days={
        'int_leads_unioned': dated_at('created_at'),
        'int_record_merges_unioned': dated_at('merged_at')
    }
) }}

with leads as (
    select * from {{ ref('int_leads_unioned') }}
),

merge_log as (
    select * from {{ ref('int_record_merges_unioned') }}
),

merges_followed as (
    select * from {{ ref('int_lead_merges_followed') }}
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
    where merge_log.entity = 'leads'
        and not merge_log.is_deleted
),

final as (
    select
        {{ surrogate_key(['leads.source_system', 'leads.lead_id']) }} as record_key,
        leads.source_system,
        leads.lead_id,
        {{ comparable_text('leads.email') }} as comparable_email,
        leads.additional_emails,
        leads.account_id,
        leads.source,
        leads.campaign_id,
        leads.country_code,
        leads.region,
        leads.segment,
        leads.owner_sales_rep_id,
        leads.source_url,
        coalesce(leads.is_lead, true) as is_lead,
        merges_in_force.merged_id is not null as is_merged_away,
        leads.created_at
    from leads
    inner join run_parameters
        on {{ reporting_date('leads.created_at') }} <= run_parameters.as_of_date
    left join merges_in_force
        on leads.source_system = merges_in_force.source_system
        and leads.lead_id = merges_in_force.merged_id
    left join merges_followed
        on leads.source_system = merges_followed.source_system
        and leads.lead_id = merges_followed.merged_id
    -- A vendor reports the loser of a merge as deleted, but its history belongs to the survivor, and leaves with it.
    -- Before the merge the loser is a record of its own.
    where not leads.is_deleted
        or coalesce(merges_followed.has_survivor, false)
)

select * from final
