{#
  Tables on Spark. An incremental table is partitioned by a hash bucket of its key, and an incremental run overwrites
  the buckets that hold changed keys: Spark lets a statement read the table whose partitions it overwrites, but not
  an unpartitioned one. Delta and Iceberg do the same in one transaction; a run that was killed in the middle of it
  on Parquet is followed by a full refresh (the pipeline's rule, not dbt's).
#}

{% macro record_buckets() -%}16{%- endmacro %}

{% macro record_bucket(unique_key) -%}
    cast(pmod(hash({{ unique_key | join(', ') }}), {{ record_buckets() }}) as int)
{%- endmacro %}


{# dbt-spark's own statement, with the bucket added to what an incremental model selects. #}
{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if temporary -%}
        {{ create_temporary_view(relation, compiled_code) }}
    {%- else -%}
        {%- if config.get('file_format') in ('delta', 'iceberg') %}
            create or replace table {{ relation }}
        {%- else %}
            create table {{ relation }}
        {%- endif %}
        {%- if config.get('contract').enforced -%}
            {{ get_assert_columns_equivalent(compiled_code) }}
            {%- set compiled_code = get_select_subquery(compiled_code) %}
        {%- endif %}
        {{ file_format_clause() }}
        {{ tblproperties_clause() }}
        {%- if config.get('materialized') == 'incremental' %}
            partitioned by (record_bucket)
        {%- endif %}
        {{ comment_clause() }}
        as
        {%- if config.get('materialized') == 'incremental' %}
            select *, {{ record_bucket(config.get('unique_key')) }} as record_bucket from (
                {{ compiled_code }}
            ) as records
        {%- else %}
            {{ compiled_code }}
        {%- endif %}
    {%- endif -%}
{%- endmacro %}


{# Put the records of `source` in the place of those with the same keys. #}
{% macro dbt_spark_get_incremental_sql(strategy, source, target, existing, unique_key, incremental_predicates) %}
    {%- do run_query('set spark.sql.sources.partitionOverwriteMode = DYNAMIC') -%}
    {%- set names = [] -%}
    {%- for column in adapter.get_columns_in_relation(target) if column.name != 'record_bucket' -%}
        {%- do names.append('`' ~ column.name ~ '`') -%}
    {%- endfor -%}
    insert overwrite table {{ target }} partition (record_bucket)
    select {{ names | join(', ') }}, {{ record_bucket(unique_key) }} as record_bucket
    from {{ source }}
    union all
    select {{ names | join(', ') }}, record_bucket
    from {{ target }} as kept
    where kept.record_bucket in (select {{ record_bucket(unique_key) }} from {{ source }})
        and not exists (
            select 1
            from {{ source }} as changed
            where {% for key in unique_key %}{{ 'and ' if not loop.first }}kept.{{ key }} <=> changed.{{ key }}
            {% endfor %}
        )
{% endmacro %}
