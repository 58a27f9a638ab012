with quotas as (
    select * from {{ ref('int_quotas_divided') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

-- a rep's team is that of the period's first day in employment, else the first one after
placed as (
    select
        quotas.period_grain,
        quotas.period_start_date,
        quotas.target_amount_reporting,
        coalesce(sales_reps.team, '(unknown)') as team,
        row_number() over (
            partition by quotas.period_grain, quotas.period_start_date, quotas.member
            order by sales_reps.valid_from, sales_reps.source_system
        ) as choice
    from quotas
    left join sales_reps
        on
            quotas.member = sales_reps.sales_rep_id
            and sales_reps.valid_to
            > greatest(quotas.period_start_date, coalesce(sales_reps.employed_from, quotas.period_start_date))
    where quotas.dimension = 'sales_rep'
),

-- the team's own row wins over the sum of its reps, the company's over the sum of its teams
team_candidates as (
    select
        period_grain,
        period_start_date,
        member as team,
        target_amount_reporting,
        1 as priority
    from quotas
    where dimension = 'team'
    union all
    select
        period_grain,
        period_start_date,
        team,
        sum(target_amount_reporting) as target_amount_reporting,
        2 as priority
    from placed
    where choice = 1
    group by period_grain, period_start_date, team
),

teams as (
    select
        *,
        row_number() over (partition by period_grain, period_start_date, team order by priority) as choice
    from team_candidates
),

company_candidates as (
    select
        period_grain,
        period_start_date,
        target_amount_reporting,
        1 as priority
    from quotas
    where dimension = 'total'
    union all
    select
        period_grain,
        period_start_date,
        sum(target_amount_reporting) as target_amount_reporting,
        2 as priority
    from teams
    where choice = 1
    group by period_grain, period_start_date
),

company as (
    select
        *,
        row_number() over (partition by period_grain, period_start_date order by priority) as choice
    from company_candidates
),

final as (
    select period_grain, period_start_date, dimension, member, target_amount_reporting
    from quotas
    where dimension = 'sales_rep'
    union all
    select period_grain, period_start_date, 'team' as dimension, team as member, target_amount_reporting
    from teams
    where choice = 1
    union all
    select period_grain, period_start_date, 'total' as dimension, 'all' as member, target_amount_reporting
    from company
    where choice = 1
)

select * from final
