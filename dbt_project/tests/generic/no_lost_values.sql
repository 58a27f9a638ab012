{# A value that was there in the payload and became NULL in its cast is a finding with field and example. #}
{% test no_lost_values(model) %}

select
    source_system,
    record_id,
    lost_values
from {{ model }}
where lost_values is not null

{% endtest %}
