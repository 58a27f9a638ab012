with histories as (
    select * from {{ ref('int_purchase_histories_observed') }}
),

purchases as (
    select
        closing_date,
        count(*) as customer_count,
        {{ fitted_purchases('repeat_count', 'recency_days', 'age_days', ordering='customer_key') }} as fit
    from histories
    group by closing_date
),

repeating as (
    select
        closing_date,
        customer_key,
        repeat_count,
        cast(repeat_amount as double) / cast(repeat_count as double) as mean_amount
    from histories
    where repeat_count > 0
        and repeat_amount > 0
),

amounts as (
    select
        closing_date,
        count(*) as repeating_customer_count,
        {{ fitted_amounts('repeat_count', 'mean_amount', ordering='customer_key') }} as fit
    from repeating
    group by closing_date
),

-- the mean of everybody's amounts is infinite when q is at most 1
final as (
    select
        purchases.closing_date,
        purchases.customer_count,
        coalesce(amounts.repeating_customer_count, 0) as repeating_customer_count,
        {{ fitted_value('purchases.fit', 'r') }} as purchase_r,
        {{ fitted_value('purchases.fit', 'alpha') }} as purchase_alpha_days,
        {{ fitted_value('purchases.fit', 'a') }} as purchase_a,
        {{ fitted_value('purchases.fit', 'b') }} as purchase_b,
        {{ fitted_value('purchases.fit', 'r_standard_error') }} as purchase_r_standard_error,
        {{ fitted_value('purchases.fit', 'alpha_standard_error') }} as purchase_alpha_standard_error_days,
        {{ fitted_value('purchases.fit', 'a_standard_error') }} as purchase_a_standard_error,
        {{ fitted_value('purchases.fit', 'b_standard_error') }} as purchase_b_standard_error,
        {{ fitted_value('purchases.fit', 'log_likelihood') }} as purchase_log_likelihood,
        coalesce({{ fitted_value('purchases.fit', 'has_converged') }}, false) as has_purchase_fit,
        {{ fitted_value('amounts.fit', 'p') }} as amount_p,
        {{ fitted_value('amounts.fit', 'q') }} as amount_q,
        {{ fitted_value('amounts.fit', 'gamma') }} as amount_gamma,
        {{ fitted_value('amounts.fit', 'p_standard_error') }} as amount_p_standard_error,
        {{ fitted_value('amounts.fit', 'q_standard_error') }} as amount_q_standard_error,
        {{ fitted_value('amounts.fit', 'gamma_standard_error') }} as amount_gamma_standard_error,
        {{ fitted_value('amounts.fit', 'log_likelihood') }} as amount_log_likelihood,
        coalesce(
            {{ fitted_value('amounts.fit', 'has_converged') }} and {{ fitted_value('amounts.fit', 'q') }} > 1, false
        ) as has_amount_fit
    from purchases
    left join amounts
        on purchases.closing_date = amounts.closing_date
)

select * from final
