{# Words of HubSpot that several models read. #}

{# Position of a lifecycle stage: 0 subscriber, 1 lead, 2 MQL, 3 SQL, 4 and more customers; else NULL. #}
{% macro hubspot_lifecycle_rank(stage) -%}
    case lower({{ stage }})
        when 'subscriber' then 0
        when 'lead' then 1
        when 'marketingqualifiedlead' then 2
        when 'salesqualifiedlead' then 3
        when 'opportunity' then 4
        when 'customer' then 5
        when 'evangelist' then 6
    end
{%- endmacro %}
