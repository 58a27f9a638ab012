"""The same staging model gives the same rows on DuckDB and on Spark."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.worked_example import EXAMPLE

ROOT = Path(__file__).parents[3]
SPARK_PYTHON = ROOT / ".spark-venv" / "bin" / "python"
MODEL = "stg_files__opportunities"
SKEW = 20_000
ODD_AMOUNTS = {"D01": "12.7", "D02": "1_000", "D03": "0x10", "D04": "1e3", "D05": " 42 ", "D06": "-0.00005"}

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(not SPARK_PYTHON.exists(), reason="run `make test-spark`, which installs the Spark environment"),
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java 17 on the PATH"),
]


def _version(row: dict[str, object], number: int) -> dict[str, object]:
    """A later version of a record: one key may hold nearly all rows."""
    later = pd.Timestamp("2026-04-02") + pd.Timedelta(seconds=number)
    return {**row, "extracted_at": later, "payload_hash": f"v{number:031d}", "load_seq": 1000 + number}


def raw_rows() -> pd.DataFrame:
    """The example's opportunities as raw versions, with amounts that plain casts would change silently, one skewed."""
    frame = pd.read_csv(EXAMPLE / "opportunities.csv", dtype=str, keep_default_na=False)
    rows = []
    for number, row in enumerate(frame.to_dict("records")):
        mapped = {key: value or None for key, value in row.items()}
        mapped["amount"] = ODD_AMOUNTS.get(row["opportunity_id"], row["amount"])
        rows.append(
            {
                "source_name": "company",
                "record_id": row["opportunity_id"],
                "updated_at": pd.Timestamp(row["updated_at"]).tz_localize(None),
                "is_deleted": False,
                "payload": json.dumps({"row": row, "mapped": mapped}),
                "payload_hash": f"{number:032d}",
                "extracted_at": pd.Timestamp("2026-04-01"),
                "batch_id": "b1",
                "load_seq": number + 1,
            }
        )
    rows += [_version(rows[0], number) for number in range(SKEW)]
    return pd.DataFrame(rows).astype({"updated_at": "datetime64[us]", "extracted_at": "datetime64[us]"})


def built_on_duckdb(raw: Path, work: Path) -> pd.DataFrame:
    """The model built by dbt-duckdb from the same raw rows."""
    warehouse = work / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema raw_files")
        connection.execute(f"create table raw_files.opportunities as select * from read_parquet('{raw}')")
    command = [str(Path(sys.executable).parent / "dbt"), "run", "--select", MODEL]
    command += ["--project-dir", str(ROOT / "dbt_project"), "--profiles-dir", str(ROOT / "dbt_project")]
    command += ["--target-path", str(work / "duckdb-target"), "--log-path", str(work)]
    environment = {**os.environ, "FUNNELHOUSE_WAREHOUSE": str(warehouse)}
    done = subprocess.run(command, env=environment, cwd=work, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.sql(f"select * from staging.{MODEL}").df()


def comparable(frame: pd.DataFrame) -> list[dict[str, str]]:
    """Rows as texts, in order, so that two engines' types can be compared."""
    moments = [name for name in frame.columns if name.endswith(("_at", "_date"))]
    for name in moments:
        frame[name] = pd.to_datetime(frame[name], utc=True).dt.strftime("%Y-%m-%dT%H:%M:%S.%f")
    numbers = ["amount", "amount_crm_reporting", "probability"]
    frame[numbers] = frame[numbers].astype(float)
    frame = frame.astype(object).where(frame.notna(), None)
    return [{key: str(row[key]) for key in sorted(row)} for row in frame.sort_values("record_id").to_dict("records")]


def test_the_staging_model_gives_the_same_rows_on_spark_as_on_duckdb(tmp_path: Path) -> None:
    raw = tmp_path / "raw.parquet"
    raw_rows().to_parquet(raw, coerce_timestamps="us")
    output = tmp_path / "spark.json"
    script = Path(__file__).parent / "build_on_spark.py"
    environment = {**os.environ, "FUNNELHOUSE_WAREHOUSE": ":memory:", "PYSPARK_PYTHON": str(SPARK_PYTHON)}
    done = subprocess.run(
        [str(SPARK_PYTHON), str(script), str(raw), str(tmp_path), str(output)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    built = pd.read_json(output, lines=True, dtype=False)
    assert set(built.pop("record_bucket")) <= set(range(16))  # Spark's partition column; DuckDB has no such thing
    on_spark = comparable(built)
    assert len(on_spark) == 10
    assert on_spark == comparable(built_on_duckdb(raw, tmp_path))
