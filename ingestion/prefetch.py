"""Reading ahead: the next page is fetched while this one is written."""

import queue
import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")

_POLL_SECONDS = 0.2
_LEAVE_SECONDS = 5.0


class _Done:
    """The end of the inner iterator, and the error that ended it."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class _Reader(Generic[Item]):
    def __init__(self, items: Iterator[Item], depth: int) -> None:
        self._items = items
        self._waiting: queue.Queue[Item | _Done] = queue.Queue(depth)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._read, name="prefetch", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        error: BaseException | None = None
        try:
            for item in self._items:
                if not self._put(item):
                    break
        except BaseException as raised:
            error = raised
        finally:
            close = getattr(self._items, "close", None)
            if close is not None and self._stopped.is_set():
                close()
        self._put(_Done(error))

    def _put(self, item: Item | _Done) -> bool:
        while not self._stopped.is_set():
            try:
                self._waiting.put(item, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def __iter__(self) -> Iterator[Item]:
        try:
            while True:
                item = self._waiting.get()
                if isinstance(item, _Done):
                    if item.error is not None:
                        raise item.error
                    return
                yield item
        finally:
            self._stopped.set()
            self._thread.join(timeout=_LEAVE_SECONDS)


def prefetched(items: Iterator[Item], *, depth: int = 2) -> Iterator[Item]:
    """Yield the items of an iterator, read up to `depth` ahead in a thread of its own.

    Order and errors are those of the iterator. Leaving early stops the thread after its current item.
    """
    yield from _Reader(items, depth)
