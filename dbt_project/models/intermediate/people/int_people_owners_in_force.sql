{{ config(
    key='person_key',
    reached={
        'int_leads_kept': 'int_people_resolved.record_key',
        'int_lead_owner_changes_unioned': 'int_people_resolved.lead_id'
    }
) }}

with resolved as (
    select * from {{ ref('int_people_resolved') }}
),

leads as (
    select * from {{ ref('int_leads_kept') }}
),

changes as (
    select * from {{ ref('int_lead_owner_changes_unioned') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_known') }}
),

-- a day ends with its last owner
ranked as (
    select
        leads.record_key,
        changes.owner_sales_rep_id,
        {{ reporting_date('changes.changed_at') }} as changed_date,
        row_number() over (
            partition by leads.record_key, {{ reporting_date('changes.changed_at') }}
            order by changes.changed_at desc, changes.owner_sales_rep_id desc
        ) as rank_of_day,
        row_number() over (
            partition by leads.record_key
            order by changes.changed_at, changes.owner_sales_rep_id
        ) as rank_of_all
    from changes
    inner join leads
        on changes.source_system = leads.source_system
        and changes.lead_id = leads.lead_id
),

-- the first owner ever seen is valid back to the creation, and one without a history throughout
of_records as (
    select
        record_key,
        owner_sales_rep_id,
        date '1900-01-01' as from_date,
        changed_date as to_date
    from ranked
    where rank_of_all = 1
    union all
    select
        record_key,
        owner_sales_rep_id,
        changed_date as from_date,
        coalesce(
            lead(changed_date) over (partition by record_key order by changed_date), date '9999-12-31'
        ) as to_date
    from ranked
    where rank_of_day = 1
    union all
    select
        leads.record_key,
        leads.owner_sales_rep_id,
        date '1900-01-01' as from_date,
        date '9999-12-31' as to_date
    from leads
    left join ranked
        on leads.record_key = ranked.record_key
        and ranked.rank_of_all = 1
    where ranked.record_key is null
),

of_people as (
    select
        resolved.person_key,
        resolved.record_rank,
        of_records.owner_sales_rep_id is not null as is_owned,
        sales_reps.sales_rep_key,
        sales_reps.sales_rep_id,
        of_records.from_date,
        of_records.to_date
    from resolved
    inner join of_records
        on resolved.record_key = of_records.record_key
    left join sales_reps
        on resolved.source_system = sales_reps.source_system
        and of_records.owner_sales_rep_id = sales_reps.sales_rep_id
),

starts as (
    select distinct
        person_key,
        from_date
    from of_people
),

-- each day's owner from the survivor, else from the earliest other record that has one that day
chosen as (
    select
        starts.person_key,
        starts.from_date,
        {{ value_at_min("coalesce(of_people.sales_rep_key, '(unknown)')", 'of_people.record_rank') }}
            filter (where of_people.is_owned) as sales_rep_key,
        {{ value_at_min("coalesce(of_people.sales_rep_id, '(unknown)')", 'of_people.record_rank') }}
            filter (where of_people.is_owned) as sales_rep_id
    from starts
    inner join of_people
        on starts.person_key = of_people.person_key
        and starts.from_date >= of_people.from_date
        and starts.from_date < of_people.to_date
    group by starts.person_key, starts.from_date
),

final as (
    select
        chosen.person_key,
        coalesce(chosen.sales_rep_key, '(unknown)') as sales_rep_key,
        coalesce(chosen.sales_rep_id, '(unknown)') as sales_rep_id,
        chosen.from_date as valid_from_date,
        coalesce(
            lead(chosen.from_date) over (partition by chosen.person_key order by chosen.from_date),
            date '9999-12-31'
        ) as valid_to_date
    from chosen
)

select * from final
