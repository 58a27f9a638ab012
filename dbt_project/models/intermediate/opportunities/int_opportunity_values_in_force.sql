{{ config(
    key='opportunity_key', reached={'int_opportunity_changes_unioned': 'int_opportunities_kept.opportunity_id'}
) }}

with changes as (
    select * from {{ ref('int_opportunity_changes_unioned') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
),

dated as (
    select
        opportunities.opportunity_key,
        changes.field,
        {{ clean_text('changes.value') }} as value,
        changes.changed_at,
        {{ reporting_date('changes.changed_at') }} as changed_date
    from changes
    inner join opportunities
        on changes.source_system = opportunities.source_system
        and changes.opportunity_id = opportunities.opportunity_id
    where changes.field
        in ('amount', 'currency_code', 'probability', 'expected_close_date', 'owner_sales_rep_id')
        and not changes.is_deleted
),

-- a day ends with its last value
ranked as (
    select
        opportunity_key,
        field,
        value,
        changed_date,
        row_number() over (
            partition by opportunity_key, field, changed_date
            order by changed_at desc, value desc
        ) as rank_of_day,
        row_number() over (
            partition by opportunity_key, field
            order by changed_at, value
        ) as rank_of_all
    from dated
),

followed as (
    select
        opportunity_key,
        field,
        value,
        changed_date as valid_from_date,
        lead(changed_date) over (
            partition by opportunity_key, field order by changed_date
        ) as next_date
    from ranked
    where rank_of_day = 1
),

-- the first value ever seen is valid back to the creation
final as (
    select
        opportunity_key,
        field,
        value,
        date '1900-01-01' as valid_from_date,
        changed_date as valid_to_date
    from ranked
    where rank_of_all = 1
    union all
    select
        opportunity_key,
        field,
        value,
        valid_from_date,
        coalesce(next_date, date '9999-12-31') as valid_to_date
    from followed
)

select * from final
