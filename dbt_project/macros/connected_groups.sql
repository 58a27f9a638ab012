{#
  Groups of linked records: one row per record of the CTE `links` (record_key and linked_record_key, each pair in
  both directions) with the smallest key of all records that its links lead to, as group_key. The CTE imports the
  model's only reference.

  DuckDB walks the links: the smallest key of a group travels along them, and every key on its way is larger.
  Spark has no UNION in recursion. There, labels are lowered round by round, each round also following a label
  to its own label, until none changes; the rounds run before the model's statement and leave two tables.
#}
{% macro connected_groups(links) %}{{ return(adapter.dispatch('connected_groups')(links)) }}{% endmacro %}

{% macro default__connected_groups(links) %}
    with recursive reached as (
        select
            record_key,
            record_key as group_key
        from {{ links }}
        union
        select
            linked.linked_record_key as record_key,
            reached.group_key
        from reached
        inner join {{ links }} as linked
            on reached.record_key = linked.record_key
        where reached.group_key < linked.linked_record_key
    )

    select
        record_key,
        min(group_key) as group_key
    from reached
    group by record_key
{% endmacro %}

{% macro spark__connected_groups(links) %}
    {%- set prefix = this.schema ~ '.' ~ this.identifier ~ '__labels_' -%}
    {%- set state = namespace(now='a', changed=1) -%}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- set relation = ref(model.refs[0].name) -%}
        {%- do keep_labels(prefix ~ 'a', "select distinct record_key, record_key as group_key from " ~ relation) -%}
        {%- for round in range(1000) if state.changed -%}
            {%- set before, after = prefix ~ state.now, prefix ~ ('b' if state.now == 'a' else 'a') -%}
            {%- do keep_labels(after, lower_labels(before, relation)) -%}
            {%- set state.changed = run_query(
                "select count(*) from " ~ after ~ " as later inner join " ~ before ~ " as earlier"
                ~ " on later.record_key = earlier.record_key where later.group_key <> earlier.group_key"
            ).rows[0][0] | int -%}
            {%- set state.now = 'b' if state.now == 'a' else 'a' -%}
        {%- endfor -%}
    {%- endif %}
select
    record_key,
    group_key
from {{ prefix ~ state.now }}
{% endmacro %}

{% macro keep_labels(table, query) %}
    {%- do run_query('drop table if exists ' ~ table) -%}
    {%- do run_query('create table ' ~ table ~ ' using parquet as ' ~ query) -%}
{% endmacro %}

{# The smallest label among a record, those that it is linked to, and the label of its label. #}
{% macro lower_labels(labels, links) %}
    select
        labels.record_key,
        least(labels.group_key, min(neighbours.group_key), min(roots.group_key)) as group_key
    from {{ labels }} as labels
    inner join {{ links }} as links on labels.record_key = links.record_key
    inner join {{ labels }} as neighbours on links.linked_record_key = neighbours.record_key
    inner join {{ labels }} as roots on labels.group_key = roots.record_key
    group by labels.record_key, labels.group_key
{% endmacro %}
