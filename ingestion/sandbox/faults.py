"""Scripted misbehaviour of the vendors. Each fault is a named option; the README lists them.

A fault hits requests of one vendor (or all) whose path contains a text, leaves the first `after` of them
alone and then hits `times` of them (None: every one). Faults that replace the answer come first, then those
that change it; several may be switched on at once.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ingestion.sandbox import fault_answers, fault_changes
from ingestion.sandbox.http_shapes import Request, Response

Handler = Callable[[Request], Response]


@dataclass(frozen=True)
class Fault:
    """One switched-on fault; `value` is the fault's own parameter (README)."""

    name: str
    vendor: str | None = None
    path: str = ""
    after: int = 0
    times: int | None = 1
    value: str | None = None

    def __post_init__(self) -> None:
        """Refuse a name that no fault has."""
        if self.name not in NAMES:
            raise ValueError(f"unknown fault {self.name!r}; known: {', '.join(NAMES)}")

    @classmethod
    def of(cls, described: "Fault | str | Mapping[str, Any]") -> "Fault":
        """Return a fault from itself, its bare name, or its fields; raises ValueError and TypeError."""
        if isinstance(described, Fault):
            return described
        return cls(described) if isinstance(described, str) else cls(**described)


ENFORCED = "enforced_rate_limit"
NAMES: tuple[str, ...] = (ENFORCED, *fault_answers.ANSWERS, *fault_changes.CHANGES, *fault_changes.STANDING)


class _Armed:
    """A fault with its count of matching requests."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.seen = 0
        self.hits = 0
        self.memory: dict[str, Response] = {}
        self.window: deque[float] = deque()

    def wait(self, moment: float) -> float:
        """Count a request; return the seconds until one is allowed again, 0 when this one is."""
        most, _, seconds = (self.fault.value or "190/10").partition("/")
        while self.window and self.window[0] <= moment - float(seconds):
            self.window.popleft()
        if len(self.window) >= int(most):
            return self.window[0] + float(seconds) - moment
        self.window.append(moment)
        return 0.0

    def hits_this(self, vendor: str, request: Request) -> bool:
        fault = self.fault
        if fault.vendor not in (None, vendor) or fault.path not in request.path:
            return False
        self.seen += 1
        if self.seen <= fault.after or (fault.times is not None and self.hits >= fault.times):
            return False
        self.hits += 1
        return True


class Injector:
    """Stands between the server and the vendors and applies the faults that are switched on."""

    def __init__(self, vendors: Mapping[str, Any]) -> None:
        """Know the vendors, because some faults change what they hold."""
        self._vendors = vendors
        self._armed: list[_Armed] = []
        self._lock = threading.Lock()

    def switch(self, faults: "Iterable[Fault | str | Mapping[str, Any]]") -> None:
        """Replace all faults; an empty list restores health."""
        armed = [_Armed(Fault.of(fault)) for fault in faults]
        with self._lock:
            for old in self._armed:
                if old.fault.name in fault_changes.STANDING:
                    fault_changes.stand(self._vendors, old.fault.name, old.fault.value, is_on=False)
            self._armed = armed
            for new in armed:
                if new.fault.name in fault_changes.STANDING:
                    fault_changes.stand(self._vendors, new.fault.name, new.fault.value, is_on=True)

    def shown(self) -> list[dict[str, Any]]:
        """Return the faults with how many requests they saw and hit."""
        with self._lock:
            return [asdict(armed.fault) | {"seen": armed.seen, "hits": armed.hits} for armed in self._armed]

    def answer(self, vendor: str, request: Request, handle: Handler) -> Response:
        """Answer a request of a vendor, as it or as the faults will have it."""
        with self._lock:
            hitting = [armed for armed in self._armed if armed.hits_this(vendor, request)]
            waits = [armed.wait(time.monotonic()) for armed in hitting if armed.fault.name == ENFORCED]
        if any(waits):
            return fault_answers.limited(str(math.ceil(max(waits))))
        for armed in hitting:
            if armed.fault.name in fault_answers.ANSWERS:
                return fault_answers.ANSWERS[armed.fault.name](request, armed.fault.value)
        for armed in hitting:
            if armed.fault.name in fault_changes.BETWEEN:
                fault_changes.BETWEEN[armed.fault.name](self._vendors, armed.fault.value)
        response = handle(request)
        for armed in hitting:
            if armed.fault.name == "repeated_next_token":
                response = armed.memory.setdefault(vendor, response)
            elif armed.fault.name in fault_changes.PER_ANSWER:
                response = fault_changes.PER_ANSWER[armed.fault.name](request, response, armed.fault.value)
        return response
