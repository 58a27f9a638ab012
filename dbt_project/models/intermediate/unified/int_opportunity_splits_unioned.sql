with files_opportunity_splits as (
    select * from {{ ref('stg_files__opportunity_splits') }}
),

final as (
    select
        files_opportunity_splits.opportunity_id,
        files_opportunity_splits.sales_rep_id,
        files_opportunity_splits.split_ratio,
        files_opportunity_splits.source_system,
        files_opportunity_splits.record_id,
        files_opportunity_splits.updated_at,
        files_opportunity_splits.is_deleted,
        files_opportunity_splits.source_url
    from files_opportunity_splits
)

select * from final
