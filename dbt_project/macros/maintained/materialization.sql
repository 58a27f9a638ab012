{#
  Models that follow their inputs: what did not change is left alone, and what depends on it is not built again (DuckDB;
  Spark builds every table whole).

  Schema `built_from` remembers of every model a version, the versions of the inputs that it was made of, and, as a
  table of its name, its rows that left and that came with the last version. A build compares the inputs with what is
  remembered:

  - nothing that the statement reads is another: the model stays as it is, and keeps its version;
  - `key`, one column or several (`'kpi, period_start_date'`): the model makes of the rows of one key what it makes of
    them among all others. The keys of all changed rows are made anew: the model's own statement, its inputs narrowed to
    these keys;
  - `adds`: the model makes rows of each row of these inputs, whatever the others are. What the rows that left gave is
    taken out, and what those that came give is put in;
  - `sums`, with `adds` or with `key`: it adds up these columns by all its other ones. What the rows that left, or those
    of the changed keys, gave before is taken off, and what they give now is added. `row_count` counts the rows of a
    group, which goes with the last one, and may be the only sum; beside a sum that may be unknown, `<sum>_count` counts
    those that are known;
  - else it is built whole and compared with what it was (not with `compared=false`, where no reader follows rows).

  Each time the rows that differ become its changed rows, so the models below have only these to follow. A new version
  is remembered in the transaction that changes the rows. What a build that was killed left out has another version
  than the one remembered, and is built whole. Other code or variables and a full refresh build everything whole.

  Config, besides:
  - `reached`: how changed rows of an input without the column `key` tell the keys that they concern: by a column of
    another name (`'contact_id'`), or by one that another input has beside the key (`'int_people_resolved.record_key'`,
    `'account_id = int_people_resolved.account_id'`);
  - `fingerprints`: a model with one `fingerprint` per key, which changes with all that is read of the key. Keys with
    another fingerprint are made anew, whatever else changed;
  - `day`: the model is about days, and this column says which: the as-of date, the rate of a day. With `day_alone` it
    has one row, and whatever else changes in it concerns all days;
  - `on_days`: whom the days concern of which such inputs tell. A condition per input, with `{since}`, `{until}` and
    `{this}`: the keys of these rows are made anew;
  - `grows`: the model has rows per key and day, by this column, and a day depends on nothing later. Of the keys that
    did not change, only rows since the first of the days are made anew, from the rows that `on_days` names (all, where
    it names none; cut by `begins` where a row stands for a span of days). Inputs that grow tell keys only before it;
  - `stamps`: columns, per input of one row, that stand on every row as they are there. Another value is written on all
    rows; so the model is one that no reader follows by rows.
#}
{% materialization maintained, adapter='duckdb' %}
    {%- set known = remembered() -%}
    {%- if load_cached_relation(this) is none or should_full_refresh() or known.basis != build_basis() -%}
        {{ return(maintained_whole(known, is_new=true)) }}
    {%- endif -%}
    {%- set changed = changed_inputs(known) -%}
    {%- do known.update({'is_stamped': stamp(known)}) -%}
    {%- set way = followed(changed, known) if changed else {'how': 'not at all'} -%}
    {%- if way.how == 'not at all' -%}
        {{ return(maintained_as_it_is(known)) }}
    {%- elif way.how == 'by key' -%}
        {{ return(maintained_by_key(known, way.days)) }}
    {%- elif way.how == 'by rows' -%}
        {{ return(maintained_by_rows(changed, known)) }}
    {%- elif way.how == 'by sums' -%}
        {{ return(maintained_by_sums(changed, known)) }}
    {%- endif -%}
    {{ return(maintained_whole(known, is_new=config.get('compared') is false)) }}
{% endmaterialization %}

{% materialization maintained, adapter='spark' %}
    {{ return(materialization_table_spark()) }}
{% endmaterialization %}


{% macro maintained_as_it_is(known) %}
    {%- for input in known.inputs.values() if input.version != input.read -%}
        {%- if loop.first -%}
            {%- set remembered = remembering(known, 'stamped', is_new=true) if known.is_stamped else reading(known) -%}
            {%- do run_query(without_scratch(['keys']) ~ remembered) -%}
            {{ adapter.commit() }}
        {%- endif -%}
    {%- endfor -%}
    {%- call noop_statement('main', 'STAMPED' if known.is_stamped else 'UNCHANGED') -%}{%- endcall -%}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmacro %}


