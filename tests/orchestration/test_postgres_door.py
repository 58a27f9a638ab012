"""The server door among the others: roles, rollback, the gate, the command line, Dagster, and what its errors say."""

import json
import os
from pathlib import Path
from urllib.parse import quote

import dagster as dg
import psycopg
import pytest

from ingestion.errors import ConfigurationError
from ingestion.settings import Settings, load_settings
from orchestration import builds, doctor, layout, pipeline
from orchestration.assets.publications import MARTS_FILE, POSTGRES
from orchestration.definitions import build_definitions
from orchestration.errors import GateRefused, PipelineError, ServerDoorError
from orchestration.resources import prepare_instance
from orchestration.serving import duckdb_file, postgres
from tests.orchestration.companies import funnel
from tests.orchestration.postgres_companies import ask, do, open_door, same_rows, serve, served
from tests.orchestration.postgres_server import PASSWORD, Cluster
from tests.orchestration.test_file_door import another_build


def test_schemas_can_be_named_and_roles_may_be_absent(company: Settings, url: str) -> None:
    settings = open_door(company, url, more='schema = "acme"\nmeta_schema = "acme_meta"\nreader_role = "no such role"')
    postgres.publish(settings, "b1")
    assert ask(url, "select count(*) from acme.dim_plain") == [(1000,)]
    assert ask(url, "select build_id from acme_meta.publication") == [("b1",)]


def test_roles_read_what_they_should_and_write_nothing(company: Settings, cluster: Cluster, url: str) -> None:
    postgres.publish(company, "b1")
    database = url.rsplit("/", 1)[1]
    bi, analyst = cluster.url(database, user="bi_reader"), cluster.url(database, user="analyst")
    stranger = cluster.url(database, user="stranger")
    for reader in (bi, analyst):
        assert ask(reader, "select count(*) from marts.dim_plain") == [(1000,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            do(reader, "delete from marts.dim_plain")
    for statement in ("select * from meta.build", "select * from meta.publication"):
        assert len(ask(analyst, statement)) == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(bi, statement)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(stranger, "select * from marts.dim_plain")
    serve(company, "b2", "create table marts.dim_new as select 'x' as new_id")
    postgres.publish(company, "b2")
    assert ask(bi, "select * from marts.dim_new") == [("x",)]


def test_rollback_serves_the_earlier_version_on_the_server_too(audited: Settings, url: str) -> None:
    settings = open_door(audited, url)
    first = pipeline.publish(settings)["build_id"]
    second = another_build(settings, "20990101T000000000-aaaa")
    assert pipeline.publish(settings)["postgres"]["build_id"] == second
    assert pipeline.rollback(settings)["postgres"]["build_id"] == first
    assert served(url) == [first, second, first]
    assert same_rows(url, settings, "marts", "kpi_values") > 100
    assert pipeline.publish(settings)["postgres"]["status"] == "confirmed"
    assert pipeline.publish(settings, again=True)["postgres"]["build_id"] == second


def test_rollback_that_the_server_missed_is_repeated(audited: Settings, cluster: Cluster, url: str) -> None:
    settings = open_door(audited, url)
    first = pipeline.publish(settings)["build_id"]
    second = another_build(settings, "20990101T000000000-aaaa")
    pipeline.publish(settings)
    open_door(settings, cluster.url("no_such_database"))
    with pytest.raises(ServerDoorError, match=f"then `funnel rollback --to {first}`"):
        pipeline.rollback(settings)
    assert served(url)[-1] == second
    open_door(settings, url)
    assert pipeline.rollback(settings, first)["postgres"]["build_id"] == first
    current = duckdb_file.current_version(settings)
    assert current
    assert current["rolled_back_from"] == second
    assert pipeline.publish(settings)["build_id"] == first


def test_refused_gate_publishes_nothing_on_the_server(audited: Settings, url: str) -> None:
    settings = open_door(audited, url)
    build_id = builds.latest(settings)
    assert build_id
    audit = builds.read(settings, build_id, "audit")
    assert audit
    builds.write(settings, build_id, "audit", {**audit, "status": "failed"})
    with pytest.raises(GateRefused):
        pipeline.publish(settings)
    with pytest.raises(PipelineError, match="not what the file door serves"):
        postgres.publish(settings, build_id)
    assert ask(url, "select to_regclass('meta.publication'), to_regnamespace('marts')") == [(None, None)]


def test_damaged_file_is_not_copied(company: Settings, url: str) -> None:
    path = Path(duckdb_file.current_version(company)["path"])  # type: ignore[index]
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(PipelineError, match="damaged"):
        postgres.publish(company, "b1")
    assert ask(url, "select to_regclass('meta.publication')") == [(None,)]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("{user}:wrong-{password}@127.0.0.1:{port}/postgres", "password authentication failed"),
        ("{user}:{password}@127.0.0.1:1/postgres", "127.0.0.1:1/postgres: no connection as user publisher"),
        ("{user}:{password}@127.0.0.1:{port}/nowhere", "no_connection|does not exist"),
        ("{user}:{password}@127.0.0.1:{port}x/nowhere", "invalid integer value|no connection"),
        ("{user}:{password}@[127.0.0.1/nowhere", "is no PostgreSQL address"),
        ("{user}@127.0.0.1:{port}/postgres?password={password}x", "password authentication failed"),
    ],
)
def test_server_that_cannot_be_used_is_told_without_the_secret(
    company: Settings, cluster: Cluster, address: str, said: str
) -> None:
    filled = address.format(user="publisher", password=quote(PASSWORD, safe=""), port=cluster.port)
    settings = open_door(company, f"postgresql://{filled}")
    with pytest.raises(ServerDoorError, match=said) as caught:
        postgres.publish(settings, "b1")
    message = str(caught.value)
    assert "then `funnel publish`" in message
    assert "postgres.url" in message
    assert not any(part in message for part in ("canary", "wrong-"))


