with contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
),

company_versions as (
    select * from {{ ref('stg_hubspot__company_versions') }}
),

deal_versions as (
    select * from {{ ref('stg_hubspot__deal_versions') }}
),

mentions as (
    select
        'leads' as entity,
        contacts.contact_id as survivor_id,
        coalesce(contacts.merged_contact_ids, contacts.merged_object_ids) as merged_ids,
        contacts.updated_at
    from contacts
    union all
    select
        'accounts' as entity,
        company_versions.company_id as survivor_id,
        company_versions.merged_object_ids as merged_ids,
        company_versions.updated_at
    from company_versions
    union all
    select
        'opportunities' as entity,
        deal_versions.deal_id as survivor_id,
        deal_versions.merged_object_ids as merged_ids,
        deal_versions.updated_at
    from deal_versions
),

parts as (
    {{ text_parts('mentions', 'merged_ids', ['entity', 'survivor_id', 'updated_at']) }}
),

-- "id:milliseconds" for contacts, the bare id elsewhere: then the first version that tells it dates the merge
merge_log as (
    select
        parts.entity,
        {{ text_part('parts.part', ':', 1) }} as merged_id,
        parts.survivor_id,
        parts.updated_at,
        coalesce(
            {{ safe_epoch_timestamp("split_part(parts.part, ':', 2)", 'milliseconds') }},
            parts.updated_at
        ) as merged_at
    from parts
),

ranked as (
    select
        merge_log.entity,
        merge_log.merged_id,
        merge_log.survivor_id,
        merge_log.merged_at,
        merge_log.updated_at,
        row_number() over (
            partition by merge_log.entity, merge_log.merged_id
            order by merge_log.merged_at, merge_log.updated_at, merge_log.survivor_id
        ) as mention_rank
    from merge_log
    where merge_log.merged_id <> merge_log.survivor_id
),

final as (
    select
        ranked.entity,
        ranked.merged_id,
        ranked.survivor_id,
        ranked.merged_at,
        'hubspot' as source_system,
        ranked.entity || '|' || ranked.merged_id as record_id,
        ranked.updated_at,
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from ranked
    where ranked.mention_rank = 1
)

select * from final
