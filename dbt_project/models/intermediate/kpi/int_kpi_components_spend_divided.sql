with cost_lines as (
    select * from {{ ref('int_cost_lines_unioned') }}
),

milestones as (
    select * from {{ ref('int_people_milestones_dated') }}
),

tallies as (
    select * from {{ ref('int_opportunities_tallied') }}
),

channels as (
    select * from {{ ref('int_channels_advertised') }}
    where has_media
),

kpis (kpi, milestone) as (
    values
    ('cost_per_lead', 'lead'),
    ('cost_per_mql', 'mql'),
    ('cost_per_sql', 'sql'),
    ('cost_per_opportunity', 'opportunity created')
),

spend as (
    select
        cost_date as component_date,
        coalesce(channel, '(unknown)') as channel,
        coalesce(campaign_id, '(unknown)') as campaign,
        sum(shared_amount_reporting) as spend_amount
    from cost_lines
    where cac_level = 'paid'
    group by cost_date, channel, campaign_id
),

campaigns as (
    select distinct campaign
    from spend
    where campaign <> '(unknown)'
),

conversions as (
    select
        milestone,
        milestone_date as component_date,
        channel,
        campaign,
        count(*) as conversion_count
    from milestones
    group by milestone, milestone_date, channel, campaign
    union all
    select
        'opportunity created' as milestone,
        tally_date as component_date,
        channel,
        campaign,
        sum(opportunity_count) as conversion_count
    from tallies
    where date_basis = 'created'
        and not is_renewal
    group by tally_date, channel, campaign
),

-- the total divides by all conversions, a channel or campaign only where there is media of it
parts as (
    select
        kpis.kpi,
        spend.component_date,
        spend.channel,
        spend.campaign,
        spend.spend_amount as numerator,
        0 as denominator,
        true as is_of_channel,
        true as is_of_campaign
    from spend
    cross join kpis
    union all
    select
        kpis.kpi,
        conversions.component_date,
        conversions.channel,
        conversions.campaign,
        0 as numerator,
        conversions.conversion_count as denominator,
        channels.channel is not null as is_of_channel,
        campaigns.campaign is not null as is_of_campaign
    from conversions
    inner join kpis
        on conversions.milestone = kpis.milestone
    left join channels
        on conversions.channel = channels.channel
    left join campaigns
        on conversions.campaign = campaigns.campaign
),

scoped as (
    select
        parts.kpi,
        parts.component_date,
        scopes.component_scope,
        case when scopes.component_scope = 'channel' then parts.channel end as channel,
        case when scopes.component_scope = 'campaign' then parts.campaign end as campaign,
        parts.numerator,
        parts.denominator
    from parts
    cross join (values ('total'), ('channel'), ('campaign')) as scopes (component_scope)
    where case scopes.component_scope
        when 'channel' then parts.is_of_channel
        when 'campaign' then parts.is_of_campaign
        else true
    end
),

final as (
    select
        kpi,
        component_date,
        channel,
        campaign,
        cast(sum(numerator) as decimal(38, 6)) as numerator,
        cast(sum(denominator) as decimal(38, 6)) as denominator,
        component_scope
    from scoped
    group by kpi, component_date, channel, campaign, component_scope
)

select * from final
