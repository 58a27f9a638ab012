{#
  The incremental heart of staging (versions, tombstones, one extraction).

  latest_records: one row per record, its latest version by (extracted_at, updated_at, payload_hash). A
  tombstone keeps the last payload that is not NULL; is_deleted comes from the last version. In an
  incremental run every record with a load_seq above the model's own maximum is recomputed from raw.

  record_versions: one row per version, in the same incremental way; tombstones carry the payload before them.

  `fields` maps the column's name to its path in the payload; all come out as text (objects and lists as
  JSON text), together with the pipeline columns source_system, record_id, updated_at, is_deleted,
  extracted_at, batch_id, load_seq and misplaced_values (a parent object that is not an object).
#}
{% macro latest_records(relation, fields, source_system=none) %}
    {{- _staged_records(relation, fields, source_system, all_versions=false) -}}
{% endmacro %}

{% macro record_versions(relation, fields, source_system=none) %}
    {{- _staged_records(relation, fields, source_system, all_versions=true) -}}
{% endmacro %}


{% macro _staged_records(relation, fields, source_system, all_versions) %}
    {%- set system = "'" ~ source_system ~ "'" if source_system else 'source_name' %}
    select
        source_system,
        record_id,
        coalesce(updated_at, extracted_at) as updated_at,
        is_deleted,
        extracted_at,
        batch_id,
        load_seq,
        payload_hash,
        {{ misplaced_values('payload', fields) }} as misplaced_values
        {%- for name, path in fields.items() %},
        {{ shredded_field('shredded', path) }} as {{ name }}
        {%- endfor %}
    from (
        select
            *,
            {{ shred('payload', fields) }} as shredded
        from (
            select
                *,
                row_number() over (
                    partition by source_system, record_id
                    order by extracted_at desc, updated_at desc, payload_hash desc
                ) as version_rank
            from (
                select
                    {{ system }} as source_system,
                    record_id,
                    updated_at,
                    coalesce(is_deleted, false) as is_deleted,
                    extracted_at,
                    batch_id,
                    payload_hash,
                    max(load_seq) over (partition by {{ system }}, record_id) as load_seq,
                    {{ last_value_not_null('payload') }} over (
                        partition by {{ system }}, record_id
                        order by extracted_at, updated_at, payload_hash
                        rows between unbounded preceding and current row
                    ) as payload
                from {{ relation }}
                {%- if is_incremental() %}
                where ({{ system }}, record_id) in (
                    select
                        {{ system }},
                        record_id
                    from {{ relation }}
                    where load_seq > (select coalesce(max(load_seq), -1) from {{ this }})
                )
                {%- endif %}
            ) as versions
        ) as ranked
        where payload is not null
            {%- if not all_versions %}
            and version_rank = 1
            {%- endif %}
    ) as extracted
{% endmacro %}


{# Fields as a tree: {'properties': {'amount': none}} for the path properties.amount. #}
{% macro path_tree(fields) %}
    {%- set tree = {} -%}
    {%- for path in fields.values() -%}
        {%- set ns = namespace(node=tree) -%}
        {%- for part in path.split('.') -%}
            {%- if not loop.last -%}
                {%- do ns.node.setdefault(part, {}) -%}
                {%- set ns.node = ns.node[part] -%}
            {%- else -%}
                {%- do ns.node.setdefault(part, none) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(tree) -}}
{% endmacro %}


