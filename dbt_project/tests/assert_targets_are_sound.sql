{{ config(severity='warn') }}
-- Targets that somebody should look at: for what is not known, for no period, twice for one, or out of reach.
with findings as (
    select * from {{ ref('kpi_target_findings') }}
)

select *
from findings
