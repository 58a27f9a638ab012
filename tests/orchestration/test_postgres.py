"""The server door: PostgreSQL says what the published file says, all of it at once, and disturbs no reader."""

import time
from decimal import Decimal
from pathlib import Path

import duckdb
import psycopg
import pytest

from ingestion.settings import Settings
from orchestration import pipeline
from orchestration.errors import LockedError, ServerDoorError
from orchestration.serving import postgres, postgres_server
from tests.orchestration import postgres_server as postgres_cluster
from tests.orchestration.postgres_companies import ask, do, open_door, publisher, same_rows, serve, served
from tests.orchestration.postgres_server import Cluster, wait_until


def test_every_mart_of_a_company_says_what_the_file_says(audited: Settings, url: str) -> None:
    settings = open_door(audited, url)
    publication = pipeline.publish(settings)
    with duckdb.connect(publication["path"], read_only=True) as file:
        tables = file.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        hashes = dict(file.execute("select mart, content_hash from meta.content_hashes").fetchall())
    counts = {f"{schema}.{table}": same_rows(url, settings, schema, table) for schema, table in tables}
    assert len([table for schema, table in tables if schema == "marts"]) == len(hashes) >= 20
    assert ask(url, "select build_id, as_of_date::text, table_counts from meta.publication") == [
        (publication["build_id"], publication["as_of_date"], counts)
    ]
    assert publication["postgres"]["status"] == "published"
    assert publication["postgres"]["rows"] == sum(counts.values())
    assert dict(ask(url, "select mart, content_hash from meta.content_hashes")) == hashes


def test_types_stay_exact_and_awkward_values_survive(company: Settings, url: str) -> None:
    answer = postgres.publish(company, "b1")
    assert same_rows(url, company, "marts", "fct_odd") == 6
    assert answer["replaced_nul_count"] == 1
    types = ask(
        url,
        "select column_name, data_type, numeric_precision, numeric_scale from information_schema.columns"
        " where table_name = 'fct_odd' and data_type in ('numeric', 'text', 'timestamp without time zone')",
    )
    assert {("amount", "numeric", 18, 2), ("exact", "numeric", 38, 6), ("name", "text", None, None)} <= set(types)
    assert ("odd_at", "timestamp without time zone", None, None) in types
    [(exact,)] = ask(url, "select exact from marts.fct_odd where odd_id = 1")
    assert exact == Decimal("12345678901234567890123456789012.123456")
    assert ask(url, "select name from marts.fct_odd where odd_id in (2, 3) order by odd_id") == [("",), (None,)]
    place = "'marts.dim_plain'::regclass"
    assert ask(url, f"select obj_description({place}), col_description({place}, 2)") == [
        ("One row per plain thing; it's commented.", "What it is called.")
    ]


def test_column_of_an_unknown_type_is_refused_by_name(company: Settings, url: str) -> None:
    serve(company, "b2", "alter table marts.dim_plain add column parts integer[]")
    with pytest.raises(ServerDoorError, match=r"marts\.dim_plain\.parts is of type INTEGER\[\]"):
        postgres.publish(company, "b2")


def test_published_build_is_confirmed_without_writing(company: Settings, url: str) -> None:
    postgres.publish(company, "b1")
    before = ask(url, "select pg_current_wal_insert_lsn()")
    assert postgres.publish(company, "b1")["status"] == "confirmed"
    assert postgres.publish(company, "b1", examine=True)["status"] == "confirmed"
    assert served(url) == ["b1"]
    [(written,)] = ask(url, f"select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '{before[0][0]}')")
    assert written < 20_000  # background only: a publication of this file writes several hundred thousand bytes


@pytest.mark.parametrize("isolation", ["repeatable read", "read committed"])
def test_open_reader_is_not_blocked_and_blocks_nobody(company: Settings, url: str, isolation: str) -> None:
    postgres.publish(company, "b1")
    with psycopg.connect(url) as reader:
        reader.execute(f"set transaction isolation level {isolation}")
        before = reader.execute("select count(*), sum(plain_id) from marts.dim_plain").fetchone()
        reader.execute("declare slow cursor for select plain_id from marts.dim_plain order by plain_id")
        first = reader.execute("fetch 10 from slow").fetchall()
        serve(company, "b2", "delete from marts.dim_plain where plain_id >= 500")
        began = time.monotonic()
        assert postgres.publish(company, "b2")["status"] == "published"
        assert time.monotonic() - began < 10
        assert len(first) + len(reader.execute("fetch all from slow").fetchall()) == 1000
        after = reader.execute("select count(*), sum(plain_id) from marts.dim_plain").fetchone()
        assert (after == before) == (isolation == "repeatable read")
        with psycopg.connect(url) as newcomer:
            assert newcomer.execute("select count(*) from marts.dim_plain").fetchone() == (500,)


