with placed as (
    select * from {{ ref('int_web_visitors_placed') }}
),

final as (
    select
        {{ surrogate_key(['source_system', 'record_id']) }} as web_visitors_key,
        source_system,
        period_grain,
        period_start_date,
        channel,
        source,
        source is null as is_whole_website,
        cast(visitor_count as bigint) as visitor_count,
        source_url
    from placed
)

select * from final
