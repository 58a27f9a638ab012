{{ config(key='opportunity_key', reached={'fct_touches': 'int_attribution_credits_split.touch_key'}) }}

with credits as (
    select * from {{ ref('int_attribution_credits_split') }}
),

touches as (
    select * from {{ ref('fct_touches') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

channels as (
    select * from {{ ref('dim_channels') }}
),

headlines as (
    select * from {{ ref('int_kpi_headlines_dated') }}
    where kpi = 'roas'
),

final as (
    select
        {{ surrogate_key(['credits.opportunity_key', 'credits.attribution_model', 'credits.touch_number']) }}
            as attribution_key,
        credits.opportunity_key,
        opportunities.customer_key,
        credits.touch_key,
        coalesce(touches.campaign_key, '(unknown)') as campaign_key,
        opportunities.owner_sales_rep_key,
        opportunities.owner_team,
        credits.attribution_model,
        credits.channel,
        touches.source,
        opportunities.region,
        opportunities.segment,
        opportunities.opportunity_type,
        opportunities.currency_code,
        credits.credited_amount_reporting,
        cast(credits.touch_number as integer) as touch_number,
        cast(credits.touch_count as integer) as path_touch_count,
        cast({{ date_diff_days('touches.touched_date', 'credits.closed_date') }} as integer) as days_before_close,
        channels.is_paid as is_paid_channel,
        headlines.variant is not null as is_headline_model,
        credits.closed_date,
        touches.touched_date,
        opportunities.source_url
    from credits
    inner join opportunities
        on credits.opportunity_key = opportunities.opportunity_key
    inner join channels
        on credits.channel = channels.channel
    left join headlines
        on credits.attribution_model = headlines.variant
        and credits.closed_date >= headlines.valid_from
        and credits.closed_date < coalesce(headlines.valid_to, date '9999-12-31')
    left join touches
        on credits.touch_key = touches.touch_key
)

select * from final
