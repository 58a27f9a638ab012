with files_web_visitors as (
    select * from {{ ref('stg_files__web_visitors') }}
),

final as (
    select
        files_web_visitors.period_grain,
        files_web_visitors.period_start_date,
        files_web_visitors.source,
        files_web_visitors.visitors,
        files_web_visitors.source_system,
        files_web_visitors.record_id,
        files_web_visitors.updated_at,
        files_web_visitors.is_deleted,
        files_web_visitors.source_url
    from files_web_visitors
)

select * from final
