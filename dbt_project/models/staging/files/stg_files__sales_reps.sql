{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'sales_reps'),
        {
            'sales_rep_id': 'mapped.sales_rep_id',
            'sales_rep_name': 'mapped.sales_rep_name',
            'email': 'mapped.email',
            'team': 'mapped.team',
            'region': 'mapped.region',
            'manager_sales_rep_id': 'mapped.manager_sales_rep_id',
            'valid_from': 'mapped.valid_from',
            'valid_to': 'mapped.valid_to',
            'employed_from': 'mapped.employed_from',
            'employed_to': 'mapped.employed_to',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.sales_rep_id') }} as sales_rep_id,
        {{ clean_text('records.manager_sales_rep_id') }} as manager_sales_rep_id,
        -- text
        {{ clean_text('records.sales_rep_name') }} as sales_rep_name,
        {{ clean_text('records.email') }} as email,
        {{ clean_text('records.team') }} as team,
        {{ clean_text('records.region') }} as region,
        {{ clean_text('records.source_url') }} as source_url,
        -- dates
        coalesce({{ safe_date('records.valid_from') }}, date '1900-01-01') as valid_from,
        {{ safe_date('records.valid_to') }} as valid_to,
        {{ safe_date('records.employed_from') }} as employed_from,
        {{ safe_date('records.employed_to') }} as employed_to,
        -- pipeline
        records.source_system,
        records.record_id,
        records.updated_at,
        records.is_deleted
        or coalesce({{ safe_boolean('records.row_is_deleted') }}, false) as is_deleted,
        records.extracted_at,
        records.batch_id,
        records.load_seq,
        {{ lost_values(
            'records',
            booleans=['row_is_deleted'],
            dates=['valid_from', 'valid_to', 'employed_from', 'employed_to'],
        ) }} as lost_values
    from records
)

select * from final
