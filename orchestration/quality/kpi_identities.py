"""Identities of the KPI tables: members, components and facts give the same sums."""

from orchestration.quality.identity import Identity

FUNNEL_CONSERVATION = Identity(
    "funnel_is_conserved",
    ("marts.kpi_values", "marts.fct_leads", "marts.fct_lead_stage_events"),
    """
    with facts as (
        select 'leads' as kpi, cast(date_trunc('month', lead_date) as date) as month, sum(lead_count) as counted
        from marts.fct_leads group by all
        union all
        select 'mqls', cast(date_trunc('month', first_mql_date) as date), sum(mql_count) from marts.fct_leads
        where mql_count <> 0 group by all
        union all
        select 'mql_events', cast(date_trunc('month', event_date) as date), sum(mql_event_count)
        from marts.fct_lead_stage_events group by all
        union all
        select 'sqls', cast(date_trunc('month', event_date) as date), sum(sql_count)
        from marts.fct_lead_stage_events group by all
    ),
    published as (
        select kpi, period_start_date as month, value
        from marts.kpi_values
        where dimension = 'total' and period_grain = 'month'
            and kpi in ('leads', 'mqls', 'mql_events', 'sqls')
    )
    select
        coalesce(facts.kpi, published.kpi) as kpi,
        coalesce(facts.month, published.month) as month,
        facts.counted as rows_of_facts,
        published.value as kpi_value
    from facts
    full outer join published on facts.kpi = published.kpi and facts.month = published.month
    where coalesce(facts.counted, 0) <> coalesce(published.value, 0)
    order by kpi, month
    """,
)

PIPELINE_BRIDGE = Identity(
    "pipeline_bridge_closes",
    ("marts.kpi_values",),
    """
    with bridged as (
        select
            period_grain,
            period_start_date,
            dimension,
            member,
            sum(case when kpi = 'pipeline_closing_amount' then numerator else 0 end) as closing_amount,
            sum(case
                when kpi in (
                    'pipeline_opening_amount', 'pipeline_created_amount', 'pipeline_reopened_amount',
                    'pipeline_amount_changes', 'pipeline_fx_amount', 'pipeline_transferred_in_amount'
                ) then numerator
                when kpi in (
                    'pipeline_won_amount', 'pipeline_lost_amount', 'pipeline_removed_amount',
                    'pipeline_transferred_out_amount'
                )
                    then -numerator
                else 0
            end) as bridged_amount
        from marts.kpi_values
        where kpi like 'pipeline%amount%' and dimension <> 'currency'
        group by period_grain, period_start_date, dimension, member
    )
    select *
    from bridged
    where closing_amount <> bridged_amount
    order by period_grain, period_start_date, dimension, member
    """,
)

CLOSING_BRIDGE = Identity(
    "closing_bridge_closes",
    ("marts.fct_pipeline_closing_bridge", "marts.fct_pipeline_daily", "intermediate.int_run_parameters"),
    """
    with evenings as (
        select
            bridge.period_grain,
            bridge.period_start_date,
            sum(daily.pipeline_amount_reporting) as expected_amount
        from marts.fct_pipeline_closing_bridge as bridge
        cross join intermediate.int_run_parameters as parameters
        inner join marts.fct_pipeline_daily as daily
            on daily.snapshot_date = least(bridge.period_end_date, parameters.as_of_date)
            and daily.expected_close_date between bridge.period_start_date and bridge.period_end_date
        where bridge.dimension = 'total'
        group by bridge.period_grain, bridge.period_start_date
    ),
    bridged as (
        select
            bridge.*,
            opening_amount_reporting + created_amount_reporting + reopened_amount_reporting
            + pulled_in_amount_reporting - pushed_out_amount_reporting + amount_changes_reporting
            + transferred_in_amount_reporting - transferred_out_amount_reporting
            - won_amount_reporting - lost_amount_reporting - removed_amount_reporting
            + fx_amount_reporting as bridged_amount
        from marts.fct_pipeline_closing_bridge as bridge
    )
    select
        bridged.period_grain,
        bridged.period_start_date,
        bridged.dimension,
        bridged.member,
        bridged.bridged_amount,
        bridged.closing_amount_reporting,
        evenings.expected_amount
    from bridged
    left join evenings using (period_grain, period_start_date)
    where bridged.bridged_amount <> bridged.closing_amount_reporting
        or (bridged.dimension = 'total' and bridged.closing_amount_reporting <> coalesce(evenings.expected_amount, 0))
    order by 1, 2, 3, 4
    """,
)

TRENDS_AGREE = Identity(
    "trend_status_follows_the_comparison",
    ("marts.kpi_values", "marts.kpi_trends", "marts.kpi_definitions"),
    """
    select
        shown.kpi, shown.version, shown.period_grain, shown.period_start_date, shown.dimension, shown.member,
        shown.trend_status, trends.value, trends.comparable_previous_value
    from marts.kpi_values as shown
    inner join marts.kpi_trends as trends using (kpi, version, period_grain, period_start_date, dimension, member)
    inner join marts.kpi_definitions as definitions using (kpi, version)
    where shown.trend_status <> case
            when trends.value is null or trends.comparable_previous_value is null then 'unknown'
            when trends.value = trends.comparable_previous_value then 'unchanged'
            when (trends.value > trends.comparable_previous_value) = (definitions.direction = 'up') then 'better'
            else 'worse'
        end
        or (
            shown.is_complete_period
            and (
                shown.previous_value is distinct from trends.comparable_previous_value
                or shown.previous_year_value is distinct from trends.comparable_previous_year_value
            )
        )
    order by 1, 2, 3, 4, 5, 6
    """,
)

