with owner_versions as (
    select * from {{ ref('stg_hubspot__owner_versions') }}
),

numbered as (
    select
        owner_versions.owner_id,
        owner_versions.record_id,
        owner_versions.first_name,
        owner_versions.last_name,
        owner_versions.email,
        owner_versions.teams,
        owner_versions.created_at,
        owner_versions.updated_at,
        owner_versions.source_system,
        coalesce(owner_versions.is_archived, false) or owner_versions.is_deleted as has_left,
        row_number() over (
            partition by owner_versions.owner_id
            order by
                owner_versions.extracted_at,
                owner_versions.updated_at,
                owner_versions.payload_hash
        ) as version_number,
        row_number() over (
            partition by owner_versions.owner_id
            order by
                owner_versions.extracted_at desc,
                owner_versions.updated_at desc,
                owner_versions.payload_hash desc
        ) as reverse_number
    from owner_versions
),

team_elements as (
    {{ list_elements(
        'numbered',
        'teams',
        ['owner_id', 'version_number'],
        {'team_name': 'name', 'is_primary': 'primary'},
    ) }}
),

ranked_teams as (
    select
        team_elements.owner_id,
        team_elements.version_number,
        team_elements.team_name,
        row_number() over (
            partition by team_elements.owner_id, team_elements.version_number
            order by coalesce({{ safe_boolean('team_elements.is_primary') }}, false) desc, team_elements.element_number
        ) as team_rank
    from team_elements
),

-- An owner who has left says nothing new about teams.
teamed as (
    select
        numbered.owner_id,
        numbered.version_number,
        numbered.updated_at,
        ranked_teams.team_name as team,
        lag(ranked_teams.team_name) over (
            partition by numbered.owner_id
            order by numbered.version_number
        ) as previous_team
    from numbered
    left join ranked_teams
        on
            numbered.owner_id = ranked_teams.owner_id
            and numbered.version_number = ranked_teams.version_number
            and ranked_teams.team_rank = 1
    where not numbered.has_left or numbered.version_number = 1
),

dated as (
    select
        teamed.owner_id,
        teamed.team,
        teamed.version_number,
        case
            when teamed.version_number = 1 then date '1900-01-01'
            else {{ reporting_date('teamed.updated_at') }}
        end as valid_from
    from teamed
    where teamed.version_number = 1 or teamed.team is distinct from teamed.previous_team
),

last_of_day as (
    select
        dated.owner_id,
        dated.team,
        dated.valid_from,
        row_number() over (
            partition by dated.owner_id, dated.valid_from
            order by dated.version_number desc
        ) as reverse_number
    from dated
),

validities as (
    select
        last_of_day.owner_id,
        last_of_day.team,
        last_of_day.valid_from,
        lead(last_of_day.valid_from) over (
            partition by last_of_day.owner_id
            order by last_of_day.valid_from
        ) as valid_to
    from last_of_day
    where last_of_day.reverse_number = 1
),

departures as (
    select
        numbered.owner_id,
        min(numbered.updated_at) as left_at
    from numbered
    where numbered.has_left
    group by numbered.owner_id
),

final as (
    select
        validities.owner_id as sales_rep_id,
        coalesce(
            {{ clean_text("concat_ws(' ', latest.first_name, latest.last_name)") }},
            latest.email,
            validities.owner_id
        ) as sales_rep_name,
        latest.email,
        validities.team,
        cast(null as {{ dbt.type_string() }}) as region,
        cast(null as {{ dbt.type_string() }}) as manager_sales_rep_id,
        validities.valid_from,
        validities.valid_to,
        {{ reporting_date('latest.created_at') }} as employed_from,
        case when latest.has_left then {{ reporting_date('departures.left_at') }} end as employed_to,
        latest.source_system,
        validities.owner_id || '|' || cast(validities.valid_from as {{ dbt.type_string() }}) as record_id,
        latest.updated_at,
        -- who has left stays a rep: the deals keep their owner
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as source_url
    from validities
    inner join numbered as latest
        on
            validities.owner_id = latest.owner_id
            and latest.reverse_number = 1
    left join departures
        on validities.owner_id = departures.owner_id
)

select * from final
