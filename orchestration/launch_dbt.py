"""dbt's process: ends with the pipeline that started it, and does not make what nobody reads.

`var/dbt/dbt` of a company runs this file in the interpreter that has dbt for its warehouse: this one, or that of the
Spark environment, which has none of Funnelhouse's packages.
"""

import ctypes
import gc
import os
import runpy
import signal
import sys
from pathlib import Path
from typing import Any

CLOSING = Path(__file__).with_name("spark") / "closing.py"  # runs before a dbt that talks to a Thrift server
_QUIET = ("debug", "test")


def launch() -> int:
    """Run dbt with the arguments of this process; its exit code: 0, 1 when a node failed, 2 when dbt could not work."""
    gc.set_threshold(100_000, 50, 100)  # the parsed project is hundreds of thousands of objects, all of them to be kept
    _end_with_the_pipeline()
    if folder := os.environ.get("FUNNELHOUSE_WAREHOUSE_FOLDER"):
        os.chdir(folder)  # beside the warehouse: dbt parses anew for a path that differs
    if sys.argv[1:] == ["--version"]:  # dagster-dbt asks; dbt's own answer would look for updates on the internet
        from importlib.metadata import version

        print("installed:", version("dbt-core"))
        return 0
    if os.environ.get("FUNNELHOUSE_SPARK_METHOD") == "thrift":
        runpy.run_path(os.fspath(CLOSING))
    return _run()


def _end_with_the_pipeline() -> None:
    """A kill of the pipeline ends dbt, so the warehouse is never left held, also before dbt could ask for that."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)
        if os.environ.get("FUNNELHOUSE_PIPELINE_PID", str(os.getppid())) != str(os.getppid()):
            sys.exit("the pipeline that started dbt has ended")


def _run() -> int:
    from dbt.cli.exceptions import DbtUsageException
    from dbt.cli.main import dbtRunner

    if not is_debugged():
        leave_out_what_no_log_shows()
    ended = dbtRunner().invoke(sys.argv[1:])
    if os.environ.get("DBT_WRITE_JSON") == "false" and hasattr(ended.result, "write"):
        ended.result.write(os.fspath(Path(os.environ["DBT_TARGET_PATH"]) / "run_results.json"))
    if isinstance(ended.exception, DbtUsageException):  # dbt tells the others itself
        print(ended.exception, file=sys.stderr)
    return 0 if ended.success else 2 if ended.exception else 1


def is_debugged() -> bool:
    """Whether whoever started dbt wants to see every statement."""
    levels = [os.environ.get(name, "").lower() for name in ("DBT_LOG_LEVEL_FILE", "DBT_LOG_LEVEL")]
    return "debug" in levels or os.environ.get("DBT_DEBUG", "").lower() in {"1", "true"}


def leave_out_what_no_log_shows() -> None:
    """Make no message of an event below `info`: dbt makes one, and a line per log, before it looks at the level."""
    from dbt_common.events.event_manager import EventManager
    from dbt_common.events.event_manager_client import ctx_set_event_manager

    class Told(EventManager):
        def fire_event(self, e: Any, level: Any = None, *others: Any, **named: Any) -> None:
            if (level or e.level_tag()).value not in _QUIET:
                super().fire_event(e, level, *others, **named)

    ctx_set_event_manager(Told())


if __name__ == "__main__":
    sys.exit(launch())
