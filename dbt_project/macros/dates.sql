{# Dates of the reporting zone and arithmetic on dates and UTC timestamps. #}

{# The reporting date of a UTC timestamp. #}
{% macro reporting_date(timestamp) %}{{ return(adapter.dispatch('reporting_date')(timestamp)) }}{% endmacro %}

{% macro default__reporting_date(timestamp) -%}
    cast({{ local_timestamp(timestamp, "'" ~ var('reporting_timezone') ~ "'") }} as date)
{%- endmacro %}


{# The UTC timestamp at which a date of the reporting zone begins. #}
{% macro start_of_reporting_date(date) -%}
    {{ utc_timestamp('cast(' ~ date ~ ' as timestamp)', "'" ~ var('reporting_timezone') ~ "'") }}
{%- endmacro %}


{# The last microsecond of a date of the reporting zone, as a UTC timestamp. #}
{% macro end_of_reporting_date(date) -%}
    ({{ start_of_reporting_date(date_add_days(date, 1)) }} - interval '1' microsecond)
{%- endmacro %}


{# Wall-clock time in a zone (an SQL expression) of a UTC timestamp, and back. #}
{% macro local_timestamp(timestamp, time_zone) %}
    {{- return(adapter.dispatch('local_timestamp')(timestamp, time_zone)) -}}
{% endmacro %}

{% macro default__local_timestamp(timestamp, time_zone) -%}
    timezone({{ time_zone }}, timezone('UTC', {{ timestamp }}))
{%- endmacro %}

{% macro spark__local_timestamp(timestamp, time_zone) -%}
    convert_timezone('UTC', {{ time_zone }}, cast({{ timestamp }} as timestamp_ntz))
{%- endmacro %}

{% macro utc_timestamp(local_timestamp, time_zone) %}
    {{- return(adapter.dispatch('utc_timestamp')(local_timestamp, time_zone)) -}}
{% endmacro %}

{% macro default__utc_timestamp(local_timestamp, time_zone) -%}
    timezone('UTC', timezone({{ time_zone }}, {{ local_timestamp }}))
{%- endmacro %}

{% macro spark__utc_timestamp(local_timestamp, time_zone) -%}
    cast(convert_timezone({{ time_zone }}, 'UTC', cast({{ local_timestamp }} as timestamp_ntz)) as timestamp)
{%- endmacro %}


{% macro period_start(grain, date) -%}
    cast(date_trunc('{{ grain }}', {{ date }}) as date)
{%- endmacro %}

{% macro month_start(date) -%}{{ period_start('month', date) }}{%- endmacro %}
{% macro quarter_start(date) -%}{{ period_start('quarter', date) }}{%- endmacro %}
{% macro year_start(date) -%}{{ period_start('year', date) }}{%- endmacro %}

{% macro month_end(date) -%}
    {{ date_add_days(date_add_months(month_start(date), 1), -1) }}
{%- endmacro %}

{% macro quarter_end(date) -%}
    {{ date_add_days(date_add_months(quarter_start(date), 3), -1) }}
{%- endmacro %}


{# Last day of the period of a grain (a column) that begins on a date. #}
{% macro period_end(grain, start_date) -%}
    case
        when {{ grain }} = 'day' then {{ start_date }}
        when {{ grain }} = 'week' then {{ date_add_days(start_date, 6) }}
        when {{ grain }} = 'month' then {{ date_add_days(date_add_months(start_date, 1), -1) }}
        when {{ grain }} in ('quarter', 'fiscal_quarter')
            then {{ date_add_days(date_add_months(start_date, 3), -1) }}
        when {{ grain }} in ('year', 'fiscal_year')
            then {{ date_add_days(date_add_months(start_date, 12), -1) }}
    end
{%- endmacro %}


{# First day of the period before the one of a grain (a column) that begins on a date, and of the same one a year earlier. #}
{% macro previous_period_start(grain, start_date) -%}
    case
        when {{ grain }} = 'day' then {{ date_add_days(start_date, -1) }}
        when {{ grain }} = 'week' then {{ date_add_days(start_date, -7) }}
        when {{ grain }} = 'month' then {{ date_add_months(start_date, -1) }}
        when {{ grain }} in ('quarter', 'fiscal_quarter') then {{ date_add_months(start_date, -3) }}
        else {{ date_add_months(start_date, -12) }}
    end
{%- endmacro %}

{# 52 weeks earlier is the week with the same days. #}
{% macro previous_year_start(grain, start_date) -%}
    case
        when {{ grain }} = 'week' then {{ date_add_days(start_date, -364) }}
        else {{ date_add_months(start_date, -12) }}
    end
{%- endmacro %}


{% macro date_add_days(date, days) %}{{ return(adapter.dispatch('date_add_days')(date, days)) }}{% endmacro %}

{% macro default__date_add_days(date, days) -%}
    (cast({{ date }} as date) + cast({{ days }} as integer))
{%- endmacro %}

{% macro spark__date_add_days(date, days) -%}
    date_add(cast({{ date }} as date), cast({{ days }} as int))
{%- endmacro %}


{# The same day some months later, clipped to the month's last day. #}
{% macro date_add_months(date, months) %}
    {{- return(adapter.dispatch('date_add_months')(date, months)) -}}
{% endmacro %}

{% macro default__date_add_months(date, months) -%}
    cast(cast({{ date }} as date) + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro spark__date_add_months(date, months) -%}
    add_months(cast({{ date }} as date), cast({{ months }} as int))
{%- endmacro %}


{# Days from the first date to the second (negative when the second is earlier). #}
{% macro date_diff_days(start_date, end_date) %}
    {{- return(adapter.dispatch('date_diff_days')(start_date, end_date)) -}}
{% endmacro %}

{% macro default__date_diff_days(start_date, end_date) -%}
    (cast({{ end_date }} as date) - cast({{ start_date }} as date))
{%- endmacro %}

{% macro spark__date_diff_days(start_date, end_date) -%}
    datediff(cast({{ end_date }} as date), cast({{ start_date }} as date))
{%- endmacro %}


{# Whole months between the months of two dates. #}
{% macro date_diff_months(start_date, end_date) -%}
    (
        (extract(year from {{ end_date }}) - extract(year from {{ start_date }})) * 12
        + extract(month from {{ end_date }}) - extract(month from {{ start_date }})
    )
{%- endmacro %}


{# 1 = Monday … 7 = Sunday. #}
{% macro iso_weekday(date) %}{{ return(adapter.dispatch('iso_weekday')(date)) }}{% endmacro %}

{% macro default__iso_weekday(date) -%}
    cast(isodow({{ date }}) as integer)
{%- endmacro %}

{% macro spark__iso_weekday(date) -%}
    cast(weekday({{ date }}) + 1 as int)
{%- endmacro %}


{# Microseconds, seconds and minutes (decimal) from one UTC timestamp to another. #}
{% macro microseconds_between(start_at, end_at) %}
    {{- return(adapter.dispatch('microseconds_between')(start_at, end_at)) -}}
{% endmacro %}

{% macro default__microseconds_between(start_at, end_at) -%}
    (epoch_us({{ end_at }}) - epoch_us({{ start_at }}))
{%- endmacro %}

{% macro spark__microseconds_between(start_at, end_at) -%}
    timestampdiff(microsecond, {{ start_at }}, {{ end_at }})
{%- endmacro %}

{% macro minutes_between(start_at, end_at) -%}
    cast(
        {{ divide_money('cast(' ~ microseconds_between(start_at, end_at) ~ ' as decimal(38, 0))', '60000000', 9) }}
        as decimal(18, 9)
    )
{%- endmacro %}

{% macro hours_between(start_at, end_at) -%}
    cast(
        {{ divide_money('cast(' ~ microseconds_between(start_at, end_at) ~ ' as decimal(38, 0))', '3600000000', 9) }}
        as decimal(18, 9)
    )
{%- endmacro %}

{% macro timestamp_add_seconds(timestamp, seconds) %}
    {{- return(adapter.dispatch('timestamp_add_seconds')(timestamp, seconds)) -}}
{% endmacro %}

{% macro default__timestamp_add_seconds(timestamp, seconds) -%}
    ({{ timestamp }} + to_seconds(cast({{ seconds }} as bigint)))
{%- endmacro %}

{% macro spark__timestamp_add_seconds(timestamp, seconds) -%}
    timestampadd(second, cast({{ seconds }} as int), {{ timestamp }})
{%- endmacro %}


{% macro timestamp_add_minutes(timestamp, minutes) %}
    {{- return(adapter.dispatch('timestamp_add_minutes')(timestamp, minutes)) -}}
{% endmacro %}

{% macro default__timestamp_add_minutes(timestamp, minutes) -%}
    ({{ timestamp }} + to_minutes(cast({{ minutes }} as bigint)))
{%- endmacro %}

{% macro spark__timestamp_add_minutes(timestamp, minutes) -%}
    timestampadd(minute, {{ minutes }}, {{ timestamp }})
{%- endmacro %}


{# One row per day, both ends included, as `date_day`. The bounds are SQL expressions. #}
{% macro date_spine(first_date, last_date) %}
    {{- return(adapter.dispatch('date_spine')(first_date, last_date)) -}}
{% endmacro %}

{% macro default__date_spine(first_date, last_date) %}
    select cast(unnest(generate_series(
        cast({{ first_date }} as timestamp), cast({{ last_date }} as timestamp), interval '1' day
    )) as date) as date_day
{% endmacro %}

{% macro spark__date_spine(first_date, last_date) %}
    select explode(sequence(
        cast({{ first_date }} as date), cast({{ last_date }} as date), interval 1 day
    )) as date_day
{% endmacro %}


{# One row per day from a row's first to its last date: the columns `keep` and `date_day`. #}
{% macro expand_days(rows_from, keep, first_date, last_date) %}
    {{- return(adapter.dispatch('expand_days')(rows_from, keep, first_date, last_date)) -}}
{% endmacro %}

{% macro default__expand_days(rows_from, keep, first_date, last_date) %}
    select
        {%- for name in keep %}
        {{ name }},
        {%- endfor %}
        cast(unnest(generate_series(
            cast({{ first_date }} as timestamp), cast({{ last_date }} as timestamp), interval '1' day
        )) as date) as date_day
    from {{ rows_from }}
{% endmacro %}

{% macro spark__expand_days(rows_from, keep, first_date, last_date) %}
    select
        {%- for name in keep %}
        {{ name }},
        {%- endfor %}
        date_day
    from {{ rows_from }}
    lateral view explode(sequence(
        cast({{ first_date }} as date), cast({{ last_date }} as date), interval 1 day
    )) as date_day
{% endmacro %}


{# Whether a version (a relation with `valid_from` and `valid_to`) is the one of a day; without an end it still holds. #}
{% macro is_in_force(version, day) -%}
    {{ day }} >= {{ version }}.valid_from
    and {{ day }} < coalesce({{ version }}.valid_to, date '9999-12-31')
{%- endmacro %}
