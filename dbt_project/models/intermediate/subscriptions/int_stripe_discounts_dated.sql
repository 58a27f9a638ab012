{{ config(key='subscription_id') }}

with versions as (
    select * from {{ ref('stg_stripe__subscription_versions') }}
),

described as (
    select
        subscription_id,
        extracted_at,
        payload_hash,
        coupon_duration,
        percent_off,
        amount_off,
        discount_starts_at,
        coalesce(
            coupon_duration || '|' || coalesce(cast(discount_starts_at as {{ dbt.type_string() }}), '')
            || '|' || coalesce(cast(percent_off as {{ dbt.type_string() }}), '')
            || '|' || coalesce(cast(amount_off as {{ dbt.type_string() }}), ''),
            'none'
        ) as discount
    from versions
),

compared as (
    select
        subscription_id,
        extracted_at,
        payload_hash,
        coupon_duration,
        percent_off,
        amount_off,
        discount_starts_at,
        discount,
        lag(discount) over (partition by subscription_id order by extracted_at, payload_hash) as previous_discount,
        row_number() over (partition by subscription_id, discount order by extracted_at, payload_hash) as seen_count
    from described
),

-- a discount tells when it was given; that there is none, or the former one again, is known from when it was seen
changed as (
    select
        subscription_id,
        extracted_at,
        payload_hash,
        coupon_duration,
        percent_off,
        amount_off,
        case
            when coupon_duration is not null and seen_count = 1 then discount_starts_at
            else extracted_at
        end as begins_at
    from compared
    where previous_discount is null
        or previous_discount <> discount
),

followed as (
    select
        subscription_id,
        coupon_duration,
        percent_off,
        amount_off,
        begins_at,
        lead(begins_at) over (partition by subscription_id order by extracted_at, payload_hash) as ends_at
    from changed
),

final as (
    select
        subscription_id,
        percent_off,
        amount_off,
        begins_at,
        ends_at
    from followed
    where coupon_duration = 'forever'
)

select * from final
