"""The machine that the numbers were taken on."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import psutil

QUIET = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "GX_ANALYTICS_ENABLED": "false",
    "DAGSTER_DISABLE_TELEMETRY": "1",
}


def describe() -> dict[str, Any]:
    """Cores that this process may use, memory, versions, and how busy it was at the start."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "cores": usable,
        "memory_gb": round(psutil.virtual_memory().total / 1024**3, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "duckdb": version("duckdb"),
        "dbt_core": version("dbt-core"),
        "load_average": round(os.getloadavg()[0], 1),
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def sentence(found: dict[str, Any]) -> str:
    """The machine in one line."""
    return (
        f"{found['cores']} cores, {found['memory_gb']} GB, {found['system']}, Python {found['python']}, "
        f"DuckDB {found['duckdb']}, dbt {found['dbt_core']}; load average {found['load_average']} at the start"
    )
