with lead_events as (
    select * from {{ ref('int_lead_events_unioned') }}
),

ad_spend as (
    select * from {{ ref('int_ad_spend_unioned') }}
),

costs as (
    select * from {{ ref('int_costs_unioned') }}
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

mql_event_count as (
    select count(*) as row_count from lead_events
    where event_type = 'mql'
),

activity_count as (
    select count(*) as row_count from activities
),

-- a response needs a question and someone who can answer
lead_responses as (
    select
        'lead_responses' as input,
        least(mql_event_count.row_count, activity_count.row_count) as row_count
    from mql_event_count
    cross join activity_count
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
    select 'subscription_periods' as input, count(*) as row_count from subscription_periods
    union all
    select 'tickets' as input, count(*) as row_count from tickets
    union all
    select 'activities' as input, count(*) as row_count from activities
    union all
    select 'quotes' as input, count(*) as row_count from quotes
    union all
    select input, row_count from lead_responses
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
    select 'invoices' as input, count(*) as row_count from invoices
    union all
    select 'gross_margin' as input, count(*) as row_count from margins
    union all
    select 'none' as input, 1 as row_count
),

-- some KPIs need several inputs together
combined (combination, input) as (
    values
        ('subscription_margin', 'subscription_periods'),
        ('subscription_margin', 'gross_margin'),
        ('subscription_margin_and_costs', 'subscription_periods'),
        ('subscription_margin_and_costs', 'gross_margin'),
        ('subscription_margin_and_costs', 'acquisition_costs')
),

single as (
    select
        input,
        sum(row_count) > 0 as is_found
    from counted
    group by input
),

final as (
    select
        input,
        is_found
    from single
    union all
    select
        combined.combination as input,
        min(case when single.is_found then 1 else 0 end) = 1 as is_found
    from combined
    inner join single
        on combined.input = single.input
    group by combined.combination
)

select * from final
