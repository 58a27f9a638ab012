"""Lints the SQL of the dbt project with sqlfluff's dbt templater, against an empty warehouse of its own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ingestion.load import connect, create_raw_tables
from orchestration import layout


def main() -> int:
    """Lint all models and tests; returns sqlfluff's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / "warehouse.duckdb"
        with connect(warehouse) as connection:
            create_raw_tables(connection)
        environment = {
            **os.environ,
            "FUNNELHOUSE_WAREHOUSE": str(warehouse),
            "DBT_TARGET_PATH": f"{folder}/target",
            "DBT_LOG_PATH": f"{folder}/logs",
        }
        sqlfluff = Path(sys.executable).with_name("sqlfluff")
        paths = sys.argv[1:] or ["dbt_project/models", "dbt_project/tests"]
        command = [str(sqlfluff), "lint", "--disable-progress-bar", "--processes", "2", *paths]
        return subprocess.run(command, env=environment, cwd=layout.PROJECT_ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
