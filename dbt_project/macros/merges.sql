{#
  Merges of a relation (source_system, merged_id, survivor_id, merged_at) followed by those of the same relation: where
  the survivor was merged away as well, its own survivor stands.
#}
{% macro followed_merges(merges) %}
    select
        known.source_system,
        known.merged_id,
        coalesce(later.survivor_id, known.survivor_id) as survivor_id,
        known.merged_at
    from {{ merges }} as known
    left join {{ merges }} as later
        on known.source_system = later.source_system
        and known.survivor_id = later.merged_id
{% endmacro %}

{#
  Lists whose parts make up a whole (splits, line items) are not added: of merged records the list numbered 1 counts,
  the survivor's if there is one, else that of the last merge. From the CTE `resolved` joined to living rows.
#}
{% macro rank_of_merged_list() -%}
    dense_rank() over (
        partition by resolved.opportunity_key
        order by resolved.is_merged_away, resolved.merged_at desc, resolved.opportunity_id
    )
{%- endmacro %}

{#
  What opportunities are associated with, from the CTEs `associations`, `opportunities` and `resolved`: those of merged
  records belong to the survivor, what their records name included. The survivor's own primary one stays the primary
  one; only where it has none at all a merged record's is.
#}
{% macro merged_associations(column) %}
    select
        listed.opportunity_key,
        listed.source_system,
        listed.opportunity_id,
        listed.{{ column }},
        case when listed.is_merged_away and listed.has_own = 1 then false else listed.is_primary end as is_primary,
        listed.is_deleted
    from (
        select
            told.*,
            max(case when not told.is_merged_away and not told.is_deleted then 1 else 0 end) over (
                partition by told.opportunity_key
            ) as has_own
        from (
            select
                resolved.opportunity_key,
                resolved.source_system,
                resolved.surviving_id as opportunity_id,
                resolved.is_merged_away,
                associations.{{ column }},
                associations.is_primary,
                associations.is_deleted and resolved.removed_at is null as is_deleted,
                true as is_association
            from associations
            inner join resolved
                on associations.source_system = resolved.source_system
                and associations.opportunity_id = resolved.opportunity_id
            union all
            select
                resolved.opportunity_key,
                resolved.source_system,
                resolved.surviving_id as opportunity_id,
                resolved.is_merged_away,
                opportunities.{{ column }},
                true as is_primary,
                false as is_deleted,
                resolved.is_merged_away as is_association
            from opportunities
            inner join resolved
                on opportunities.source_system = resolved.source_system
                and opportunities.opportunity_id = resolved.opportunity_id
            where opportunities.{{ column }} is not null
        ) as told
    ) as listed
    where listed.is_association
{% endmacro %}
