{# The member of a JSON object held as text whose name is an SQL expression, as text. #}
{% macro json_member(text, name) %}{{ return(adapter.dispatch('json_member')(text, name)) }}{% endmacro %}

{% macro default__json_member(text, name) -%}
    (cast({{ text }} as json) ->> {{ name }})
{%- endmacro %}

{% macro spark__json_member(text, name) -%}
    element_at(from_json({{ text }}, 'map<string,string>'), {{ name }})
{%- endmacro %}
