-- The backlog of the as-of date is what was created and is not solved, where the source tells ticket events.
with tickets as (
    select * from {{ ref('int_tickets_measured') }}
),

events as (
    select * from {{ ref('int_ticket_events_unioned') }}
),

stocks as (
    select * from {{ ref('int_kpi_stocks_service') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

telling_sources as (
    select distinct source_system
    from events
    where not is_deleted
),

unsolved as (
    select count(*) as ticket_count
    from tickets
    inner join telling_sources
        on tickets.source_system = telling_sources.source_system
    where not tickets.is_solved
),

backlog as (
    select coalesce(sum(stocks.numerator), 0) as ticket_count
    from stocks
    inner join run_parameters
        on stocks.stock_date = run_parameters.as_of_date
    where stocks.kpi = 'ticket_backlog'
)

select
    unsolved.ticket_count as unsolved_count,
    backlog.ticket_count as backlog_count
from unsolved
cross join backlog
where unsolved.ticket_count <> backlog.ticket_count
