"""Named places at which a test may kill the process, to show that nothing is ever half done."""

import os
import signal
from collections import Counter

FAULT_POINTS: tuple[str, ...] = (
    "extract.page_received",
    "landing.rows_written",
    "landing.seen_written",
    "landing.manifest_written",
    "landing.batch_visible",
    "extract.pass_closed",
    "load.begun",
    "load.rows_inserted",
    "load.ledger_written",
    "load.committed",
    "load.marked",
)

_reached: Counter[str] = Counter()


def reach(name: str) -> None:
    """Kill this process without any clean-up when FUNNELHOUSE_FAULT_POINT names this place.

    The variable is `name`, or `name:N` for the Nth time the place is reached (from 1).
    """
    wanted = os.environ.get("FUNNELHOUSE_FAULT_POINT")
    if not wanted:
        return
    place, _, count = wanted.partition(":")
    if place != name:
        return
    _reached[name] += 1
    if _reached[name] >= int(count or "1"):
        os.kill(os.getpid(), signal.SIGKILL)
