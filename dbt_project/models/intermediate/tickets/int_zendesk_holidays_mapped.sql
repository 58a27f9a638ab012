with holidays as (
    select * from {{ ref('stg_zendesk__holidays') }}
),

days as (
    {{ expand_days(
        'holidays',
        ['schedule_id', 'holiday_id', 'holiday_name', 'source_system', 'updated_at', 'is_deleted'],
        'first_date',
        'last_date'
    ) }}
),

-- two holidays of a schedule may share a day
ranked as (
    select
        schedule_id,
        holiday_name,
        source_system,
        updated_at,
        is_deleted,
        date_day as holiday_date,
        row_number() over (
            partition by schedule_id, date_day
            order by case when is_deleted then 1 else 0 end, holiday_id
        ) as day_rank
    from days
),

final as (
    select
        schedule_id,
        holiday_date,
        holiday_name,
        source_system,
        schedule_id || '|' || holiday_date as record_id,
        updated_at,
        is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from ranked
    where day_rank = 1
)

select * from final
