"""Reading ahead changes the pace, not the result."""

import threading
import time
from collections.abc import Iterator

import pytest

from ingestion.prefetch import prefetched


def test_items_come_in_order_and_are_read_at_most_the_depth_ahead() -> None:
    read: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(20):
            read.append(number)
            yield number

    items = prefetched(numbers(), depth=2)
    assert next(items) == 0
    time.sleep(0.05)
    assert len(read) <= 5
    assert list(items) == list(range(1, 20))


def test_an_error_comes_after_the_items_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise RuntimeError("the third page")

    items = prefetched(broken())
    assert next(items) == 1
    with pytest.raises(RuntimeError, match="third"):
        next(items)


def test_leaving_early_stops_the_reader() -> None:
    stopped = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            stopped.set()

    items = prefetched(endless())
    next(items)
    items.close()  # type: ignore[attr-defined]
    assert stopped.wait(2)
