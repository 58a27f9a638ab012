{{ config(unique_key=['source_system', 'record_id']) }}

with records as (
    {{ latest_records(
        source('raw_files', 'costs'),
        {
            'cost_id': 'mapped.cost_id',
            'cost_date': 'mapped.cost_date',
            'category': 'mapped.category',
            'cac_level': 'mapped.cac_level',
            'channel': 'mapped.channel',
            'campaign_id': 'mapped.campaign_id',
            'region': 'mapped.region',
            'segment': 'mapped.segment',
            'team': 'mapped.team',
            'amount': 'mapped.amount',
            'currency_code': 'mapped.currency_code',
            'allocation_ratio': 'mapped.allocation_ratio',
            'campaign_name': 'mapped.campaign_name',
            'source_url': 'mapped.source_url',
            'row_is_deleted': 'mapped.is_deleted',
        }
    ) }}
),

final as (
    select
        -- ids
        {{ clean_text('records.cost_id') }} as cost_id,
        {{ clean_text('records.campaign_id') }} as campaign_id,
        -- text
        {{ clean_text('records.category') }} as category,
        {{ clean_text('records.cac_level') }} as cac_level,
        {{ clean_text('records.channel') }} as channel,
        {{ clean_text('records.region') }} as region,
        {{ clean_text('records.segment') }} as segment,
        {{ clean_text('records.team') }} as team,
        {{ clean_text('records.currency_code') }} as currency_code,
        {{ clean_text('records.campaign_name') }} as campaign_name,
        {{ clean_text('records.source_url') }} as source_url,
        -- money
        {{ safe_decimal('records.amount', 18, 4) }} as amount,
        -- numbers
        coalesce({{ safe_decimal('records.allocation_ratio', 9, 6) }}, 1) as allocation_ratio,
        -- dates
        {{ safe_date('records.cost_date') }} as cost_date,
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
            decimals={'amount': [18, 4], 'allocation_ratio': [9, 6]},
            booleans=['row_is_deleted'],
            dates=['cost_date'],
        ) }} as lost_values
    from records
)

select * from final
