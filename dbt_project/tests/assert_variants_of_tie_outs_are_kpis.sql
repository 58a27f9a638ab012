-- Variants without a point that are no KPI; those with one are columns of marts, which a test of the project checks.
with tie_outs as (
    select * from {{ ref('kpi_tie_outs') }}
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
)

select
    tie_outs.kpi,
    tie_outs.vendor,
    tie_outs.variant
from tie_outs
left join definitions
    on tie_outs.variant = definitions.kpi
where tie_outs.variant not like '%.%'
    and definitions.kpi is null
