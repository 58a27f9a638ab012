"""dbt in its own process, against warehouses and target folders of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2] / "dbt_project"


def dbt(*arguments: str, project: Path, work: Path, warehouse: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run one dbt command with everything that it writes under `work`; raises AssertionError when it fails."""
    environment = os.environ | {
        "FUNNELHOUSE_WAREHOUSE": str(warehouse or work / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(work / "target"),
        "DBT_LOG_PATH": str(work / "logs"),
        "DBT_PROJECT_DIR": str(project),
        "DBT_PROFILES_DIR": str(PROJECT),
    }
    command = [str(Path(sys.executable).parent / "dbt"), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done
