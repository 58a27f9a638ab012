with histories as (
    select * from {{ ref('int_purchase_histories_observed') }}
),

models as (
    select * from {{ ref('int_purchase_models_fitted') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

periods as (
    select * from {{ ref('int_kpi_periods') }}
),

margins as (
    select * from {{ ref('int_gross_margins_dated') }}
),

horizons as (
    select
        models.closing_date,
        models.purchase_r,
        models.purchase_alpha_days,
        models.purchase_a,
        models.purchase_b,
        models.amount_p,
        models.amount_q,
        models.amount_gamma,
        {{ date_diff_days(
            'models.closing_date', date_add_months('models.closing_date', 'run_parameters.clv_horizon_months')
        ) }} as ahead_days
    from models
    cross join run_parameters
    where models.has_purchase_fit
        and models.has_amount_fit
),

-- the fewer purchases a customer has made, the more everybody's amounts say of its own
expected as (
    select
        histories.closing_date,
        histories.channel,
        histories.region,
        histories.segment,
        {{ expected_purchases(
            ['horizons.purchase_r', 'horizons.purchase_alpha_days', 'horizons.purchase_a', 'horizons.purchase_b'],
            'histories.repeat_count', 'histories.recency_days', 'histories.age_days', 'horizons.ahead_days'
        ) }}
        * horizons.amount_p * (horizons.amount_gamma + cast(histories.repeat_amount as double))
        / (horizons.amount_p * histories.repeat_count + horizons.amount_q - 1) as expected_revenue
    from histories
    inner join horizons
        on histories.closing_date = horizons.closing_date
),

widened as (
    {{ with_all_dimensions(
        'expected', ['channel', 'region', 'segment'], keep=['closing_date', 'expected_revenue']
    ) }}
),

by_member as (
    {{ rows_by_member('widened', ['closing_date', 'expected_revenue']) }}
),

valued as (
    select
        by_member.closing_date,
        by_member.dimension,
        by_member.member,
        count(*) as customer_count,
        sum(by_member.expected_revenue) / cast(count(*) as double) as mean_revenue
    from by_member
    group by by_member.closing_date, by_member.dimension, by_member.member
),

final as (
    select
        'clv_predictive' as kpi,
        periods.period_grain,
        periods.period_start_date,
        valued.dimension,
        valued.member,
        valued.mean_revenue * cast(margins.gross_margin_ratio as double) as value,
        valued.customer_count as observation_count
    from valued
    inner join periods
        on valued.closing_date = periods.closing_date
    left join margins
        on valued.closing_date >= margins.valid_from
        and valued.closing_date < margins.valid_to
    where periods.period_grain not in ('day', 'week')
)

select * from final
