with links as (
    select * from {{ ref('int_hubspot_deal_merges_linked') }}
),

final as (
    {{ connected_groups('links') }}
)

select * from final
