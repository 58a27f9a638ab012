with costs as (
    select * from {{ ref('int_costs_unioned') }}
),

ad_spend as (
    select * from {{ ref('int_ad_spend_unioned') }}
),

campaigns as (
    select * from {{ ref('int_campaigns_unioned') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

lines as (
    select
        costs.source_system,
        'ledger' as cost_source,
        costs.record_id,
        costs.cost_date,
        costs.category,
        coalesce(costs.cac_level, case
            when costs.category = 'media_offline' then 'paid'
            when costs.category = 'media_online' and not run_parameters.media_is_in_ad_spend then 'paid'
            when costs.category in ('media_online', 'customer_success', 'cogs') then 'none'
            when costs.category = 'overhead' then 'loaded'
            else 'direct'
        end) as cac_level,
        costs.channel,
        costs.campaign_id,
        costs.segment,
        costs.region,
        cast(costs.amount as decimal(18, 6)) as amount,
        coalesce(costs.currency_code, run_parameters.reporting_currency) as currency_code,
        coalesce(costs.allocation_ratio, 1) as allocation_ratio,
        costs.source_url
    from costs
    inner join run_parameters
        on costs.cost_date <= run_parameters.as_of_date
    where not costs.is_deleted
    union all
    select
        ad_spend.source_system,
        'ad_platform' as cost_source,
        ad_spend.record_id,
        ad_spend.spend_date as cost_date,
        'media_online' as category,
        'paid' as cac_level,
        coalesce(campaigns.channel, '(unknown)') as channel,
        ad_spend.campaign_id,
        null as segment,
        null as region,
        ad_spend.spend_amount as amount,
        coalesce(ad_spend.currency_code, run_parameters.reporting_currency) as currency_code,
        1 as allocation_ratio,
        coalesce(ad_spend.source_url, campaigns.source_url) as source_url
    from ad_spend
    inner join run_parameters
        on ad_spend.spend_date <= run_parameters.as_of_date
    left join campaigns
        on ad_spend.source_system = campaigns.source_system
        and ad_spend.campaign_id = campaigns.campaign_id
        and not campaigns.is_deleted
    where not ad_spend.is_deleted
),

final as (
    select
        {{ surrogate_key(['lines.source_system', 'lines.cost_source', 'lines.record_id']) }}
            as cost_line_key,
        lines.source_system,
        lines.cost_source,
        lines.record_id,
        lines.cost_date,
        lines.category,
        lines.cac_level,
        lines.channel,
        lines.campaign_id,
        lines.segment,
        lines.region,
        lines.amount,
        lines.currency_code,
        lines.allocation_ratio,
        lines.cost_date as rate_date,
        exchange_rates.rate as exchange_rate,
        case when lines.amount = 0 then cast(0 as decimal(18, 2)) else
            {{ to_reporting_amount('lines.amount', 'exchange_rates.rate') }}
        end as amount_reporting,
        case when lines.amount = 0 then cast(0 as decimal(18, 2)) else
            {{ to_reporting_share('lines.amount', 'lines.allocation_ratio', 'exchange_rates.rate') }}
        end as shared_amount_reporting,
        lines.source_url
    from lines
    left join exchange_rates
        on lines.currency_code = exchange_rates.currency_code
        and lines.cost_date = exchange_rates.rate_date
)

select * from final
