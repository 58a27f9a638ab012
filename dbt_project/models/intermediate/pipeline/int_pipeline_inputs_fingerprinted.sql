{{ config(
    key='opportunity_key',
    on_days={'int_opportunity_spans_valued': 'to_date > {since}'}
) }}

with spans as (
    select * from {{ ref('int_opportunity_spans_valued') }}
),

opportunities as (
    select * from {{ ref('int_opportunities_remembered') }}
),

owners as (
    select * from {{ ref('int_opportunity_owners_in_force') }}
),

stage_events as (
    select * from {{ ref('int_opportunity_stage_events_sequenced') }}
),

sales_reps as (
    select * from {{ ref('int_sales_reps_by_validity') }}
),

run_parameters as (
    select * from {{ ref('int_run_parameters') }}
),

-- what the days of an opportunity are told by; a day more, and its rates, are no other opportunity
open_spans as (
    select
        spans.opportunity_key,
        spans.stage_key,
        spans.from_date,
        case when spans.to_date <= run_parameters.as_of_date then spans.to_date end as to_date,
        spans.is_open,
        spans.currency_code,
        spans.amount,
        spans.probability,
        spans.expected_close_date
    from spans
    cross join run_parameters
),

records as (
    select
        opportunity_key,
        channel,
        source,
        campaign,
        region,
        segment,
        product_key,
        product,
        opportunity_type,
        is_renewal,
        created_date,
        removed_date,
        is_won,
        source_url
    from opportunities
),

rep_prints as (
    select
        sales_rep_key,
        sum({{ row_print('sales_reps') }}) as print
    from sales_reps
    group by sales_rep_key
),

prints as (
    select
        opportunity_key,
        {{ row_print('open_spans') }} as print
    from open_spans
    union all
    select
        opportunity_key,
        {{ row_print('records') }} as print
    from records
    union all
    select
        opportunity_key,
        {{ row_print('owners') }} as print
    from owners
    union all
    select
        owners.opportunity_key,
        rep_prints.print
    from owners
    inner join rep_prints
        on owners.sales_rep_key = rep_prints.sales_rep_key
    union all
    select
        opportunity_key,
        {{ row_print('stage_events') }} as print
    from stage_events
),

final as (
    select
        opportunity_key,
        cast(sum(print) as {{ dbt.type_string() }}) as fingerprint
    from prints
    group by opportunity_key
)

select * from final
