with files_channel_mapping as (
    select * from {{ ref('stg_files__channel_mapping') }}
),

final as (
    select
        files_channel_mapping.mapped_source_system,
        files_channel_mapping.source,
        files_channel_mapping.channel,
        files_channel_mapping.is_paid,
        files_channel_mapping.source_system,
        files_channel_mapping.record_id,
        files_channel_mapping.updated_at,
        files_channel_mapping.is_deleted,
        files_channel_mapping.source_url
    from files_channel_mapping
)

select * from final