def test_readers_read_on_while_everything_is_replaced_but_not_committed(
    company: Settings, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.publish(company, "b1")
    serve(company, "b2", "delete from marts.dim_plain")
    seen = []

    def read(point: str) -> None:
        with psycopg.connect(url, options="-c statement_timeout=2s") as reader:
            seen.append((point, reader.execute("select count(*) from marts.dim_plain").fetchone()))

    monkeypatch.setattr(postgres.faultpoints, "reach", read)
    postgres.publish(company, "b2")
    assert seen == [(point, (0 if point == "postgres.committed" else 1000,)) for point in postgres.FAULT_POINTS]


def test_missing_server_skips_these_tests_or_fails_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres_cluster, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(postgres_cluster.REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="no PostgreSQL server"), postgres_cluster.running():
        pass
    monkeypatch.setenv(postgres_cluster.REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="no PostgreSQL server"), postgres_cluster.running():
        pass


def test_one_statement_never_sees_two_builds(company: Settings, url: str) -> None:
    postgres.publish(company, "b1")
    of_meta = "(select max(build_id) from meta.build)::numeric"
    everything = f"select min(weight), max(weight), {of_meta}, count(*) from marts.dim_plain"
    for number in range(1, 5):
        changes = f"update marts.dim_plain set weight = {number}", f"update meta.build set build_id = '{number}'"
        serve(company, f"c{number}", *changes)
        publishing = publisher(company, f"c{number}")
        while publishing.poll() is None:
            if number > 1:
                assert ask(url, everything) in [[(one, one, one, 1000)] for one in (number - 1, number)]
        assert publishing.returncode == 0


@pytest.mark.parametrize("point", postgres.FAULT_POINTS)
def test_killed_publisher_leaves_one_whole_build_and_a_rerun_finishes(company: Settings, url: str, point: str) -> None:
    postgres.publish(company, "b1")
    serve(
        company,
        "b2",
        "delete from marts.dim_plain",
        "alter table marts.fct_odd drop column large",
        "drop table meta.build",
    )
    assert publisher(company, "b2", point=point).wait() == -9
    is_new = point == "postgres.committed"
    assert served(url) == (["b1", "b2"] if is_new else ["b1"])
    assert ask(url, "select count(*) from marts.dim_plain") == [(0 if is_new else 1000,)]
    assert ask(url, "select count(*) from information_schema.columns where column_name = 'large'") == [
        (0 if is_new else 1,)
    ]
    wait_until(
        lambda: ask(url, "select count(*) from pg_stat_activity where application_name like 'funnelhouse%'") == [(0,)]
    )
    assert postgres.publish(company, "b2")["status"] == ("confirmed" if is_new else "published")
    assert ask(url, "select to_regclass('meta.build'), count(*) from marts.dim_plain") == [(None, 0)]
    assert postgres.state(company)["differences"] == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("new.name := new.name || ' '", r"dim_plain name \(md5\)"),
        ("new.plain_id := new.plain_id + 1", r"dim_plain plain_id \(sum\)"),
        ("new.weight := new.weight + 1e-5", r"dim_plain weight \(sum\)"),
        ("if new.plain_id = 7 then return null; end if", r"dim_plain count: 1000 in the file, 999 in PostgreSQL"),
        # Every column keeps its sum: only whole rows tell.
        ("new.plain_id := 999 - new.plain_id", r"dim_plain row \(md5\)"),
    ],
)
def test_value_that_arrives_differently_is_rolled_back_and_named(
    company: Settings, url: str, change: str, named: str
) -> None:
    postgres.publish(company, "b1")
    do(
        url,
        f"create function marts.spoil() returns trigger language plpgsql as $$ begin {change}; return new; end $$",
        "create trigger spoil before insert on marts.dim_plain for each row execute function marts.spoil()",
    )
    serve(company, "b2", "insert into marts.fct_odd (odd_id) values (7)")
    with pytest.raises(ServerDoorError, match=named):
        postgres.publish(company, "b2")
    assert served(url) == ["b1"]
    assert ask(url, "select count(*), sum(plain_id) from marts.dim_plain") == [(1000, 499500)]
    assert ask(url, "select count(*) from marts.fct_odd") == [(6,)]


