"""How a running step tells the terminal where it is. Silent unless the command line listens."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Listener(Protocol):
    """Whoever shows progress."""

    def phase(self, name: str) -> None:
        """A step begins."""

    def advance(self, text: str, done: int | None = None, total: int | None = None) -> None:
        """Something within the step is done."""

    def end(self) -> None:
        """The step is over."""


class _Silent:
    def phase(self, name: str) -> None: ...

    def advance(self, text: str, done: int | None = None, total: int | None = None) -> None: ...

    def end(self) -> None: ...


_listeners: list[Listener] = [_Silent()]


def current() -> Listener:
    """The listener of this process."""
    return _listeners[-1]


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Let `listener` hear everything within the block."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
        listener.end()


@contextmanager
def phase(name: str) -> Iterator[Listener]:
    """One named step."""
    listener = current()
    listener.phase(name)
    yield listener
