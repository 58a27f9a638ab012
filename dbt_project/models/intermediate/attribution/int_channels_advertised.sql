with channels as (
    select * from {{ ref('int_channels_mapped') }}
),

cost_lines as (
    select * from {{ ref('int_cost_lines_unioned') }}
),

mentions as (
    select channel, false as has_media
    from channels
    where is_paid
    union all
    select channel, true as has_media
    from cost_lines
    where cac_level = 'paid'
),

-- spend of an unknown channel makes no channel
final as (
    select
        channel,
        {{ is_any('has_media') }} as has_media
    from mentions
    where channel not in ('(unknown)', '(unallocated)')
    group by channel
)

select * from final