DRIVERS_ADD_UP = Identity(
    "drivers_add_up_to_the_change",
    ("marts.kpi_drivers", "marts.kpi_values"),
    """
    with effects as (
        select
            kpi, version, period_grain, period_start_date, dimension,
            sum(effect_value) as effects,
            sum(coalesce(mix_effect + rate_effect, effect_value)) as mix_and_rate
        from marts.kpi_drivers
        group by kpi, version, period_grain, period_start_date, dimension
    )
    select effects.*, shown.value - shown.previous_value as change_value
    from effects
    inner join marts.kpi_values as shown using (kpi, version, period_grain, period_start_date)
    where shown.dimension = 'total'
        and greatest(
            abs(effects.effects - (shown.value - shown.previous_value)),
            abs(effects.mix_and_rate - effects.effects)
        ) > 1e-9 * greatest(1.0, abs(shown.value), abs(shown.previous_value))
    order by 1, 2, 3, 4, 5
    """,
)

# What one side does not have is nothing: 0. A quota attained is no sum of components, since targets are completed from
# other levels.
COMPONENTS_MAKE_VALUES = Identity(
    "components_make_the_values",
    ("marts.kpi_components", "marts.kpi_values", "marts.kpi_definitions"),
    """
    with components as (
        select *, 'all' as total from marts.kpi_components
    ),
    sliced as (
        select
            kpi,
            version,
            cast(date_trunc('month', component_date) as date) as month,
            dimension,
            member,
            numerator,
            denominator
        from components
        unpivot (member for dimension in (
            total, channel, source, campaign, region, segment, product, opportunity_type, currency, team, sales_rep,
            ticket_channel, agent_group, funnel_step, pipeline_step, pipeline_stage
        ))
        where component_scope in ('all', dimension)
    ),
    summed as (
        select kpi, version, month, dimension, member, sum(numerator) as numerator, sum(denominator) as denominator
        from sliced
        group by kpi, version, month, dimension, member
    ),
    shown as (
        select
            published.kpi, published.version, published.period_start_date as month, published.dimension,
            published.member, published.numerator as shown_numerator, published.denominator as shown_denominator
        from marts.kpi_values as published
        inner join marts.kpi_definitions as definitions
            on published.kpi = definitions.kpi and published.version = definitions.version
        where published.period_grain = 'month'
            and published.aggregation in ('sum', 'ratio')
            and definitions.computed_as <> 'quota_attainment'
    )
    select
        kpi, version, month, dimension, member, summed.numerator, summed.denominator,
        shown.shown_numerator, shown.shown_denominator
    from summed
    full outer join shown using (kpi, version, month, dimension, member)
    where coalesce(summed.numerator, 0) <> coalesce(shown.shown_numerator, 0)
        or coalesce(summed.denominator, 0) <> coalesce(shown.shown_denominator, 0)
    order by kpi, version, month, dimension, member
    """,
)

MEMBERS_ADD_UP = Identity(
    "members_add_up_to_the_total",
    ("marts.kpi_values", "marts.kpi_definitions"),
    """
    with dimensions (dimension) as (
        values ('channel'), ('source'), ('campaign'), ('region'), ('segment'), ('product'), ('opportunity_type'),
            ('currency'), ('team'), ('sales_rep'), ('ticket_channel'), ('agent_group'), ('funnel_step'),
            ('pipeline_step'), ('pipeline_stage'), ('csat_band'), ('ticket_load_band')
    ),
    told as (
        select definitions.kpi, definitions.version, dimensions.dimension
        from marts.kpi_definitions as definitions
        cross join dimensions
        where concat(', ', definitions.dimensions, ',') like concat('%, ', dimensions.dimension, ',%')
            and definitions.aggregation in ('sum', 'last')
    ),
    totals as (
        select
            shown.kpi, shown.version, shown.period_grain, shown.period_start_date, told.dimension,
            shown.numerator as total_numerator
        from marts.kpi_values as shown
        inner join told on shown.kpi = told.kpi and shown.version = told.version
        where shown.dimension = 'total'
    ),
    members as (
        select kpi, version, period_grain, period_start_date, dimension, sum(numerator) as members_numerator
        from marts.kpi_values
        where dimension <> 'total' and aggregation in ('sum', 'last')
        group by all
    )
    select
        kpi, version, period_grain, period_start_date, dimension, members.members_numerator, totals.total_numerator
    from members
    full outer join totals using (kpi, version, period_grain, period_start_date, dimension)
    where coalesce(members.members_numerator, 0) <> coalesce(totals.total_numerator, 0)
    order by kpi, version, period_grain, period_start_date, dimension
    """,
)
