-- Periods of one subscription item that begin before the one before them has ended: they would count twice.
with periods as (
    select * from {{ ref('int_subscription_periods_unioned') }}
),

followed as (
    select
        source_system,
        subscription_id,
        coalesce(subscription_item_id, subscription_id) as subscription_item_id,
        valid_from_date,
        valid_to_date,
        lead(valid_from_date) over (
            partition by source_system, subscription_id, coalesce(subscription_item_id, subscription_id)
            order by valid_from_date
        ) as next_valid_from_date
    from periods
    where not is_deleted
)

select
    source_system,
    subscription_id,
    subscription_item_id,
    valid_from_date,
    valid_to_date,
    next_valid_from_date
from followed
where next_valid_from_date < coalesce(valid_to_date, date '9999-12-31')
