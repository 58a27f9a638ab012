{#
  Monthly recurring revenue of one subscription item in the reporting currency: amount × rate ÷ divisor,
  rounded once, half away from zero. `multiplied_amount` is a decimal(19, 4), `rate` a decimal(18, 9), so
  that the product has the 13 fractional digits that divide_money expects.
#}
{% macro mrr_amount(multiplied_amount, rate, divisor) -%}
    cast(
        {{ divide_money(
            multiplied_amount ~ ' * cast(' ~ rate ~ ' as decimal(18, 9))',
            divisor,
            var('reporting_minor_units')
        ) }} as decimal(18, 2)
    )
{%- endmacro %}


{#
  A text amount in minor units, possibly with fractions of them, as an exact price in units of the currency:
  decimal(28, 15). Amounts of money use minor_units_to_amount.
#}
{% macro minor_units_to_unit_price(text, exponent) -%}
    cast(
        {{ safe_decimal(text, 25, 12) }}
        * case {{ exponent }}
            when 0 then cast(1 as decimal(4, 3))
            when 3 then cast(0.001 as decimal(4, 3))
            else cast(0.01 as decimal(4, 3))
        end as decimal(28, 15)
    )
{%- endmacro %}


{#
  The recurring amount of a price and quantity less a percentage that lasts for ever, per billing interval, never
  below zero: unit price decimal(28, 15) × quantity × (100 − percent off) ÷ 100; decimal(18, 4).
#}
{% macro discounted_amount(unit_price, quantity, percent_off) -%}
    cast(
        greatest(
            round(
                cast({{ unit_price }} * cast({{ quantity }} as decimal(10, 0)) as decimal(24, 8))
                * cast(100 - coalesce({{ percent_off }}, 0) as decimal(7, 4))
                * cast(0.01 as decimal(3, 2)),
                4
            ),
            0
        ) as decimal(18, 4)
    )
{%- endmacro %}


{# An amount of four fractional digits in ten-thousandths, as a whole number in decimal(19, 0). #}
{% macro in_ten_thousandths(amount) -%}
    cast(cast({{ amount }} as decimal(20, 4)) * 10000 as decimal(19, 0))
{%- endmacro %}
