{# Words of HubSpot that several models read. #}

{# Position of a lifecycle stage, or of what the configuration says it means: 0 subscriber, 1 lead, 2 MQL, 3 SQL, 4 and
   more customers; NULL for stages outside the lifecycle. #}
{% macro hubspot_lifecycle_rank(stage, meaning) -%}
    case
        when {{ meaning }} is not null
            then case {{ meaning }} when 'lead' then 1 when 'recycled' then 1 when 'mql' then 2 when 'sql' then 3 end
        else case lower({{ stage }})
            when 'subscriber' then 0
            when 'lead' then 1
            when 'marketingqualifiedlead' then 2
            when 'salesqualifiedlead' then 3
            when 'opportunity' then 4
            when 'customer' then 5
            when 'evangelist' then 6
        end
    end
{%- endmacro %}
