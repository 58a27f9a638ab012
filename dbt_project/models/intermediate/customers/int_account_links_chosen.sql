with accounts as (
    select * from {{ ref('int_account_records') }}
),

identity_links as (
    select * from {{ ref('int_identity_links_unioned') }}
),

free_mail_domains as (
    select * from {{ ref('free_mail_domains') }}
),

mapped_links as (
    select
        {{ surrogate_key(['coalesce(linked_source_system, source_system)', 'id']) }} as record_key,
        {{ surrogate_key(['canonical_source_system', 'canonical_id']) }} as linked_record_key,
        1 as link_rank
    from identity_links
    where entity = 'accounts'
        and not is_deleted
),

-- a foreign id that two systems know says nothing
external_links as (
    select
        accounts.record_key,
        min(others.record_key) as linked_record_key,
        2 as link_rank
    from accounts
    inner join accounts as others
        on accounts.external_id = others.account_id
        and accounts.source_system <> others.source_system
    group by accounts.record_key
    having count(*) = 1
),

domain_owners as (
    select
        accounts.comparable_domain,
        accounts.source_system,
        accounts.record_key,
        row_number() over (
            partition by accounts.comparable_domain
            order by
                case when accounts.is_in_crm then 0 else 1 end,
                case when accounts.is_merged_away then 1 else 0 end,
                accounts.created_at,
                accounts.account_id,
                accounts.source_system
        ) as owner_rank
    from accounts
    left join free_mail_domains
        on accounts.comparable_domain = free_mail_domains.domain
    where accounts.comparable_domain is not null
        and free_mail_domains.domain is null
),

-- two companies of one system may share a domain; only another system's company is the same one
domain_links as (
    select
        accounts.record_key,
        domain_owners.record_key as linked_record_key,
        3 as link_rank
    from accounts
    inner join domain_owners
        on accounts.comparable_domain = domain_owners.comparable_domain
        and accounts.source_system <> domain_owners.source_system
    where domain_owners.owner_rank = 1
),

all_links as (
    select record_key, linked_record_key, link_rank from mapped_links
    union all
    select record_key, linked_record_key, link_rank from external_links
    union all
    select record_key, linked_record_key, link_rank from domain_links
),

-- one link per record, the surest: a billing customer never ties two companies together
ranked as (
    select
        record_key,
        linked_record_key,
        row_number() over (partition by record_key order by link_rank, linked_record_key) as choice
    from all_links
),

final as (
    select
        record_key,
        linked_record_key
    from ranked
    where choice = 1
        and record_key <> linked_record_key
)

select * from final
