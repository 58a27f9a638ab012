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

records as (
    select
        resolved.person_key,
        resolved.record_rank,
        leads.record_key,
        leads.source_system,
        leads.lead_id,
        leads.owner_sales_rep_id,
        -- the earliest record of a person stands for the days before it as well
        case
            when resolved.creation_rank = 1 then date '1900-01-01'
            else {{ reporting_date('leads.created_at') }}
        end as since_date
    from leads
    inner join resolved
        on leads.record_key = resolved.record_key
),

-- a day ends with its last owner
ranked as (
    select
        records.record_key,
        changes.owner_sales_rep_id,
        {{ reporting_date('changes.changed_at') }} as changed_date,
        row_number() over (
            partition by records.record_key, {{ reporting_date('changes.changed_at') }}
            order by changes.changed_at desc, changes.owner_sales_rep_id desc
        ) as rank_of_day,
        row_number() over (
            partition by records.record_key
            order by changes.changed_at, changes.owner_sales_rep_id
        ) as rank_of_all
    from changes
    inner join records
        on changes.source_system = records.source_system
        and changes.lead_id = records.lead_id
),

followed as (
    select
        record_key,
        owner_sales_rep_id,
        changed_date as from_date,
        coalesce(
            lead(changed_date) over (partition by record_key order by changed_date), date '9999-12-31'
        ) as to_date
    from ranked
    where rank_of_day = 1
),

-- the first owner ever seen is valid back to the creation, and one without a history throughout
owned as (
    select
        records.person_key,
        records.record_rank,
        records.source_system,
        case
            when firsts.record_key is null then records.owner_sales_rep_id
            else firsts.owner_sales_rep_id
        end as owner_sales_rep_id,
        records.since_date as from_date,
        coalesce(firsts.changed_date, date '9999-12-31') as to_date
    from records
    left join ranked as firsts
        on records.record_key = firsts.record_key
        and firsts.rank_of_all = 1
    union all
    select
        records.person_key,
        records.record_rank,
        records.source_system,
        followed.owner_sales_rep_id,
        followed.from_date,
        followed.to_date
    from records
    inner join followed
        on records.record_key = followed.record_key
),

of_people as (
    select
        owned.person_key,
        owned.record_rank,
        owned.owner_sales_rep_id is not null as is_owned,
        sales_reps.sales_rep_key,
        sales_reps.sales_rep_id,
        owned.from_date,
        owned.to_date
    from owned
    left join sales_reps
        on owned.source_system = sales_reps.source_system
        and owned.owner_sales_rep_id = sales_reps.sales_rep_id
    where owned.from_date < owned.to_date
),

starts as (
    select distinct
        person_key,
        from_date
    from of_people
),

-- each day's owner from the survivor, else from the earliest other record that is there and has one that day
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
