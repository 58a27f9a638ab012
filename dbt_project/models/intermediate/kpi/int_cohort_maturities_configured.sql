with cohort_maturities as (
    select * from {{ ref('stg_meta__cohort_maturities') }}
),

final as (
    select
        kpi,
        maturity_days
    from cohort_maturities
)

select * from final
