-- Subscriptions that end before they start: they would never count, and nobody would know.
with periods as (
    select * from {{ ref('int_subscription_periods_unioned') }}
),

stripe_subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
)

select
    source_system,
    record_id,
    cast(valid_from_date as {{ dbt.type_string() }}) as starts,
    cast(valid_to_date as {{ dbt.type_string() }}) as ends
from periods
where valid_to_date < valid_from_date
    and not is_deleted
union all
select
    source_system,
    subscription_id as record_id,
    cast(started_at as {{ dbt.type_string() }}) as starts,
    cast(ended_at as {{ dbt.type_string() }}) as ends
from stripe_subscriptions
where ended_at < started_at
    and not is_deleted
