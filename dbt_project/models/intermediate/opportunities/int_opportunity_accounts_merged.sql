{{ config(
    key='opportunity_key',
    reached={
        'int_opportunity_accounts_unioned': 'int_opportunities_resolved.opportunity_id',
        'int_opportunities_unioned': 'int_opportunities_resolved.opportunity_id'
    }
) }}

with associations as (
    select * from {{ ref('int_opportunity_accounts_unioned') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_unioned') }}
),

resolved as (
    select * from {{ ref('int_opportunities_resolved') }}
),

merged as (
    {{ merged_associations('account_id') }}
),

final as (
    select
        opportunity_key,
        source_system,
        opportunity_id,
        account_id,
        is_primary,
        is_deleted
    from merged
)

select * from final
