with compared as (
    select * from {{ ref('int_kpi_values_compared') }}
    where comparison = 'previous'
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
),

windows as (
    select * from {{ ref('int_kpi_comparison_windows') }}
    where comparison = 'current'
),

components as (
    select * from {{ ref('int_kpi_components_compared') }}
),

observations as (
    select * from {{ ref('int_kpi_observations_compared') }}
),

orders as (
    select * from {{ ref('int_kpi_observations_ranked') }}
),

rows_to_test as (
    select
        compared.kpi,
        compared.version,
        compared.period_grain,
        compared.period_start_date,
        compared.dimension,
        compared.member,
        definitions.significance_test,
        definitions.computed_as,
        cast(windows.day_count as double) as days_now,
        cast(compared.compared_day_count as double) as days_then,
        cast(compared.numerator as double) as part_now,
        cast(compared.denominator as double) as whole_now,
        cast(compared.compared_numerator as double) as part_then,
        cast(compared.compared_denominator as double) as whole_then
    from compared
    inner join definitions
        on compared.kpi = definitions.kpi and compared.version = definitions.version
    inner join windows
        on compared.period_grain = windows.period_grain and compared.period_start_date = windows.period_start_date
    where definitions.significance_test <> 'none'
        and compared.value is not null
        and compared.compared_value is not null
),

-- shares of two groups, the spread taken from both together
proportions as (
    select
        *,
        (part_now + part_then) / (whole_now + whole_then) as pooled,
        -- the smallest of the four counts that equal shares would give
        least(whole_now, whole_then)
        * least(part_now + part_then, whole_now + whole_then - part_now - part_then) as least_expected,
        whole_now + whole_then as whole_of_both
    from rows_to_test
    where significance_test = 'two_proportions'
        and whole_now > 0
        and whole_then > 0
),

proportions_tested as (
    select
        kpi, version, period_grain, period_start_date, dimension, member, significance_test,
        case
            when part_now >= 0 and part_now <= whole_now and part_then >= 0 and part_then <= whole_then
                and least_expected >= 5 * whole_of_both
                then (part_now / whole_now - part_then / whole_then)
                    / sqrt(pooled * (1 - pooled) * (1 / whole_now + 1 / whole_then))
        end as statistic,
        cast(null as double) as degrees_of_freedom,
        cast(null as double) as dispersion
    from proportions
),

with_days as (
    select
        rows_to_test.*,
        newer_days.numerator_squares as squares_now,
        older_days.numerator_squares as squares_then
    from rows_to_test
    left join components as newer_days
        on
            rows_to_test.computed_as = newer_days.kpi
            and rows_to_test.period_grain = newer_days.period_grain
            and rows_to_test.period_start_date = newer_days.period_start_date
            and rows_to_test.dimension = newer_days.dimension
            and rows_to_test.member = newer_days.member
            and newer_days.comparison = 'current'
    left join components as older_days
        on
            rows_to_test.computed_as = older_days.kpi
            and rows_to_test.period_grain = older_days.period_grain
            and rows_to_test.period_start_date = older_days.period_start_date
            and rows_to_test.dimension = older_days.dimension
            and rows_to_test.member = older_days.member
            and older_days.comparison = 'previous'
    where rows_to_test.significance_test = 'poisson_rates'
),

-- counts a day: given how many there were in both periods, how many fall into this one; the dispersion is the
-- spread of the days around their period's mean by what chance alone gives
counts as (
    select
        *,
        days_now / (days_now + days_then) as share_of_days,
        part_now + part_then as count_in_all,
        (
            coalesce((squares_now - part_now * part_now / days_now) * days_now / nullif(part_now, 0), 0)
            + coalesce((squares_then - part_then * part_then / days_then) * days_then / nullif(part_then, 0), 0)
        ) / nullif(days_now + days_then - 2, 0) as dispersion
    from with_days
),

