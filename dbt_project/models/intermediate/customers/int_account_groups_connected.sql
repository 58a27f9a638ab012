with links as (
    select * from {{ ref('int_account_links_collected') }}
),

final as (
    {{ connected_groups('links') }}
)

select * from final
