"""Models that follow their inputs, on a small project: whatever changed, a table holds what its statement gives."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.dbt_project.projects import PROJECT, dbt

MODELS = {
    "stg_orders": """
        {{ config(materialized='incremental', unique_key='record_id', incremental_strategy='delete+insert') }}
        select * from {{ source('raw', 'orders') }}
        {% if is_incremental() %} where load_seq > (select max(load_seq) from {{ this }}) {% endif %}
    """,
    "stg_rates": "{{ config(materialized='view') }} select * from {{ source('raw', 'rates') }}",
    # of all orders, so no order has it by itself
    "stg_largest": """
        {{ config(materialized='view') }} select order_id from {{ ref('stg_orders') }} order by amount limit 1
    """,
    "int_orders": """
        {{ config(key='order_id') }}
        select orders.record_id, orders.order_id, orders.customer_id, orders.order_day,
            orders.due_date, orders.amount * rates.rate as amount
        from {{ ref('stg_orders') }} as orders inner join {{ ref('stg_rates') }} as rates using (currency)
    """,
    "int_customers": """
        {{ config(key='customer_id') }}
        select customer_id, count(*) as order_count, min(order_day) as first_day
        from {{ ref('int_orders') }} group by customer_id
    """,
    "int_orders_placed": """
        {{ config(key='order_id', reached={'int_customers': 'int_orders.customer_id'}) }}
        select orders.order_id, orders.order_day, orders.amount, customers.order_count,
            row_number() over (partition by orders.customer_id, orders.order_id order by orders.record_id) as line
        from {{ ref('int_orders') }} as orders inner join {{ ref('int_customers') }} as customers using (customer_id)
    """,
    "int_days": """
        {{ config(adds=['int_orders_placed'], sums=['amount']) }}
        select order_day, sum(amount) as amount, count(amount) as amount_count, count(*) as row_count
        from {{ ref('int_orders_placed') }} group by order_day
    """,
    # with a key of two columns, of which an input tells one
    "int_customer_days": """
        {{ config(key='customer_id, order_day', reached={'int_days': 'int_orders.order_day'}) }}
        select orders.customer_id, orders.order_day, count(*) as order_count, max(days.amount) as day_amount
        from {{ ref('int_orders') }} as orders inner join {{ ref('int_days') }} as days using (order_day)
        group by orders.customer_id, orders.order_day
    """,
    "int_lines": """
        {{ config(adds=['int_orders', 'int_orders_placed']) }}
        select order_day, amount from {{ ref('int_orders') }} where order_day is not null
        union all
        select order_day, amount from {{ ref('int_orders_placed') }}
    """,
    "int_ranks": """
        select order_id, amount, dense_rank() over (order by amount) as place from {{ ref('int_orders_placed') }}
    """,
    "int_best": """
        {{ config(key='order_id') }}
        select order_id, max(place) as place from {{ ref('int_ranks') }} group by order_id having max(place) > 3
    """,
    "int_beside_largest": """
        {{ config(key='order_id') }}
        select orders.order_id, largest.order_id is not null as is_largest
        from {{ ref('int_orders') }} as orders left join {{ ref('stg_largest') }} as largest using (order_id)
    """,
    "int_clock": """
        {{ config(day='today', day_alone=true) }} select today, home from {{ source('raw', 'clock') }}
    """,
    "int_orders_due": """
        {{ config(key='order_id', on_days={'int_orders': dated('due_date')}) }}
        select orders.order_id, orders.amount, clock.home
        from {{ ref('int_orders') }} as orders inner join {{ ref('int_clock') }} as clock
            on orders.due_date <= clock.today
    """,
    "int_orders_daily": """
        {{ config(key='order_id', grows='open_day', on_days={'int_orders': 'due_date <= {until}'}) }}
        select orders.order_id, orders.amount,
            unnest(generate_series(orders.due_date, clock.today, interval 1 day))::date as open_day
        from {{ ref('int_orders') }} as orders cross join {{ ref('int_clock') }} as clock
    """,
    "int_days_opened": """
        {{ config(key='order_id', grows='open_day', on_days={'int_orders_daily': 'open_day >= {since} - 1'}) }}
        -- depends_on: {{ ref('int_clock') }}
        select now.order_id, now.open_day, now.amount - before.amount as change, before.amount is null as is_first
        from {{ ref('int_orders_daily') }} as now left join {{ ref('int_orders_daily') }} as before
            on now.order_id = before.order_id and now.open_day = before.open_day + 1
    """,
    "int_orders_stamped": """
        {{ config(key='order_id', stamps={'int_clock': ['today']}, compared=false) }}
        select orders.order_id, orders.amount, clock.today
        from {{ ref('int_orders') }} as orders cross join {{ ref('int_clock') }} as clock
    """,
    # with a star that hands on all columns, and one that tells whole rows apart
    "int_orders_marked": """
        {{ config(key='order_id') }}
        with orders as (select * from {{ ref('int_orders') }}),
        final as (select orders.*, true as is_marked from orders)
        select * from final
    """,
    "int_different": """
        select count(*) as different
        from (select distinct * exclude (record_id, order_id, customer_id) from {{ ref('int_orders') }})
    """,
}
COLUMNS = {
    "stg_orders": ["record_id", "order_id", "customer_id"],
    "stg_largest": ["order_id"],
    "int_orders": ["record_id", "order_id", "customer_id", "order_day"],
    "int_customers": ["customer_id"],
    "int_orders_placed": ["order_id"],
    "int_ranks": ["order_id"],
    "int_orders_marked": ["order_id"],
    "int_orders_due": ["order_id"],
    "int_orders_daily": ["order_id"],
}
MAINTAINED = sorted(name for name in MODELS if name.startswith("int_"))
ORDERS = """
    select 'a' as source_system, 'r' || i as record_id, 'o' || i as order_id, 'c' || i % 50 as customer_id,
        'EUR' as currency, 'd' || i % 7 as order_day, i::decimal(9, 2) as amount, 1 as load_seq,
        date '2026-01-01' + i::integer as due_date
    from range(400) as numbers (i)
