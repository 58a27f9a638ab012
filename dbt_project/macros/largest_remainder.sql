{#
  Splitting an amount so that the parts sum to it exactly: every part gets the whole units of its share, the
  units that are left over go one each to the largest remainders. Units are minor units (cents), as integers
  in decimal(38, 0); weights are integers.
#}

{% macro amount_in_units(amount) -%}
    cast({{ amount }} * {{ 10 ** var('reporting_minor_units') }} as decimal(38, 0))
{%- endmacro %}

{% macro units_in_amount(units) -%}
    cast(
        {{ units }} * cast({{ '%.*f' % (var('reporting_minor_units'), 10 ** -var('reporting_minor_units')) }}
            as decimal(4, {{ var('reporting_minor_units') }})) as decimal(18, 2)
    )
{%- endmacro %}

{% macro share_in_whole_units(units, weight, total_weight) -%}
    {{ divide_money(
        'abs(' ~ units ~ ') * ' ~ weight ~ ' - ' ~ share_remainder(units, weight, total_weight),
        total_weight, 0, 0
    ) }}
{%- endmacro %}

{% macro share_remainder(units, weight, total_weight) -%}
    mod(abs({{ units }}) * {{ weight }}, {{ total_weight }})
{%- endmacro %}
