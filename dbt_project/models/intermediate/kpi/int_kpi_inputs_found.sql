with lead_events as (
    select * from {{ ref('int_lead_events_unioned') }}
),

ad_spend as (
    select * from {{ ref('int_ad_spend_unioned') }}
),

costs as (
    select * from {{ ref('int_costs_unioned') }}
),

web_sessions as (
    select * from {{ ref('int_web_sessions_unioned') }}
),

web_visitors as (
    select * from {{ ref('int_web_visitors_unioned') }}
),

subscription_periods as (
    select * from {{ ref('int_subscription_periods_unioned') }}
),

tickets as (
    select * from {{ ref('int_tickets_unioned') }}
),

activities as (
    select * from {{ ref('int_activities_unioned') }}
),

quotes as (
    select * from {{ ref('int_quotes_unioned') }}
),

ticket_events as (
    select * from {{ ref('int_ticket_events_unioned') }}
),

ratings as (
    select * from {{ ref('int_ratings_unioned') }}
),

pipeline_stages as (
    select * from {{ ref('int_pipeline_stages_unioned') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_unioned') }}
),

opportunity_contacts as (
    select * from {{ ref('int_opportunity_contacts_unioned') }}
),

invoices as (
    select * from {{ ref('int_invoices_unioned') }}
),

margins as (
    select * from {{ ref('int_gross_margins_dated') }}
),

counted as (
    select 'mql_events' as input, count(*) as row_count
    from lead_events
    where event_type = 'mql'
    union all
    select 'sql_events' as input, count(*) as row_count
    from lead_events
    where event_type = 'sql'
    union all
    select 'acquisition_costs' as input, count(*) as row_count from ad_spend
    union all
    select 'acquisition_costs' as input, count(*) as row_count from costs
    union all
    select 'impressions' as input, count(impressions) as row_count from ad_spend
    union all
    select 'clicks' as input, count(clicks) as row_count from ad_spend
    union all
    select 'web_sessions' as input, count(*) as row_count from web_sessions
    union all
    select 'web_visitors' as input, count(visitors) as row_count from web_sessions
    union all
    select 'web_visitors' as input, count(visitors) as row_count from web_visitors
    union all
    select 'subscription_periods' as input, count(*) as row_count from subscription_periods
    union all
    select 'tickets' as input, count(*) as row_count from tickets
    union all
    select 'activities' as input, count(*) as row_count from activities
    union all
    select 'quotes' as input, count(*) as row_count from quotes
    union all
    select 'ticket_events' as input, count(*) as row_count from ticket_events
    union all
    select 'sla_events' as input, count(*) as row_count
    from ticket_events
    where event_type = 'sla_due'
    union all
    select 'ratings' as input, count(*) as row_count from ratings
    union all
    select 'probabilities' as input, count(probability) as row_count from pipeline_stages
    union all
    select 'probabilities' as input, count(probability) as row_count from opportunities
    union all
    select 'opportunity_contacts' as input, count(*) as row_count from opportunity_contacts
    union all
    select 'opportunity_contacts' as input, count(lead_id) as row_count from opportunities
    union all
    select 'invoices' as input, count(*) as row_count from invoices
    union all
    select 'gross_margin' as input, count(*) as row_count from margins
    union all
    select 'none' as input, 1 as row_count
),

single as (
    select
        input,
        sum(row_count) > 0 as is_found
    from counted
    group by input
),

-- what needs several inputs is unknown when one of them is
parts (input, part) as (
    values
    ('lead_responses', 'mql_events'),
    ('lead_responses', 'activities'),
    ('acquisition_costs_and_mql_events', 'acquisition_costs'),
    ('acquisition_costs_and_mql_events', 'mql_events'),
    ('acquisition_costs_and_sql_events', 'acquisition_costs'),
    ('acquisition_costs_and_sql_events', 'sql_events'),
    ('mql_and_sql_events', 'mql_events'),
    ('mql_and_sql_events', 'sql_events'),
    ('sql_events_and_opportunity_contacts', 'sql_events'),
    ('sql_events_and_opportunity_contacts', 'opportunity_contacts'),
    ('activities_and_opportunity_contacts', 'activities'),
    ('activities_and_opportunity_contacts', 'opportunity_contacts'),
    ('quotes_and_opportunity_contacts', 'quotes'),
    ('quotes_and_opportunity_contacts', 'opportunity_contacts'),
    ('subscription_margin', 'subscription_periods'),
    ('subscription_margin', 'gross_margin'),
    ('subscription_margin_and_costs', 'subscription_periods'),
    ('subscription_margin_and_costs', 'gross_margin'),
    ('subscription_margin_and_costs', 'acquisition_costs')
),

final as (
    select
        input,
        is_found
    from single
    union all
    select
        parts.input,
        {{ is_every('single.is_found') }} as is_found
    from parts
    inner join single
        on parts.part = single.input
    group by parts.input
)

select * from final
