{{ config(
    key='customer_key',
    reached={
        'int_people': 'person_key = int_opportunities_valued.primary_person_key',
        'int_touches_resolved': 'person_key = int_opportunities_valued.primary_person_key'
    }
) }}

with opportunities as (
    select * from {{ ref('int_opportunities_valued') }}
),

people as (
    select * from {{ ref('int_people') }}
),

touches as (
    select * from {{ ref('int_touches_resolved') }}
),

closed as (
    select
        opportunity_key,
        primary_person_key,
        created_date,
        closed_date,
        contact_lead_date,
        contact_first_touch_date,
        -- unknown customers have no earlier purchases in common
        case
            when customer_key <> '(unknown)'
                then max(case when is_won and amount > 0 then closed_date end) over (
                    partition by customer_key
                    order by closed_date, coalesce(closing_at, timestamp '9999-12-31 00:00:00'), opportunity_id
                    rows between unbounded preceding and 1 preceding
                )
        end as previous_win_date
    from opportunities
    where is_closed
        and not is_renewal
),

touch_days as (
    select person_key, touched_date
    from touches
    union
    select person_key, first_touch_date as touched_date
    from people
    where is_implied_touch
),

touched_since as (
    select
        closed.opportunity_key,
        min(touch_days.touched_date) as first_touch_since_date
    from closed
    inner join touch_days
        on closed.primary_person_key = touch_days.person_key
        and closed.previous_win_date < touch_days.touched_date
    group by closed.opportunity_key
),

started as (
    select
        closed.opportunity_key,
        closed.previous_win_date,
        case
            when closed.previous_win_date is not null
                then least(closed.created_date, touched_since.first_touch_since_date)
            else least(
                closed.created_date, closed.contact_lead_date, closed.contact_first_touch_date
            )
        end as cycle_start_date
    from closed
    left join touched_since
        on closed.opportunity_key = touched_since.opportunity_key
),

final as (
    select
        opportunities.opportunity_key,
        opportunities.customer_key,
        coalesce(
            opportunities.opportunity_type,
            case when started.previous_win_date is not null then 'expansion' else 'new' end
        ) as opportunity_type,
        started.previous_win_date,
        started.cycle_start_date,
        {{ date_diff_days('started.cycle_start_date', 'opportunities.closed_date') }} as sales_cycle_days,
        {{ date_diff_days('opportunities.created_date', 'opportunities.closed_date') }}
            as opportunity_cycle_days
    from opportunities
    left join started
        on opportunities.opportunity_key = started.opportunity_key
)

select * from final
