"""One HTTP client for every vendor: credentials, retries, pace, same-host rule, exact JSON."""

import logging
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx
import stamina
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from ingestion import exact_json, hosts
from ingestion.errors import ConfigurationError, ProtocolError, SourceError
from ingestion.oauth import Credentials
from ingestion.pacing import TokenBucket, retry_after_seconds
from ingestion.prefetch import prefetched

Answer = TypeVar("Answer")
Item = TypeVar("Item")

_PASSING_STATUSES = frozenset({408, 423, 425, 429, 477, 500, 502, 503, 504, *range(520, 530)})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_MESSAGE_LENGTH = 300
_LOG = logging.getLogger(__name__)
_ACCOUNT: ContextVar[str] = ContextVar("account", default="")


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long one request is tried; all times in seconds."""

    attempts: int = 8
    budget: float = 300.0
    retry_after_cap: float = 60.0
    first_wait: float = 0.5
    wait_cap: float = 30.0


class _PassingError(SourceError):
    """A failure that a later attempt may not meet again."""

    def __init__(self, what: str, *, where: str, retry_after: float | None = None) -> None:
        super().__init__(what, where=where, next="Later runs go on from the kept state")
        self.retry_after = retry_after


class RefusedRequestError(SourceError):
    """The vendor understood the request and refused it (4xx); `status` and `answer` say how."""

    def __init__(self, what: str, *, where: str, status: int, answer: Any) -> None:
        super().__init__(what, where=where)
        self.status = status
        self.answer = answer


class ApiClient:
    """Talks to one vendor's API; safe to share between threads.

    `buckets` limit the pace per lane ("default" is the lane of every request that names none). Raises
    ConfigurationError when the base URL is no http(s) URL or points to a link-local address.
    """

    def __init__(
        self,
        *,
        source: str,
        base_url: str,
        credentials: Credentials | None,
        buckets: Mapping[str, TokenBucket] | None = None,
        headers: Mapping[str, str] | None = None,
        policy: RetryPolicy | None = None,
        timeout: float = 60.0,
        more_secrets: tuple[str, ...] = (),
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._source = source
        self._base = base_url.rstrip("/")
        home = hosts.origin(self._base)
        if home is None or hosts.is_link_local(self._base):
            raise ConfigurationError("base_url is no http(s) address to read from", where=f"source {source}")
        self._home = home
        set_on_retry_hooks([_log_retry])
        self.credentials = credentials
        self._more_secrets = more_secrets
        self._buckets = dict(buckets or {})
        self._policy = policy or RetryPolicy()
        self._http = httpx.Client(
            headers={"Accept": "application/json", "User-Agent": "funnelhouse", **(headers or {})},
            timeout=timeout,
            transport=transport,
            trust_env=not hosts.is_loopback(self._base),
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=16),
        )
        self._lock = threading.Lock()
        self._waited: dict[str, float] = {}
        self._requests = 0

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def waited_seconds(self, account: str | None = None) -> float:
        """Seconds spent waiting for the vendor's permission: pace, Retry-After and back-off; of one account or all."""
        with self._lock:
            return sum(self._waited.values()) if account is None else self._waited.get(account, 0.0)

    def ahead(self, account: str, items: Iterator[Item]) -> Iterator[Item]:
        """Yield items that are read ahead in a thread of its own, whose waits are booked on an account."""
        return prefetched(_on_account(account, items))

    @property
    def request_count(self) -> int:
        """Requests sent, repeated ones included."""
        return self._requests

    def get(self, path: str, params: Mapping[str, Any] | None = None, *, lane: str = "default") -> Any:
        """The JSON answer to a GET of a path below the base URL.

        Raises ConfigurationError (credential refused), RefusedRequestError (other 4xx), ProtocolError (no
        JSON, an error object, a foreign redirect) or SourceError (retries used up).
        """
        return self._send("GET", self._base + "/" + path.lstrip("/"), params=params, lane=lane)

    def post(self, path: str, body: Any, *, lane: str = "default") -> Any:
        """The JSON answer to a POST with a JSON body; raises as `get` does."""
        return self._send("POST", self._base + "/" + path.lstrip("/"), body=body, lane=lane)

    def follow(self, link: str, *, lane: str = "default") -> Any:
        """The JSON answer behind a link that the vendor sent; raises as `get` does.

        Raises ProtocolError when the link leaves scheme, host and port of the base URL.
        """
        return self._send("GET", self._same_host(link, self._base + "/"), lane=lane)

    def post_form(self, url: str, headers: Mapping[str, str], content: bytes) -> tuple[int, Any]:
        """Post a form without credentials to any URL (a token endpoint): status and JSON, or None."""
        where = f"{self._source}: POST {urlsplit(url).path}"

        def attempt() -> httpx.Response:
            response = self._exchange("POST", url, where=where, headers=dict(headers), content=content)
            self._raise_when_passing(response, where)
            return response

        response = self._with_retries(where, attempt)
        try:
            return response.status_code, exact_json.parse(response.content)
        except ValueError:
            return response.status_code, None

    def _send(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        lane: str = "default",
    ) -> Any:
        where = f"{self._source}: {method} {urlsplit(url).path}"

        def attempt() -> Any:
            bucket = self._buckets.get(lane)
            if bucket is not None:
                self._count_wait(bucket.take())
            response = self._authorised(method, url, where, params, body)
            return self._decoded(response, where)

        return self._with_retries(where, attempt)

    def _with_retries(self, where: str, attempt: Callable[[], Answer]) -> Answer:
        tried, waited = 0, 0.0

        def pause_or_stop(error: Exception) -> bool | float:
            nonlocal tried, waited
            tried += 1
            if not isinstance(error, _PassingError) or tried >= self._policy.attempts:
                return False
            pause = self._pause(error, tried)
            if waited + pause > self._policy.budget:
                return False
            waited += pause
            self._count_wait(pause)
            return pause

        for block in stamina.retry_context(on=pause_or_stop, attempts=self._policy.attempts, timeout=None):
            with block:
                return attempt()
        raise SourceError("no attempt was made", where=where)

    def _pause(self, error: _PassingError, tried: int) -> float:
        if error.retry_after is not None:
            return min(error.retry_after, self._policy.retry_after_cap)
        longest = min(self._policy.wait_cap, self._policy.first_wait * 2 ** (tried - 1))
        return random.uniform(longest / 2, longest)

    def _count_wait(self, seconds: float) -> None:
        with self._lock:
            account = _ACCOUNT.get()
            self._waited[account] = self._waited.get(account, 0.0) + seconds

    def _authorised(
        self, method: str, url: str, where: str, params: Mapping[str, Any] | None, body: Any
    ) -> httpx.Response:
        """The answer after redirects; a refused token is renewed once and the same request repeated."""
        renewed = False
        for _ in range(_MOST_REDIRECTS + 2):
            authorization = self.credentials.authorization() if self.credentials else ""
            headers = {"Authorization": authorization} if authorization else {}
            response = self._exchange(method, url, where=where, headers=headers, params=params, json=body)
            if response.status_code == 401 and not renewed and self.credentials:
                renewed = self.credentials.renew(authorization)
                if renewed:
                    continue
            if response.status_code not in _REDIRECTS:
                return response
            if method != "GET":
                raise ProtocolError("the source redirects a request that carries a body", where=where)
            url, params = self._same_host(response.headers.get("Location", ""), url), None
        raise ProtocolError("the source redirects in a loop", where=where)

    def _exchange(self, method: str, url: str, *, where: str, **parts: Any) -> httpx.Response:
        with self._lock:
            self._requests += 1
        try:
            return self._http.request(method, url, **{k: v for k, v in parts.items() if v is not None})
        except (httpx.TransportError, httpx.DecodingError) as error:
            text = f"the connection failed ({type(error).__name__}: {self.redacted(str(error))})"
            raise _PassingError(text, where=where) from None
        except httpx.InvalidURL:
            raise ProtocolError("a link that is no address", where=where) from None

    def _decoded(self, response: httpx.Response, where: str) -> Any:
        self._raise_when_passing(response, where)
        if response.status_code in (401, 403):
            raise ConfigurationError(
                f"the credential was refused (HTTP {response.status_code}): {self._said(response)}",
                where=where,
                next="Check that it is the right one, not revoked, and has the scopes that this stream needs",
            )
        if response.status_code >= 400:
            raise self._refusal(response, where)
        try:
            value = exact_json.parse(response.content)
        except ValueError:
            if response.content.lstrip()[:1] in (b"{", b"["):
                raise _PassingError("the answer is cut off in the middle", where=where) from None
            raise ProtocolError(f"expected JSON, got {self._said(response)}", where=where) from None
        if _is_error_object(value):
            raise ProtocolError(f"HTTP 200 with an error: {self._said(response)}", where=where)
        return value

    def _refusal(self, response: httpx.Response, where: str) -> RefusedRequestError:
        try:
            answer = exact_json.parse(response.content)
        except ValueError:
            answer = None
        text = f"the request was refused (HTTP {response.status_code}): {self._said(response)}"
        return RefusedRequestError(text, where=where, status=response.status_code, answer=answer)

    def _raise_when_passing(self, response: httpx.Response, where: str) -> None:
        if response.status_code in _PASSING_STATUSES:
            wait = retry_after_seconds(response.headers.get("Retry-After"), date_header=response.headers.get("Date"))
            what = f"the source answers HTTP {response.status_code}"
            raise _PassingError(what, where=where, retry_after=wait)

    def _said(self, response: httpx.Response) -> str:
        text = self.redacted(" ".join(response.content[:2000].decode("utf-8", errors="replace").split()))
        return text[:_MESSAGE_LENGTH] if text else "nothing"

    def redacted(self, text: str) -> str:
        """The text without any secret of this client."""
        for secret in (*self._more_secrets, *(self.credentials.secrets() if self.credentials else ())):
            text = text.replace(secret, "***") if secret else text
        return text

    def _same_host(self, link: str, seen_at: str) -> str:
        target = hosts.resolved(link, seen_at=seen_at, home=self._home)
        if target is None:
            place = self.redacted(link.split("?")[0])[:_MESSAGE_LENGTH]
            raise ProtocolError(f"a link to another place ({place!r}) is not followed", where=self._source)
        return target


def _log_retry(details: RetryDetails) -> None:
    _LOG.info("attempt %d after %.1f s: %s", details.retry_num + 1, details.wait_for, details.caused_by)


def _on_account(account: str, items: Iterator[Item]) -> Iterator[Item]:
    _ACCOUNT.set(account)
    yield from items


def _is_error_object(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    return value.get("status") == "error" or bool(value.get("error"))
