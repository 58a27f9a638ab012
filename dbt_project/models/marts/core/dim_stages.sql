with stages as (
    select * from {{ ref('int_stages_ordered') }}
),

final as (
    select
        stage_key,
        source_system,
        pipeline_id,
        stage_id,
        stage_label,
        stage_order,
        probability,
        is_real,
        is_closed,
        is_won
    from stages
    union all
    select
        '(unknown)' as stage_key,
        '(unknown)' as source_system,
        '(unknown)' as pipeline_id,
        '(unknown)' as stage_id,
        '(unknown)' as stage_label,
        null as stage_order,
        null as probability,
        false as is_real,
        false as is_closed,
        false as is_won
)

select * from final
