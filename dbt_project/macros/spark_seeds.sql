{# Seeds on Spark: dbt-spark writes texts into the statement as they are, so an apostrophe ends them. #}
{% macro spark__load_csv_rows(model, agate_table) %}
    {%- set kinds = model['config'].get('column_types', {}) -%}
    {%- set rows = [] -%}
    {%- for row in agate_table.rows -%}
        {%- set values = [] -%}
        {%- for column in agate_table.column_names -%}
            {%- set kind = kinds.get(column, adapter.convert_type(agate_table, loop.index0)) -%}
            {%- set value = row[column] -%}
            {%- if value is none -%}
                {%- do values.append('cast(null as ' ~ kind ~ ')') -%}
            {%- else -%}
                {%- set text = (value | string).replace('\\', '\\\\').replace("'", "\\'") -%}
                {%- do values.append("cast('" ~ text ~ "' as " ~ kind ~ ')') -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do rows.append('(' ~ values | join(', ') ~ ')') -%}
    {%- endfor -%}
    {%- set statement = 'insert into ' ~ this.render() ~ ' values ' ~ rows | join(', ') -%}
    {%- do adapter.add_query(statement, abridge_sql_log=True) -%}
    {{- return(statement) -}}
{% endmacro %}
