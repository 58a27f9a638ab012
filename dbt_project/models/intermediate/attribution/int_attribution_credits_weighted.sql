{{ config(key='opportunity_key') }}

with touches as (
    select * from {{ ref('int_attribution_touches_matched') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

models (attribution_model) as (
    values ('first_touch'), ('last_touch'), ('linear'), ('position_based'), ('time_decay')
),

aged as (
    select
        touches.opportunity_key,
        touches.touch_key,
        touches.channel,
        touches.campaign_id,
        touches.touch_number,
        touches.touch_count,
        touches.closed_date,
        touches.units,
        -- only the ratio of two weights matters: counted from the newest touch, whole half-lives apart is exact
        coalesce(
            touches.days_before_close - min(touches.days_before_close) over (partition by touches.opportunity_key),
            0
        ) as days_before_newest,
        run_parameters.time_decay_half_life_days
    from touches
    cross join run_parameters
),

final as (
    select
        aged.opportunity_key,
        models.attribution_model,
        aged.touch_key,
        aged.channel,
        aged.campaign_id,
        aged.touch_number,
        aged.touch_count,
        aged.closed_date,
        aged.units,
        cast(case models.attribution_model
            when 'first_touch' then case when aged.touch_number = 1 then 1 else 0 end
            when 'last_touch' then case when aged.touch_number = aged.touch_count then 1 else 0 end
            when 'linear' then 1
            -- 40, 20 ÷ (n − 2) each, 40: in whole numbers 2 × (n − 2) to 1
            when 'position_based' then case
                when aged.touch_count > 2 and aged.touch_number in (1, aged.touch_count)
                    then 2 * (aged.touch_count - 2)
                else 1
            end
            else {{ decay_weight('aged.days_before_newest', 'aged.time_decay_half_life_days') }}
        end as decimal(18, 0)) as weight
    from aged
    cross join models
)

select * from final
