{#
  Text to typed values. Each macro checks the pattern first and returns NULL for everything else, because
  plain casts change values silently. One truth table holds for every engine.
#}

{% macro safe_integer(text) %}{{ return(adapter.dispatch('safe_integer')(text)) }}{% endmacro %}

{% macro default__safe_integer(text) -%}
    case
        when regexp_matches(trim({{ text }}), '^[+-]?[0-9]+([.]0*)?$')
            then try_cast(split_part(trim({{ text }}), '.', 1) as bigint)
    end
{%- endmacro %}

{% macro spark__safe_integer(text) -%}
    case
        when trim({{ text }}) rlike '^[+-]?[0-9]+([.]0*)?$'
            then try_cast(split_part(trim({{ text }}), '.', 1) as bigint)
    end
{%- endmacro %}


{# More fractional digits than `scale` are rounded half away from zero; too many integer digits give NULL. #}
{% macro safe_decimal(text, precision=18, scale=4) %}
    {{- return(adapter.dispatch('safe_decimal')(text, precision, scale)) -}}
{% endmacro %}

{% macro default__safe_decimal(text, precision, scale) -%}
    case
        when regexp_matches(
            trim({{ text }}), '^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$'
        )
            then try_cast(trim({{ text }}) as decimal({{ precision }}, {{ scale }}))
    end
{%- endmacro %}

{% macro spark__safe_decimal(text, precision, scale) -%}
    case
        when trim({{ text }}) rlike '^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$'
            then try_cast(trim({{ text }}) as decimal({{ precision }}, {{ scale }}))
    end
{%- endmacro %}


{% macro safe_boolean(text) -%}
    case lower(trim({{ text }}))
        when 'true' then true
        when '1' then true
        when 'yes' then true
        when 'on' then true
        when 'false' then false
        when '0' then false
        when 'no' then false
        when 'off' then false
    end
{%- endmacro %}


{# ISO 8601. With an offset it is an instant, without one it is UTC; a bare date is the start of that day in
   the reporting zone. The result is a UTC timestamp without zone. #}
{% macro safe_timestamp(text) %}{{ return(adapter.dispatch('safe_timestamp')(text)) }}{% endmacro %}

{% macro default__safe_timestamp(text) -%}
    case
        when regexp_matches(trim({{ text }}), '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
            then {{ start_of_reporting_date('try_cast(trim(' ~ text ~ ') as date)') }}
        when regexp_matches(
            trim({{ text }}),
            '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?$'
        )
            then try_cast(
                regexp_replace(trim({{ text }}), '^(.{10}.[0-9]{2}:[0-9]{2})$', '\1:00') || '+00'
                as timestamptz
            ) at time zone 'UTC'
        when regexp_matches(
            trim({{ text }}),
            '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?'
            || ' ?(Z|z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)$'
        )
            then try_cast(
                regexp_replace(
                    regexp_replace(trim({{ text }}), ' ?(Z|z|UTC)$', '+00'),
                    '^(.{10}.[0-9]{2}:[0-9]{2}) ?([+-].*)$', '\1:00\2'
                )
                as timestamptz
            ) at time zone 'UTC'
    end
{%- endmacro %}

{% macro spark__safe_timestamp(text) -%}
    case
        when trim({{ text }}) rlike '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
            then {{ start_of_reporting_date('try_cast(trim(' ~ text ~ ') as date)') }}
        when trim({{ text }}) rlike concat(
            '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?',
            '( ?(Z|z|UTC|[+-][0-9]{2}(:?[0-9]{2})?))?$'
        )
            then try_cast(
                regexp_replace(
                    regexp_replace(trim({{ text }}), ' ?(Z|z|UTC)$', '+00:00'),
                    '([+-][0-9]{2}):?([0-9]{2})?$', '$1:$2'
                ) as timestamp_ntz
            )
    end
{%- endmacro %}


{% macro safe_date(text) %}{{ return(adapter.dispatch('safe_date')(text)) }}{% endmacro %}

{% macro default__safe_date(text) -%}
    case
        when regexp_matches(trim({{ text }}), '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
            then try_cast(trim({{ text }}) as date)
    end
{%- endmacro %}

{% macro spark__safe_date(text) -%}
    case
        when trim({{ text }}) rlike '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
            then try_cast(trim({{ text }}) as date)
    end
{%- endmacro %}


{# Epoch text to a UTC timestamp; unit is 'seconds' or 'milliseconds'. #}
{% macro safe_epoch_timestamp(text, unit='seconds') %}
    {{- return(adapter.dispatch('safe_epoch_timestamp')(text, unit)) -}}
{% endmacro %}

{% macro default__safe_epoch_timestamp(text, unit) -%}
    case
        when regexp_matches(trim({{ text }}), '^-?[0-9]{1,14}$')
            then make_timestamp(
                cast(trim({{ text }}) as bigint) * {{ 1000 if unit == 'milliseconds' else 1000000 }}
            )
    end
{%- endmacro %}

{% macro spark__safe_epoch_timestamp(text, unit) -%}
    case
        when trim({{ text }}) rlike '^-?[0-9]{1,14}$'
            then cast(
                {{ 'timestamp_millis' if unit == 'milliseconds' else 'timestamp_seconds' }}(
                    cast(trim({{ text }}) as bigint)
                ) as timestamp_ntz
            )
    end
{%- endmacro %}


{# Empty and blank text is no text. #}
{% macro clean_text(text) -%}
    nullif(trim({{ text }}), '')
{%- endmacro %}


{#
  The values of one row that were there and became NULL in their cast, as text "field=example; …", or NULL
  when nothing was lost. `records` is the CTE that holds the text columns. The generic test `no_lost_values`
  reads it. `decimals` may be a list (decimal(18, 4)) or a mapping {field: [precision, scale]}.
#}
{% macro lost_values(records, integers=[], decimals=[], booleans=[], timestamps=[], dates=[], epochs=[]) -%}
    {%- set checks = [] -%}
    {%- for field in integers -%}
        {%- do checks.append((field, safe_integer(records ~ '.' ~ field))) -%}
    {%- endfor -%}
    {%- for field in decimals -%}
        {%- set size = decimals[field] if decimals is mapping else [18, 4] -%}
        {%- do checks.append((field, safe_decimal(records ~ '.' ~ field, size[0], size[1]))) -%}
    {%- endfor -%}
    {%- for field in booleans -%}
        {%- do checks.append((field, safe_boolean(records ~ '.' ~ field))) -%}
    {%- endfor -%}
    {%- for field in timestamps -%}
        {%- do checks.append((field, safe_timestamp(records ~ '.' ~ field))) -%}
    {%- endfor -%}
    {%- for field in dates -%}
        {%- do checks.append((field, safe_date(records ~ '.' ~ field))) -%}
    {%- endfor -%}
    {%- for field in epochs -%}
        {%- do checks.append((field, safe_epoch_timestamp(records ~ '.' ~ field))) -%}
    {%- endfor -%}
    nullif(
        concat_ws(
            '; ', {{ records }}.misplaced_values
            {%- for field, cast_value in checks %},
            case
                when trim({{ records }}.{{ field }}) <> '' and {{ cast_value }} is null
                    then '{{ field }}=' || substr({{ records }}.{{ field }}, 1, 60)
            end
            {%- endfor %}
        ), ''
    )
{%- endmacro %}
