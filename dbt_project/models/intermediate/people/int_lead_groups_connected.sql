with links as (
    select * from {{ ref('int_lead_links_collected') }}
),

final as (
    {{ connected_groups('links') }}
)

select * from final
