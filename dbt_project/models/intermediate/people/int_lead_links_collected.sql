with leads as (
    select * from {{ ref('int_leads_kept') }}
),

merge_log as (
    select * from {{ ref('int_record_merges_unioned') }}
),

identity_links as (
    select * from {{ ref('int_identity_links_unioned') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

shared_emails as (
    select
        comparable_email,
        min(record_key) as first_record_key
    from leads
    where comparable_email is not null
    group by comparable_email
    having count(*) > 1
),

-- every record of an e-mail address is linked to one of them: a star stays small, pairs would not
email_links as (
    select
        leads.record_key,
        shared_emails.first_record_key as linked_record_key
    from leads
    inner join shared_emails
        on leads.comparable_email = shared_emails.comparable_email
    where leads.record_key <> shared_emails.first_record_key
),

merge_links as (
    select
        {{ surrogate_key(['merge_log.source_system', 'merge_log.merged_id']) }} as record_key,
        {{ surrogate_key(['merge_log.source_system', 'merge_log.survivor_id']) }} as linked_record_key
    from merge_log
    inner join run_parameters
        on {{ reporting_date('merge_log.merged_at') }} <= run_parameters.as_of_date
    where merge_log.entity = 'leads'
        and not merge_log.is_deleted
),

mapped_links as (
    select
        {{ surrogate_key(['coalesce(linked_source_system, source_system)', 'id']) }} as record_key,
        {{ surrogate_key(['canonical_source_system', 'canonical_id']) }} as linked_record_key
    from identity_links
    where entity = 'leads'
        and not is_deleted
),

links as (
    select record_key, linked_record_key from email_links
    union
    select record_key, linked_record_key from merge_links
    union
    select record_key, linked_record_key from mapped_links
),

final as (
    select
        record_key,
        linked_record_key
    from links
    union
    select
        linked_record_key as record_key,
        record_key as linked_record_key
    from links
)

select * from final
