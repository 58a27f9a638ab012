with kpi_values as (
    select * from {{ ref('kpi_values') }}
    where dimension in ('total', 'channel', 'region', 'segment', 'product', 'team', 'sales_rep')
),

kpi_trends as (
    select * from {{ ref('kpi_trends') }}
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
),

periods as (
    select * from {{ ref('int_kpi_periods') }}
    where is_complete_period and period_grain in ('month', 'quarter')
),

newest as (
    select
        period_grain,
        max(period_start_date) as period_start_date
    from periods
    group by period_grain
),

-- amounts and the like have no test of significance: every fall of them is told
falls as (
    select
        kpi_trends.kpi,
        kpi_trends.version,
        kpi_trends.period_grain,
        kpi_trends.period_start_date,
        periods.previous_period_start_date,
        kpi_trends.value,
        kpi_trends.comparable_previous_value,
        kpi_trends.change_value,
        kpi_trends.significance_test,
        kpi_trends.p_value,
        kpi_trends.is_significant,
        kpi_trends.significance_test = 'welch_t' as is_mean,
        definitions.has_denominator or kpi_trends.significance_test = 'welch_t' as has_denominator,
        definitions.direction
    from kpi_trends
    inner join newest
        on
            kpi_trends.period_grain = newest.period_grain
            and kpi_trends.period_start_date = newest.period_start_date
    inner join periods
        on newest.period_grain = periods.period_grain and newest.period_start_date = periods.period_start_date
    inner join definitions
        on kpi_trends.kpi = definitions.kpi and kpi_trends.version = definitions.version
    where kpi_trends.dimension = 'total'
        and kpi_trends.is_official_version
        and kpi_trends.trend_status = 'worse'
        and (kpi_trends.is_significant or kpi_trends.significance_test = 'none')
),

-- a mean is the sum of what was observed, in whole days, divided by how often
both_periods as (
    select
        falls.kpi,
        falls.version,
        falls.period_grain,
        falls.period_start_date,
        shown.dimension,
        shown.member,
        shown.member_label,
        case when falls.is_mean then cast(shown.value * shown.sample_count as decimal(38, 6)) else shown.numerator end
            as numerator,
        case when falls.is_mean then shown.sample_count else shown.denominator end as denominator,
        cast(0 as decimal(38, 6)) as previous_numerator,
        cast(0 as decimal(38, 6)) as previous_denominator
    from falls
    inner join kpi_values as shown
        on
            falls.kpi = shown.kpi
            and falls.version = shown.version
            and falls.period_grain = shown.period_grain
            and falls.period_start_date = shown.period_start_date
    union all
    select
        falls.kpi,
        falls.version,
        falls.period_grain,
        falls.period_start_date,
        before.dimension,
        before.member,
        before.member_label,
        cast(0 as decimal(38, 6)) as numerator,
        cast(0 as decimal(38, 6)) as denominator,
        case
            when falls.is_mean then cast(before.value * before.sample_count as decimal(38, 6))
            else before.numerator
        end as previous_numerator,
        case when falls.is_mean then before.sample_count else before.denominator end as previous_denominator
    from falls
    inner join kpi_values as before
        on
            falls.kpi = before.kpi
            and falls.version = before.version
            and falls.period_grain = before.period_grain
            and falls.previous_period_start_date = before.period_start_date
),

-- without a numerator there is nothing that members add to
summed as (
    select
        kpi,
        version,
        period_grain,
        period_start_date,
        dimension,
        member,
        max(member_label) as member_label,
        sum(numerator) as numerator,
        coalesce(sum(denominator), 0) as denominator,
        sum(previous_numerator) as previous_numerator,
        coalesce(sum(previous_denominator), 0) as previous_denominator
    from both_periods
    where numerator is not null and previous_numerator is not null
    group by kpi, version, period_grain, period_start_date, dimension, member
),

totals as (
    select * from summed
    where dimension = 'total'
),

