"""`funnel as-was`, `funnel sql --as-was` and `funnel restatements`: the past beside what is published, never in it."""

import hashlib
import json
import shutil
from pathlib import Path

from ingestion.settings import Settings
from orchestration import pipeline
from tests.orchestration.companies import EXAMPLE, funnel

DAY = "2026-02-28"
OWN = ("as_was", "locks")


def contents(folder: Path) -> dict[str, str]:
    """Hash of every file of a company but the locks and the past itself; a link's is where it points."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if name.parts[:1] == ("var",) and name.parts[1:2] in {(own,) for own in OWN}:
            continue
        if path.is_symlink():
            found[str(name)] = str(path.readlink())
        elif path.is_file():
            found[str(name)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def test_the_past_is_built_and_read_beside_what_is_published(audited: Settings) -> None:
    published = pipeline.publish(audited)
    before = contents(audited.folder)
    early = funnel(audited.folder, "sql", "--as-was", DAY, "select 1")
    assert early.returncode == 1
    assert f"run `funnel as-was {DAY}`" in early.stderr

    told = funnel(audited.folder, "as-was", DAY)
    assert told.returncode == 0, told.stderr
    assert str(audited.folder / "var" / "as_was" / DAY / "warehouse.duckdb") in told.stdout
    assert "first loaded on" in told.stdout
    assert f"funnel sql --as-was {DAY}" in told.stdout
    again = json.loads(funnel(audited.folder, "as-was", DAY, "--json").stdout)
    assert again["is_reused"]
    assert again["day"] == DAY

    statement = (
        "select value from kpi_values where kpi = 'sales_amount' and period_grain = 'month'"
        " and period_start_date = '2026-01-01' and dimension = 'total'"
    )
    assert json.loads(funnel(audited.folder, "sql", "--as-was", DAY, statement, "--json").stdout) == [{"value": 10000}]
    assert json.loads(funnel(audited.folder, "sql", statement, "--json").stdout) == [{"value": 12000}]
    assert funnel(audited.folder, "sql", "--as-was", DAY, "create table t as select 1").returncode == 2

    changed = json.loads(funnel(audited.folder, "restatements", "--as-was", DAY, "--json").stdout)
    assert changed["count"] == len(changed["rows"])
    month = {
        (row["kpi"], row["period_start_date"]): (row["was"], row["is"])
        for row in changed["rows"]
        if row["period_grain"] == "month" and row["dimension"] == "total"
    }
    assert month["sales_amount", "2026-01-01"] == (10000, 12000)
    assert month["leads", "2026-02-01"] == (3, 2)
    assert month["win_rate", "2026-02-01"] == (0, None)
    assert ("mqls", "2026-01-01") not in month
    assert not [start for _, start in month if start > DAY]
    assert f"{changed['count']} values changed" in funnel(audited.folder, "restatements", "--as-was", DAY).stdout

    assert contents(audited.folder) == before
    assert Path(published["path"]).exists()


def test_wrong_days_and_an_empty_company_have_their_exit_codes(audited: Settings, tmp_path: Path) -> None:
    assert funnel(audited.folder, "as-was", "2026-04-01").returncode == 2
    assert funnel(audited.folder, "as-was", "yesterday").returncode == 2
    assert funnel(audited.folder, "restatements", "--as-was", DAY).returncode == 1
    (tmp_path / "empty").mkdir()
    shutil.copy(EXAMPLE / "funnelhouse.toml", tmp_path / "empty")
    assert funnel(tmp_path / "empty", "as-was", DAY).returncode == 1
    spark = audited.folder / "funnelhouse.toml"
    spark.write_text(spark.read_text() + '\n[warehouse]\nengine = "spark"\nmaster = "local[1]"\n')
    refused = funnel(audited.folder, "as-was", DAY, "--json")
    assert refused.returncode == 2
    assert "not supported on Spark yet" in json.loads(refused.stdout)["error"]
