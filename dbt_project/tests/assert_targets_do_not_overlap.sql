-- Targets in force for one period that say different things, and none of which is the newer one.
with targets as (
    select * from {{ ref('int_targets_planned') }}
),

said as (
    select
        kpi,
        period_grain,
        period_start_date,
        dimension,
        member,
        path_step is not null as is_step_of_path,
        coalesce(valid_from, date '1900-01-01') as valid_from,
        source_system,
        trim(concat(
            coalesce(cast(target_value as {{ dbt.type_string() }}), ''), ' ',
            coalesce(currency_code, ''), ' ',
            coalesce(relative_to, ''), ' ',
            coalesce(cast(relative_change as {{ dbt.type_string() }}), '')
        )) as target_text
    from targets
)

select
    kpi,
    period_grain,
    period_start_date,
    dimension,
    member,
    min(target_text) as one_target,
    max(target_text) as other_target,
    min(source_system) as one_source,
    max(source_system) as other_source
from said
group by kpi, period_grain, period_start_date, dimension, member, is_step_of_path, valid_from
having count(distinct target_text) > 1
