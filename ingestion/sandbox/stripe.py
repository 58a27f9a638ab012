"""The simulated Stripe account over HTTP: keys, lists with `starting_after`, errors as Stripe words them.

https://docs.stripe.com/api/pagination and https://docs.stripe.com/api/errors; version 2020-08-27.
"""

import base64
import re
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import orjson

from ingestion.sandbox import billing, credentials, stripe_invoice_objects
from ingestion.sandbox.clock import epoch_seconds
from ingestion.sandbox.http_shapes import Request, Response
from ingestion.sandbox.stripe_lists import Collection, Entry, StripeError, collections_of

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

API_VERSION = "2020-08-27"
MAX_LIMIT = 100
_DEFAULT_LIMIT = 10
_CREATED = re.compile(r"created(?:\[(gt|gte|lt|lte)\])?")


class StripeVendor:
    """Answers the paths below a Stripe base URL."""

    def __init__(self, world: "World", *, requests_per_second: int | None = None) -> None:
        """Serve a world; `requests_per_second` switches the account's rate limit on."""
        self.world = world
        self._limit = requests_per_second
        self._window = (0, 0)
        self._lock = threading.Lock()
        self._collections: dict[str, Collection] | None = None

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        headers = {"Content-Type": "application/json", "Stripe-Version": API_VERSION, "Request-Id": "req_sandbox"}
        try:
            body = self._answer(request)
        except StripeError as error:
            if error.status == 429:
                headers["Stripe-Rate-Limited-Reason"] = "global-rate"
            return Response(error.status, orjson.dumps(error.body()), headers)
        return Response(200, body, headers)

    def _answer(self, request: Request) -> bytes:
        _check_key(request.headers.get("authorization", ""))
        self._throttle()
        path = request.path.rstrip("/")
        parts = path.split("/")[2:] if path.startswith("/v1/") else []
        if request.method != "GET" or not parts or parts[0] not in self.collections:
            raise StripeError(404, f"Unrecognized request URL ({request.method}: {path}).")
        now = epoch_seconds(self.world.now)
        collection = self.collections[parts[0]]
        if len(parts) == 1:
            return self._list(collection, request, now)
        number = collection.positions.get(parts[1])
        entry = None if number is None else collection.entries[number]
        if entry is None or entry.created > now:
            raise StripeError(404, f"No such {parts[0][:-1]}: '{parts[1]}'", code="resource_missing", param="id")
        if len(parts) == 2:
            return collection.serialised(entry, now)
        if parts[0] == "invoices" and parts[2:] == ["lines"]:
            return self._lines(parts[1], request)
        raise StripeError(404, f"Unrecognized request URL (GET: {path}).")

    @property
    def collections(self) -> dict[str, Collection]:
        """The list endpoints, built at the first request."""
        with self._lock:
            if self._collections is None:
                self._collections = collections_of(self.world.part("billing", billing.simulate))
            return self._collections

    def _list(self, collection: Collection, request: Request, now: int) -> bytes:
        wanted = _filter(collection, request, now)
        found, more = collection.page(now, _limit(request), request.first("starting_after"), wanted)
        return _envelope(found, collection.url, more)

    def _lines(self, invoice_id: str, request: Request) -> bytes:
        part = self.world.part("billing", billing.simulate)
        invoices = self.world.part("invoices by id", lambda _: {i.invoice_id: i for i in part.invoices})
        record = invoices[invoice_id]
        ids = [line.line_id for line in record.lines]
        after = request.first("starting_after")
        if after is not None and after not in ids:
            raise StripeError(400, f"No such object: '{after}'", code="resource_missing", param="starting_after")
        first = ids.index(after) + 1 if after is not None else 0
        last = first + _limit(request)
        found = [
            orjson.dumps(stripe_invoice_objects.line(line, record, first + number))
            for number, line in enumerate(record.lines[first:last])
        ]
        return _envelope(found, f"/v1/invoices/{invoice_id}/lines", last < len(ids))

    def _throttle(self) -> None:
        if self._limit is None:
            return
        with self._lock:
            second = int(time.monotonic())
            count = self._window[1] + 1 if self._window[0] == second else 1
            self._window = second, count
        if count > self._limit:
            raise StripeError(429, "Request rate limit exceeded.", code="rate_limit")


def _check_key(authorization: str) -> None:
    kind, _, token = authorization.partition(" ")
    if kind.lower() == "basic":
        try:
            token = base64.b64decode(token, validate=True).decode().partition(":")[0]
        except ValueError:
            token = ""
    if not token:
        raise StripeError(401, "You did not provide an API key.")
    if token != credentials.STRIPE_API_KEY:
        raise StripeError(401, f"Invalid API Key provided: {token[:7]}****{token[-4:]}")


def _limit(request: Request) -> int:
    text = request.first("limit") or str(_DEFAULT_LIMIT)
    if not text.isdecimal():
        raise StripeError(400, f"Invalid integer: {text}", code="parameter_invalid_integer", param="limit")
    limit = int(text)
    if not 1 <= limit <= MAX_LIMIT:
        bound = "less than or equal to 100" if limit > MAX_LIMIT else "greater than or equal to 1"
        message = f"This value must be {bound} (it currently is '{limit}')."
        raise StripeError(400, message, code="parameter_invalid_integer", param="limit")
    return limit


def _filter(collection: Collection, request: Request, now: int) -> Callable[[Entry], bool]:
    """Return the condition that a list's query parameters set."""
    tests: list[Callable[[Entry], bool]] = []
    for name, values in request.query.items():
        value = values[0]
        match = _CREATED.fullmatch(name)
        if match:
            tests.append(_created_test(match.group(1) or "eq", int(value)))
        elif name == "customer":
            tests.append(_attribute_test("customer", value))
        elif name in ("subscription", "invoice", "charge", "product"):
            tests.append(_attribute_test("parent", value))
        elif name not in ("limit", "starting_after", "status", "active", "expand[]", "expand"):
            raise StripeError(400, f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
    status = request.first("status")
    if collection.url == "/v1/subscriptions" and status is None:
        tests.append(lambda entry: entry.status is not None and entry.status(now) != "canceled")
    elif status not in (None, "all"):
        tests.append(lambda entry: entry.status is not None and entry.status(now) == status)
    return lambda entry: all(test(entry) for test in tests)


def _attribute_test(name: str, value: str) -> Callable[[Entry], bool]:
    return lambda entry: bool(getattr(entry, name) == value)


def _created_test(operator: str, moment: int) -> Callable[[Entry], bool]:
    compare: dict[str, Callable[[int], bool]] = {
        "eq": lambda created: created == moment,
        "gt": lambda created: created > moment,
        "gte": lambda created: created >= moment,
        "lt": lambda created: created < moment,
        "lte": lambda created: created <= moment,
    }
    test = compare[operator]
    return lambda entry: test(entry.created)


def _envelope(found: list[bytes], url: str, more: bool) -> bytes:
    tail = orjson.dumps({"has_more": more, "url": url})[1:]
    return b'{"object":"list","data":[' + b",".join(found) + b"]," + tail