counts_tested as (
    select
        kpi, version, period_grain, period_start_date, dimension, member, significance_test,
        case
            when count_in_all * least(days_now, days_then) >= 5 * (days_now + days_then)
                then (part_now - count_in_all * share_of_days)
                    / sqrt(
                        count_in_all * share_of_days * (1 - share_of_days)
                        * greatest(coalesce(dispersion, 1), 1)
                    )
        end as statistic,
        cast(null as double) as degrees_of_freedom,
        dispersion
    from counts
),

-- means of observations whose spread may differ
means as (
    select
        rows_to_test.*,
        newer.mean_value - older.mean_value as difference,
        cast(newer.sample_count as double) as count_now,
        cast(older.sample_count as double) as count_then,
        newer.variance / newer.sample_count as error_now,
        older.variance / older.sample_count as error_then
    from rows_to_test
    inner join observations as newer
        on
            rows_to_test.computed_as = newer.observation || '_mean'
            and rows_to_test.period_grain = newer.period_grain
            and rows_to_test.period_start_date = newer.period_start_date
            and rows_to_test.dimension = newer.dimension
            and rows_to_test.member = newer.member
            and newer.comparison = 'current'
    inner join observations as older
        on
            rows_to_test.computed_as = older.observation || '_mean'
            and rows_to_test.period_grain = older.period_grain
            and rows_to_test.period_start_date = older.period_start_date
            and rows_to_test.dimension = older.dimension
            and rows_to_test.member = older.member
            and older.comparison = 'previous'
    where rows_to_test.significance_test = 'welch_t'
),

means_tested as (
    select
        kpi, version, period_grain, period_start_date, dimension, member, significance_test,
        case
            when count_now >= 5 and count_then >= 5 and error_now + error_then > 0
                then difference / sqrt(error_now + error_then)
        end as statistic,
        case
            when count_now >= 5 and count_then >= 5 and error_now + error_then > 0
                then (error_now + error_then) * (error_now + error_then)
                    / (
                        error_now * error_now / (count_now - 1) + error_then * error_then / (count_then - 1)
                    )
        end as degrees_of_freedom,
        cast(null as double) as dispersion
    from means
),

-- medians: how often the observation of now is the larger one, against half of all pairs
medians as (
    select
        rows_to_test.*,
        orders.pairs_above - cast(orders.count_now as double) * orders.count_then / 2 as excess,
        cast(orders.count_now as double) * orders.count_then / 12 as pairs_by_twelve,
        cast(orders.count_now + orders.count_then as double) as count_of_both,
        orders.tie_term
    from rows_to_test
    inner join orders
        on
            rows_to_test.computed_as = orders.observation || '_median'
            and rows_to_test.period_grain = orders.period_grain
            and rows_to_test.period_start_date = orders.period_start_date
            and rows_to_test.dimension = orders.dimension
            and rows_to_test.member = orders.member
    where rows_to_test.significance_test = 'mann_whitney_u'
),

-- half a pair is taken off for continuity; where all are equal there is no order
medians_tested as (
    select
        kpi, version, period_grain, period_start_date, dimension, member, significance_test,
        case
            when tie_term < count_of_both * (count_of_both * count_of_both - 1)
                then sign(excess) * greatest(abs(excess) - 0.5, 0)
                    / sqrt(
                        pairs_by_twelve * (count_of_both + 1 - tie_term / (count_of_both * (count_of_both - 1)))
                    )
        end as statistic,
        cast(null as double) as degrees_of_freedom,
        cast(null as double) as dispersion
    from medians
),

tested as (
    select * from proportions_tested
    union all
    select * from counts_tested
    union all
    select * from means_tested
    union all
    select * from medians_tested
),

measured as (
    select
        *,
        least(degrees_of_freedom, 100000000) as degrees,
        {{ student_t_angle('statistic', 'least(degrees_of_freedom, 100000000)') }} as angle
    from tested
),

final as (
    select
        kpi,
        version,
        period_grain,
        period_start_date,
        dimension,
        member,
        significance_test,
        statistic,
        degrees_of_freedom,
        dispersion,
        case
            when degrees_of_freedom is null then {{ normal_p_value('statistic') }}
            else {{ student_t_p_value('angle', 'degrees') }}
        end as p_value
    from measured
)

select * from final
