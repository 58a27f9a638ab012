"""Companies to test with: the worked example as files, and copies of a company that was built once per session."""

import csv
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb

from ingestion.settings import Settings, load_settings
from orchestration import builds, layout, pipeline, transform, warehouse
from orchestration.quality import verdicts
from orchestration.quality.verdicts import Verdict
from orchestration.serving import restatements
from tests import parsed

EXAMPLE = Path(__file__).parents[1] / "worked_example"

_COMPANY = """\
[company]
name = "Worked example"
reporting_currency = "USD"
reporting_timezone = "Europe/Berlin"
week_start = "monday"
weekend = ["saturday", "sunday"]
fiscal_year_start_month = 1
as_of_date = 2026-03-31

[kpi]
gross_margin_ratio = 0.80
attribution_model = "first_touch"
attribution_lookback_days = 90
time_decay_half_life_days = 7
cac_lag_months = 0
clv_horizon_months = 12
exchange_rate_max_age_days = 7
"""
_SOURCE = """
[sources.{name}]
kind = "files"
path = "imports/{name}.csv"
entity = "{name}"
source_system = "crm"
"""


def write_worked_example(folder: Path, *, more: str = "") -> Settings:
    """The worked example as a company's folder; `more` is added to its configuration."""
    names = sorted(path.stem for path in EXAMPLE.glob("*.csv") if path.stem != "expected")
    (folder / "imports").mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copy(EXAMPLE / f"{name}.csv", folder / "imports")
    text = _COMPANY + "".join(_SOURCE.format(name=name) for name in names) + more
    (folder / "funnelhouse.toml").write_text(text)
    settings = load_settings(folder / "funnelhouse.toml")
    parsed.adopt(settings)
    return settings


def forget_later(settings: Settings, last: str) -> None:
    """Leave of the worked example's files what was known at an instant of its text, as an as-was does.

    The files tell most records once, as they are at the end: of one that was created by then and has no version of
    then, the first version stands.
    """
    for name, key in (("opportunities", "opportunity_id"), ("leads", "lead_id"), ("record_merges", "merged_id")):
        file = settings.folder / "imports" / f"{name}.csv"
        with file.open() as opened:
            rows = list(csv.DictReader(opened))
        versions: dict[str, list[dict[str, str]]] = {}
        for row in rows:
            versions.setdefault(row[key], []).append(row)
        known = [
            row
            for told in versions.values()
            for row in [one for one in told if one.get("updated_at", one.get("merged_at", "")) <= last]
            or [one for one in told[:1] if one.get("created_at", "9") <= last]
        ]
        with file.open("w", newline="") as opened:
            writer = csv.DictWriter(opened, rows[0].keys())
            writer.writeheader()
            writer.writerows(known)


def remember_all(settings: Settings) -> None:
    """Bring the worked example's files back as they are."""
    for file in (settings.folder / "imports").glob("*.csv"):
        shutil.copy(EXAMPLE / file.name, file)


def copy_company(original: Path, folder: Path) -> Settings:
    """A company of its own to break, with everything that the original has made."""
    shutil.copytree(original, folder, symlinks=True, ignore=shutil.ignore_patterns("locks"))
    return load_settings(folder / "funnelhouse.toml")


def contents(settings: Settings) -> dict[str, str]:
    """Content hash of every mart of the newest build; equal for equal input, whatever was published before."""
    build_id = builds.latest(settings)
    assert build_id
    found = builds.content_hashes(settings, build_id)
    return {name: text for name, text in found.items() if name != restatements.TABLE}


def judged(settings: Settings, *checks: str) -> dict[str, Verdict]:
    """Verdicts of some checks by their names, after the models that they read were built."""
    chosen = ["--select", *(f"+{check}" for check in checks), "--indirect-selection", "empty"]
    with pipeline.writing(settings, "test"):
        warehouse.prepare(settings)
        warehouse.forget(settings, only_if_distrusted=True)
        transform.run_dbt(settings, [*transform.BUILD_ARGUMENTS, *chosen])
        results, manifest = (
            builds.read_json(layout.dbt_target(settings) / f"{name}.json") for name in ("run_results", "manifest")
        )
        assert results
        assert manifest
        with warehouse.reading(settings) as reader:
            found = verdicts.from_dbt(reader, results, manifest)
    return {verdict.check.split(".")[2]: verdict for verdict in found}


def built_once(shared: Path, name: str, steps: list[list[str]]) -> Path:
    """A worked-example company taken through some commands; made by whichever worker comes first."""
    folder, done, claim = shared / name, shared / f"{name}.done", shared / f"{name}.claim"
    try:
        os.close(os.open(claim, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        deadline = time.monotonic() + 900
        while not done.exists() and time.monotonic() < deadline:
            time.sleep(0.5)
        assert done.read_text() == "", f"the company could not be built: {done.read_text()}"
        return folder
    write_worked_example(folder)
    said = ""
    for step in steps:
        finished = funnel(folder, *step)
        if finished.returncode:
            said = f"funnel {' '.join(step)}: {finished.stdout}{finished.stderr}"
            break
    done.write_text(said)
    assert said == ""
    return folder


def funnel(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Call the command line for a company in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli.main", "--config", str(folder / "funnelhouse.toml"), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


def spoil_for_now(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Plant a bad row in a transaction; a mart whose columns may not be NULL is copied first."""
    connection.begin()
    try:
        connection.execute(statement)
    except duckdb.ConstraintException:
        connection.rollback()
        connection.begin()
        table = next(word for word in statement.split() if word.startswith("marts."))
        connection.execute(f"create table loose as from {table}; drop table {table}")
        connection.execute(f"create table {table} as from loose")
        connection.execute(statement)
