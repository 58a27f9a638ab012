{# What is remembered of maintained models, in schema `built_from` (materialization.sql says what for). #}

{# Before a run. A refresh of anything forgets everything: staged rows tell by load_seq alone that they changed. #}
{% macro make_memory() -%}
    {%- if target.type == 'duckdb' -%}
        create schema if not exists built_from;
        create table if not exists built_from.versions (model text, version text, base text, basis text, built text);
        alter table built_from.versions add column if not exists changed_row_count bigint;
        create table if not exists built_from.inputs (model text, input text, version text);
        {% if flags.FULL_REFRESH -%}delete from built_from.versions; delete from built_from.inputs;{%- endif %}
    {%- endif -%}
{%- endmacro %}


{#
  After a run. Changed rows that every reader has followed lead nobody anywhere any more, so that the last checkpoint
  does not compress and write them. A reader that was left out, or whose build failed, keeps those of its inputs.
#}
{% macro forget_followed_rows() -%}
    {%- set followed = run_query(
        "select ours.model, changes.table_name from built_from.versions as ours "
        ~ "inner join duckdb_tables() as changes "
        ~ "on changes.schema_name = 'built_from' and changes.table_name = split_part(ours.model, '.', -1) where not "
        ~ "exists (from built_from.inputs as read where read.input = ours.model and read.version <> ours.version)"
    ).rows if target.type == 'duckdb' and execute -%}
    {%- if followed -%}
        begin;
        update built_from.versions set base = null where model in ('{{ followed | map(attribute=0) | join("', '") }}');
        {% for model, table in followed %}drop table {{ built_from(table) }}; {% endfor %}
        commit;
    {%- endif -%}
{%- endmacro %}


{#
  What is known of this model: its `version` and `basis`, and per input, by unique id, its `relation`, the `views` through
  which it is read, whether it `is_staged`, whether it `tells_rows` apart whatever the statement names of them, the
  column by which it `grows`, the version that was `read`, the `version` now, and `base`, the version from
  which its changed rows lead to that.
#}
{% macro remembered() %}
    {%- set inputs, known = inputs_of(model), {'version': none, 'basis': none, 'inputs': {}} -%}
    {%- set told = [] -%}
    {%- for name, input in inputs.items() -%}
        {%- do told.append("('" ~ name ~ "', " ~ version_now(name, input.relation) ~ ")") -%}
    {%- endfor -%}
    {%- if told -%}
        {%- for name, now, base, changed_row_count, read, version, basis in run_query(
            "select told.input, coalesce(told.version, ours.version), ours.base, ours.changed_row_count, read.version, "
            ~ "this.version, this.basis from (values " ~ told | join(', ') ~ ") as told (input, version) "
            ~ "left join built_from.versions as ours on told.input = ours.model "
            ~ "left join built_from.inputs as read on told.input = read.input and read.model = '" ~ model.unique_id
            ~ "' left join built_from.versions as this on this.model = '" ~ model.unique_id ~ "'"
        ).rows -%}
            {%- do known.update({'version': version, 'basis': basis}) -%}
            {%- do known.inputs.update({name: {
                'relation': inputs[name].relation, 'views': inputs[name].views, 'is_staged': is_staged(name),
                'tells_rows': tells_rows(name), 'grows': graph_node(name).config.get('grows'), 'version': now,
                'base': base, 'changed_row_count': changed_row_count, 'read': read
            }}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(known) }}
{% endmacro %}

{# Of an input that is no maintained model. Staging tells news by load_seq; whatever else is read is small. #}
{% macro version_now(name, relation) -%}
    {%- if is_staged(name) -%}
        (select coalesce(max(load_seq), -1) || '/' || count(*) from {{ relation }})
    {%- elif graph_node(name).config.materialized == 'maintained' -%}
        null
    {%- else -%}
        (select concat_ws('/', count(*), sum(hash(told))) from {{ relation }} as told)
    {%- endif -%}
{%- endmacro %}

{% macro tells_rows(name) %}
    {{ return(config.get('fingerprints') == graph_node(name).name or (config.get('grows') and is_about_days(name))) }}
{% endmacro %}

{% macro is_staged(name) %}{{ return(graph_node(name).config.materialized == 'incremental') }}{% endmacro %}


{# What a model reads, by unique id: the `relation`, and the `views` through which it is read. #}
{% macro inputs_of(node) %}
    {%- set found = {} -%}
    {%- set prints = ['model.' ~ project_name ~ '.' ~ node.config.fingerprints] if node.config.fingerprints else [] -%}
    {%- for name in node.depends_on.nodes + prints -%}
        {%- set input = graph_node(name) -%}
        {%- if input.config.materialized == 'view' -%}
            {%- for read, way in inputs_of(input).items() -%}
                {%- set views = found.get(read, {'views': []}).views + [relation_of(input)] + way.views -%}
                {%- do found.update({read: {'relation': way.relation, 'views': views}}) -%}
            {%- endfor -%}
        {%- elif name not in found -%}
            {%- do found.update({name: {'relation': relation_of(input), 'views': []}}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{% macro graph_node(name) %}{{ return(graph.nodes.get(name) or graph.sources.get(name)) }}{% endmacro %}

{% macro relation_of(node) %}
    {{ return(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias or node.identifier
    )) }}
{% endmacro %}


{#
  What a build leaves to the next one. The version stays when no row changed. Without rows to compare with (`is_new`),
  none are known that lead to it.
#}
{% macro remembering(known, built, is_new=false) -%}
    delete from built_from.versions where model = '{{ model.unique_id }}';
    insert into built_from.versions values (
        '{{ model.unique_id }}',
        {% if is_new -%}
            '{{ invocation_id }}', null,
        {%- else -%}
            case when exists (from {{ built_from() }}) then '{{ invocation_id }}' else '{{ known.version }}' end,
            '{{ known.version }}',
        {%- endif %}
        '{{ build_basis() }}',
        '{{ built }}',
        {{ 'null' if is_new else '(select count(*) from ' ~ built_from() ~ ')' }}
    );
    {{ reading(known) }}
{%- endmacro %}

{% macro reading(known) -%}
    delete from built_from.inputs where model = '{{ model.unique_id }}';
    {%- for name, input in known.inputs.items() %}
        {%- if loop.first %}insert into built_from.inputs values {% endif -%}
        ('{{ model.unique_id }}', '{{ name }}', '{{ input.version }}'){{ ';' if loop.last else ', ' }}
    {%- endfor %}
{%- endmacro %}


{# Everything besides rows that decides what a model makes of them: the project's code and the run's variables. #}
{% macro build_basis() -%}
    {{- return(local_md5(
        env_var('FUNNELHOUSE_CODE_HASH', '') ~ var('reporting_timezone') ~ var('reporting_minor_units')
    )) -}}
{%- endmacro %}

{# The rows of a model, of this one by default, that left and that came (`is_new`) with its last version. #}
{% macro built_from(identifier=none) -%}
    {{- return('built_from."' ~ (identifier or this.identifier) ~ '"') -}}
{%- endmacro %}

{% macro changed_rows(after, before) -%}
    create or replace table {{ built_from() }} as
    select * exclude (times, one_of_them)
    from (
        select *, times > 0 as is_new, unnest(range(abs(times)::bigint)) as one_of_them
        from (
            select * exclude (sign), sum(sign) as times
            from (select *, 1 as sign from {{ after }} union all by name select *, -1 as sign from {{ before }})
            group by all
            having sum(sign) <> 0
        )
    );
{%- endmacro %}


{# A number that changes with any value of a row, of a relation by its name; sums of them tell sets of rows apart. #}
{% macro row_print(row) %}{{ return(adapter.dispatch('row_print')(row)) }}{% endmacro %}
{% macro default__row_print(row) -%}hash({{ row }}){%- endmacro %}
{% macro spark__row_print(row) -%}cast(xxhash64(struct({{ row }}.*)) as decimal(38, 0)){%- endmacro %}
