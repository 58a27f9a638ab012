{{ config(
    key='person_key',
    reached={'int_touches_unioned': 'int_people_resolved.lead_id'},
    on_days={'int_touches_unioned': dated_at('touched_at')}
) }}

with touches as (
    select * from {{ ref('int_touches_unioned') }}
),

people as (
    select * from {{ ref('int_people_resolved') }}
),

channels as (
    select * from {{ ref('int_channels_mapped') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

happened as (
    select
        people.person_key,
        touches.source_system,
        touches.touch_id,
        touches.touched_at,
        {{ reporting_date('touches.touched_at') }} as touched_date,
        touches.source,
        coalesce({{ comparable_text('touches.source') }}, '') as comparable_source,
        touches.campaign_id
    from touches
    inner join run_parameters
        on {{ reporting_date('touches.touched_at') }} <= run_parameters.as_of_date
    inner join people
        on touches.source_system = people.source_system
        and touches.lead_id = people.lead_id
    where not touches.is_deleted
),

final as (
    select
        happened.person_key,
        happened.source_system,
        happened.touch_id,
        happened.touched_at,
        happened.touched_date,
        happened.source,
        happened.campaign_id,
        coalesce(own_channels.channel, any_channels.channel, '(unknown)') as channel
    from happened
    left join channels as own_channels
        on happened.source_system = own_channels.mapped_source_system
        and happened.comparable_source = own_channels.comparable_source
    left join channels as any_channels
        on any_channels.mapped_source_system = ''
        and happened.comparable_source = any_channels.comparable_source
)

select * from final
