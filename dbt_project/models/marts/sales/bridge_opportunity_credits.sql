{{ config(key='opportunity_key') }}

with credits as (
    select * from {{ ref('int_opportunity_credits_split') }}
),

final as (
    select
        {{ surrogate_key(['opportunity_key', 'split_name']) }} as opportunity_credit_key,
        opportunity_key,
        sales_rep_key,
        team,
        credit_ratio,
        credited_amount_reporting,
        cast(case when is_primary then 1 else 0 end as integer) as primary_count,
        is_primary,
        closed_date
    from credits
)

select * from final
