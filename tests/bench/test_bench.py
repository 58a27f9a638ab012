"""The benchmark measures all that it promises; how fast things are is not asserted here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = ["contacts_speed", "memory", "build", "one_percent", "nothing_changed", "growth", "dashboard"]


@pytest.mark.slow
def test_table_and_json_have_every_row(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    options = ["--scale", "0.02", "--records", "2000", "--repeats", "1", "--json", str(results)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *options],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    content = json.loads(results.read_text(encoding="utf-8"))
    assert [row["name"] for row in content["rows"]] == ROWS
    assert all(row["value"] is not None and row["samples"] for row in content["rows"])
    assert {"cores", "memory_gb", "python", "duckdb"} <= set(content["machine"])
    for heading in ("measured", "goal", "verdict", "detail"):
        assert heading in done.stdout
