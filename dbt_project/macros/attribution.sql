{#
  Weight of a touch that loses half of it every `half_life` days: 2^(-days ÷ half_life) as an integer of 40 binary
  digits, in which whole half-lives are exact. The coarser scale leaves no room for the engines' last bits.
#}
{% macro decay_weight(days, half_life) -%}
    cast(
        round(power(cast(2 as double), -cast({{ days }} as double) / cast({{ half_life }} as double)) * 1099511627776)
        as decimal(18, 0)
    )
{%- endmacro %}
