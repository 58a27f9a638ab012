{{ config(
    key='opportunity_key',
    on_days={'int_opportunity_open_intervals': 'open_to_date >= {since}'}
) }}

with open_intervals as (
    select * from {{ ref('int_opportunity_open_intervals') }}
    where open_from_date < open_to_date
),

opportunities as (
    select * from {{ ref('int_opportunities_remembered') }}
),

values_in_force as (
    select * from {{ ref('int_opportunity_values_in_force') }}
),

stages as (
    select * from {{ ref('int_stages_ordered') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- beside the open spans: the day on which it leaves, and the day of a creation that ends closed
spans as (
    select
        open_intervals.opportunity_key,
        open_intervals.stage_key,
        open_intervals.open_from_date as from_date,
        least(open_intervals.open_to_date, {{ date_add_days('run_parameters.as_of_date', 1) }}) as to_date,
        true as is_open
    from open_intervals
    inner join run_parameters
        on open_intervals.open_from_date <= run_parameters.as_of_date
    union all
    select
        open_intervals.opportunity_key,
        open_intervals.stage_key,
        open_intervals.open_to_date as from_date,
        {{ date_add_days('open_intervals.open_to_date', 1) }} as to_date,
        false as is_open
    from open_intervals
    inner join run_parameters
        on open_intervals.open_to_date <= run_parameters.as_of_date
    left join open_intervals as following
        on open_intervals.opportunity_key = following.opportunity_key
        and open_intervals.open_to_date = following.open_from_date
    where following.opportunity_key is null
    union all
    select
        opportunities.opportunity_key,
        opportunities.stage_key,
        opportunities.created_date as from_date,
        {{ date_add_days('opportunities.created_date', 1) }} as to_date,
        false as is_open
    from opportunities
    left join open_intervals
        on opportunities.opportunity_key = open_intervals.opportunity_key
        and opportunities.created_date = open_intervals.open_from_date
    where open_intervals.opportunity_key is null
),

-- a new value begins a new span
starts as (
    select opportunity_key, from_date, from_date as start_date
    from spans
    union
    select
        spans.opportunity_key,
        spans.from_date,
        values_in_force.valid_from_date as start_date
    from spans
    inner join values_in_force
        on spans.opportunity_key = values_in_force.opportunity_key
        and spans.from_date < values_in_force.valid_from_date
        and spans.to_date > values_in_force.valid_from_date
),

followed as (
    select
        opportunity_key,
        from_date,
        start_date,
        lead(start_date) over (partition by opportunity_key, from_date order by start_date) as next_date
    from starts
),

split as (
    select
        spans.opportunity_key,
        spans.stage_key,
        spans.is_open,
        followed.start_date as from_date,
        coalesce(followed.next_date, spans.to_date) as to_date,
        spans.to_date as span_to_date
    from spans
    inner join followed
        on spans.opportunity_key = followed.opportunity_key
        and spans.from_date = followed.from_date
),

amounts as (
    select opportunity_key, value, valid_from_date, valid_to_date
    from values_in_force
    where field = 'amount'
),

currencies as (
    select opportunity_key, value, valid_from_date, valid_to_date
    from values_in_force
    where field = 'currency_code'
),

probabilities as (
    select opportunity_key, value, valid_from_date, valid_to_date
    from values_in_force
    where field = 'probability'
),

close_dates as (
    select opportunity_key, value, valid_from_date, valid_to_date
    from values_in_force
    where field = 'expected_close_date'
),

in_force as (
    select
        split.opportunity_key,
        split.stage_key,
        split.from_date,
        split.to_date,
        split.is_open,
        coalesce(currencies.value, opportunities.currency_code) as currency_code,
        case
            when amounts.opportunity_key is null then opportunities.amount
            else coalesce({{ safe_decimal('amounts.value', 18, 4) }}, 0)
        end as amount,
        -- without a history the deal's own probability is that of the stage in which it is now, or was to the end
        case
            when probabilities.opportunity_key is not null then {{ safe_decimal('probabilities.value', 9, 6) }}
            when
                not opportunities.is_closed
                and split.span_to_date > coalesce(
                    {{ date_add_days('opportunities.removed_date', -1) }}, run_parameters.as_of_date
                )
                then opportunities.probability
        end as own_probability,
        case
            when close_dates.opportunity_key is null then opportunities.expected_close_date
            else {{ safe_date('close_dates.value') }}
        end as expected_close_date
    from split
    cross join run_parameters
    inner join opportunities
        on split.opportunity_key = opportunities.opportunity_key
    left join amounts
        on split.opportunity_key = amounts.opportunity_key
        and split.from_date >= amounts.valid_from_date
        and split.from_date < amounts.valid_to_date
    left join currencies
        on split.opportunity_key = currencies.opportunity_key
        and split.from_date >= currencies.valid_from_date
        and split.from_date < currencies.valid_to_date
    left join probabilities
        on split.opportunity_key = probabilities.opportunity_key
        and split.from_date >= probabilities.valid_from_date
        and split.from_date < probabilities.valid_to_date
    left join close_dates
        on split.opportunity_key = close_dates.opportunity_key
        and split.from_date >= close_dates.valid_from_date
        and split.from_date < close_dates.valid_to_date
),

final as (
    select
        in_force.opportunity_key,
        in_force.stage_key,
        in_force.from_date,
        in_force.to_date,
        in_force.is_open,
        in_force.currency_code,
        in_force.amount,
        cast(coalesce(
            in_force.own_probability, case when not stages.is_closed then stages.probability end
        ) as decimal(9, 6)) as probability,
        in_force.expected_close_date
    from in_force
    left join stages
        on in_force.stage_key = stages.stage_key
)

select * from final
