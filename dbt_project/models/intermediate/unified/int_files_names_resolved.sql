with files_accounts as (
    select * from {{ ref('stg_files__accounts') }}
),

files_sales_reps as (
    select * from {{ ref('stg_files__sales_reps') }}
),

files_campaigns as (
    select * from {{ ref('stg_files__campaigns') }}
),

files_products as (
    select * from {{ ref('stg_files__products') }}
),

mentioned as (
    select * from {{ ref('int_files_names_mentioned') }}
),

things as (
    select
        files_accounts.source_system,
        'accounts' as entity,
        files_accounts.account_id as thing_id,
        {{ comparable_text('files_accounts.account_name') }} as name_key
    from files_accounts
    where not files_accounts.is_deleted
    union all
    select
        files_sales_reps.source_system,
        'sales_reps' as entity,
        files_sales_reps.sales_rep_id as thing_id,
        {{ comparable_text('files_sales_reps.sales_rep_name') }} as name_key
    from files_sales_reps
    where not files_sales_reps.is_deleted
    union all
    select
        files_campaigns.source_system,
        'campaigns' as entity,
        files_campaigns.campaign_id as thing_id,
        {{ comparable_text('files_campaigns.campaign_name') }} as name_key
    from files_campaigns
    where not files_campaigns.is_deleted
    union all
    select
        files_products.source_system,
        'products' as entity,
        files_products.product_id as thing_id,
        {{ comparable_text('files_products.product_name') }} as name_key
    from files_products
    where not files_products.is_deleted
),

listed as (
    select distinct
        things.source_system,
        things.entity
    from things
),

named as (
    select
        things.source_system,
        things.entity,
        things.name_key,
        min(things.thing_id) as thing_id,
        count(distinct things.thing_id) as thing_count
    from things
    group by
        things.source_system,
        things.entity,
        things.name_key
),

-- A source that lists no things of the kind at all has only their names: the name is the id then.
final as (
    select
        mentioned.source_system,
        mentioned.entity,
        mentioned.name_key,
        mentioned.thing_name,
        mentioned.mention_count,
        case
            when listed.source_system is null then mentioned.name_key
            when named.thing_count = 1 then named.thing_id
        end as resolved_id,
        listed.source_system is null as is_implied
    from mentioned
    left join listed
        on
            mentioned.source_system = listed.source_system
            and mentioned.entity = listed.entity
    left join named
        on
            mentioned.source_system = named.source_system
            and mentioned.entity = named.entity
            and mentioned.name_key = named.name_key
)

select * from final
