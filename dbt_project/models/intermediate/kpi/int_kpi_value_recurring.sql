with stocks as (
    select * from {{ ref('int_kpi_stocks_aggregated_to_periods') }}
),

components as (
    select * from {{ ref('int_kpi_components_aggregated_to_periods') }}
),

survival as (
    select * from {{ ref('int_customer_survival_estimated') }}
),

margins as (
    select * from {{ ref('int_gross_margins_dated') }}
),

periods as (
    select * from {{ ref('int_kpi_periods') }}
),

-- leaving is known by whole months: a period that is running looks at the last month that is over
margin_per_account as (
    select
        stocks.period_grain,
        stocks.period_start_date,
        stocks.dimension,
        stocks.member,
        {{ date_add_days(month_start(date_add_days('periods.closing_date', 1)), -1) }}
            as month_end_date,
        cast(stocks.denominator as bigint) as active_count,
        cast(stocks.numerator as double) / cast(stocks.denominator as double)
        * cast(margins.gross_margin_ratio as double) as margin_amount
    from stocks
    inner join periods
        on stocks.period_grain = periods.period_grain
        and stocks.period_start_date = periods.period_start_date
    left join margins
        on periods.closing_date >= margins.valid_from
        and periods.closing_date < margins.valid_to
    where stocks.kpi = 'arpa'
        and stocks.denominator > 0
        and stocks.dimension in ('total', 'channel', 'region', 'segment')
),

valued as (
    select
        margin_per_account.period_grain,
        margin_per_account.period_start_date,
        margin_per_account.dimension,
        margin_per_account.member,
        margin_per_account.active_count,
        case
            when survival.half_year_churned_count > 0
                then margin_per_account.margin_amount
                    * survival.half_year_exposed_count
                    / survival.half_year_churned_count
        end as simple_amount,
        margin_per_account.margin_amount * survival.expected_months as predicted_amount
    from margin_per_account
    left join survival
        on margin_per_account.month_end_date = survival.month_end_date
        and margin_per_account.dimension = survival.dimension
        and margin_per_account.member = survival.member
),

final as (
    select
        'clv_simple' as kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        simple_amount as value,
        active_count as observation_count
    from valued
    union all
    select
        'clv_predictive' as kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        predicted_amount as value,
        active_count as observation_count
    from valued
    union all
    select
        'clv_to_cac_ratio' as kpi,
        valued.period_grain,
        valued.period_start_date,
        valued.dimension,
        valued.member,
        case
            when components.numerator <> 0 and components.denominator <> 0
                then valued.simple_amount
                    * cast(components.denominator as double) / cast(components.numerator as double)
        end as value,
        valued.active_count as observation_count
    from valued
    inner join components
        on
            valued.period_grain = components.period_grain
            and valued.period_start_date = components.period_start_date
            and valued.dimension = components.dimension
            and valued.member = components.member
    where components.kpi = 'cac_loaded'
        and valued.dimension in ('total', 'channel')
)

select * from final
