{#
  Models that are built anew only for the entities whose inputs have changed (DuckDB).

  A fingerprint model has one row per entity: `fingerprint` changes with anything that the models of a chain read of the
  entity, rates and reps included. A model of the chain remembers in schema `built_from` the fingerprints that it was
  built from, in the transaction that changes its rows. In the next run only entities with another fingerprint, or
  none any more, are deleted and selected again, with every input that has the key narrowed to them. The model is built
  whole with other code or variables, by a full refresh, and when most entities have changed, as a whole build is
  cheaper then. Spark builds it whole.

  Config: `key`, the column that names the entity; `fingerprints`, the fingerprint model, on which the first model of a
  chain depends.
#}
{% materialization by_fingerprint, adapter='duckdb' %}
    {%- set key, fingerprints = config.require('key'), fingerprint_relation() -%}
    {%- set remembered = built_from() -%}
    {%- do run_query('create schema if not exists built_from') -%}
    {%- if load_cached_relation(this) is none or should_full_refresh() or not is_remembered() -%}
        {{ return(built_whole(remembered, fingerprints, key)) }}
    {%- endif -%}
    {%- do run_query(changed_entities(fingerprints, remembered, key)) -%}
    {%- set changed, all = run_query(
        'select (select count(*) from ' ~ built_from('__changed') ~ '), (select count(*) from ' ~ fingerprints ~ ')'
    ).rows[0].values() -%}
    {%- if changed * 3 > all -%}
        {{ return(built_whole(remembered, fingerprints, key)) }}
    {%- endif -%}
    {{ return(built_for_changed(remembered, fingerprints, key)) }}
{% endmaterialization %}

{% materialization by_fingerprint, adapter='spark' %}
    {{ return(materialization_table_spark()) }}
{% endmaterialization %}


{# What is remembered goes first: a build that does not end has not been built from anything. #}
{% macro built_whole(remembered, fingerprints, key) %}
    {%- do run_query('drop table if exists ' ~ remembered) -%}
    {%- set built = materialization_table_duckdb() -%}
    {%- do run_query('create table ' ~ remembered ~ ' as ' ~ told_fingerprints(fingerprints, key)) -%}
    {{ return(built) }}
{% endmacro %}


{% macro built_for_changed(remembered, fingerprints, key) %}
    {%- set is_changed = 'where ' ~ key ~ ' in (select ' ~ key ~ ' from ' ~ built_from('__changed') ~ ')' -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- call statement('main') -%}
        delete from {{ this }} {{ is_changed }};
        insert into {{ this }} by name ({{ narrowed(compiled_code, key, is_changed) }});
        delete from {{ remembered }} {{ is_changed }};
        insert into {{ remembered }} ({{ told_fingerprints(fingerprints, key) }} {{ is_changed }});
        drop table {{ built_from('__changed') }}
    {%- endcall -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmacro %}


{# The model's statement, reading of every input that has the key only the rows of changed entities. #}
{% macro narrowed(statement, key, is_changed) %}
    {%- set ns = namespace(statement=statement) -%}
    {%- for node in model.depends_on.nodes if node in graph.nodes -%}
        {%- set input = graph.nodes[node] -%}
        {%- set relation = api.Relation.create(
            database=input.database, schema=input.schema, identifier=input.alias
        ) -%}
        {%- if key in (adapter.get_columns_in_relation(relation) | map(attribute='name')) -%}
            {%- set ns.statement = ns.statement | replace(
                relation | string, '(select * from ' ~ relation ~ ' ' ~ is_changed ~ ')'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(ns.statement) }}
{% endmacro %}


{% macro changed_entities(fingerprints, remembered, key) -%}
    create or replace table {{ built_from('__changed') }} as
    select coalesce(told.{{ key }}, known.{{ key }}) as {{ key }}
    from ({{ told_fingerprints(fingerprints, key) }}) as told
    full join {{ remembered }} as known on told.{{ key }} = known.{{ key }}
    where told.fingerprint is distinct from known.fingerprint or told.basis is distinct from known.basis
{%- endmacro %}

{% macro told_fingerprints(fingerprints, key) -%}
    select {{ key }}, fingerprint, '{{ build_basis() }}' as basis from {{ fingerprints }}
{%- endmacro %}

{# Everything besides rows that decides what a model makes of them: the project's code and the run's variables. #}
{% macro build_basis() -%}
    {{ local_md5(env_var('FUNNELHOUSE_CODE_HASH', '') ~ var('reporting_timezone') ~ var('reporting_minor_units')) }}
{%- endmacro %}

{% macro fingerprint_relation() %}
    {%- set found = graph.nodes['model.' ~ project_name ~ '.' ~ config.require('fingerprints')] -%}
    {{ return(api.Relation.create(database=found.database, schema=found.schema, identifier=found.alias)) }}
{% endmacro %}

{% macro built_from(suffix='') -%}
    {{ return('"built_from"."' ~ this.identifier ~ suffix ~ '"') }}
{%- endmacro %}

{% macro is_remembered() %}
    {{ return(run_query(
        "select count(*) from duckdb_tables() where database_name = current_database() "
        ~ "and schema_name = 'built_from' and table_name = '" ~ this.identifier ~ "'"
    ).columns[0].values()[0] > 0) }}
{% endmacro %}


{# A number that changes with any value of a row (of a relation by its name), or of an expression. #}
{% macro row_print(row) %}{{ return(adapter.dispatch('row_print')(row)) }}{% endmacro %}
{% macro default__row_print(row) -%}hash({{ row }}){%- endmacro %}
{% macro spark__row_print(row) -%}cast(xxhash64(struct({{ row }}.*)) as decimal(38, 0)){%- endmacro %}

{% macro value_print(expression) %}{{ return(adapter.dispatch('value_print')(expression)) }}{% endmacro %}
{% macro default__value_print(expression) -%}hash({{ expression }}){%- endmacro %}
{% macro spark__value_print(expression) -%}cast(xxhash64({{ expression }}) as decimal(38, 0)){%- endmacro %}
