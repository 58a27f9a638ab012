-- Opportunities without exactly one primary row in a bridge, and credits whose shares do not sum to 1.
with opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

contacts as (
    select * from {{ ref('bridge_opportunity_contacts') }}
),

accounts as (
    select * from {{ ref('bridge_opportunity_accounts') }}
),

credits as (
    select * from {{ ref('bridge_opportunity_credits') }}
),

bridged as (
    select 'contacts' as bridge, opportunity_key, primary_count, cast(null as decimal(9, 6)) as credit_ratio
    from contacts
    union all
    select 'accounts' as bridge, opportunity_key, primary_count, null as credit_ratio
    from accounts
    union all
    select 'credits' as bridge, opportunity_key, primary_count, credit_ratio
    from credits
),

wanted as (
    select 'contacts' as bridge, opportunity_key from opportunities
    union all
    select 'accounts' as bridge, opportunity_key from opportunities
    union all
    select 'credits' as bridge, opportunity_key
    from opportunities
    where is_won
)

select
    wanted.bridge,
    wanted.opportunity_key,
    sum(bridged.primary_count) as primary_count,
    sum(bridged.credit_ratio) as credit_ratio
from wanted
left join bridged
    on wanted.bridge = bridged.bridge
    and wanted.opportunity_key = bridged.opportunity_key
group by wanted.bridge, wanted.opportunity_key
having coalesce(sum(bridged.primary_count), 0) <> 1
    or coalesce(sum(bridged.credit_ratio), 1) <> 1
