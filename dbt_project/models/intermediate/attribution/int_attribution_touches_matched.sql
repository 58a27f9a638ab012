{{ config(key='opportunity_key', reached={'int_touches_completed': 'int_opportunity_people_resolved.person_key'}) }}

with opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

cycled as (
    select * from {{ ref('int_opportunities_cycled') }}
),

contacts as (
    select * from {{ ref('int_opportunity_people_resolved') }}
),

touches as (
    select * from {{ ref('int_touches_completed') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

conversions as (
    select
        opportunities.opportunity_key,
        opportunities.closed_date,
        cycled.previous_win_date,
        {{ date_add_days('opportunities.closed_date', '-run_parameters.attribution_lookback_days') }}
            as first_path_date,
        {{ amount_in_units('opportunities.amount_reporting') }} as units
    from opportunities
    inner join cycled
        on opportunities.opportunity_key = cycled.opportunity_key
    cross join run_parameters
    where opportunities.is_won
        and not opportunities.is_renewal
        and opportunities.amount > 0
),

-- what came before the account's last win belongs to that win
path as (
    select
        conversions.opportunity_key,
        touches.touch_key,
        touches.channel,
        touches.campaign_id,
        touches.touched_date,
        row_number() over (
            partition by conversions.opportunity_key
            order by touches.touched_at, touches.touch_id, touches.lead_id, touches.source_system
        ) as touch_number,
        count(*) over (partition by conversions.opportunity_key) as touch_count
    from conversions
    inner join contacts
        on conversions.opportunity_key = contacts.opportunity_key
    inner join touches
        on contacts.person_key = touches.person_key
        and conversions.closed_date >= touches.touched_date
        and conversions.first_path_date <= touches.touched_date
    where conversions.previous_win_date is null
        or conversions.previous_win_date < touches.touched_date
),

final as (
    select
        conversions.opportunity_key,
        path.touch_key,
        coalesce(path.channel, '(unattributed)') as channel,
        path.campaign_id,
        coalesce(path.touch_number, 1) as touch_number,
        coalesce(path.touch_count, 1) as touch_count,
        {{ date_diff_days('path.touched_date', 'conversions.closed_date') }} as days_before_close,
        conversions.closed_date,
        conversions.units
    from conversions
    left join path
        on conversions.opportunity_key = path.opportunity_key
)

select * from final
