"""Requests and answers as the simulated vendors see them."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """One HTTP request as a vendor sees it: path below the vendor's base URL, header names in lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    base_url: str

    def first(self, name: str, default: str | None = None) -> str | None:
        """Return the first value of a query parameter."""
        values = self.query.get(name)
        return values[0] if values else default

    def json(self) -> Any:
        """Return the body parsed as JSON; raises ValueError when it is none."""
        return json.loads(self.body or b"{}")


@dataclass(frozen=True)
class Response:
    """One HTTP answer; the last three fields exist for faults.

    `cut_after` sends that many bytes of the body and then resets the connection; `content_length` is
    declared instead of the true length; `delay_seconds` waits before answering.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    content_length: int | None = None
    delay_seconds: float = 0.0

    @classmethod
    def of_json(cls, value: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> "Response":
        """Return an answer with a JSON body."""
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(status, body, {"Content-Type": "application/json;charset=utf-8"} | (headers or {}))
