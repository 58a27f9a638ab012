with opportunities as (
    select * from {{ ref('int_opportunities_unioned') }}
),

final as (
    select distinct source_system
    from opportunities
)

select * from final
