"""The command line as other programs call it: exit codes, JSON, formats."""

import json
from pathlib import Path

import pytest

from ingestion.settings import Settings
from orchestration import builds, layout, lock, pipeline
from tests.orchestration import companies, postgres_companies
from tests.orchestration.companies import funnel

COMMANDS = (
    "demo", "init", "check", "run", "extract", "load", "build", "audit", "publish", "rollback", "status", "doctor",
    "sql", "query", "as-was", "restatements", "state", "sandbox",
)  # fmt: skip


def test_every_command_has_help_with_an_example(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from orchestration.cli.main import app

    runner = CliRunner()
    listed = runner.invoke(app, ["--help"]).output
    for command in COMMANDS:
        assert command in listed
        if command not in {"state", "sandbox"}:
            assert "Example: funnel" in runner.invoke(app, [command, "--help"]).output
    for command in (["state", "accept"], ["state", "drop"], ["state", "refetch"], ["sandbox", "serve"]):
        assert "Example: funnel" in runner.invoke(app, [*command, "--help"]).output


def test_status_tells_what_is_published(audited: Settings) -> None:
    before = json.loads(funnel(audited.folder, "status", "--json").stdout)
    assert before["published"] is None
    published = pipeline.publish(audited)
    after = json.loads(funnel(audited.folder, "status", "--json").stdout)
    assert set(after["published"]) == {"path", "build_id", "published_at", "as_of_date"}
    assert after["published"]["build_id"] == published["build_id"]
    assert after["sources"]["leads"]["problem"] is None
    assert {"last_run", "sources"} <= set(after)


def test_sql_prints_csv_json_and_a_table(audited: Settings) -> None:
    pipeline.publish(audited)
    statement = (
        "select kpi, value, as_of_date, null as nothing from marts.kpi_values where kpi = 'leads'"
        " and dimension = 'total' and period_grain = 'quarter' and period_start_date = date '2026-01-01'"
    )
    as_csv = funnel(audited.folder, "sql", statement, "--format", "csv").stdout
    assert as_csv.splitlines()[0] == "kpi,value,as_of_date,nothing"
    rows = json.loads(funnel(audited.folder, "sql", statement, "--format", "json").stdout)
    assert rows == [{"kpi": "leads", "value": 9, "as_of_date": "2026-03-31", "nothing": None}]
    assert "leads" in funnel(audited.folder, "sql", statement).stdout


def test_nothing_published_and_bad_sql_have_their_exit_codes(audited: Settings) -> None:
    assert funnel(audited.folder, "sql", "select 1").returncode == 1
    pipeline.publish(audited)
    assert funnel(audited.folder, "sql", "select 1").returncode == 0
    assert funnel(audited.folder, "sql", "select nonsense").returncode == 2


def test_an_older_file_without_a_table_is_wrong_use_and_no_traceback(tmp_path: Path) -> None:
    settings = companies.write_worked_example(tmp_path)
    postgres_companies.serve(
        settings, "b1", "create schema marts; create schema meta; create table marts.other (a int)"
    )
    for arguments in (["restatements"], ["sql", "from kpi_restatements"]):
        done = funnel(tmp_path, *arguments)
        assert done.returncode == 2
        assert done.stderr.startswith("funnel: Catalog Error: Table with name kpi_restatements does not exist")
        assert "Traceback" not in done.stderr
    done = funnel(tmp_path, "restatements", "--json")
    assert "kpi_restatements does not exist" in json.loads(done.stdout)["error"]
    done = funnel(tmp_path, "query", "leads")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_refused_publication_exits_with_1_and_says_why(audited: Settings) -> None:
    build_id = builds.latest(audited)
    assert build_id
    (layout.builds(audited) / build_id / "audit.json").unlink()
    done = funnel(audited.folder, "publish", "--json")
    assert done.returncode == 1
    assert "audit is missing" in json.loads(done.stdout)["reasons"][0]


def test_wrong_configuration_exits_with_2_and_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "funnelhouse.toml").write_text('[company]\nname = "X"\ncurrency = "USD"\n')
    done = funnel(tmp_path, "status")
    assert done.returncode == 2
    assert "line 3" in done.stderr
    assert "currency" in done.stderr
    assert funnel(tmp_path / "nowhere", "status").returncode == 2


def test_unknown_source_exits_with_2(audited: Settings) -> None:
    assert funnel(audited.folder, "extract", "--source", "nonsense").returncode == 2


def test_failed_source_exits_with_3_and_the_others_go_on(tmp_path: Path) -> None:
    settings = companies.write_worked_example(tmp_path)
    (tmp_path / "imports" / "tickets.csv").unlink()
    done = funnel(tmp_path, "extract", "--json")
    assert done.returncode == 3
    assert "tickets" in done.stdout + done.stderr
    assert list((settings.var / "landing" / "leads" / "leads").glob("2*.json"))


def test_second_process_exits_with_4_naming_the_first(audited: Settings) -> None:
    with lock.hold(layout.locks(audited) / "pipeline.lock", command="the first run"):
        done = funnel(audited.folder, "publish", "--wait", "0.2")
    assert done.returncode == 4
    assert "the first run" in done.stderr


def test_status_needs_no_lock(audited: Settings) -> None:
    with lock.hold(layout.locks(audited) / "pipeline.lock", command="the first run"):
        done = funnel(audited.folder, "status", "--json")
    assert done.returncode == 0
    assert "the first run" in json.loads(done.stdout)["running"]


def test_init_writes_a_configuration_that_passes_check(tmp_path: Path) -> None:
    assert funnel(tmp_path, "init", str(tmp_path / "acme")).returncode == 0
    assert funnel(tmp_path / "acme", "check").returncode == 0
    assert funnel(tmp_path, "init", str(tmp_path / "acme")).returncode == 2


def test_check_names_a_secret_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "funnelhouse.toml").write_text('[sources.hubspot]\naccess_token = { env = "NOT_SET_ANYWHERE" }\n')
    done = funnel(tmp_path, "check")
    assert done.returncode == 2
    assert "NOT_SET_ANYWHERE" in done.stdout


@pytest.mark.parametrize("damage", ["truncated", "bits"])
def test_doctor_finds_a_damaged_warehouse(audited: Settings, damage: str) -> None:
    assert funnel(audited.folder, "doctor").returncode == 0
    content = bytearray(audited.warehouse_path.read_bytes())
    if damage == "truncated":
        content = content[: len(content) // 2]
    else:
        for position in range(len(content) // 8, len(content), len(content) // 64):
            content[position] ^= 0xFF
    audited.warehouse_path.write_bytes(content)
    done = funnel(audited.folder, "doctor", "--json")
    assert done.returncode == 1
    bad = [finding for finding in json.loads(done.stdout)["findings"] if not finding["is_fine"]]
    assert [finding["subject"] for finding in bad] == ["warehouse"]
    assert "landing" in bad[0]["advice"]


def test_doctor_finds_a_published_file_with_a_wal_or_a_flipped_bit(audited: Settings) -> None:
    path = Path(pipeline.publish(audited)["path"])
    wal = path.with_name(path.name + ".wal")
    wal.write_bytes(b"x")
    assert "WAL" in funnel(audited.folder, "doctor").stdout
    wal.unlink()
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-300_000])
    assert funnel(audited.folder, "doctor").returncode == 1
