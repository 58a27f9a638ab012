{{ config(
    key='opportunity_key',
    fingerprints='int_pipeline_inputs_fingerprinted',
    grows='snapshot_date',
    on_days={'int_opportunity_spans_valued': 'to_date > {since}'},
    begins={'int_opportunity_spans_valued': 'from_date'}
) }}
-- depends_on: {{ ref('int_run_parameters') }}
-- depends_on: {{ ref('int_pipeline_inputs_fingerprinted') }}

with spans as (
    select * from {{ ref('int_opportunity_spans_valued') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_remembered') }}
),

owners as (
    select * from {{ ref('int_opportunity_owners_in_force') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

-- what stays the same for days on end is looked up before the days are told one by one
placed as (
    select
        spans.opportunity_key,
        spans.is_open,
        spans.stage_key,
        spans.currency_code,
        spans.amount,
        spans.probability,
        spans.expected_close_date,
        opportunities.channel,
        opportunities.source,
        opportunities.campaign,
        opportunities.region,
        opportunities.segment,
        opportunities.is_renewal,
        opportunities.product,
        opportunities.opportunity_type,
        owners.sales_rep_key,
        owners.sales_rep_id,
        greatest(spans.from_date, owners.valid_from_date) as first_date,
        {{ date_add_days('least(spans.to_date, owners.valid_to_date)', -1) }} as last_date
    from spans
    inner join opportunities
        on spans.opportunity_key = opportunities.opportunity_key
    inner join owners
        on spans.opportunity_key = owners.opportunity_key
        and spans.from_date < owners.valid_to_date
        and spans.to_date > owners.valid_from_date
),

days as (
    {{ expand_days(
        'placed',
        [
            'opportunity_key', 'is_open', 'stage_key', 'currency_code', 'amount', 'probability', 'expected_close_date',
            'channel', 'source', 'campaign', 'region', 'segment', 'is_renewal', 'product', 'opportunity_type',
            'sales_rep_key', 'sales_rep_id'
        ],
        'first_date',
        'last_date'
    ) }}
),

converted as (
    select
        days.*,
        exchange_rates.rate as exchange_rate,
        case
            when days.amount = 0 then cast(0 as decimal(18, 2))
            else {{ to_reporting_amount('days.amount', 'exchange_rates.rate') }}
        end as amount_reporting
    from days
    left join exchange_rates
        on days.currency_code = exchange_rates.currency_code
        and days.date_day = exchange_rates.rate_date
),

final as (
    select
        converted.opportunity_key,
        converted.date_day as snapshot_date,
        converted.is_open,
        converted.stage_key,
        converted.channel,
        converted.source,
        converted.campaign,
        converted.region,
        converted.segment,
        converted.product,
        converted.opportunity_type,
        converted.sales_rep_key,
        converted.sales_rep_id,
        coalesce(sales_reps.team, '(unknown)') as team,
        converted.is_renewal,
        converted.currency_code,
        converted.amount,
        converted.exchange_rate,
        converted.amount_reporting,
        converted.probability,
        {{ to_reporting_amount('converted.amount_reporting', 'converted.probability') }} as weighted_amount_reporting,
        converted.expected_close_date
    from converted
    left join sales_reps
        on converted.sales_rep_key = sales_reps.sales_rep_key
        and converted.date_day >= sales_reps.valid_from
        and converted.date_day < sales_reps.valid_to
)

select * from final