{# One extraction of all `fields` ({name: path}) of a JSON text column, as a nested struct of texts. #}
{% macro shred(column, fields) %}{{ return(adapter.dispatch('shred')(column, fields)) }}{% endmacro %}

{% macro default__shred(column, fields) -%}
    from_json({{ column }}, '{{ duckdb_json_structure(path_tree(fields)) }}')
{%- endmacro %}

{% macro spark__shred(column, fields) -%}
    from_json({{ column }}, '{{ spark_json_structure(path_tree(fields)) }}')
{%- endmacro %}

{% macro duckdb_json_structure(tree) -%}
    {%- set parts = [] -%}
    {%- for name, child in tree.items() -%}
        {%- do parts.append(
            '"' ~ name ~ '":' ~ ('"VARCHAR"' if child is none else duckdb_json_structure(child))
        ) -%}
    {%- endfor -%}
    {{- return('{' ~ parts | join(',') ~ '}') -}}
{%- endmacro %}

{% macro spark_json_structure(tree) -%}
    {%- set parts = [] -%}
    {%- for name, child in tree.items() -%}
        {%- do parts.append(
            '`' ~ name ~ '` ' ~ (
                'string' if child is none else 'struct<' ~ spark_json_structure(child) ~ '>'
            )
        ) -%}
    {%- endfor -%}
    {{- return(parts | join(', ')) -}}
{%- endmacro %}


{# A field of a shredded struct: shredded."properties"."amount". #}
{% macro shredded_field(shredded, path) %}
    {%- set parts = [shredded] -%}
    {%- for part in path.split('.') -%}
        {%- do parts.append(adapter.quote(part)) -%}
    {%- endfor -%}
    {{- return(parts | join('.')) -}}
{% endmacro %}


{# Parents of the paths that are there but no objects (a list, a text), as "parent=TYPE; …"; NULL if none. #}
{% macro misplaced_values(column, fields) %}
    {{- return(adapter.dispatch('misplaced_values')(column, fields)) -}}
{% endmacro %}

{% macro parent_paths(fields) %}
    {%- set parents = [] -%}
    {%- for path in fields.values() -%}
        {%- set parts = path.split('.') -%}
        {%- for depth in range(1, parts | length) -%}
            {%- set parent = parts[:depth] | join('.') -%}
            {%- if parent not in parents -%}{%- do parents.append(parent) -%}{%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(parents) -}}
{% endmacro %}

{% macro default__misplaced_values(column, fields) -%}
    {%- set parents = parent_paths(fields) -%}
    {%- if not parents -%}
    cast(null as varchar)
    {%- else -%}
    nullif(
        concat_ws(
            '; '
            {%- for parent in parents %},
            case
                when json_type({{ column }}, '$.{{ parent }}') not in ('OBJECT', 'NULL')
                    then '{{ parent }} is ' || lower(json_type({{ column }}, '$.{{ parent }}'))
            end
            {%- endfor %}
        ), ''
    )
    {%- endif -%}
{%- endmacro %}

{% macro spark__misplaced_values(column, fields) -%}
    {%- set parents = parent_paths(fields) -%}
    {%- if not parents -%}
    cast(null as string)
    {%- else -%}
    nullif(
        concat_ws(
            '; '
            {%- for parent in parents %},
            case
                when get_json_object({{ column }}, '$.{{ parent }}') not like concat('{', chr(37))
                    then '{{ parent }} is no object'
            end
            {%- endfor %}
        ), ''
    )
    {%- endif -%}
{%- endmacro %}


{% macro last_value_not_null(column) %}{{ return(adapter.dispatch('last_value_not_null')(column)) }}{% endmacro %}

{% macro default__last_value_not_null(column) -%}
    last_value({{ column }} ignore nulls)
{%- endmacro %}

{% macro spark__last_value_not_null(column) -%}
    last_value({{ column }}, true)
{%- endmacro %}


{#
  One row per element of a JSON list held as text in `column` of the CTE `records`: the columns `keep`, the
  position `element_number` (from 1) and the elements' `fields` ({name: path}) as text. With fields = none
  the elements are plain values and come out as `element`.
#}
{% macro list_elements(records, column, keep, fields=none) %}
    {{- return(adapter.dispatch('list_elements')(records, column, keep, fields)) -}}
{% endmacro %}

{% macro default__list_elements(records, column, keep, fields) %}
    select
        {%- for name in keep %}
        {{ name }},
        {%- endfor %}
        element_number,
        {%- if fields is none %}
        element
        {%- else %}
        {%- for name, path in fields.items() %}
        {{ shredded_field('element', path) }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
        {%- endif %}
    from (
        select
            {%- for name in keep %}
            {{ name }},
            {%- endfor %}
            generate_subscripts(elements, 1) as element_number,
            unnest(elements) as element
        from (
            select
                {%- for name in keep %}
                {{ name }},
                {%- endfor %}
                from_json(
                    {{ column }},
                    '[{{ '"VARCHAR"' if fields is none else duckdb_json_structure(path_tree(fields)) }}]'
                ) as elements
            from {{ records }}
            where {{ column }} like '[%'
        ) as parsed
    ) as unnested
{% endmacro %}

{% macro spark__list_elements(records, column, keep, fields) %}
    select
        {%- for name in keep %}
        {{ name }},
        {%- endfor %}
        position + 1 as element_number,
        {%- if fields is none %}
        element
        {%- else %}
        {%- for name, path in fields.items() %}
        {{ shredded_field('element', path) }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
        {%- endif %}
    from {{ records }}
    lateral view posexplode(
        from_json(
            {{ column }},
            'array<{{ 'string' if fields is none else 'struct<' ~ spark_json_structure(path_tree(fields)) ~ '>' }}>'
        )
    ) as position, element
{% endmacro %}


{# One row per part of a separated text ("a;b;c"): the columns `keep` and `part`, trimmed, without blanks. #}
{% macro text_parts(records, column, keep, separator=';') %}
    {{- return(adapter.dispatch('text_parts')(records, column, keep, separator)) -}}
{% endmacro %}

{% macro default__text_parts(records, column, keep, separator) %}
    select
        {%- for name in keep %}
        {{ name }},
        {%- endfor %}
        trim(part) as part
    from (
        select
            {%- for name in keep %}
            {{ name }},
            {%- endfor %}
            unnest(string_split({{ column }}, '{{ separator }}')) as part
        from {{ records }}
        where {{ column }} is not null
    ) as parts
    where trim(part) <> ''
{% endmacro %}

{% macro spark__text_parts(records, column, keep, separator) %}
    select
        {%- for name in keep %}
        {{ name }},
        {%- endfor %}
        trim(part) as part
    from {{ records }}
    lateral view explode(split({{ column }}, '[{{ separator }}]')) as part
    where trim(part) <> ''
{% endmacro %}
