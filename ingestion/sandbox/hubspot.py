"""HubSpot's CRM API v3 and associations v4 over the simulated company.

Paths, parameters and errors follow HubSpot's published descriptions: object lists page by `after`, search
stops at 10,000 hits, reads with property history are limited to 50 records, associations come in batches.
"""

import datetime as dt
import threading
import uuid
from typing import TYPE_CHECKING, Any

import orjson

from ingestion.sandbox import credentials, hubspot_associations, hubspot_search, hubspot_settings
from ingestion.sandbox.clock import iso_millis
from ingestion.sandbox.http_shapes import Request, Response
from ingestion.sandbox.hubspot_store import OBJECT_TYPES, Asked, Snapshot, Store
from ingestion.sandbox.records import Record

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

OBJECT_TYPE_IDS = {
    "0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-5": "tickets", "0-47": "meetings", "0-48": "calls",
    "0-49": "emails", "0-8": "line_items", "0-7": "products", "0-14": "quotes",
}  # fmt: skip
_KEPT_SEARCHES = 32


class HubSpotError(Exception):
    """An answer other than success."""

    def __init__(self, status: int, category: str, message: str) -> None:
        """Keep status, HubSpot's category word and message."""
        super().__init__(message)
        self.status = status
        self.category = category


class HubSpotVendor:
    """Answers the requests of a HubSpot private app."""

    def __init__(self, world: "World") -> None:
        """Show a world as a HubSpot portal."""
        self.world = world
        self.token = credentials.HUBSPOT_ACCESS_TOKEN
        self.stores = {object_type: Store(world, object_type) for object_type in OBJECT_TYPES}
        self._searches: dict[bytes, tuple[Snapshot, list[Record]]] = {}
        self._lock = threading.Lock()

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        try:
            if request.headers.get("authorization") != f"Bearer {self.token}":
                raise HubSpotError(401, "INVALID_AUTHENTICATION", "Authentication credentials not found or not valid.")
            status, answer = self._route(request)
        except HubSpotError as error:
            return _failure(request, error)
        except hubspot_search.InvalidSearchError as error:
            return _failure(request, HubSpotError(400, "VALIDATION_ERROR", str(error)))
        headers = {
            "Content-Type": "application/json;charset=utf-8",
            "X-HubSpot-RateLimit-Max": "190",
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        }
        return Response(status, orjson.dumps(answer), headers)

    def hide(self, object_type: str, *, newest: bool) -> None:
        """Let the most recently modified record, or the first by id, not exist until `show`."""
        store = self.stores[object_type]
        snapshot = store.snapshot()
        if snapshot.live:
            store.hide(snapshot.by_modification[-1][2].record_id if newest else snapshot.live[0].record_id)

    def show(self, object_type: str) -> None:
        """Let every hidden record of a type exist again."""
        self.stores[object_type].show_all()

    def freeze(self, object_type: str, is_on: bool) -> None:
        """Show one modification time for all records of a type, or their own again."""
        self.stores[object_type].freeze(self.world.now - dt.timedelta(days=1) if is_on else None)

    def _route(self, request: Request) -> tuple[int, Any]:
        parts = request.path.strip("/").split("/")
        match request.method, parts:
            case "GET", ["crm", "v3", "owners"]:
                return 200, hubspot_settings.owners(self.world, request)
            case "GET", ["crm", "v3", "pipelines", object_type]:
                return 200, hubspot_settings.pipelines(self.world, _known_type(object_type))
            case "GET", ["crm", "v3", "properties", object_type]:
                store = self.stores[_known_type(object_type)]
                return 200, hubspot_settings.properties(store)
            case "GET", ["crm", "v3", "objects", object_type]:
                return 200, self._list(self.stores[_known_type(object_type)], request)
            case "GET", ["crm", "v3", "objects", object_type, record_id]:
                return 200, self._one(self.stores[_known_type(object_type)], record_id, request)
            case "POST", ["crm", "v3", "objects", object_type, "search"]:
                return 200, self._search(self.stores[_known_type(object_type)], _body(request))
            case "POST", ["crm", "v3", "objects", object_type, "batch", "read"]:
                return self._batch(self.stores[_known_type(object_type)], request)
            case "POST", ["crm", "v4", "associations", start, end, "batch", "read"]:
                ids = [str(item.get("id")) for item in _body(request).get("inputs", [])]
                if not 0 < len(ids) <= 1000:
                    raise HubSpotError(400, "VALIDATION_ERROR", "inputs must hold between 1 and 1000 ids")
                store = self.stores[_known_type(start)]
                return hubspot_associations.batch_read(store, _known_type(end), ids)
        raise HubSpotError(404, "OBJECT_NOT_FOUND", f"No handler for {request.method} {request.path}")

    def _list(self, store: Store, request: Request) -> dict[str, Any]:
        asked = Asked(_names(request, "properties"), _names(request, "propertiesWithHistory"))
        limit = _limit(request.first("limit", "10"), 50 if asked.with_history else 100)
        after = request.first("after") or "0"
        if not after.isdigit():
            raise HubSpotError(400, "VALIDATION_ERROR", f"invalid after token {after!r}")
        snapshot = store.snapshot()
        archived = request.first("archived") == "true"
        records, has_more = snapshot.page(archived=archived, after=int(after), limit=limit)
        answer: dict[str, Any] = {"results": [store.payload(record, snapshot.now, asked) for record in records]}
        if has_more:
            following = str(int(records[-1].record_id) + 1)
            link = f"{request.base_url}{request.path}?limit={limit}&after={following}"
            answer["paging"] = {"next": {"after": following, "link": link}}
        return answer

    def _one(self, store: Store, record_id: str, request: Request) -> dict[str, Any]:
        snapshot = store.snapshot()
        by_id = snapshot.archived_by_id if request.first("archived") == "true" else snapshot.live_by_id
        if record_id not in by_id:
            raise HubSpotError(404, "OBJECT_NOT_FOUND", "Object not found")
        asked = Asked(_names(request, "properties"), _names(request, "propertiesWithHistory"))
        return store.payload(by_id[record_id], snapshot.now, asked)

    def _batch(self, store: Store, request: Request) -> tuple[int, dict[str, Any]]:
        body = _body(request)
        asked = Asked(tuple(body.get("properties") or ()), tuple(body.get("propertiesWithHistory") or ()))
        ids = [str(item.get("id")) for item in body.get("inputs", [])]
        most = 50 if asked.with_history else 100
        if not 0 < len(ids) <= most:
            raise HubSpotError(400, "VALIDATION_ERROR", f"inputs must hold between 1 and {most} ids")
        snapshot = store.snapshot()
        by_id = snapshot.archived_by_id if request.first("archived") == "true" else snapshot.live_by_id
        found = [
            store.payload(by_id[record_id], snapshot.now, asked)
            for record_id in dict.fromkeys(ids)
            if record_id in by_id
        ]
        missing = [record_id for record_id in ids if record_id not in by_id]
        answer = batch_answer(found, snapshot.now)
        if not missing:
            return 200, answer
        error = {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": "Could not get some objects, they may be deleted or not exist.",
            "context": {"ids": missing},
            "errors": [],
            "links": {},
        }
        return 207, answer | {"numErrors": 1, "errors": [error]}

    def _search(self, store: Store, body: dict[str, Any]) -> dict[str, Any]:
        limit, after = int(body.get("limit") or 10), int(body.get("after") or 0)
        if not 0 < limit <= 200:
            raise HubSpotError(400, "VALIDATION_ERROR", "limit must be between 1 and 200")
        if after + limit > hubspot_search.MOST_HITS:
            message = f"Paging beyond {hubspot_search.MOST_HITS} results is not supported"
            raise HubSpotError(400, "VALIDATION_ERROR", message)
        snapshot = store.snapshot()
        hits = self._hits(store, snapshot, body)
        asked = Asked(tuple(body.get("properties") or ()))
        shown = hits[after : after + limit]
        answer: dict[str, Any] = {
            "total": len(hits),
            "results": [store.payload(record, snapshot.now, asked) for record in shown],
        }
        if after + limit < len(hits):
            answer["paging"] = {"next": {"after": str(after + limit)}}
        return answer

    def _hits(self, store: Store, snapshot: Snapshot, body: dict[str, Any]) -> list[Record]:
        question = [store.object_type, body.get("filterGroups"), body.get("sorts")]
        key = orjson.dumps(question, option=orjson.OPT_SORT_KEYS)
        with self._lock:
            kept = self._searches.get(key)
        if kept is not None and kept[0] is snapshot:
            return kept[1]
        hits = hubspot_search.search(store, snapshot, body)
        with self._lock:
            self._searches[key] = (snapshot, hits)
            while len(self._searches) > _KEPT_SEARCHES:
                del self._searches[next(iter(self._searches))]
        return hits


