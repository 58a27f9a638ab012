{{ config(severity='warn') }}
-- Answers about tickets that the source never sent; they count, with an unknown ticket.
with ratings as (
    select * from {{ ref('int_ratings_placed') }}
)

select
    source_system,
    rating_id,
    ticket_id
from ratings
where has_unknown_ticket
