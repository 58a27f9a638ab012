with recursive links as (
    select * from {{ ref('int_lead_links_collected') }}
),

-- the smallest key of a group travels along the links; every key on its way is larger than it
reached as (
    select
        record_key,
        record_key as group_key
    from links
    union
    select
        links.linked_record_key as record_key,
        reached.group_key
    from reached
    inner join links
        on reached.record_key = links.record_key
    where reached.group_key < links.linked_record_key
),

final as (
    select
        record_key,
        min(group_key) as group_key
    from reached
    group by record_key
)

select * from final