{#
  In one transaction: what is there is put aside, made whole, compared, and gone. With `is_new` there are no rows to
  compare with.
#}
{% macro maintained_whole(known, is_new) %}
    {%- set existing, before = load_cached_relation(this), scratch('before') -%}
    {%- call statement('main') -%}
        {{ without_scratch(['keys', 'left']) }}
        drop table if exists {{ built_from() }};
        {% if not is_new -%}
            alter table {{ this }} rename to {{ before }};
        {%- elif existing is not none -%}
            drop {{ existing.type }} {{ this }};
        {%- endif %}
        {{ create_table_as(false, this, compiled_code) }}
        {% if not is_new -%}
            {{ changed_rows(this, this.include(identifier=false) ~ '.' ~ before) }}
            drop table {{ this.include(identifier=false) ~ '.' ~ before }};
        {%- endif %}
        {{ remembering(known, 'whole', is_new) }}
    {%- endcall -%}
    {{ return(finished('table')) }}
{% endmacro %}


{# The end of a relation that was made anew, in the transaction that made it: its comments, and the commit. #}
{% macro finished(type) %}
    {%- set built = this.incorporate(type=type) -%}
    {%- do persist_docs(built, model) -%}
    {{ adapter.commit() }}
    {{ return({'relations': [built]}) }}
{% endmacro %}


{% macro maintained_by_key(known, days=none) %}
    {%- set key = config.get('key') -%}
    {%- set differs = 'where (' ~ key ~ ') in (select ' ~ key ~ ' from ' ~ built_from() ~ ')' -%}
    {%- call statement('main') -%}
        create or replace temp table {{ scratch('came') }} as select * from {{ this }} limit 0;
        insert into {{ scratch('came') }} by name (
            select * from ({{ narrowed(days) }}) where {{ is_made_anew(days) }}
        );
        {{ changed_rows(scratch('came'), '(select * exclude (known_row) from ' ~ scratch('left') ~ ')') }}
        delete from {{ this }} where rowid in (select known_row from {{ scratch('left') }} {{ differs }});
        insert into {{ this }} select * from {{ scratch('came') }} {{ differs }};
        {{ remembering(known, 'by key', is_new=known.is_stamped) }}
        {{ without_scratch(['keys', 'left', 'came']) }}
    {%- endcall -%}
    {{ adapter.commit() }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmacro %}


{% macro maintained_by_sums(changed, known) %}
    {%- set columns = adapter.get_columns_in_relation(this) | map(attribute='name') | list -%}
    {%- set sums = counted_with(config.get('sums'), columns) -%}
    {%- set groups = columns | reject('in', sums) | list -%}
    {%- call statement('main') -%}
        create or replace temp table {{ scratch('difference') }} as select * from {{ this }} limit 0;
        insert into {{ scratch('difference') }} by name (
            select {{ groups | join(', ') }}, {{ each(sums, 'sum({0}) as {0}') | join(', ') }}
            from (
                select * from ({{ contributed(true, changed) }})
                union all by name
                select * replace ({{ each(sums, '-{0} as {0}') | join(', ') }}) from ({{ contributed(false, changed) }})
            )
            group by {{ groups | join(', ') }}
            having {{ each(sums, 'coalesce(sum({0}), 0) <> 0') | join(' or ') }}
        );
        create or replace temp table {{ scratch('left') }} as
        select known.*, known.rowid as known_row
        from {{ this }} as known
        inner join {{ scratch('difference') }} as difference on {{ same(groups, 'known', 'difference') }};
        delete from {{ this }} where rowid in (select known_row from {{ scratch('left') }});
        alter table {{ scratch('left') }} drop column known_row;
        create or replace temp table {{ scratch('came') }} as select * from {{ this }} limit 0;
        insert into {{ scratch('came') }} by name (
            select
                {{ groups | join(', ') }}
                {%- for sum in sums %},
                {% if sum ~ '_count' in columns -%}
                    case when sum({{ sum }}_count) > 0 then sum({{ sum }}) end as {{ sum }}
                {%- else -%}
                    sum({{ sum }}) as {{ sum }}
                {%- endif -%}
                {% endfor %}
            from (select * from {{ scratch('left') }} union all select * from {{ scratch('difference') }})
            group by {{ groups | join(', ') }}
            having sum(row_count) <> 0
        );
        insert into {{ this }} select * from {{ scratch('came') }};
        {{ changed_rows(scratch('came'), scratch('left')) }}
        {{ remembering(known, 'by sums') }}
        {{ without_scratch(['keys', 'difference', 'left', 'came']) }}
    {%- endcall -%}
    {{ adapter.commit() }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmacro %}

{# The sums, the count of rows, and the counts of the sums that may be unknown (`<sum>_count`). #}
{% macro counted_with(sums, columns) %}
    {%- set found = sums | reject('equalto', 'row_count') | list + ['row_count'] -%}
    {%- for sum in sums if sum ~ '_count' in columns -%}{%- do found.append(sum ~ '_count') -%}{%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{% macro maintained_by_rows(changed, known) %}
    {%- set columns = adapter.get_columns_in_relation(this) | map(attribute='name') | list -%}
    {%- call statement('main') -%}
        create or replace temp table {{ scratch('left') }} as select * from {{ this }} limit 0;
        insert into {{ scratch('left') }} by name ({{ contributed(false, changed) }});
        create or replace temp table {{ scratch('came') }} as select * from {{ this }} limit 0;
        insert into {{ scratch('came') }} by name ({{ contributed(true, changed) }});
        {{ changed_rows(scratch('came'), scratch('left')) }}
        delete from {{ this }} where rowid in (
            select known_row
            from (
                select
                    known.rowid as known_row,
                    gone.times,
                    row_number() over (partition by {{ each(columns, 'known.{0}') | join(', ') }}) as which
                from {{ this }} as known
                inner join (
                    select * exclude (is_new), count(*) as times from {{ built_from() }} where not is_new group by all
                ) as gone on {{ same(columns, 'known', 'gone') }}
            )
            where which <= times
        );
        insert into {{ this }} select * exclude (is_new) from {{ built_from() }} where is_new;
        {{ remembering(known, 'by rows') }}
        {{ without_scratch(['left', 'came']) }}
    {%- endcall -%}
    {{ adapter.commit() }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmacro %}


{# Write the columns of `stamps` of inputs that changed on all rows, before rows are compared; true if there are any. #}
{% macro stamp(known) %}
    {%- set updates = [] -%}
    {%- for name, input in known.inputs.items() if input.version != input.read -%}
        {%- for column in config.get('stamps', {}).get(graph_node(name).name, []) -%}
            {%- do updates.append(
                'update ' ~ this ~ ' as stamped set ' ~ column ~ ' = told.' ~ column ~ ' from ' ~ input.relation
                ~ ' as told where stamped.' ~ column ~ ' is distinct from told.' ~ column
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if updates -%}{%- do run_query(updates | join('; ')) -%}{%- endif -%}
    {{ return(updates != []) }}
{% endmacro %}


{% macro same(columns, one, other) %}
    {{ return(each(columns, one ~ '.{0} is not distinct from ' ~ other ~ '.{0}') | join(' and ')) }}
{% endmacro %}

{% macro each(names, text) %}
    {%- set found = [] -%}
    {%- for name in names -%}{%- do found.append(text | replace('{0}', name)) -%}{%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{% macro scratch(suffix) %}{{ return('"' ~ this.identifier ~ '__' ~ suffix ~ '"') }}{% endmacro %}

{% macro without_scratch(suffixes) -%}
    {%- for suffix in suffixes %}drop table if exists temp.{{ scratch(suffix) }}; {% endfor -%}
{%- endmacro %}
