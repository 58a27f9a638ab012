-- More imports than usual: every entity that may name another one takes part.
with files_leads as (
    select * from {{ ref('stg_files__leads') }}
),

files_accounts as (
    select * from {{ ref('stg_files__accounts') }}
),

files_opportunities as (
    select * from {{ ref('stg_files__opportunities') }}
),

files_activities as (
    select * from {{ ref('stg_files__activities') }}
),

files_opportunity_line_items as (
    select * from {{ ref('stg_files__opportunity_line_items') }}
),

files_ad_spend as (
    select * from {{ ref('stg_files__ad_spend') }}
),

files_touches as (
    select * from {{ ref('stg_files__touches') }}
),

files_subscription_periods as (
    select * from {{ ref('stg_files__subscription_periods') }}
),

files_invoices as (
    select * from {{ ref('stg_files__invoices') }}
),

files_invoice_lines as (
    select * from {{ ref('stg_files__invoice_lines') }}
),

files_costs as (
    select * from {{ ref('stg_files__costs') }}
),

files_tickets as (
    select * from {{ ref('stg_files__tickets') }}
),

files_ratings as (
    select * from {{ ref('stg_files__ratings') }}
),

mentions as (
    select
        files_leads.source_system,
        'accounts' as entity,
        files_leads.account_name as thing_name
    from files_leads
    where files_leads.account_name is not null
    union all
    select
        files_leads.source_system,
        'sales_reps' as entity,
        files_leads.owner_name as thing_name
    from files_leads
    where files_leads.owner_name is not null
    union all
    select
        files_leads.source_system,
        'campaigns' as entity,
        files_leads.campaign_name as thing_name
    from files_leads
    where files_leads.campaign_name is not null
    union all
    select
        files_accounts.source_system,
        'sales_reps' as entity,
        files_accounts.owner_name as thing_name
    from files_accounts
    where files_accounts.owner_name is not null
    union all
    select
        files_opportunities.source_system,
        'accounts' as entity,
        files_opportunities.account_name as thing_name
    from files_opportunities
    where files_opportunities.account_name is not null
    union all
    select
        files_opportunities.source_system,
        'sales_reps' as entity,
        files_opportunities.owner_name as thing_name
    from files_opportunities
    where files_opportunities.owner_name is not null
    union all
    select
        files_opportunities.source_system,
        'campaigns' as entity,
        files_opportunities.campaign_name as thing_name
    from files_opportunities
    where files_opportunities.campaign_name is not null
    union all
    select
        files_activities.source_system,
        'accounts' as entity,
        files_activities.account_name as thing_name
    from files_activities
    where files_activities.account_name is not null
    union all
    select
        files_opportunity_line_items.source_system,
        'products' as entity,
        files_opportunity_line_items.product_name as thing_name
    from files_opportunity_line_items
    where files_opportunity_line_items.product_name is not null
    union all
    select
        files_ad_spend.source_system,
        'campaigns' as entity,
        files_ad_spend.campaign_name as thing_name
    from files_ad_spend
    where files_ad_spend.campaign_name is not null
    union all
    select
        files_touches.source_system,
        'campaigns' as entity,
        files_touches.campaign_name as thing_name
    from files_touches
    where files_touches.campaign_name is not null
    union all
    select
        files_subscription_periods.source_system,
        'accounts' as entity,
        files_subscription_periods.account_name as thing_name
    from files_subscription_periods
    where files_subscription_periods.account_name is not null
    union all
    select
        files_subscription_periods.source_system,
        'products' as entity,
        files_subscription_periods.product_name as thing_name
    from files_subscription_periods
    where files_subscription_periods.product_name is not null
    union all
    select
        files_invoices.source_system,
        'accounts' as entity,
        files_invoices.account_name as thing_name
    from files_invoices
    where files_invoices.account_name is not null
    union all
    select
        files_invoice_lines.source_system,
        'products' as entity,
        files_invoice_lines.product_name as thing_name
    from files_invoice_lines
    where files_invoice_lines.product_name is not null
    union all
    select
        files_costs.source_system,
        'campaigns' as entity,
        files_costs.campaign_name as thing_name
    from files_costs
    where files_costs.campaign_name is not null
    union all
    select
        files_tickets.source_system,
        'accounts' as entity,
        files_tickets.account_name as thing_name
    from files_tickets
    where files_tickets.account_name is not null
    union all
    select
        files_ratings.source_system,
        'accounts' as entity,
        files_ratings.account_name as thing_name
    from files_ratings
    where files_ratings.account_name is not null
),

final as (
    select
        mentions.source_system,
        mentions.entity,
        {{ comparable_text('mentions.thing_name') }} as name_key,
        min(trim(mentions.thing_name)) as thing_name,
        count(*) as mention_count
    from mentions
    group by
        mentions.source_system,
        mentions.entity,
        {{ comparable_text('mentions.thing_name') }}
)

select * from final
