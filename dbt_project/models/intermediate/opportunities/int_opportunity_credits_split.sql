{{ config(key='opportunity_key') }}

with credits as (
    select * from {{ ref('int_opportunity_credits_weighted') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

totalled as (
    select
        opportunity_key,
        closed_date,
        split_name,
        sales_rep_key,
        sales_rep_id,
        units,
        cast(weight as decimal(18, 0)) as weight,
        cast(sum(weight) over (partition by opportunity_key) as decimal(18, 0)) as total_weight
    from credits
),

divided as (
    select
        opportunity_key,
        closed_date,
        split_name,
        sales_rep_key,
        sales_rep_id,
        units,
        {{ share_remainder('units', 'weight', 'total_weight') }} as remainder,
        weight,
        {{ share_in_whole_units('units', 'weight', 'total_weight') }} as whole_units,
        {{ share_in_whole_units('1000000', 'weight', 'total_weight') }} as whole_millionths
    from totalled
),

-- the units that are left over go to the largest remainders, ties by name
ranked as (
    select
        opportunity_key,
        closed_date,
        split_name,
        sales_rep_key,
        sales_rep_id,
        units,
        whole_units,
        whole_millionths,
        abs(units) - sum(whole_units) over (partition by opportunity_key) as units_left,
        row_number() over (
            partition by opportunity_key order by remainder desc, split_name
        ) as remainder_rank,
        1000000 - sum(whole_millionths) over (partition by opportunity_key) as millionths_left,
        row_number() over (partition by opportunity_key order by weight desc, split_name) as weight_rank
    from divided
),

final as (
    select
        ranked.opportunity_key,
        ranked.closed_date,
        ranked.split_name,
        ranked.sales_rep_key,
        ranked.sales_rep_id,
        ranked.weight_rank = 1 as is_primary,
        cast(
            cast(
                ranked.whole_millionths + case when ranked.weight_rank = 1 then ranked.millionths_left else 0 end
                as decimal(18, 0)
            ) * cast(0.000001 as decimal(9, 6)) as decimal(9, 6)
        ) as credit_ratio,
        coalesce(sales_reps.team, '(unknown)') as team,
        {{ units_in_amount(
            'sign(ranked.units) * (ranked.whole_units'
            ~ ' + case when ranked.remainder_rank <= ranked.units_left then 1 else 0 end)'
        ) }} as credited_amount_reporting
    from ranked
    left join sales_reps
        on ranked.sales_rep_key = sales_reps.sales_rep_key
        and ranked.closed_date >= sales_reps.valid_from
        and ranked.closed_date < sales_reps.valid_to
)

select * from final
