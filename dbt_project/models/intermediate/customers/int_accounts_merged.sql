{{ config(key='account_key', reached={'int_account_records': 'int_accounts_resolved.record_key'}) }}

with accounts as (
    select * from {{ ref('int_account_records') }}
),

resolved as (
    select * from {{ ref('int_accounts_resolved') }}
),

free_mail_domains as (
    select * from {{ ref('free_mail_domains') }}
),

records as (
    select
        resolved.account_key,
        resolved.record_rank,
        accounts.source_system,
        accounts.account_id,
        accounts.account_name,
        accounts.comparable_domain,
        accounts.country_code,
        accounts.region,
        accounts.segment,
        accounts.industry,
        accounts.source_url,
        accounts.created_at
    from accounts
    inner join resolved
        on accounts.record_key = resolved.record_key
),

merged as (
    select
        account_key,
        {{ value_at_min('source_system', 'record_rank') }} as source_system,
        {{ value_at_min('account_id', 'record_rank') }} as account_id,
        {{ value_at_min('account_name', 'record_rank') }}
            filter (where account_name is not null) as account_name,
        {{ value_at_min('comparable_domain', 'record_rank') }}
            filter (where comparable_domain is not null) as domain,
        {{ value_at_min('country_code', 'record_rank') }}
            filter (where country_code is not null) as country_code,
        {{ value_at_min('region', 'record_rank') }}
            filter (where region is not null) as region,
        {{ value_at_min('segment', 'record_rank') }}
            filter (where segment is not null) as segment,
        {{ value_at_min('industry', 'record_rank') }}
            filter (where industry is not null) as industry,
        {{ value_at_min('source_url', 'record_rank') }}
            filter (where source_url is not null) as source_url,
        count(*) as record_count,
        min(created_at) as created_at
    from records
    group by account_key
),

final as (
    select
        merged.account_key,
        merged.source_system,
        merged.account_id,
        merged.account_name,
        merged.domain,
        merged.country_code,
        merged.region,
        merged.segment,
        merged.industry,
        merged.source_url,
        merged.record_count,
        merged.created_at,
        free_mail_domains.domain is not null as has_free_mail_domain
    from merged
    left join free_mail_domains
        on merged.domain = free_mail_domains.domain
)

select * from final
