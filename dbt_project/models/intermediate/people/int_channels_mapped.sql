with channel_mapping as (
    select * from {{ ref('int_channel_mapping_unioned') }}
),

ranked as (
    select
        coalesce(mapped_source_system, '') as mapped_source_system,
        coalesce({{ comparable_text('source') }}, '') as comparable_source,
        channel,
        coalesce(is_paid, false) as is_paid,
        row_number() over (
            partition by coalesce(mapped_source_system, ''), {{ comparable_text('source') }}
            order by updated_at desc, source_system, record_id
        ) as version_rank
    from channel_mapping
    where not is_deleted
        and channel is not null
),

final as (
    select
        mapped_source_system,
        comparable_source,
        channel,
        is_paid
    from ranked
    where version_rank = 1
)

select * from final
