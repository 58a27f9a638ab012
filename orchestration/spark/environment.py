"""What a Spark process of a company needs: its configuration folder and its environment variables."""

import json
import os
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlparse

from ingestion.settings import Settings
from orchestration import layout
from orchestration.errors import BuildError

# Numbers depend on these; a statement that would overflow or misread a value is an error and never NULL.
FIXED = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}
_LOOPBACK = ("127.", "localhost", "[::1]")
_LOGGING = """\
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
appender.file.type = File
appender.file.name = file
appender.file.fileName = {log}
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{{yyyy-MM-dd'T'HH:mm:ss.SSS}} %p %c: %m%n%ex
"""


def home(settings: Settings) -> Path:
    """Folder of Spark's configuration, log and metastore."""
    return settings.var / "spark"


def python(settings: Settings) -> Path:
    """The interpreter of the Spark environment. Raises BuildError when there is none."""
    chosen = settings.warehouse.spark_python
    path = settings.folder / chosen if chosen else layout.PROJECT_ROOT / ".spark-venv" / "bin" / "python"
    if not path.exists():
        raise BuildError(
            f"the Spark environment is missing ({path}): run `make spark` in the project,"
            " or name another interpreter in `[warehouse] spark_python`"
        )
    return path


def properties(settings: Settings) -> dict[str, str]:
    """Spark's properties: ours, then those of `[warehouse.spark]`, which win."""
    metastore = home(settings) / "metastore"
    found = {
        "spark.app.name": "funnelhouse",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",  # it would stand in the middle of dbt's lines
        "spark.sql.catalogImplementation": "hive",
        "spark.sql.warehouse.dir": f"{settings.lake}/tables",
        "spark.sql.sources.partitionOverwriteMode": "dynamic",
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={metastore};create=true",
        **FIXED,
    }
    if settings.warehouse.master:
        found["spark.master"] = settings.warehouse.master
        if settings.warehouse.master.startswith("local") or _is_loopback(settings.warehouse.master):
            found |= {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
    if settings.warehouse.table_format == "delta":
        found["spark.sql.extensions"] = "io.delta.sql.DeltaSparkSessionExtension"
        found["spark.sql.catalog.spark_catalog"] = "org.apache.spark.sql.delta.catalog.DeltaCatalog"
    elif settings.warehouse.table_format == "iceberg":
        found["spark.sql.extensions"] = "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
        found["spark.sql.catalog.spark_catalog"] = "org.apache.iceberg.spark.SparkSessionCatalog"
        found["spark.sql.catalog.spark_catalog.type"] = "hive"
    found |= settings.warehouse.spark
    java = f"-Dderby.system.home={home(settings)} {found.get('spark.driver.extraJavaOptions', '')}"
    return found | {"spark.driver.extraJavaOptions": java.strip()}


def variables(settings: Settings) -> dict[str, str]:
    """Environment variables of every Spark process of the company; writes the configuration that they name."""
    folder = home(settings) / "conf"
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{name} {value}\n" for name, value in properties(settings).items())
    (folder / "spark-defaults.conf").write_text(lines)
    (folder / "log4j2.properties").write_text(_LOGGING.format(log=home(settings) / "spark.log"))
    found = {
        "SPARK_CONF_DIR": os.fspath(folder),
        "PYSPARK_PYTHON": os.fspath(python(settings)),
        "DBT_TARGET": "spark",
        "FUNNELHOUSE_SPARK_METHOD": "thrift" if settings.warehouse.thrift else "session",
        "FUNNELHOUSE_SPARK_FORMAT": settings.warehouse.table_format,
    }
    if settings.warehouse.thrift:
        host, _, port = settings.warehouse.thrift.rpartition(":")
        found |= {"FUNNELHOUSE_SPARK_HOST": host, "FUNNELHOUSE_SPARK_PORT": port}
        found["FUNNELHOUSE_SPARK_FIXED"] = json.dumps(FIXED)
    elif "spark.driver.bindAddress" in properties(settings):
        found["SPARK_LOCAL_IP"] = "127.0.0.1"
    return found


def require_cluster(settings: Settings) -> None:
    """Look whether the master or the Thrift server answers, and whether there is Java.

    Raises BuildError naming the address: Spark itself would try for a minute and end in a stack trace.
    """
    address = settings.warehouse.thrift or urlparse(settings.warehouse.master or "").netloc
    if not settings.warehouse.thrift:
        _require_java()
    if not address or (settings.warehouse.master or "").startswith(("local", "yarn", "k8s")):
        return
    places = [place.rpartition(":") for place in address.split(",")]
    problems = [problem for host, _, port in places if (problem := _refused(host, int(port or 7077)))]
    if len(problems) == len(places):
        what = "Thrift server" if settings.warehouse.thrift else "Spark master"
        raise BuildError(f"the {what} {address} does not answer ({problems[0]}): start it, or mend `[warehouse]`")


def _refused(host: str, port: int) -> str | None:
    try:
        with socket.create_connection((host.strip("[]"), port), timeout=5):
            return None
    except OSError as error:
        return str(error)


def _require_java() -> None:
    home_of_java = os.environ.get("JAVA_HOME")
    java = Path(home_of_java) / "bin" / "java" if home_of_java else "java"
    try:
        subprocess.run([java, "-version"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        raise BuildError("Spark needs Java 17 or 21, and there is none on the PATH or in JAVA_HOME") from None


def _is_loopback(master: str) -> bool:
    return urlparse(master).netloc.startswith(_LOOPBACK)
