-- A KPI of the configuration that is none, or that would mean a number of another unit or direction from a day on.
with headlines as (
    select * from {{ ref('int_kpi_headlines_dated') }}
),

definitions as (
    select * from {{ ref('kpi_definitions') }}
),

units as (
    select
        kpi,
        count(distinct unit) as unit_count,
        count(distinct direction) as direction_count
    from definitions
    group by kpi
)

select
    headlines.kpi,
    headlines.variant as computed_as,
    headlines.valid_from,
    units.unit_count,
    units.direction_count
from headlines
left join definitions
    on headlines.kpi = definitions.kpi and headlines.version = definitions.version
left join units
    on headlines.kpi = units.kpi
where definitions.kpi is null
    or units.unit_count > 1
    or units.direction_count > 1
