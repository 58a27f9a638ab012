with compared as (
    select * from {{ ref('int_mrr_retention_compared') }}
),

service_bands as (
    select * from {{ ref('int_customers_service_banded') }}
),

dimensions (dimension) as (
    values ('total'), ('channel'), ('region'), ('segment'), ('csat_band'), ('ticket_load_band')
),

kpis (kpi, compared_span) as (
    values
        ('logo_churn_rate', 'period'),
        ('revenue_churn_rate', 'period'),
        ('net_revenue_retention', 'period'),
        ('gross_revenue_retention', 'period'),
        ('logo_churn_rate_12m', '12_months'),
        ('revenue_churn_rate_12m', '12_months'),
        ('net_revenue_retention_12m', '12_months'),
        ('gross_revenue_retention_12m', '12_months')
),

by_member as (
    select
        compared.compared_span,
        compared.period_grain,
        compared.period_start_date,
        dimensions.dimension,
        case dimensions.dimension
            when 'channel' then compared.channel
            when 'region' then compared.region
            when 'segment' then compared.segment
            when 'csat_band' then service_bands.csat_band
            when 'ticket_load_band' then service_bands.ticket_load_band
            else 'all'
        end as member,
        compared.is_churned,
        compared.then_amount,
        compared.now_amount,
        least(compared.now_amount, compared.then_amount) as retained_amount
    from compared
    cross join dimensions
    left join service_bands
        on compared.account_key = service_bands.account_key
        and compared.opening_date = service_bands.opening_date
),

final as (
    select
        kpis.kpi,
        by_member.period_grain,
        by_member.period_start_date,
        by_member.dimension,
        by_member.member,
        cast(sum(case
            when kpis.kpi like 'revenue_churn_rate%' then by_member.then_amount - by_member.retained_amount
            when kpis.kpi like 'net_revenue_retention%' then by_member.now_amount
            when kpis.kpi like 'gross_revenue_retention%' then by_member.retained_amount
            when by_member.is_churned then 1
            else 0
        end) as decimal(38, 6)) as numerator,
        cast(sum(case
            when kpis.kpi like 'logo_churn_rate%' then 1
            else by_member.then_amount
        end) as decimal(38, 6)) as denominator,
        count(*) as fact_count
    from by_member
    inner join kpis
        on by_member.compared_span = kpis.compared_span
    where by_member.member is not null
        and (by_member.dimension not in ('csat_band', 'ticket_load_band') or kpis.kpi = 'logo_churn_rate')
    group by
        kpis.kpi,
        by_member.period_grain,
        by_member.period_start_date,
        by_member.dimension,
        by_member.member
)

select * from final
