with channels as (
    select * from {{ ref('int_channels_mapped') }}
),

campaigns as (
    select * from {{ ref('int_campaigns_unioned') }}
),

cost_lines as (
    select * from {{ ref('int_cost_lines_unioned') }}
),

mentions as (
    select channel, is_paid
    from channels
    union all
    select channel, false as is_paid
    from campaigns
    where not is_deleted
    union all
    -- a channel with paid media is a paid channel, whatever the mapping says
    select channel, cac_level = 'paid' as is_paid
    from cost_lines
    union all
    select '(unknown)' as channel, false as is_paid
    union all
    select '(unallocated)' as channel, false as is_paid
    union all
    select '(unattributed)' as channel, false as is_paid
),

final as (
    select
        channel,
        channel not in ('(unknown)', '(unallocated)', '(unattributed)') and {{ is_any('is_paid') }} as is_paid
    from mentions
    where channel is not null
    group by channel
)

select * from final
