"""Answers SQL statements in the Spark environment: a JSON request per line in, a JSON answer per line out.

A request is {"statement": text}; an answer {"columns": [[name, type], …], "rows": [[value, …], …]} or {"error": text}.
Dates, timestamps and decimals come as text. Runs with the libraries of the Spark environment only.
"""

import datetime as dt
import decimal
import json
import os
import sys
from collections.abc import Callable
from typing import Any

Answer = dict[str, Any]


def main() -> int:
    """Answer until standard input ends. What Spark prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        ask = _thrift() if os.environ.get("FUNNELHOUSE_SPARK_METHOD") == "thrift" else _session()
    except Exception as error:
        answers.write(json.dumps({"error": _first_line(error)}) + "\n")
        return 1
    answers.write(json.dumps({"columns": [], "rows": []}) + "\n")
    answers.flush()
    for line in sys.stdin:
        try:
            answer = ask(json.loads(line)["statement"])
        except Exception as error:
            answer = {"error": _first_line(error)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    return 0


def _session() -> Callable[[str], Answer]:
    from pyspark.sql import SparkSession

    session = SparkSession.builder.enableHiveSupport().getOrCreate()

    def ask(statement: str) -> Answer:
        frame = session.sql(statement)
        columns = [[field.name, field.dataType.simpleString()] for field in frame.schema.fields]
        return {"columns": columns, "rows": [[_plain(value) for value in row] for row in frame.collect()]}

    return ask


def _thrift() -> Callable[[str], Answer]:
    from pyhive import hive

    connection = hive.connect(
        host=os.environ["FUNNELHOUSE_SPARK_HOST"],
        port=int(os.environ["FUNNELHOUSE_SPARK_PORT"]),
        configuration=json.loads(os.environ["FUNNELHOUSE_SPARK_FIXED"]),
    )

    def ask(statement: str) -> Answer:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            if not cursor.description:
                return {"columns": [], "rows": []}
            columns = [[name, kind.removesuffix("_TYPE").lower()] for name, kind, *_ in cursor.description]
            return {"columns": columns, "rows": [[_plain(value) for value in row] for row in cursor.fetchall()]}

    return ask


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, dt.date | dt.datetime | decimal.Decimal | bytes) else value


def _first_line(error: Exception) -> str:
    """What went wrong, without the stack of the JVM and without the bridge's own first line."""
    lines = [line.strip(" :\t") for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith("An error occurred while calling")]
    return told[0] if told else type(error).__name__


if __name__ == "__main__":
    sys.exit(main())
