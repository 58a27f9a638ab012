-- Currencies and days of recurring revenue that no exchange rate was found for; a missing rate is never taken as 1.
with items as (
    select * from {{ ref('int_mrr_item_month_ends') }}
)

select
    currency_code,
    month_end_date as rate_date,
    count(*) as item_count
from items
where mrr_amount is null
group by currency_code, month_end_date
