{#
  Models that follow their inputs: what did not change is left alone, and what depends on it is not built again (DuckDB;
  Spark builds every table whole).

  Schema `built_from` remembers of every model a version, the versions of the inputs that it was made of, and, as a
  table of its name, its rows that left and that came with the last version. A build compares the inputs with what is
  remembered:

  - nothing is another: the model stays as it is, and keeps its version;
  - `key`: the model makes of the rows of one key what it makes of them among all others. The keys of all changed rows
    are made anew: the model's own statement, its inputs narrowed to these keys;
  - `sums`: the model adds up these columns by all of its others, and counts the rows in `row_count`. What the changed
    rows (of `key`, or of the inputs in `adds`) gave before is taken off, and what they give now is added;
  - else it is built whole and compared with what it was.

  Each time the rows that differ become its changed rows, so the models below have only these to follow. A new version
  is remembered in the transaction that changes the rows. What a build that was killed left out has another version
  than the one remembered, and is built whole. Other code or variables and a full refresh build everything whole.

  Config, besides `key`, `sums` and `adds`:
  - `reached`: how changed rows of an input without the column `key` tell the keys that they concern: by a column of
    another name (`'contact_id'`), or by one that another input has beside the key (`'int_people_resolved.record_key'`,
    `'account_id = int_people_resolved.account_id'`);
  - `fingerprints`: a model with one `fingerprint` per key, which changes with all that is read of the key. Keys with
    another fingerprint than the one remembered are made anew, whatever else changed.
#}
{% materialization maintained, adapter='duckdb' %}
    {%- set known = remembered() -%}
    {%- if load_cached_relation(this) is none or should_full_refresh() or known.basis != build_basis() -%}
        {{ return(maintained_whole(known, is_new=true)) }}
    {%- endif -%}
    {%- set changed = changed_inputs(known) -%}
    {%- if not changed -%}
        {{ return(maintained_as_it_is()) }}
    {%- elif not changes_are_followed(changed, known) -%}
        {{ return(maintained_whole(known, is_new=config.get('compared') is false)) }}
    {%- elif config.get('sums') -%}
        {{ return(maintained_by_sums(changed, known)) }}
    {%- endif -%}
    {{ return(maintained_by_key(known)) }}
{% endmaterialization %}

{% materialization maintained, adapter='spark' %}
    {{ return(materialization_table_spark()) }}
{% endmaterialization %}


{% macro maintained_as_it_is() %}
    {%- call noop_statement('main', 'UNCHANGED') -%}{%- endcall -%}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmacro %}


{# With `is_new` there are no rows to compare with. #}
{% macro maintained_whole(known, is_new) %}
    {%- set before = api.Relation.create(
        database=this.database, schema=this.schema, identifier=this.identifier ~ '__before', type='table'
    ) -%}
    {%- do run_query('drop table if exists ' ~ before ~ '; drop table if exists ' ~ built_from() ~ '; ' ~ forgetting()) -%}
    {%- if not is_new -%}
        {%- do adapter.rename_relation(load_cached_relation(this), before) -%}
    {%- endif -%}
    {%- set built = materialization_table_duckdb() -%}
    {%- call statement('remembered') -%}
        {% if not is_new -%}
            {{ changed_rows(this, before) }}
            drop table {{ before }};
        {%- endif %}
        {{ remembering(known, 'whole', is_new) }}
    {%- endcall -%}
    {{ adapter.commit() }}
    {{ return(built) }}
{% endmacro %}


{% macro maintained_by_key(known) %}
    {%- set key = config.get('key') -%}
    {%- set is_changed = 'where ' ~ key ~ ' in (select ' ~ key ~ ' from ' ~ scratch('keys') ~ ')' -%}
    {%- set differs = 'where ' ~ key ~ ' in (select ' ~ key ~ ' from ' ~ built_from() ~ ')' -%}
    {%- call statement('main') -%}
        create or replace temp table {{ scratch('left') }} as select * from {{ this }} {{ is_changed }};
        create or replace temp table {{ scratch('came') }} as select * from {{ this }} limit 0;
        insert into {{ scratch('came') }} by name ({{ narrowed() }});
        {{ changed_rows(scratch('came'), scratch('left')) }}
        delete from {{ this }} {{ differs }};
        insert into {{ this }} select * from {{ scratch('came') }} {{ differs }};
        {{ remembering(known, 'by key') }}
        {{ without_scratch(['keys', 'left', 'came']) }}
    {%- endcall -%}
    {{ adapter.commit() }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmacro %}


{% macro maintained_by_sums(changed, known) %}
    {%- set sums = config.get('sums') + ['row_count'] -%}
    {%- set groups = adapter.get_columns_in_relation(this) | map(attribute='name') | reject('in', sums) | list -%}
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
        inner join {{ scratch('difference') }} as difference
            on {{ each(groups, 'known.{0} is not distinct from difference.{0}') | join(' and ') }};
        delete from {{ this }} where rowid in (select known_row from {{ scratch('left') }});
        alter table {{ scratch('left') }} drop column known_row;
        create or replace temp table {{ scratch('came') }} as select * from {{ this }} limit 0;
        insert into {{ scratch('came') }} by name (
            select {{ groups | join(', ') }}, {{ each(sums, 'sum({0}) as {0}') | join(', ') }}
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


{% macro each(names, text) %}
    {%- set found = [] -%}
    {%- for name in names -%}{%- do found.append(text | replace('{0}', name)) -%}{%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{% macro scratch(suffix) %}{{ return('"' ~ this.identifier ~ '__' ~ suffix ~ '"') }}{% endmacro %}

{% macro without_scratch(suffixes) -%}
    {%- for suffix in suffixes %}drop table if exists temp.{{ scratch(suffix) }}; {% endfor -%}
{%- endmacro %}
