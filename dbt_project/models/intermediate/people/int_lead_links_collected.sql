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

additional_emails as (
    {{ text_parts('leads', 'additional_emails', ['record_key']) }}
),

-- the survivor of a merge gets the other e-mail by it: before the merge that is the other record's alone
merged_later as (
    select distinct leads.comparable_email
    from leads
    inner join merge_log
        on leads.source_system = merge_log.source_system
        and leads.lead_id = merge_log.merged_id
    where merge_log.entity = 'leads'
        and not merge_log.is_deleted
        and not leads.is_merged_away
),

emails as (
    select
        record_key,
        comparable_email
    from leads
    where comparable_email is not null
    union
    select
        additional_emails.record_key,
        {{ comparable_text('additional_emails.part') }} as comparable_email
    from additional_emails
    left join merged_later
        on {{ comparable_text('additional_emails.part') }} = merged_later.comparable_email
    where merged_later.comparable_email is null
),

shared_emails as (
    select
        comparable_email,
        min(record_key) as first_record_key
    from emails
    group by comparable_email
    having count(*) > 1
),

-- every record of an e-mail address is linked to one of them: a star stays small, pairs would not
email_links as (
    select
        emails.record_key,
        shared_emails.first_record_key as linked_record_key
    from emails
    inner join shared_emails
        on emails.comparable_email = shared_emails.comparable_email
    where emails.record_key <> shared_emails.first_record_key
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
