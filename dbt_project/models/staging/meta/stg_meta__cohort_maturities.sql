{{ config(materialized='view') }}

with cohort_maturities as (
    select * from {{ source('meta', 'cohort_maturities') }}
),

final as (
    select
        cohort_maturities.kpi,
        cohort_maturities.maturity_days
    from cohort_maturities
)

select * from final