"""


class Warehouse:
    """The small project and its warehouse."""

    def __init__(self, folder: Path) -> None:
        self.work = folder
        self.project = folder / "project"
        (self.project / "models").mkdir(parents=True)
        shutil.copytree(PROJECT / "macros" / "maintained", self.project / "macros" / "maintained")
        shutil.copy(PROJECT / "macros" / "schema_names.sql", self.project / "macros")
        settings = {
            "name": "funnelhouse",
            "profile": "funnelhouse",
            "on-run-start": "{{ make_memory() }}",
            "on-run-end": "{{ forget_followed_rows() }}",
            "vars": {"reporting_timezone": "UTC", "reporting_minor_units": 2},
            "models": {"+materialized": "maintained", "+schema": "built"},
        }
        (self.project / "dbt_project.yml").write_text(json.dumps(settings))
        tables = [{"name": "orders"}, {"name": "rates"}, {"name": "clock"}]
        (self.project / "models" / "sources.yml").write_text(
            json.dumps({"sources": [{"name": "raw", "tables": tables}]})
        )
        told = [{"name": name, "columns": [{"name": column} for column in names]} for name, names in COLUMNS.items()]
        (self.project / "models" / "models.yml").write_text(json.dumps({"models": told}))
        for name, statement in MODELS.items():
            (self.project / "models" / f"{name}.sql").write_text(statement)
        self.sql("create schema raw", f"create table raw.orders as {ORDERS}")
        self.sql("create table raw.rates as select 'EUR' as currency, 1.5::decimal(9, 2) as rate")
        self.sql("create table raw.clock as select date '2026-01-20' as today, 'EUR' as home")

    def sql(self, *statements: str) -> list[tuple[object, ...]]:
        with duckdb.connect(self.work / "warehouse.duckdb") as connection:
            return [row for statement in statements for row in connection.execute(statement).fetchall()]

    def load(self, *changes: str) -> None:
        """Change orders as the next load would: `changes` are what to set, and where."""
        for change in changes:
            self.sql(f"update raw.orders set load_seq = (select max(load_seq) + 1 from raw.orders), {change}")

    def build(self, *arguments: str) -> dict[str, str]:
        """How every model was built: whole, by key, by sums, by rows, or unchanged."""
        dbt("--quiet", "run", *arguments, project=self.project, work=self.work)
        results = json.loads((self.work / "target" / "run_results.json").read_text())["results"]
        unchanged = {result["unique_id"] for result in results if result["message"] == "UNCHANGED"}
        ran = {result["unique_id"] for result in results}
        known = self.sql("select model, built from built_from.versions")
        return {
            str(model).split(".")[-1]: "unchanged" if model in unchanged else str(how)
            for model, how in known
            if model in ran
        }

    def holds_what_statements_give(self) -> bool:
        """Whether every table equals its statement, read from the inputs as they are."""
        compiled = self.work / "target" / "compiled" / "funnelhouse" / "models"
        with duckdb.connect(self.work / "warehouse.duckdb", read_only=True) as connection:
            for name in MAINTAINED:
                statement = (compiled / f"{name}.sql").read_text()
                for one, other in (("told", f"built.{name}"), (f"built.{name}", "told")):
                    query = f"with told as ({statement}) select * from {one} except all select * from {other}"
                    assert connection.execute(query).fetchall() == [], (name, one)
        return True

    def changed_rows(self) -> set[str]:
        """The models of which the rows are kept that left and that came."""
        kept = self.sql("select table_name from duckdb_tables() where schema_name = 'built_from'")
        return {str(name) for (name,) in kept} - {"versions", "inputs"}

    def scratch(self) -> list[tuple[object, ...]]:
        return self.sql("select table_name from duckdb_tables() where table_name like '%\\_\\_%' escape '\\'")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("maintained"))
    assert set(warehouse.build().values()) == {"whole"}
    return warehouse


@pytest.fixture
def warehouse(built: Warehouse) -> Warehouse:
    """The small warehouse as it was built first."""
    saved = built.work / "saved.duckdb"
    if not saved.exists():
        shutil.copy(built.work / "warehouse.duckdb", saved)
    shutil.copy(saved, built.work / "warehouse.duckdb")
    return built


def test_without_news_every_model_stays_as_it_is(warehouse: Warehouse) -> None:
    assert set(warehouse.build().values()) == {"unchanged"}
    assert warehouse.holds_what_statements_give()


def test_what_changed_is_followed_through_keys_links_sums_and_rows(warehouse: Warehouse) -> None:
    # an order moves to another customer, one to another day with an unknown amount, one is new, one loses its day
    warehouse.load("customer_id = 'c1' where order_id = 'o3'", "order_day = 'd9', amount = null where order_id = 'o4'")
    warehouse.sql("insert into raw.orders select 'a', 'r99', 'o99', 'c9', 'EUR', 'd1', 7, 9, '2026-01-05'")
    warehouse.load("order_day = null where order_id = 'o5'")
    how = warehouse.build()
    assert warehouse.holds_what_statements_give()
    assert {how[name] for name in ("int_orders", "int_customers", "int_orders_placed")} == {"by key"}
    assert (how["int_days"], how["int_lines"], how["int_ranks"]) == ("by sums", "by rows", "whole")
    assert warehouse.scratch() == []
    # and back: the group of the one day goes with its last row, an amount that became unknown is known again
    warehouse.load("order_day = 'd4', amount = 4 where order_id = 'o4'")
    assert warehouse.build()["int_days"] == "by sums"
    assert warehouse.holds_what_statements_give()
    assert warehouse.sql("select count(*) from built.int_days where order_day = 'd9'") == [(0,)]


def test_a_sum_without_a_known_part_is_unknown_and_not_zero(warehouse: Warehouse) -> None:
    warehouse.load("order_day = 'd9' where order_id = 'o1'", "order_day = 'd9', amount = null where order_id = 'o2'")
    warehouse.build()
    warehouse.load("order_day = 'd0' where order_id = 'o1'")
    assert warehouse.build()["int_days"] == "by sums"
    assert warehouse.sql("select amount, row_count from built.int_days where order_day = 'd9'") == [(None, 1)]
    assert warehouse.holds_what_statements_give()


def test_models_below_rows_that_came_out_equal_stay_as_they_are(warehouse: Warehouse) -> None:
    warehouse.load("source_system = 'b' where order_id = 'o3'")
    how = warehouse.build()
    assert {name for name, path in how.items() if path != "unchanged"} == {"int_orders", "int_beside_largest"}
    assert warehouse.holds_what_statements_give()


def test_a_change_in_columns_that_a_statement_does_not_read_leaves_its_model_as_it_is(warehouse: Warehouse) -> None:
    warehouse.load("amount = 0 where order_id = 'o7'")  # now as o0, of the same day
    how = warehouse.build()
    assert (how["int_orders"], how["int_customers"], how["int_best"]) == ("by key", "unchanged", "whole")
    assert (how["int_orders_marked"], how["int_different"]) == ("by key", "whole")
    assert warehouse.holds_what_statements_give()
    # it has read that version, so the next one is followed
    warehouse.load("order_day = 'd9' where order_id = 'o3'")
    assert warehouse.build()["int_customers"] == "by key"
    assert warehouse.holds_what_statements_give()


def test_another_day_concerns_what_is_dated_on_it_and_what_grows_with_it(warehouse: Warehouse) -> None:
    # a row of an earlier day, as no build would make it: it stays, so it was not made anew
    warehouse.sql("update built.int_orders_daily set amount = -1 where order_id = 'o1' and open_day = '2026-01-05'")
    warehouse.sql("update raw.clock set today = '2026-01-22'")
    how = warehouse.build()
    assert (how["int_orders"], how["int_orders_due"]) == ("unchanged", "by key")
    assert (how["int_orders_daily"], how["int_days_opened"]) == ("by key", "by key")
    made = "select changed_row_count from built_from.versions where model like '%.int_orders_due'"
    assert warehouse.sql(made) == [(2,)]
    assert warehouse.sql("select count(*) from built.int_orders_daily where amount = -1") == [(1,)]
    assert how["int_orders_stamped"] == "stamped"
    warehouse.sql("update built.int_orders_daily set amount = 1.5 where amount = -1")
    assert warehouse.holds_what_statements_give()


def test_another_day_goes_with_changes_of_any_day_and_back_again(warehouse: Warehouse) -> None:
    # a row as no build would make it: it is stamped only
    warehouse.sql("update built.int_orders_stamped set amount = -1 where order_id = 'o1'")
    warehouse.load("amount = 9 where order_id = 'o2'", "due_date = '2026-01-21' where order_id = 'o3'")
    warehouse.sql("update raw.clock set today = '2026-01-22'")
    how = warehouse.build()
    assert {how[name] for name in ("int_orders_due", "int_orders_daily", "int_days_opened")} == {"by key"}
    assert how["int_orders_stamped"] == "by key"
    assert warehouse.sql("select order_id from built.int_orders_stamped where amount = -1") == [("o1",)]
    warehouse.sql("update built.int_orders_stamped set amount = 1.5 where amount = -1")
    assert warehouse.holds_what_statements_give()
    warehouse.sql("update raw.clock set today = '2026-01-18'")
    how = warehouse.build()
    assert {how[name] for name in ("int_orders_due", "int_orders_daily", "int_days_opened")} == {"by key"}
    assert warehouse.holds_what_statements_give()


def test_what_changes_beside_the_day_concerns_all_days(warehouse: Warehouse) -> None:
    warehouse.sql("update raw.clock set home = 'USD'")
    assert warehouse.build()["int_orders_due"] == "whole"
    assert warehouse.holds_what_statements_give()


def test_a_lookup_that_changed_has_its_reader_built_whole_and_compared(warehouse: Warehouse) -> None:
    warehouse.sql("insert into raw.rates values ('USD', 2)")
    how = warehouse.build()
    assert how["int_orders"] == "whole"
    assert how["int_customers"] == "unchanged"
    warehouse.sql("update raw.rates set rate = 3 where currency = 'EUR'")
    how = warehouse.build()
    assert (how["int_orders"], how["int_orders_placed"]) == ("whole", "whole")
    assert warehouse.holds_what_statements_give()


def test_what_a_view_makes_of_all_rows_is_not_taken_for_a_key(warehouse: Warehouse) -> None:
    warehouse.load("amount = -5 where order_id = 'o8'")
    assert warehouse.build()["int_beside_largest"] == "whole"
    assert warehouse.sql("select order_id from built.int_beside_largest where is_largest") == [("o8",)]


def test_a_model_that_missed_a_change_is_built_whole(warehouse: Warehouse) -> None:
    warehouse.load("amount = 70 where order_id = 'o3'")
    warehouse.build("--select", "int_orders", "stg_orders")
    warehouse.load("amount = 71 where order_id = 'o6'")
    warehouse.build("--select", "int_orders", "stg_orders")
    how = warehouse.build()
    assert (how["int_orders"], how["int_customers"]) == ("unchanged", "whole")
    assert warehouse.holds_what_statements_give()


def test_a_change_that_one_model_has_followed_waits_for_the_others(warehouse: Warehouse) -> None:
    warehouse.load("order_day = 'd9' where order_id = 'o3'")
    warehouse.build("--select", "int_orders", "stg_orders")
    assert warehouse.changed_rows() == {"int_orders"}
    warehouse.build("--select", "int_orders_marked")
    assert warehouse.changed_rows() == {"int_orders"}
    how = warehouse.build()
    assert (how["int_orders"], how["int_customers"], how["int_orders_placed"]) == ("unchanged", "by key", "by key")
    assert how["int_customer_days"] == "by key"
    # the 50 customers of the day that lost an order are there before and after, and one on the other day is new
    made = "select changed_row_count from built_from.versions where model like '%.int_customer_days'"
    assert warehouse.sql(made) == [(101,)]
    assert warehouse.changed_rows() == set()
    assert warehouse.holds_what_statements_give()


def test_a_key_that_is_unknown_and_many_that_changed_are_built_whole(warehouse: Warehouse) -> None:
    warehouse.load("customer_id = null where order_id = 'o3'")
    assert warehouse.build()["int_customers"] == "whole"
    assert warehouse.holds_what_statements_give()
    warehouse.load("amount = amount + 1 where amount > 200")
    assert warehouse.build()["int_orders"] == "whole"
    assert warehouse.holds_what_statements_give()


def test_a_refresh_of_staging_alone_has_everything_built_whole(warehouse: Warehouse) -> None:
    warehouse.sql("update raw.orders set amount = 1 where order_id = 'o3'")  # as other code of staging would
    warehouse.build("--select", "stg_orders", "--full-refresh")
    assert set(warehouse.build().values()) == {"whole"}
    assert warehouse.holds_what_statements_give()


def test_a_record_that_was_repointed_leaves_its_former_key(warehouse: Warehouse) -> None:
    warehouse.load("order_id = 'o200' where record_id = 'r3'")
    assert warehouse.build()["int_orders"] == "by key"
    assert warehouse.sql("select count(*) from built.int_orders where order_id = 'o3'") == [(0,)]
    assert warehouse.holds_what_statements_give()
