{{ config(severity='warn') }}
-- Targets that somebody should look at: for what is not known, for no period, twice for one, or out of reach.
with findings as (
    select * from {{ ref('kpi_target_findings') }}
)

select
    source_system,
    record_id,
    finding,
    kpi,
    period_grain,
    period_start_date,
    dimension,
    member,
    target_value
from findings