def test_session_that_the_server_ends_in_mid_publication_changes_nothing(
    company: Settings, cluster: Cluster, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.publish(company, "b1")
    serve(company, "b2", "delete from marts.dim_plain")
    admin = cluster.url("postgres", user="admin")
    ended = "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'funnelhouse%'"
    monkeypatch.setattr(
        postgres.faultpoints, "reach", lambda point: ask(admin, ended) if point == "postgres.replaced" else None
    )
    with pytest.raises(ServerDoorError, match="then `funnel publish`"):
        postgres.publish(company, "b2")
    assert served(url) == ["b1"]
    assert ask(url, "select count(*) from marts.dim_plain") == [(1000,)]


def test_second_publisher_is_kept_out_and_told_who_is_at_work(company: Settings, url: str) -> None:
    assert company.doors.postgres
    with postgres_server.connected(company.doors.postgres, "publish b0") as other:
        other.be_the_publisher()
        with pytest.raises(
            LockedError, match=r"another publisher is at work: pid \d+ \(user publisher, funnelhouse: publish b0"
        ):
            postgres.publish(company, "b1")
    assert postgres.publish(company, "b1")["status"] == "published"


def test_changed_contract_adds_and_drops_columns_and_tables(company: Settings, url: str) -> None:
    postgres.publish(company, "b1")
    do(url, "create table marts.notes (text text)", "create view marts.mine as select plain_id from marts.dim_plain")
    with psycopg.connect(url) as reader:
        reader.execute("select count(*) from marts.dim_plain")
        serve(
            company,
            "b2",
            "alter table marts.fct_odd add column added decimal(9, 3) default 1.5",
            "alter table marts.fct_odd drop column name",
            "alter table marts.fct_odd alter column large type decimal(38, 2)",
            "alter table marts.fct_odd alter column odd_date type timestamp",
            "create table marts.dim_new as select 'x' as new_id",
            "drop table meta.build",
        )
        postgres.publish(company, "b2")
    assert same_rows(url, company, "marts", "fct_odd") == 6
    assert same_rows(url, company, "marts", "dim_new") == 1
    assert ask(url, "select to_regclass('meta.build'), to_regclass('marts.notes')::text") == [(None, "marts.notes")]
    assert postgres.state(company)["differences"] == []


def test_view_on_a_dropped_column_stops_the_publication_and_is_named(company: Settings, url: str) -> None:
    postgres.publish(company, "b1")
    do(url, "create schema analysts", "create view analysts.odd_names as select name from marts.fct_odd")
    serve(company, "b2", "alter table marts.fct_odd drop column name", "delete from marts.dim_plain")
    with pytest.raises(ServerDoorError, match=r"marts\.fct_odd: .*analysts\.odd_names.*drop what depends"):
        postgres.publish(company, "b2")
    assert served(url) == ["b1"]
    assert ask(url, "select count(*) from marts.dim_plain") == [(1000,)]
    do(url, "drop view analysts.odd_names")
    assert postgres.publish(company, "b2")["status"] == "published"


def test_lock_that_conflicts_for_too_long_is_told_with_its_holder(company: Settings, url: str) -> None:
    postgres.publish(company, "b1")
    serve(company, "b2", "alter table marts.fct_odd drop column name")
    with psycopg.connect(url, application_name="Tableau 2026.1") as reader:
        reader.execute("select count(*) from marts.fct_odd")
        began = time.monotonic()
        with pytest.raises(
            ServerDoorError, match=r"fct_odd: it waited 1 s for a lock held by pid \d+ \(user publisher, Tab"
        ):
            postgres.publish(company, "b2")
        assert time.monotonic() - began < 10
        assert served(url) == ["b1"]
    assert postgres.publish(company, "b2")["status"] == "published"


def test_table_of_somebody_else_is_not_touched(company: Settings, url: str) -> None:
    do(url, "create schema marts", "create table marts.dim_plain as select 'mine' as mine")
    with pytest.raises(ServerDoorError, match=r"did not make: marts\.dim_plain"):
        postgres.publish(company, "b1")
    assert ask(url, "select mine from marts.dim_plain") == [("mine",)]
    assert ask(url, "select to_regclass('marts.fct_odd')") == [(None,)]