-- what the total has beyond its members, and members beyond their total
others as (
    select
        totals.kpi,
        totals.version,
        totals.period_grain,
        totals.period_start_date,
        members.dimension,
        '(other)' as member,
        '(other)' as member_label,
        max(totals.numerator) - sum(members.numerator) as numerator,
        max(totals.denominator) - sum(members.denominator) as denominator,
        max(totals.previous_numerator) - sum(members.previous_numerator) as previous_numerator,
        max(totals.previous_denominator) - sum(members.previous_denominator) as previous_denominator
    from totals
    inner join summed as members
        on
            totals.kpi = members.kpi
            and totals.version = members.version
            and totals.period_grain = members.period_grain
            and totals.period_start_date = members.period_start_date
    where members.dimension <> 'total'
    group by totals.kpi, totals.version, totals.period_grain, totals.period_start_date, members.dimension
),

members as (
    select
        kpi, version, period_grain, period_start_date, dimension, member, member_label,
        numerator, denominator, previous_numerator, previous_denominator
    from summed
    where dimension <> 'total'
    union all
    select
        kpi, version, period_grain, period_start_date, dimension, member, member_label,
        numerator, denominator, previous_numerator, previous_denominator
    from others
    where numerator <> 0 or denominator <> 0 or previous_numerator <> 0 or previous_denominator <> 0
),

measured as (
    select
        members.*,
        falls.value as total_value,
        falls.comparable_previous_value as total_previous_value,
        falls.change_value as total_change_value,
        falls.significance_test,
        falls.p_value,
        falls.is_significant,
        falls.direction,
        falls.has_denominator,
        cast(members.numerator as double) as part_now,
        cast(members.denominator as double) as whole_now,
        cast(members.previous_numerator as double) as part_before,
        cast(members.previous_denominator as double) as whole_before,
        nullif(cast(totals.denominator as double), 0) as total_now,
        nullif(cast(totals.previous_denominator as double), 0) as total_before
    from members
    inner join falls
        on
            members.kpi = falls.kpi
            and members.version = falls.version
            and members.period_grain = falls.period_grain
            and members.period_start_date = falls.period_start_date
    inner join totals
        on
            members.kpi = totals.kpi
            and members.version = totals.version
            and members.period_grain = totals.period_grain
            and members.period_start_date = totals.period_start_date
),

-- a member that appears changes the mix only: it is given the rate that it came with
shared as (
    select
        *,
        case when has_denominator then whole_now / total_now end as share_value,
        case when has_denominator then whole_before / total_before end as previous_share_value,
        case when has_denominator then part_now / nullif(whole_now, 0) end as rate_value,
        case when has_denominator then part_before / nullif(whole_before, 0) end as previous_rate_value,
        case
            when has_denominator
                then part_now / total_now - part_before / total_before
                    - (whole_now / total_now - whole_before / total_before) * total_previous_value
            else part_now - part_before
        end as effect_value
    from measured
),

mixed as (
    select
        *,
        case
            when share_value = previous_share_value then 0
            else
                (share_value - previous_share_value)
                * (coalesce(previous_rate_value, rate_value, total_previous_value) - total_previous_value)
        end as mix_effect
    from shared
),

ranked as (
    select
        *,
        row_number() over (
            partition by kpi, version, period_grain, period_start_date, dimension
            order by case when direction = 'up' then effect_value else -effect_value end, member
        ) as effect_rank
    from mixed
),

final as (
    select
        kpi,
        version,
        period_grain,
        period_start_date,
        dimension,
        member,
        member_label,
        cast(effect_rank as integer) as effect_rank,
        total_value,
        total_previous_value,
        total_change_value,
        significance_test,
        p_value,
        is_significant,
        cast(numerator as decimal(38, 6)) as numerator,
        case when has_denominator then cast(denominator as decimal(38, 6)) end as denominator,
        cast(previous_numerator as decimal(38, 6)) as previous_numerator,
        case when has_denominator then cast(previous_denominator as decimal(38, 6)) end as previous_denominator,
        share_value,
        previous_share_value,
        rate_value,
        previous_rate_value,
        mix_effect,
        effect_value - mix_effect as rate_effect,
        effect_value,
        effect_value / nullif(total_change_value, 0) as effect_ratio
    from ranked
)

select * from final
