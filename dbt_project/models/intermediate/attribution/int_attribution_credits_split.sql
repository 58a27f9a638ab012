{{ config(key='opportunity_key') }}

with credits as (
    select * from {{ ref('int_attribution_credits_weighted') }}
),

totalled as (
    select
        opportunity_key,
        attribution_model,
        touch_key,
        channel,
        campaign_id,
        touch_number,
        touch_count,
        closed_date,
        units,
        weight,
        cast(
            sum(weight) over (partition by opportunity_key, attribution_model) as decimal(18, 0)
        ) as total_weight
    from credits
),

divided as (
    select
        opportunity_key,
        attribution_model,
        touch_key,
        channel,
        campaign_id,
        touch_number,
        touch_count,
        closed_date,
        units,
        {{ share_remainder('units', 'weight', 'total_weight') }} as remainder,
        {{ share_in_whole_units('units', 'weight', 'total_weight') }} as whole_units
    from totalled
),

-- the units that are left over go to the largest remainders, ties to the earlier touch
ranked as (
    select
        opportunity_key,
        attribution_model,
        touch_key,
        channel,
        campaign_id,
        touch_number,
        touch_count,
        closed_date,
        whole_units,
        units - sum(whole_units) over (partition by opportunity_key, attribution_model) as units_left,
        row_number() over (
            partition by opportunity_key, attribution_model order by remainder desc, touch_number
        ) as remainder_rank
    from divided
),

final as (
    select
        opportunity_key,
        attribution_model,
        touch_key,
        channel,
        campaign_id,
        touch_number,
        touch_count,
        closed_date,
        {{ units_in_amount(
            '(whole_units + case when remainder_rank <= units_left then 1 else 0 end)'
        ) }} as credited_amount_reporting
    from ranked
)

select * from final
