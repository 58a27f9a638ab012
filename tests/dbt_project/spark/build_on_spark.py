"""Build one staging model on Spark in local mode; runs in the Spark environment, apart from the gate's libraries.

Usage: build_on_spark.py RAW_PARQUET WORK_FOLDER OUTPUT_JSON
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from dbt.cli.main import dbtRunner
from pyspark.sql import SparkSession

PROJECT = Path(__file__).parents[3] / "dbt_project"
MODEL = "stg_files__opportunities"


def main(raw: str, work: str, output: str) -> int:
    """Load the raw rows, build the model and write its rows as JSON lines; 1 when dbt fails."""
    os.chdir(work)
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.warehouse.dir", f"{work}/lake")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.hadoop.javax.jdo.option.ConnectionURL", f"jdbc:derby:;databaseName={work}/metastore;create=true")
        .enableHiveSupport()
        .getOrCreate()
    )
    spark.sql("create database if not exists raw_files")
    spark.read.parquet(raw).write.saveAsTable("raw_files.opportunities")
    arguments = ["run", "--target", "spark", "--select", MODEL, "--project-dir", str(PROJECT), "--profiles-dir"]
    result = dbtRunner().invoke([*arguments, str(PROJECT), "--target-path", f"{work}/target", "--log-path", work])
    if not result.success:
        print(result.exception or [node.message for node in result.result or []])
        return 1
    rows = [row.asDict() for row in spark.table(f"staging.{MODEL}").collect()]
    Path(output).write_text("\n".join(json.dumps(row, default=str) for row in rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
