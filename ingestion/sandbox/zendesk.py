"""The simulated Zendesk Support account over HTTP: incremental exports, audits, comments, ratings, schedules.

https://developer.zendesk.com/documentation/ticketing/managing-tickets/using-the-incremental-export-api/
"""

import base64
import re
import threading
import time
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any

import orjson

from ingestion.sandbox import credentials, files, support, zendesk_objects
from ingestion.sandbox.clock import epoch_seconds, local_date
from ingestion.sandbox.http_shapes import Request, Response
from ingestion.sandbox.zendesk_exports import Export, exports_of, metric_sets_of
from ingestion.sandbox.zendesk_tickets import Ticket, is_deleted

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

EXPORT_LIMIT = 1000
LIST_LIMIT = 100
SCHEDULE_ID = 360000110493
_DETAIL = re.compile(r"tickets/(\d+)(?:/(audits|comments))?")
_HOLIDAYS = re.compile(r"business_hours/schedules/(\d+)(?:/(holidays))?")


class ZendeskError(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, word: str, description: str, headers: dict[str, str] | None = None) -> None:
        """Keep Zendesk's word for the error beside its description."""
        super().__init__(description)
        self.status, self.word, self.headers = status, word, headers or {}


class ZendeskVendor:
    """Answers the paths below a Zendesk base URL."""

    def __init__(self, world: "World", *, requests_per_minute: int | None = None) -> None:
        """Serve a world; `requests_per_minute` switches the account's rate limit on."""
        self.world = world
        self._limit = requests_per_minute
        self._window = (0, 0)
        self._lock = threading.Lock()
        self._exports: dict[str, Export] | None = None
        self._metric_sets: Export | None = None
        self._tickets: dict[int, Ticket] = {}

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        try:
            return Response(200, self._answer(request), headers)
        except ZendeskError as error:
            body = {"error": error.word, "description": str(error)}
            return Response(error.status, orjson.dumps(body), headers | error.headers)

    def _answer(self, request: Request) -> bytes:
        _check_credentials(request.headers.get("authorization", ""))
        self._throttle()
        path = request.path.removesuffix(".json")
        if request.method != "GET" or not path.startswith("/api/v2/"):
            raise ZendeskError(404, "InvalidEndpoint", "Not found")
        path = path.removeprefix("/api/v2/")
        now = epoch_seconds(self.world.now)
        exports = self.exports
        parts = path.split("/")
        if parts[0] == "incremental" and parts[1:2] and parts[1] in exports:
            if parts[2:] == ["cursor"] and parts[1] in ("tickets", "users"):
                return self._cursor_export(parts[1], request, now)
            if len(parts) == 2:
                return self._time_export(parts[1], request, now)
        if parts[1:] == ["count"] and parts[0] in exports:
            return self._count(parts[0], now)
        if path == "satisfaction_ratings":
            return self._ratings(request, now)
        if path.startswith("business_hours/schedules"):
            return self._schedules(path)
        match = _DETAIL.fullmatch(path)
        if match is not None:
            return self._ticket(int(match.group(1)), match.group(2), request, now)
        raise ZendeskError(404, "InvalidEndpoint", "Not found")

    @property
    def exports(self) -> dict[str, Export]:
        """The exports by name, built at the first request."""
        with self._lock:
            if self._exports is None:
                desk = self.world.part("support", support.simulate)
                self._tickets = {ticket.ticket_id: ticket for ticket in desk.tickets}
                self._exports = exports_of(desk)
                self._metric_sets = metric_sets_of(desk)
            return self._exports

    def record(self, name: str, updated: int, record_id: int, now: int, *, included: tuple[str, ...] = ()) -> bytes:
        """Return one exported record as JSON; a ticket that is not deleted brings its metrics when asked to."""
        record = self.exports[name].serialised(updated, record_id, now)
        if name != "tickets" or "metric_sets" not in included or is_deleted(self._tickets[record_id], now):
            return record
        assert self._metric_sets is not None
        return record[:-1] + b',"metric_set":' + self._metric_sets.serialised(updated, record_id, now) + b"}"

    def _cursor_export(self, name: str, request: Request, now: int) -> bytes:
        order, size = self.exports[name].order(now), _size(request, "per_page", EXPORT_LIMIT)
        cursor = request.first("cursor")
        if cursor is not None:
            first = bisect_right(order, _decoded(cursor))
        else:
            first = bisect_left(order, (_start_time(request, now), 0))
        page = order[first : first + size]
        after = _encoded(page[-1]) if page else cursor
        url = f"{request.base_url}/api/v2/incremental/{name}/cursor.json?cursor={after}"
        tail = {
            "after_cursor": after,
            "after_url": url if after else None,
            "before_cursor": None,
            "before_url": None,
            "end_of_stream": first + size >= len(order),
        }
        included = tuple((request.first("include") or "").split(","))
        rows = [self.record(name, updated, number, now, included=included) for updated, number in page]
        return _body(name, rows, tail)

    def _time_export(self, name: str, request: Request, now: int) -> bytes:
        """Answer a time-based export: the next page begins again with the last second of this one."""
        export, order, size = (
            self.exports[name],
            self.exports[name].order(now),
            _size(request, "per_page", EXPORT_LIMIT),
        )
        first = bisect_left(order, (_start_time(request, now), 0))
        page = order[first : first + size]
        while page and first + len(page) < len(order) and order[first + len(page)][0] == page[-1][0] == page[0][0]:
            page = order[first : first + len(page) + 1]
        is_end = first + len(page) >= len(order)
        end_time = page[-1][0] if page else None
        url = f"{request.base_url}/api/v2/incremental/{name}.json?start_time={end_time}"
        tail = {
            "count": len(page),
            "end_of_stream": is_end,
            "end_time": end_time,
            "next_page": url if page else None,
        }
        return _body(name, [export.serialised(updated, number, now) for updated, number in page], tail)

    def _count(self, name: str, now: int) -> bytes:
        order = self.exports[name].order(now)
        count = len(order)
        if name == "tickets":
            count -= sum(is_deleted(ticket, now) for ticket in self._tickets.values())
        return orjson.dumps({"count": {"value": count, "refreshed_at": zendesk_objects.instant(now)}})

    def _ratings(self, request: Request, now: int) -> bytes:
        """Answer a list with cursor pagination, filtered by change time and score."""
        export, order = self.exports["satisfaction_ratings"], self.exports["satisfaction_ratings"].order(now)
        first = bisect_left(order, (_whole(request, "start_time") or 0, 0))
        last = bisect_right(order, (_whole(request, "end_time") or now, 1 << 62))
        shown = [export.serialised(updated, number, now) for updated, number in order[first:last]]
        score = request.first("score")
        if score is not None:
            shown = [row for row in shown if orjson.loads(row)["score"] == score]
        return _listed("satisfaction_ratings", shown, request)

    def _ticket(self, ticket_id: int, detail: str | None, request: Request, now: int) -> bytes:
        ticket = self._tickets.get(ticket_id)
        if ticket is None or ticket.created > now or is_deleted(ticket, now):
            raise ZendeskError(404, "RecordNotFound", "Not found")
        actions = ticket.known_actions(now)
        if detail == "audits":
            return _listed("audits", [orjson.dumps(zendesk_objects.audit(one, ticket)) for one in actions], request)
        if detail == "comments":
            said = [one for one in actions if one.comment is not None]
            return _listed("comments", [orjson.dumps(zendesk_objects.comment(one, ticket)) for one in said], request)
        return orjson.dumps({"ticket": zendesk_objects.ticket(ticket, actions[-1].at, now)})

    def _schedules(self, path: str) -> bytes:
        match = _HOLIDAYS.fullmatch(path)
        if path == "business_hours/schedules":
            return orjson.dumps({"schedules": [_schedule()], "url": f"{zendesk_objects.HOST}/api/v2/{path}.json"})
        if match is None or int(match.group(1)) != SCHEDULE_ID:
            raise ZendeskError(404, "RecordNotFound", "Not found")
        if match.group(2) is None:
            return orjson.dumps({"schedule": _schedule()})
        return orjson.dumps({"holidays": _holidays(self.world)})

    def _throttle(self) -> None:
        if self._limit is None:
            return
        with self._lock:
            minute = int(time.monotonic() // 60)
            count = self._window[1] + 1 if self._window[0] == minute else 1
            self._window = minute, count
        if count > self._limit:
            wait = {"Retry-After": str(60 - int(time.monotonic() % 60))}
            raise ZendeskError(429, "APIRateLimitExceeded", "Number of allowed API requests per minute exceeded", wait)


def _schedule() -> dict[str, Any]:
    """Return the support schedule; intervals count minutes from Sunday midnight."""
    opens, closes = (int(text[:2]) * 60 + int(text[3:]) for text in (files.OPENS_AT, files.CLOSES_AT))
    return {
        "id": SCHEDULE_ID,
        "name": "Support hours",
        "time_zone": "Berlin",
        "created_at": "2020-01-01T09:00:00Z",
        "updated_at": "2020-01-01T09:00:00Z",
        "intervals": [
            {"start_time": weekday * 1440 + opens, "end_time": weekday * 1440 + closes} for weekday in range(1, 6)
        ],
    }


def _holidays(world: "World") -> list[dict[str, Any]]:
    """Return the company's holidays; days in a row are one holiday, as people enter them."""
    spans: list[dict[str, Any]] = []
    previous = None
    for day, name in files.holidays(local_date(world.start), local_date(world.end)):
        if previous is not None and (day - previous).days == 1:
            spans[-1]["end_date"] = day.isoformat()
        else:
            number = 360000300000 + int(f"{day:%y%m%d}")
            spans.append({"id": number, "name": name, "start_date": day.isoformat(), "end_date": day.isoformat()})
        previous = day
    return spans


def _check_credentials(authorization: str) -> None:
    kind, _, value = authorization.partition(" ")
    wanted = f"{credentials.ZENDESK_EMAIL}/token:{credentials.ZENDESK_API_TOKEN}"
    try:
        given = base64.b64decode(value, validate=True).decode()
    except ValueError:
        given = ""
    if kind.lower() != "basic" or given != wanted:
        raise ZendeskError(401, "Couldn't authenticate you", "Invalid credentials")


def _whole(request: Request, name: str) -> int | None:
    text = request.first(name)
    if text is None:
        return None
    if not text.isdecimal():
        raise ZendeskError(400, "InvalidValue", f"{name} must be a whole number")
    return int(text)


def _start_time(request: Request, now: int) -> int:
    start = _whole(request, "start_time")
    if start is None:
        raise ZendeskError(400, "InvalidValue", "start_time is required")
    if start > now - 60:
        raise ZendeskError(422, "InvalidValue", "Too recent start_time. Use a start_time older than 60 seconds")
    return start


def _size(request: Request, name: str, most: int) -> int:
    return max(1, min(most, _whole(request, name) or most))


def _encoded(position: tuple[int, int]) -> str:
    return base64.urlsafe_b64encode(f"{position[0]}.0||{position[1]}".encode()).decode().rstrip("=")


def _decoded(cursor: str) -> tuple[int, int]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        updated, _, number = text.partition(".0||")
        return int(updated), int(number)
    except ValueError as error:
        raise ZendeskError(400, "InvalidCursor", "The cursor is not valid") from error


def _listed(name: str, rows: list[bytes], request: Request) -> bytes:
    """Answer a list: cursor pagination when `page[size]` is given, else pages by number, 100 each."""
    if "page[size]" in request.query:
        size = _size(request, "page[size]", LIST_LIMIT)
        after = request.first("page[after]")
        first = _decoded(after)[0] if after else 0
        has_more = first + size < len(rows)
        following = _encoded((first + size, 0)) if has_more else None
        url = f"{request.base_url}{request.path}?page%5Bafter%5D={following}&page%5Bsize%5D={size}"
        tail: dict[str, Any] = {
            "meta": {"has_more": has_more, "after_cursor": following, "before_cursor": None},
            "links": {"next": url if has_more else None, "prev": None},
        }
        return _body(name, rows[first : first + size], tail)
    size, page = _size(request, "per_page", LIST_LIMIT), _whole(request, "page") or 1
    first = (page - 1) * size
    url = f"{request.base_url}{request.path}?page={page + 1}&per_page={size}"
    following = url if first + size < len(rows) else None
    return _body(name, rows[first : first + size], {"next_page": following, "previous_page": None, "count": len(rows)})


def _body(name: str, rows: list[bytes], tail: dict[str, Any]) -> bytes:
    return b'{"' + name.encode() + b'":[' + b",".join(rows) + b"]," + orjson.dumps(tail)[1:]