def batch_answer(results: list[Any], now: dt.datetime) -> dict[str, Any]:
    """Return the envelope of a batch read."""
    moment = iso_millis(now)
    return {"status": "COMPLETE", "results": results, "startedAt": moment, "completedAt": moment}


def _known_type(object_type: str) -> str:
    plural = OBJECT_TYPE_IDS.get(object_type, object_type)
    plural = {
        "contact": "contacts",
        "company": "companies",
        "deal": "deals",
        "ticket": "tickets",
        "line_item": "line_items",
        "product": "products",
        "quote": "quotes",
    }.get(plural, plural)
    if plural not in OBJECT_TYPES:
        raise HubSpotError(400, "VALIDATION_ERROR", f"Unable to infer object type from: {object_type}")
    return plural


def _body(request: Request) -> dict[str, Any]:
    try:
        body = request.json()
    except ValueError as error:
        raise HubSpotError(400, "VALIDATION_ERROR", "Invalid input JSON") from error
    if not isinstance(body, dict):
        raise HubSpotError(400, "VALIDATION_ERROR", "Invalid input JSON")
    return body


def _names(request: Request, parameter: str) -> tuple[str, ...]:
    """Names given comma-separated, repeated, or both."""
    return tuple(name for value in request.query.get(parameter, []) for name in value.split(",") if name)


def _limit(text: str | None, most: int) -> int:
    limit = int(text) if text and text.isdigit() else 0
    if not 0 < limit <= most:
        raise HubSpotError(400, "VALIDATION_ERROR", f"limit must be between 1 and {most}")
    return limit


def _failure(request: Request, error: HubSpotError) -> Response:
    correlation = uuid.uuid5(uuid.NAMESPACE_URL, f"{request.method} {request.path}")
    body = {
        "status": "error",
        "message": str(error),
        "correlationId": str(correlation),
        "category": error.category,
    }
    return Response.of_json(body, status=error.status)
