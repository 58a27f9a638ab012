"""Takes a session that the Thrift server fails to close as closed. Runs in the Spark environment, before dbt.

Closing a session can make Spark 4's server initialise Hive's functions, one of which needs a jar that Spark does not
ship (hive-llap-common; SPARK-51041): the server then answers the close with a NoClassDefFoundError. Every statement of
the session has been answered by then, and the client's end is closed, so a model must not fail for it.
"""

import logging

from dbt.adapters.spark.connections import PyhiveConnectionWrapper
from pyhive.exc import OperationalError

_log = logging.getLogger(__name__)
_close = PyhiveConnectionWrapper.close


def close(connection: PyhiveConnectionWrapper) -> None:
    """Close a connection of dbt-spark's; what the server says about it goes to the log."""
    try:
        _close(connection)
    except OperationalError as error:
        _log.warning("the Thrift server could not close a session: %s", error)


PyhiveConnectionWrapper.close = close
