"""Companies that are built on Spark, beside the same ones on DuckDB."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from ingestion.settings import Settings, load_settings

# Small data: a plan that is compiled or adapted takes longer than one that is simply run.
QUICK = {
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.memory": "2g",
    "spark.executor.memory": "600m",
}


def on_spark(file: Path, *, where: str, more: dict[str, str] | None = None) -> Settings:
    """Point a company's configuration at Spark: `where` is a line such as `master = "local[2]"`."""
    return with_engine(file, where, {**QUICK, **(more or {})})


def with_engine(file: Path, where: str, properties: dict[str, str]) -> Settings:
    """Replace a configuration's `[warehouse]` by one of Spark with exactly these properties."""
    lines = "".join(f'"{name}" = "{value}"\n' for name, value in properties.items())
    text = re.sub(r"(?ms)^\[warehouse[^\n]*\n.*?(?=^\[|\Z)", "", file.read_text())
    section = f'[warehouse]\nengine = "spark"\n{where}\n\n[warehouse.spark]\n{lines}\n'
    first = text.index("[sources.")
    file.write_text(text[:first] + section + text[first:])
    return load_settings(file)


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a command of the command line for a company."""
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli.main", "--config", str(folder / "funnelhouse.toml"), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ,
    )


def finish(process: subprocess.Popen[str]) -> str:
    """What a command said; its exit code must be 0."""
    said, _ = process.communicate(timeout=1500)
    assert process.returncode == 0, said[-4000:]
    return said


def wait_for_node(folder: Path, number: int, process: subprocess.Popen[str]) -> None:
    """Wait until dbt has come to its n-th node in the build that runs."""
    log = folder / "var" / "dbt" / "target" / "dbt.log"
    began = time.time()
    size = log.stat().st_size if log.exists() else 0
    pattern = re.compile(r"(\d+) of \d+ START")
    while time.time() < began + 900:
        assert process.poll() is None, f"the run ended before its {number}th node: {process.communicate()[0][-3000:]}"
        if log.exists():
            with log.open(errors="replace") as file:
                file.seek(size if log.stat().st_size >= size else 0)
                reached = [int(found) for found in pattern.findall(file.read())]
            if reached and max(reached) >= number:
                return
        time.sleep(0.3)
    raise AssertionError("dbt did not come that far in 15 minutes")


def published(folder: Path) -> dict[str, str]:
    """The pointer to what is published, or nothing."""
    file = folder / "serving" / "current.json"
    found: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    return found
