{# How a maintained model follows the rows of its inputs that changed (materialization.sql tells the configuration). #}

{#
  Inputs, by unique id, that have another version than the one that was read, and differ in what this model reads. Of
  each it notes the changed `rows` and the `columns` that are read.
#}
{% macro changed_inputs(known) %}
    {%- set changed, tried = [], [] -%}
    {%- for name, input in known.inputs.items() if input.read is none or input.version != input.read -%}
        {%- if config.get('fingerprints') in [none, graph_node(name).name] or is_about_days(name) -%}
            {%- do changed.append(name) -%}
            {%- if input.read is not none and input.base == input.read -%}
                {%- do input.update({'columns': columns_read(input)}) -%}
                {%- do tried.append("('" ~ name ~ "', exists (from " ~ changed_rows_of(input) ~ '))') -%}
            {%- endif -%}
            {%- do input.update({'rows': changed_rows_of(input)}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if tried -%}
        {%- set same = 'select name from (values ' ~ tried | join(', ') ~ ') as tried (name, differs) where not differs' -%}
        {%- for row in run_query(same).rows -%}{%- do changed.remove(row[0]) -%}{%- endfor -%}
    {%- endif -%}
    {{ return(changed) }}
{% endmacro %}


{#
  How the changes of inputs are followed (`how`): `by key`, `by rows` or `by sums`; `whole` when one cannot be, or when
  that is worth more; `not at all` when they concern no key. Of a model with a key it leaves the keys that they concern,
  and the rows of these keys, and of the changed `days`, as they were, in the transaction that changes them: rows keep
  their id in it.
#}
{% macro followed(changed, known) %}
    {%- set key, whole, days = config.get('key'), {'how': 'whole'}, changed_days(changed, known) -%}
    {%- set selects, sizes = [], ['(select count(*) from ' ~ this ~ ')'] -%}
    {%- if days == 'unknown' -%}{{ return(whole) }}{%- endif -%}
    {%- for name in changed if not is_about_days(name) -%}
        {%- set input, way = known.inputs[name], way_to_key(graph_node(name)) -%}
        {%- if not is_followed(name, input, way) -%}{{ return(whole) }}{%- endif -%}
        {%- if way -%}
            {%- do selects.append(keys_told(way, rows_before(days, input))) -%}
            {%- if input.is_staged and 'record_id' in model.columns -%}
                {%- do selects.append(
                    'select ' ~ key ~ ' from ' ~ this ~ ' where record_id in (select record_id from ' ~ input.rows ~ ')'
                ) -%}
            {%- endif -%}
            {%- do sizes.append('(select count(*) from ' ~ input.relation ~ ')') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not key -%}
        {{ return({'how': 'whole' if not config.get('adds') else 'by sums' if config.get('sums') else 'by rows'}) }}
    {%- endif -%}
    {%- for name, input in known.inputs.items() if days and not config.get('grows') -%}
        {%- if graph_node(name).name in config.get('on_days') -%}
            {%- set condition = of_days(config.get('on_days')[graph_node(name).name], days) -%}
            {%- do selects.append(keys_told(
                way_to_key(graph_node(name)), '(select * from ' ~ input.relation ~ ' where ' ~ condition ~ ')'
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- call statement('keys', fetch_result=true) -%}
        create or replace temp table {{ scratch('keys') }} as
        {{ (selects or ['select ' ~ key ~ ' from ' ~ this ~ ' limit 0']) | join(' union ') }};
        select count(*), count(*) filter (where {{ each(key.split(', '), '{0} is null') | join(' or ') }}), greatest(
            {{ sizes | join(', ') }}
        )
        from {{ scratch('keys') }}
    {%- endcall -%}
    {%- set keys, unknown, size = load_result('keys').table.rows[0].values() -%}
    {%- if keys == 0 and not (days and config.get('grows')) -%}
        {{ return({'how': 'not at all'}) }}
    {%- elif unknown > 0 or keys * 3 > size -%}
        {{ return(whole) }}
    {%- elif config.get('sums') -%}
        {{ return({'how': 'by sums'}) }}
    {%- endif -%}
    {%- call statement('left', fetch_result=true) -%}
        create or replace temp table {{ scratch('left') }} as
        select *, rowid as known_row from {{ this }} where {{ is_made_anew(days) }};
        select (select count(*) from {{ scratch('left') }}), (select count(*) from {{ this }})
    {%- endcall -%}
    {%- set left, rows = load_result('left').table.rows[0].values() -%}
    {{ return({'how': 'by key', 'days': days} if left * 2 <= rows else whole) }}
{% endmacro %}


{#
  What a view makes of all rows of an input has no key, unless `reached` says so. What the rows of a key gave to sums
  before can only be told of inputs that have the key, and whose former rows are known.
#}
{% macro is_followed(name, input, way) %}
    {%- set is_said = graph_node(name).name in config.get('reached', {}) -%}
    {%- if input.rows is none or (config.get('adds') and graph_node(name).name not in config.get('adds')) -%}
        {{ return(false) }}
    {%- elif config.get('adds') -%}
        {{ return(true) }}
    {%- elif config.get('sums') and (way.link or input.is_staged) -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(way is not none and (is_said or not input.views)) }}
{% endmacro %}


{# Of an input: its rows that left and that came since this model was built, as a relation; none when unknown. #}
{% macro changed_rows_of(input) %}
    {%- if input.read is none -%}
        {{ return(none) }}
    {%- elif input.is_staged -%}
        {{ return('(select * from ' ~ input.relation ~ ' where load_seq > ' ~ input.read.split('/')[0] ~ ')') }}
    {%- elif input.base != input.read -%}
        {{ return(none) }}
    {%- elif (input.changed_row_count or 0) > 100000 -%}
        {{ return(built_from(input.relation.identifier)) }}
    {%- endif -%}
    {%- set read = input.columns | join(', ') -%}
    {{ return(
        '(select ' ~ (read or 'null') ~ ' from ' ~ built_from(input.relation.identifier)
        ~ (' group by ' ~ read if read) ~ ' having sum(case when is_new then 1 else -1 end) <> 0)'
    ) }}
{% endmacro %}


{#
  Of the columns of an input those that the statement names, or a view between them, that either hands on with a star,
  or that tell a key: rows that differ in none of them give the same. All of them where whole rows are told apart. A
  stamp concerns no key.
#}
{% macro columns_read(input) %}
    {%- set columns = columns_of(built_from(input.relation.identifier)) | reject('equalto', 'is_new') | list -%}
    {%- set ns = namespace(statement=compiled_code) -%}
    {%- for view in input.views -%}{%- set ns.statement = ns.statement ~ ' ' ~ view_sql(view) | lower -%}{%- endfor -%}
    {%- set statement = modules.re.sub('select \\* from (("?\\w+"?[.]){2}"?\\w+"?|final\\b)', '', ns.statement) -%}
    {%- set has_stars = modules.re.search('(select|distinct|,|[.])\\s*[*]', statement) is not none -%}
    {%- set sets = 'distinct\\s+(\\w+[.])?[*]|union(?!\\s+all)|except|intersect|group by all' -%}
    {%- if input.tells_rows or 'hash(' in statement or (has_stars and modules.re.search(sets, statement)) -%}
        {{ return(columns) }}
    {%- endif -%}
    {%- set told = [statement, config.get('reached'), config.get('key'), input.grows] | join(' ') -%}
    {%- set named = modules.re.findall('\\w+', told) -%}
    {%- set stamps = config.get('stamps', {}).get(input.relation.identifier, []) -%}
    {{ return(
        columns | select('in', named + (columns_of(this) if has_stars else [])) | reject('in', stamps) | list
    ) }}
{% endmacro %}

{% macro columns_of(relation) %}
    {{ return(run_query('from ' ~ relation ~ ' limit 0').columns | map(attribute='name') | list) }}
{% endmacro %}

{% macro view_sql(relation) %}
    {{ return(run_query(
        "select sql from duckdb_views() where schema_name = '" ~ relation.schema ~ "' and view_name = '"
        ~ relation.identifier ~ "'"
    ).rows[0][0]) }}
{% endmacro %}


{#
  How rows of an input tell a key: their `column`, and with a `link` the relation that has it, as `beside`, and key. Of
  a key of several columns each of these names as many, in their order.
#}
{% macro way_to_key(node) %}
    {%- set said = config.get('reached', {}).get(node.name) -%}
    {%- if said is none -%}
        {%- set others = (config.get('key') or '').split(', ') | reject('in', node.columns) | list -%}
        {{ return({'column': config.get('key')} if not others else none) }}
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
            'select ' ~ config.get('key') ~ ' from ' ~ way.link ~ ' where (' ~ way.beside
            ~ ') in (select ' ~ way.column ~ ' from ' ~ rows ~ ')'
        ) }}
    {%- endif -%}
    {%- set told = [] -%}
    {%- for column in way.column.split(', ') -%}
        {%- do told.append(column ~ ' as ' ~ config.get('key').split(', ')[loop.index0]) -%}
    {%- endfor -%}
    {{ return('select ' ~ told | join(', ') ~ ' from ' ~ rows) }}
{% endmacro %}

{% macro concerns(way) %}
    {%- set keys = 'select ' ~ config.get('key') ~ ' from ' ~ scratch('keys') -%}
    {%- if way.link -%}
        {{ return(
            '(' ~ way.column ~ ') in (select ' ~ way.beside ~ ' from ' ~ way.link ~ ' where (' ~ config.get('key')
            ~ ') in (' ~ keys ~ '))'
        ) }}
    {%- endif -%}
    {{ return('(' ~ way.column ~ ') in (' ~ keys ~ ')') }}
{% endmacro %}


{#
  The model's statement, reading of every input that tells the key only the rows of the listed keys, and if it `grows`
  by `days` those as well that `on_days` names for them: all rows where it names none.
#}
{% macro narrowed(days=none) %}
    {%- set grows = days is not none and config.get('grows') is not none -%}
    {%- set ns = namespace(statement=compiled_code) -%}
    {%- for name in model.depends_on.nodes -%}
        {%- set relation, way = relation_of(graph_node(name)), way_to_key(graph_node(name)) -%}
        {%- set condition = config.get('on_days', {}).get(graph_node(name).name) -%}
        {%- if way and (condition or not grows) -%}
            {%- set ns.statement = ns.statement | replace(
                relation | string,
                '(select *' ~ begun(config.get('begins', {}).get(graph_node(name).name), way, days if grows) ~ ' from '
                ~ opened(name, relation) ~ ' where ' ~ concerns(way)
                ~ (' or ' ~ of_days(condition, days) if grows) ~ ')'
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
    {%- set ns = namespace(statement=view_sql(relation).split(' AS ', 1)[1] | trim(';')) -%}
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
