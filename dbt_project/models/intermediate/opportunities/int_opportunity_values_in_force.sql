{{ config(
    key='opportunity_key', reached={'int_opportunity_changes_unioned': 'int_opportunities_resolved.opportunity_id'}
) }}

with changes as (
    select * from {{ ref('int_opportunity_changes_unioned') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_kept') }}
),

resolved as (
    select * from {{ ref('int_opportunities_resolved') }}
),

told as (
    select
        opportunities.opportunity_key,
        resolved.is_merged_away,
        changes.field,
        {{ clean_text('changes.value') }} as value,
        changes.changed_at,
        {{ reporting_date('changes.changed_at') }} as changed_date,
        min(case when not resolved.is_merged_away then changes.changed_at end) over (
            partition by opportunities.opportunity_key, changes.field
        ) as own_since
    from changes
    inner join resolved
        on changes.source_system = resolved.source_system
        and changes.opportunity_id = resolved.opportunity_id
    inner join opportunities
        on resolved.opportunity_key = opportunities.opportunity_key
    where changes.field
        in ('amount', 'currency_code', 'probability', 'expected_close_date', 'owner_sales_rep_id')
        and (not changes.is_deleted or resolved.is_merged_away or resolved.removed_at is not null)
),

-- of merged records the survivor's values are in force as soon as it has one, the others' before
dated as (
    select
        opportunity_key,
        field,
        value,
        changed_at,
        changed_date
    from told
    where not is_merged_away
        or changed_at < own_since
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
