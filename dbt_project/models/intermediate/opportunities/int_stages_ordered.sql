with pipeline_stages as (
    select * from {{ ref('int_pipeline_stages_unioned') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_unioned') }}
),

pipeline_settings as (
    select * from {{ ref('stg_meta__pipeline_settings') }}
),

-- the words that every source may use instead of a stage of its own
words (stage_id, stage_label, stage_order, probability, is_closed, is_won) as (
    values
    ('open', 'Open', 0, cast(null as decimal(9, 6)), false, false),
    ('won', 'Won', 1000000, 1.0, true, true),
    ('lost', 'Lost', 1000001, 0.0, true, false)
),

pipelines as (
    select source_system, pipeline_id from opportunities
    union
    select source_system, pipeline_id from pipeline_stages
),

declared as (
    select
        source_system,
        pipeline_id,
        stage_id,
        stage_label,
        stage_order,
        probability,
        coalesce(is_closed, false) as is_closed,
        coalesce(is_won, false) as is_won,
        coalesce(is_real, true) as is_real,
        false as is_word
    from pipeline_stages
    where not is_deleted
),

completed as (
    select * from declared
    union all
    select
        pipelines.source_system,
        pipelines.pipeline_id,
        words.*,
        true as is_real,
        true as is_word
    from pipelines
    cross join words
    left join declared
        on pipelines.source_system = declared.source_system
        and pipelines.pipeline_id = declared.pipeline_id
        and words.stage_id = declared.stage_id
    where declared.stage_id is null
),

first_real as (
    select
        declared.source_system,
        declared.pipeline_id,
        coalesce(
            min(case
                when declared.stage_id = pipeline_settings.first_real_stage_id
                    then declared.stage_order
            end),
            min(case when declared.is_real and not declared.is_closed then declared.stage_order end)
        ) as first_real_order
    from declared
    left join pipeline_settings
        on declared.source_system = pipeline_settings.source_system
        and declared.pipeline_id = pipeline_settings.pipeline_id
    group by declared.source_system, declared.pipeline_id
),

final as (
    select
        {{ surrogate_key(['completed.source_system', 'completed.pipeline_id', 'completed.stage_id']) }}
            as stage_key,
        completed.source_system,
        completed.pipeline_id,
        completed.stage_id,
        completed.stage_label,
        cast(completed.stage_order as integer) as stage_order,
        cast(completed.probability as decimal(9, 6)) as probability,
        completed.is_closed,
        completed.is_won and completed.is_closed as is_won,
        -- a word tells no place in the pipeline, so none before its first real stage either
        completed.is_word
        or completed.is_closed
        or completed.stage_order >= coalesce(first_real.first_real_order, 0) as is_real
    from completed
    left join first_real
        on completed.source_system = first_real.source_system
        and completed.pipeline_id = first_real.pipeline_id
)

select * from final
