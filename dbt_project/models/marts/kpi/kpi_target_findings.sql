with targets as (
    select * from {{ ref('int_targets_unioned') }}
    where not is_deleted
),

planned as (
    select * from {{ ref('int_targets_planned') }}
),

resolved as (
    select * from {{ ref('int_targets_resolved') }}
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
),

kpi_values as (
    select * from {{ ref('kpi_values') }}
),

calendar_periods as (
    select * from {{ ref('int_calendar_periods') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

kpis as (
    select distinct
        kpi,
        unit,
        ', ' || dimensions || ',' as allowed_dimensions
    from definitions
    where version = 1
),

starts as (
    select distinct
        period_grain,
        period_start_date
    from calendar_periods
),

people as (
    select 'sales_rep' as dimension, sales_rep_id as member
    from sales_reps
    union
    select 'team' as dimension, team as member
    from sales_reps
    where team is not null
),

seen as (
    select
        kpi,
        dimension,
        member,
        period_grain,
        count(*) as period_count,
        min(value) as smallest_value,
        max(value) as largest_value
    from kpi_values
    where is_complete_period and is_official_version and value is not null
        and kpi in (select planned.kpi from planned)
    group by kpi, dimension, member, period_grain
),

-- reps and teams are known without having sold anything, and not by having a target; others from what happened
known_members as (
    select dimension, member
    from people
    union
    select dimension, member
    from kpi_values
    where dimension not in ('sales_rep', 'team')
        and dimension in (select planned.dimension from planned)
),

-- the same period spoken for twice: which of them counts is no one's decision
overlapping as (
    select
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member
    from planned
    where path_step is null
    group by kpi, period_grain, period_start_date, dimension, member
    having count(*) > 1
),

judged as (
    select
        planned.source_system,
        planned.record_id,
        planned.kpi,
        planned.period_grain,
        planned.period_start_date,
        planned.dimension,
        planned.member,
        planned.relative_to,
        planned.relative_change,
        planned.target_value as written_value,
        planned.baseline_value,
        kpis.kpi is null as is_unknown_kpi,
        starts.period_start_date is null as is_no_period,
        kpis.kpi is not null
        and kpis.allowed_dimensions not like '%, ' || planned.dimension || ',%' as is_unknown_dimension,
        case
            when planned.dimension = 'total' then planned.member <> 'all'
            else known_members.member is null
        end as is_unknown_member,
        overlapping.kpi is not null and planned.path_step is null as is_overlapping,
        kpis.unit,
        coalesce(resolved.target_amount_reporting, resolved.target_value) as target_value,
        seen.period_count,
        seen.smallest_value,
        seen.largest_value,
        greatest(seen.largest_value - seen.smallest_value, abs(seen.largest_value) / 2) as spread
    from planned
    left join kpis
        on planned.kpi = kpis.kpi
    left join starts
        on planned.period_grain = starts.period_grain and planned.period_start_date = starts.period_start_date
    left join known_members
        on planned.dimension = known_members.dimension and planned.member = known_members.member
    left join overlapping
        on
            planned.kpi = overlapping.kpi
            and planned.period_grain = overlapping.period_grain
            and planned.period_start_date = overlapping.period_start_date
            and planned.dimension = overlapping.dimension
            and planned.member = overlapping.member
    left join resolved
        on
            planned.source_system = resolved.source_system
            and planned.record_id = resolved.record_id
            and planned.period_start_date = resolved.period_start_date
    left join seen
        on
            planned.kpi = seen.kpi
            and planned.period_grain = seen.period_grain
            and planned.dimension = seen.dimension
            and planned.member = seen.member
),

found as (
    select *, 'unknown_kpi' as finding
    from judged
    where is_unknown_kpi
    union all
    select *, 'no_period' as finding
    from judged
    where is_no_period
    union all
    select *, 'unknown_dimension' as finding
    from judged
    where is_unknown_dimension
    union all
    select *, 'unknown_member' as finding
    from judged
    where is_unknown_member and not is_unknown_dimension
    union all
    select *, 'overlapping' as finding
    from judged
    where is_overlapping
    union all
    select *, 'no_value' as finding
    from judged
    where written_value is null
        and (relative_to is null or relative_change is null or (relative_to = 'baseline' and baseline_value is null))
    union all
    -- nothing that was observed ever exceeded the whole
    select *, 'ratio_as_percent' as finding
    from judged
    where unit = 'ratio' and target_value > 1 and coalesce(largest_value, 1) <= 1
    union all
    select *, 'far_from_observed' as finding
    from judged
    where period_count >= 3
        and (target_value > largest_value + spread or target_value < smallest_value - spread)
        and not (unit = 'ratio' and target_value > 1 and largest_value <= 1)
),

-- a path that has no baseline is taken as a target of its first period
paths as (
    select
        source_system,
        record_id,
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        'path_without_baseline' as finding
    from targets
    where path_periods > 1 and (baseline_value is null or target_value is null)
),

final as (
    select
        source_system,
        record_id,
        finding,
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        cast(target_value as decimal(18, 6)) as target_value,
        smallest_value as observed_from_value,
        largest_value as observed_to_value
    from found
    union all
    select
        source_system,
        record_id,
        finding,
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        cast(null as decimal(18, 6)) as target_value,
        cast(null as double) as observed_from_value,
        cast(null as double) as observed_to_value
    from paths
)

select * from final
