{{ config(
    key='customer_key',
    reached={'int_mrr_movements_derived': 'account_key'},
    grows='month_end_date',
    on_days={'int_mrr_movements_derived': 'month_end_date >= {since}'}
) }}
-- depends_on: {{ ref('int_mrr_month_ends') }}
-- depends_on: {{ ref('int_exchange_rates_daily') }}

with movements as (
    select * from {{ ref('int_mrr_movements_derived') }}
),

final as (
    select
        {{ surrogate_key(['account_key', 'month_start_date']) }} as mrr_movement_key,
        account_key as customer_key,
        channel,
        region,
        segment,
        movement_type,
        month_start_date,
        month_end_date,
        cast(opening_amount as decimal(18, 2)) as opening_amount_reporting,
        cast(case when movement_type = 'new' then closing_amount else 0 end as decimal(18, 2))
            as new_amount_reporting,
        cast(case when movement_type = 'reactivated' then closing_amount else 0 end as decimal(18, 2))
            as reactivated_amount_reporting,
        cast(greatest(change_amount, 0) as decimal(18, 2)) as expansion_amount_reporting,
        cast(greatest(-change_amount, 0) as decimal(18, 2)) as contraction_amount_reporting,
        cast(case when movement_type = 'churned' then opening_amount else 0 end as decimal(18, 2))
            as churned_amount_reporting,
        cast(fx_amount as decimal(18, 2)) as fx_amount_reporting,
        cast(closing_amount as decimal(18, 2)) as closing_amount_reporting,
        cast(case when movement_type = 'churned' then 1 else 0 end as integer) as churned_customer_count
    from movements
)

select * from final
