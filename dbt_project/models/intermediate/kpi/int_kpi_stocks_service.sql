with tickets as (
    select * from {{ ref('int_tickets_measured') }}
),

open_intervals as (
    select * from {{ ref('int_ticket_open_intervals') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

intervals as (
    select
        'ticket_backlog' as kpi,
        tickets.region,
        tickets.segment,
        tickets.ticket_channel,
        tickets.agent_group,
        open_intervals.open_from_date as from_date,
        open_intervals.open_until_date as until_date
    from tickets
    inner join open_intervals
        on tickets.ticket_key = open_intervals.ticket_key
    union all
    select
        'tickets_waiting_first_response' as kpi,
        tickets.region,
        tickets.segment,
        tickets.ticket_channel,
        tickets.agent_group,
        greatest(open_intervals.open_from_date, tickets.first_customer_message_date) as from_date,
        least(open_intervals.open_until_date, coalesce(tickets.first_reply_date, date '9999-12-31'))
            as until_date
    from tickets
    inner join open_intervals
        on tickets.ticket_key = open_intervals.ticket_key
    where tickets.first_customer_message_date is not null
),

-- a stock changes by what comes and goes, so no ticket is counted day by day
changes as (
    select kpi, region, segment, ticket_channel, agent_group, from_date as changed_date, 1 as change
    from intervals
    where from_date < until_date
    union all
    select kpi, region, segment, ticket_channel, agent_group, until_date as changed_date, -1 as change
    from intervals
    where from_date < until_date
),

daily_changes as (
    select
        changes.kpi,
        changes.region,
        changes.segment,
        changes.ticket_channel,
        changes.agent_group,
        changes.changed_date,
        sum(changes.change) as change
    from changes
    cross join run_parameters
    where changes.changed_date <= run_parameters.as_of_date
    group by
        changes.kpi,
        changes.region,
        changes.segment,
        changes.ticket_channel,
        changes.agent_group,
        changes.changed_date
),

cumulated as (
    select
        daily_changes.kpi,
        daily_changes.region,
        daily_changes.segment,
        daily_changes.ticket_channel,
        daily_changes.agent_group,
        daily_changes.changed_date as from_date,
        {{ date_add_days(
            "coalesce(lead(daily_changes.changed_date) over member, "
            ~ date_add_days('run_parameters.as_of_date', 1) ~ ")",
            -1
        ) }} as last_date,
        sum(daily_changes.change) over (
            partition by
                daily_changes.kpi,
                daily_changes.region,
                daily_changes.segment,
                daily_changes.ticket_channel,
                daily_changes.agent_group
            order by daily_changes.changed_date
            rows between unbounded preceding and current row
        ) as ticket_count
    from daily_changes
    cross join run_parameters
    window member as (
        partition by
            daily_changes.kpi,
            daily_changes.region,
            daily_changes.segment,
            daily_changes.ticket_channel,
            daily_changes.agent_group
        order by daily_changes.changed_date
    )
),

present as (
    select * from cumulated
    where ticket_count > 0
),

days as (
    {{ expand_days(
        'present',
        ['kpi', 'region', 'segment', 'ticket_channel', 'agent_group', 'ticket_count'],
        'from_date',
        'last_date'
    ) }}
),

final as (
    select
        kpi,
        date_day as stock_date,
        region,
        segment,
        ticket_channel,
        agent_group,
        cast(ticket_count as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator
    from days
)

select * from final
