"""Zendesk Support: incremental exports, the audits and comments of changed tickets, ratings, schedules.

Tickets and users come from the cursor-based exports, organisations and metric events from the time-based
ones, ratings from a list with cursor pagination. A ticket brings its metrics with it, the vendor's own reply
and resolution times: side-loaded, so that they cost no request.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, date, datetime, time
from typing import Any

from ingestion.catalog import Stream
from ingestion.errors import ProtocolError
from ingestion.http import ApiClient, RefusedRequestError
from ingestion.oauth import Basic, Bearer, Credentials
from ingestion.pacing import TokenBucket
from ingestion.paging import LoopGuard
from ingestion.settings import ZendeskSettings
from ingestion.source import Page, Record, Source, StreamState

_PAGE_SIZE = 100
_EXPORT_SIZE = 1000
_READERS = 6
_TICKETS_A_PAGE = 50
_COUNTED = ("tickets", "users", "organizations", "satisfaction_ratings")
# side-loads of an export: what comes with each of its records
_INCLUDED = {"tickets": "metric_sets"}
_DETAILS = {"ticket_audits": "audits", "ticket_comments": "comments"}


class Zendesk:
    """A connected help desk."""

    def __init__(self, api: ApiClient, *, start: datetime | None = None) -> None:
        """`start` is where a first sync begins; everything when it is None."""
        self.api = api
        self._start = start

    def pages(self, stream: Stream, state: StreamState) -> Iterator[Page]:
        """Yield a stream page by page; reads ahead."""
        return self.api.ahead(stream.name, self._pages(stream, state))

    def expected_count(self, stream: Stream) -> int | None:
        """The account's own (approximate) number of records; None where it has none to tell."""
        if stream.entity not in _COUNTED:
            return None
        answer = self.api.get(f"api/v2/{stream.entity}/count.json")
        count = answer.get("count") if isinstance(answer, dict) else None
        value = count.get("value") if isinstance(count, dict) else count
        return value if isinstance(value, int) else None

    def waited_seconds(self, stream: Stream) -> float:
        """Seconds that a stream waited for the vendor's permission."""
        return self.api.waited_seconds(stream.name)

    def close(self) -> None:
        """Release connections."""
        self.api.close()

    def _pages(self, stream: Stream, state: StreamState) -> Iterator[Page]:
        readers: dict[str, Callable[[str, StreamState], Iterator[Page]]] = {
            "tickets": self._cursor_export,
            "users": self._cursor_export,
            "organizations": self._time_export,
            "ticket_metric_events": self._time_export,
            "satisfaction_ratings": self._ratings,
            "ticket_audits": self._details,
            "ticket_comments": self._details,
            "schedules": self._schedules,
            "holidays": self._holidays,
        }
        return readers[stream.entity](stream.entity, state)

    def _start_time(self, state: StreamState) -> int:
        since = state.since or self._start
        if since is None:
            return 0
        return int((since if since.tzinfo else since.replace(tzinfo=UTC)).timestamp())

    def _cursor_export(self, entity: str, state: StreamState) -> Iterator[Page]:
        path = f"api/v2/incremental/{entity}/cursor.json"
        guard = LoopGuard(f"zendesk: {path}")
        fixed: dict[str, Any] = {"per_page": _EXPORT_SIZE}
        if entity in _INCLUDED:
            fixed["include"] = _INCLUDED[entity]
        cursor = state.resume_token
        while True:
            start: dict[str, Any] = {"cursor": cursor} if cursor else {"start_time": self._start_time(state)}
            answer = self.api.get(path, start | fixed, lane="export")
            cursor = answer.get("after_cursor")
            is_last = _is_end(answer, path)
            yield Page(_rows(answer, entity), resume_token=None if is_last else cursor)
            if is_last:
                return
            guard.check(str(cursor))

    def _time_export(self, entity: str, state: StreamState) -> Iterator[Page]:
        """Pages of a time-based export; each repeats the records of the second that it starts with.

        A page of one second only does not advance: the next second follows, unless the page is exactly full,
        when it may have been cut.
        """
        path = f"api/v2/incremental/{entity}.json"
        start = int(state.resume_token or self._start_time(state))
        seen: set[tuple[Any, Any]] = set()
        while True:
            answer = self.api.get(path, {"start_time": start, "per_page": _EXPORT_SIZE}, lane="export")
            rows = _rows(answer, entity)
            marks = [(row.get("id"), row.get("updated_at")) for row in rows]
            end = int(answer.get("end_time") or start)
            is_last = not rows or _is_end(answer, path)
            is_one_second = end == start and len(rows) != _EXPORT_SIZE
            following = end + 1 if is_one_second else end
            if not is_last and following <= start:
                raise ProtocolError("the export does not advance: a loop", where=f"zendesk: {path}")
            fresh = [row for row, mark in zip(rows, marks, strict=True) if mark not in seen]
            yield Page(fresh, resume_token=None if is_last else str(following))
            if is_last:
                return
            start, seen = following, set(marks)

    def _listed(self, path: str, rows_at: str, params: dict[str, Any], after: str | None) -> Iterator[Page]:
        guard = LoopGuard(f"zendesk: {path}")
        while True:
            page = {"page[size]": _PAGE_SIZE} | ({"page[after]": after} if after else {})
            answer = self.api.get(path, params | page)
            meta = answer.get("meta") or {}
            after = meta.get("after_cursor") if meta.get("has_more") else None
            yield Page(_rows(answer, rows_at), resume_token=after)
            if after is None:
                return
            guard.check(after)

    def _ratings(self, entity: str, state: StreamState) -> Iterator[Page]:
        since = self._start_time(state)
        params = {"start_time": since} if since else {}
        return self._listed(f"api/v2/{entity}.json", entity, params, state.resume_token)

    def _details(self, entity: str, state: StreamState) -> Iterator[Page]:
        """The audits or comments of every changed ticket, a few tickets at a time."""
        tickets = sorted(state.changed.get("tickets", ()), key=lambda text: (len(text), text))
        records: list[Record] = []
        for number, rows in enumerate(self._in_order(entity, tickets), start=1):
            records.extend(rows)
            if number % _TICKETS_A_PAGE == 0:
                yield Page(records)
                records = []
        if records:
            yield Page(records)

    def _in_order(self, entity: str, tickets: list[str]) -> Iterator[list[Record]]:
        waiting: deque[Future[list[Record]]] = deque()
        with ThreadPoolExecutor(_READERS, thread_name_prefix="zendesk") as readers:
            try:
                for ticket in tickets:
                    waiting.append(readers.submit(copy_context().run, self._of_ticket, entity, ticket))
                    if len(waiting) >= 2 * _READERS:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                readers.shutdown(wait=False, cancel_futures=True)

    def _of_ticket(self, entity: str, ticket: str) -> list[Record]:
        rows_at = _DETAILS[entity]
        pages = self._listed(f"api/v2/tickets/{ticket}/{rows_at}.json", rows_at, {}, None)
        try:
            return [row for page in pages for row in page.records]
        except RefusedRequestError as error:
            if error.status == 404:  # deleted since the export
                return []
            raise

    def _schedules(self, entity: str, state: StreamState) -> Iterator[Page]:
        yield Page(_rows(self.api.get("api/v2/business_hours/schedules.json"), "schedules"))

    def _holidays(self, entity: str, state: StreamState) -> Iterator[Page]:
        for page in self._schedules(entity, state):
            for schedule in page.records:
                path = f"api/v2/business_hours/schedules/{schedule['id']}/holidays.json"
                rows = _rows(self.api.get(path), "holidays")
                yield Page([{**row, "schedule_id": schedule["id"]} for row in rows])


def _rows(answer: Any, name: str) -> list[Record]:
    rows = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise ProtocolError(f"the answer has no list of {name}", where="zendesk")
    return rows


def _is_end(answer: Any, path: str) -> bool:
    end = answer.get("end_of_stream")
    if not isinstance(end, bool):
        raise ProtocolError("the export does not say whether it ends", where=f"zendesk: {path}")
    return end


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None


def connect(settings: ZendeskSettings) -> Source:
    """A help desk, read with an e-mail address and an API token, or with an OAuth token."""
    credentials: Credentials
    if settings.access_token is not None:
        credentials = Bearer(settings.access_token.get_secret_value())
    else:
        assert settings.api_token is not None
        credentials = Basic(f"{settings.email}/token", settings.api_token.get_secret_value())
    pace = settings.requests_per_second
    buckets = {"default": TokenBucket(pace), "export": TokenBucket(max(10 / 60, pace / 60), burst=10)}
    api = ApiClient(source="zendesk", base_url=settings.base_url, credentials=credentials, buckets=buckets)
    return Zendesk(api, start=_midnight(settings.start_date))
