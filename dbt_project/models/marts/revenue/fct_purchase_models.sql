with models as (
    select * from {{ ref('int_purchase_models_fitted') }}
),

final as (
    select
        closing_date,
        cast(customer_count as bigint) as customer_count,
        cast(repeating_customer_count as bigint) as repeating_customer_count,
        purchase_r,
        purchase_alpha_days,
        purchase_a,
        purchase_b,
        purchase_r_standard_error,
        purchase_alpha_standard_error_days,
        purchase_a_standard_error,
        purchase_b_standard_error,
        purchase_log_likelihood,
        has_purchase_fit,
        amount_p,
        amount_q,
        amount_gamma,
        amount_p_standard_error,
        amount_q_standard_error,
        amount_gamma_standard_error,
        amount_log_likelihood,
        has_amount_fit
    from models
)

select * from final
