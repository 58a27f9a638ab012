{# How a maintained model follows the rows of its inputs that changed (materialization.sql tells the configuration). #}

{# Inputs, by unique id, that have another version than the one that was read. #}
{% macro changed_inputs(known) %}
    {%- set changed = [] -%}
    {%- for name, input in known.inputs.items() if input.read is none or input.version != input.read -%}
        {%- do changed.append(name) -%}
    {%- endfor -%}
    {{ return(changed) }}
{% endmacro %}


{#
  Whether the changes of all inputs can be followed, and are worth it. Of a model with a key it leaves the keys that
  they concern, and the rows of these keys as they were, in the transaction that changes them: rows keep their id in it.
#}
{% macro changes_are_followed(changed, known) %}
    {%- set key = config.get('key') -%}
    {%- set selects, sizes = [], ['(select count(*) from ' ~ this ~ ')'] -%}
    {%- for name in changed if config.get('fingerprints') in [none, graph_node(name).name] -%}
        {%- set rows, way = changed_rows_of(known.inputs[name]), way_to_key(graph_node(name)) -%}
        {%- if not is_followed(name, known.inputs[name], rows, way) -%}{{ return(false) }}{%- endif -%}
        {%- if way -%}
            {%- do selects.append(keys_told(way, rows)) -%}
            {%- if known.inputs[name].is_staged and 'record_id' in model.columns -%}
                {%- do selects.append(
                    'select ' ~ key ~ ' from ' ~ this ~ ' where record_id in (select record_id from ' ~ rows ~ ')'
                ) -%}
            {%- endif -%}
            {%- do sizes.append('(select count(*) from ' ~ known.inputs[name].relation ~ ')') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not key -%}
        {{ return(config.get('adds') is not none) }}
    {%- endif -%}
    {%- call statement('keys', fetch_result=true) -%}
        create or replace temp table {{ scratch('keys') }} as
        {{ (selects or ['select ' ~ key ~ ' from ' ~ this ~ ' limit 0']) | join(' union ') }};
        select count(*), count(*) - count({{ key }}), greatest({{ sizes | join(', ') }})
        from {{ scratch('keys') }}
    {%- endcall -%}
    {%- set keys, unknown, size = load_result('keys').table.rows[0].values() -%}
    {%- if unknown > 0 or keys * 3 > size -%}
        {{ return(false) }}
    {%- elif config.get('sums') -%}
        {{ return(true) }}
    {%- endif -%}
    {%- call statement('left', fetch_result=true) -%}
        create or replace temp table {{ scratch('left') }} as
        select *, rowid as known_row from {{ this }} where {{ concerns({'column': key}) }};
        select (select count(*) from {{ scratch('left') }}), (select count(*) from {{ this }})
    {%- endcall -%}
    {%- set left, rows = load_result('left').table.rows[0].values() -%}
    {{ return(left * 2 <= rows) }}
{% endmacro %}

{#
  What a view makes of all rows of an input has no key, unless `reached` says so. What the rows of a key gave to sums
  before can only be told of inputs that have the key, and whose former rows are known.
#}
{% macro is_followed(name, input, rows, way) %}
    {%- set is_said = graph_node(name).name in config.get('reached', {}) -%}
    {%- if rows is none or (config.get('adds') and graph_node(name).name not in config.get('adds')) -%}
        {{ return(false) }}
    {%- elif config.get('adds') -%}
        {{ return(true) }}
    {%- elif config.get('sums') and (way.link or input.is_staged) -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(way is not none and (is_said or not input.is_in_view)) }}
{% endmacro %}


{# Of an input: its rows that left and that came since this model was built, as a relation; none when unknown. #}
{% macro changed_rows_of(input) %}
    {%- if input.read is none -%}
        {{ return(none) }}
    {%- elif input.is_staged -%}
        {{ return('(select * from ' ~ input.relation ~ ' where load_seq > ' ~ input.read.split('/')[0] ~ ')') }}
    {%- elif input.base == input.read -%}
        {{ return(built_from(input.relation.identifier)) }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}


{# How rows of an input tell a key: their `column`, and with a `link` the relation that has it, as `beside`, and key. #}
{% macro way_to_key(node) %}
    {%- set said = config.get('reached', {}).get(node.name) -%}
    {%- if said is none -%}
        {{ return({'column': config.get('key')} if config.get('key') in node.columns else none) }}
    {%- elif '.' not in said -%}
        {{ return({'column': said}) }}
    {%- endif -%}
    {%- set link, beside = said.split('=')[-1].strip().split('.') -%}
    {%- set column = said.split('=')[0].strip() if '=' in said else beside -%}
    {%- set relation = relation_of(graph.nodes['model.' ~ project_name ~ '.' ~ link]) -%}
    {{ return({'column': column, 'link': relation, 'beside': beside}) }}
{% endmacro %}

{% macro keys_told(way, rows) %}
    {%- if way.link -%}
        {{ return(
            'select ' ~ config.get('key') ~ ' from ' ~ way.link ~ ' where ' ~ way.beside
            ~ ' in (select ' ~ way.column ~ ' from ' ~ rows ~ ')'
        ) }}
    {%- endif -%}
    {{ return('select ' ~ way.column ~ ' as ' ~ config.get('key') ~ ' from ' ~ rows) }}
{% endmacro %}

{% macro concerns(way) %}
    {%- set keys = 'select ' ~ config.get('key') ~ ' from ' ~ scratch('keys') -%}
    {%- if way.link -%}
        {{ return(
            way.column ~ ' in (select ' ~ way.beside ~ ' from ' ~ way.link ~ ' where ' ~ config.get('key')
            ~ ' in (' ~ keys ~ '))'
        ) }}
    {%- endif -%}
    {{ return(way.column ~ ' in (' ~ keys ~ ')') }}
{% endmacro %}


{# The model's statement, reading of every input that tells the key only the rows of the listed keys. #}
{% macro narrowed() %}
    {%- set ns = namespace(statement=compiled_code) -%}
    {%- for name in model.depends_on.nodes -%}
        {%- set relation, way = relation_of(graph_node(name)), way_to_key(graph_node(name)) -%}
        {%- if way -%}
            {%- set ns.statement = ns.statement | replace(
                relation | string, '(select * from ' ~ opened(name, relation) ~ ' where ' ~ concerns(way) ~ ')'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(ns.statement) }}
{% endmacro %}

{# An input as it is; a view as its statement, narrowed where it reads what `reached` names: before it unpacks that. #}
{% macro opened(name, relation) %}
    {%- if graph_node(name).config.materialized != 'view' -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set ns = namespace(statement=run_query(
        "select sql from duckdb_views() where schema_name = '" ~ relation.schema ~ "' and view_name = '"
        ~ relation.identifier ~ "'"
    ).rows[0][0].split(' AS ', 1)[1] | trim(';')) -%}
    {%- for read in graph_node(name).depends_on.nodes if graph_node(read).name in config.get('reached', {}) -%}
        {%- set table, way = relation_of(graph_node(read)), way_to_key(graph_node(read)) -%}
        {%- set ns.statement = modules.re.sub(
            '\\b' ~ [table.database, table.schema, table.identifier] | join('[.]') ~ '\\b',
            '(select * from ' ~ table ~ ' where ' ~ concerns(way) ~ ')', ns.statement
        ) -%}
    {%- endfor -%}
    {{ return('(' ~ ns.statement ~ ')') }}
{% endmacro %}


{# What the rows of the changed keys, or those of the inputs in `adds` that came, give now (`is_new`) or gave before. #}
{% macro contributed(is_new, changed) %}
    {%- set ns = namespace(statement=compiled_code) -%}
    {%- for name in model.depends_on.nodes -%}
        {%- set relation = relation_of(graph_node(name)) -%}
        {%- set rows = contributing_rows(name, relation, is_new, name in changed) -%}
        {%- if rows -%}
            {%- set ns.statement = ns.statement | replace(relation | string, '(' ~ rows ~ ')') -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(ns.statement) }}
{% endmacro %}

{% macro contributing_rows(name, relation, is_new, is_changed) %}
    {%- set rows = 'select * exclude (is_new) from ' ~ built_from(relation.identifier) ~ ' where ' -%}
    {%- set came, left = rows ~ 'is_new', rows ~ 'not is_new' -%}
    {%- if config.get('adds') -%}
        {%- if graph_node(name).name not in config.get('adds') -%}
            {{ return(none) }}
        {%- endif -%}
        {{ return((came if is_new else left) if is_changed else 'select * from ' ~ relation ~ ' limit 0') }}
    {%- endif -%}
    {%- set way = way_to_key(graph_node(name)) -%}
    {%- if not way -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set now = 'select * from ' ~ relation ~ ' where ' ~ concerns(way) -%}
    {%- if is_new or not is_changed -%}
        {{ return(now) }}
    {%- endif -%}
    {{ return(
        '(' ~ now ~ ' except all ' ~ came ~ ' and ' ~ concerns(way) ~ ') union all ' ~ left ~ ' and ' ~ concerns(way)
    ) }}
{% endmacro %}
