"""What `funnel doctor` looks at when the warehouse is on Spark."""

from collections.abc import Iterator

from ingestion import lake
from ingestion.errors import StateError
from ingestion.settings import Settings
from orchestration.errors import BuildError
from orchestration.spark import environment

Look = tuple[bool, str, str]


def examine(settings: Settings) -> Iterator[Look]:
    """Whether each part is fine, what it is, and what to do: the environment, the cluster, the lake and its ledger."""
    try:
        python = environment.python(settings)
        versions = sorted(
            path.name.removesuffix(".dist-info")
            for path in python.parents[1].glob("lib/python*/site-packages/*.dist-info")
            if path.name.startswith(("pyspark-", "dbt_spark-", "dbt_core-"))
        )
        yield True, f"Spark environment with {', '.join(versions)}", ""
        environment.require_cluster(settings)
        yield True, f"{settings.warehouse.thrift or settings.warehouse.master} answers", ""
    except BuildError as error:
        yield False, str(error), "see `[warehouse]`"
    try:
        lake.claim(settings)
        loaded = lake.read(settings, lake.LEDGER)
        rows = sum(row["row_count"] for row in loaded)
        yield True, f"lake {settings.lake} with {len(loaded)} loaded batches and {rows} rows", ""
    except (StateError, OSError, ValueError) as error:
        yield False, f"lake {settings.lake}: {error}", "see whether every worker and this machine can read and write it"