def test_missing_secret_and_secret_in_the_file_are_refused(company: Settings) -> None:
    (company.folder / "postgres.url").unlink()
    with pytest.raises(ConfigurationError, match="the secret is not there"):
        postgres.publish(company, "b1")
    assert "serving.postgres: url: " in funnel(company.folder, "check").stdout
    text = company.file.read_text()
    company.file.write_text(text.replace('url = { file = "postgres.url" }', 'url = "postgresql://a:b@c/d"'))
    with pytest.raises(ConfigurationError, match=r"serving\.postgres\.url.*a secret does not stand in this file"):
        load_settings(company.file)
    company.file.write_text(text + 'schema = "one"\nmeta_schema = "one"\n')
    with pytest.raises(ConfigurationError, match="must differ"):
        load_settings(company.file)


def test_missing_privilege_is_told(company: Settings, cluster: Cluster, url: str) -> None:
    settings = open_door(company, cluster.url(url.rsplit("/", 1)[1], user="stranger"))
    with pytest.raises(ServerDoorError, match=r"permission denied for database.*give the publisher `create`"):
        postgres.publish(settings, "b1")


def test_database_that_is_not_utf8_is_refused(company: Settings, cluster: Cluster) -> None:
    admin = cluster.url("postgres", user="admin")
    do(admin, "create database old owner publisher encoding 'LATIN1' locale 'C' template template0")
    with pytest.raises(ServerDoorError, match="encoded in LATIN1"):
        postgres.publish(open_door(company, cluster.url("old")), "b1")


def test_failing_server_door_fails_the_command_and_the_next_one_catches_up(
    audited: Settings, cluster: Cluster, url: str
) -> None:
    settings = open_door(audited, cluster.url("postgres", password="wrong-canary"))
    failed = funnel(settings.folder, "publish")
    assert failed.returncode == 1
    assert f"PostgreSQL 127.0.0.1:{cluster.port}/postgres" in failed.stderr
    assert "Traceback" not in failed.stderr
    current = duckdb_file.current_version(settings)
    assert current
    doctored = funnel(settings.folder, "doctor")
    assert doctored.returncode == 1
    assert "BAD   postgres: PostgreSQL 127.0.0.1" in doctored.stdout
    open_door(settings, url)
    done = funnel(settings.folder, "publish", "--json")
    assert done.returncode == 0, done.stderr
    assert duckdb_file.current_version(settings) == current
    assert json.loads(done.stdout)["postgres"]["build_id"] == current["build_id"]
    assert served(url) == [current["build_id"]]
    for file in (path for path in settings.folder.rglob("*") if path.is_file() and path.name != "postgres.url"):
        assert b"canary" not in file.read_bytes(), file
    assert "canary" not in failed.stdout + failed.stderr + doctored.stdout + done.stdout + done.stderr


def test_run_tells_a_failing_server_door_and_the_next_run_catches_up(
    audited: Settings, cluster: Cluster, url: str
) -> None:
    settings = open_door(audited, cluster.url("postgres", password="wrong-canary"))
    failed = funnel(settings.folder, "run")
    assert failed.returncode == 1
    assert "password authentication failed" in failed.stderr
    current = duckdb_file.current_version(settings)
    assert current
    last_run = builds.read_json(layout.runs(settings) / "last_run.json")
    assert last_run
    assert last_run["status"] == "failed"
    assert "PostgreSQL" in last_run["error"]
    open_door(settings, url)
    assert funnel(settings.folder, "run").returncode == 0
    assert duckdb_file.current_version(settings) == current
    assert served(url) == [current["build_id"]]


def test_doctor_finds_what_differs_and_an_explicit_publication_repairs_it(company: Settings, url: str) -> None:
    def finding() -> doctor.Finding:
        return next(one for one in doctor.examine(company) if one.subject == "postgres")

    assert "serves nothing" in finding().detail
    postgres.publish(company, "b1")
    assert finding().is_fine
    do(url, "update marts.dim_plain set weight = weight + 1e-13")
    assert finding().is_fine
    do(url, "update marts.dim_plain set name = 'other' where plain_id = 3", "drop table meta.build")
    assert "3 things differ: marts.dim_plain name (md5)" in finding().detail
    assert postgres.publish(company, "b1", examine=True)["status"] == "published"
    assert finding().is_fine
    serve(company, "b2", "delete from marts.dim_plain")
    assert "serves b1, the file door b2" in finding().detail
    assert not finding().is_fine


def test_dagster_shows_the_door_only_when_it_is_open(audited: Settings, cluster: Cluster, url: str) -> None:
    assert POSTGRES not in build_definitions(audited).resolve_asset_graph().get_all_asset_keys()
    settings = open_door(audited, url)
    definitions = build_definitions(settings)
    job = definitions.resolve_job_def("everything")
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.from_config(os.fspath(prepare_instance(settings))) as instance:
        alone = job.execute_in_process(
            instance=instance, asset_selection=[POSTGRES], raise_on_error=False, run_config=quiet
        )
        [event] = [one for one in alone.all_events if one.is_step_failure]
        assert "nothing is published yet" in str(event.step_failure_data.user_failure_data)
        chosen = {"instance": instance, "asset_selection": [MARTS_FILE, POSTGRES], "raise_on_error": False}
        done = job.execute_in_process(**chosen, run_config=quiet)  # type: ignore[arg-type]
        assert done.success
        [event] = done.asset_materializations_for_node("publications__postgres")
        assert event.metadata["status"].value == "published"
        open_door(settings, cluster.url("postgres", password="wrong-canary"))
        failed = job.execute_in_process(**chosen, run_config=quiet)  # type: ignore[arg-type]
        events = [one for one in failed.all_events if one.is_step_failure]
        assert [one.step_key for one in events] == ["publications__postgres"]
        assert "password authentication failed" in str(events[0].step_failure_data.user_failure_data)
        assert "canary" not in str(failed.all_events)
