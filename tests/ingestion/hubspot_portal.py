"""A HubSpot portal in memory whose records are written by hand, for the faults of its search."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import httpx
import orjson

from ingestion.catalog import Stream, stream
from ingestion.http import ApiClient, RetryPolicy
from ingestion.oauth import Bearer
from ingestion.sales.hubspot import HubSpot
from ingestion.source import Record, StreamState

MOST_HITS = 10_000


def at(milliseconds: int) -> str:
    """A moment as HubSpot writes it."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03}Z"


class Portal:
    """Live and archived records by id; `before_each` is called with every request and may change them."""

    def __init__(self, kind: str = "companies") -> None:
        self.kind = kind
        self.live: dict[int, int] = {}
        self.archived: dict[int, int] = {}
        self.property_names = ["name"]
        self.may_list_properties = True
        self.requests: list[tuple[str, Any]] = []
        self.before_each: Callable[[str, Any], None] = lambda path, body: None

    def source(self) -> HubSpot:
        """A connector that talks to this portal."""
        transport = httpx.MockTransport(self.handle)
        policy = RetryPolicy(attempts=3, budget=0.1, first_wait=0.001)
        return HubSpot(
            ApiClient(
                source="hubspot",
                base_url="https://portal.example",
                credentials=Bearer("t"),
                policy=policy,
                transport=transport,
            )
        )

    def read(self, state: StreamState | None = None) -> list[Record]:
        """Every record of one pass."""
        pages = self.source().pages(self.stream, state or StreamState())
        return [record for page in pages for record in page.records]

    @property
    def stream(self) -> Stream:
        """The stream of this object type."""
        return stream("hubspot", self.kind)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        path = request.url.path
        query = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
        body = orjson.loads(request.content) if request.content else query
        self.before_each(path, body)
        self.requests.append((path, body))
        if path.endswith("/search"):
            return self._search(body)
        if path.endswith("/batch/read"):
            wanted = [int(item["id"]) for item in body["inputs"]]
            held = self.archived if query.get("archived") == "true" else self.live
            return httpx.Response(200, json={"results": [self._record(one) for one in wanted if one in held]})
        if re.fullmatch(r"/crm/v3/properties/\w+", path):
            if not self.may_list_properties:
                return httpx.Response(403, json={"status": "error", "category": "MISSING_SCOPES"})
            return httpx.Response(200, json={"results": [{"name": name} for name in self.property_names]})
        return self._list(query)

    def _list(self, query: dict[str, str]) -> httpx.Response:
        held = self.archived if query.get("archived") == "true" else self.live
        ids = [one for one in sorted(held) if one >= int(query.get("after", 0))]
        limit = int(query["limit"])
        answer: dict[str, Any] = {"results": [self._record(one) for one in ids[:limit]]}
        if len(ids) > limit:
            answer["paging"] = {"next": {"after": str(ids[limit])}}
        return httpx.Response(200, json=answer)

    def _search(self, body: dict[str, Any]) -> httpx.Response:
        low, high, above = 0, 2**62, -1
        for condition in (body["filterGroups"] or [{"filters": []}])[0]["filters"]:
            if condition["propertyName"] == "hs_object_id":
                above = int(condition["value"])
            else:
                low, high = int(condition["value"]), int(condition["highValue"])
        hits = [one for one, modified in self.live.items() if low <= modified <= high and one > above]
        sort = (body.get("sorts") or [{"propertyName": "hs_object_id"}])[0]
        if sort["propertyName"] == "hs_object_id":
            hits.sort()
        else:
            hits.sort(key=lambda one: self.live[one], reverse=sort["direction"] == "DESCENDING")
        first = int(body.get("after", 0))
        if first + body["limit"] > MOST_HITS:
            return httpx.Response(400, json={"status": "error", "message": "beyond 10,000"})
        page = hits[first : first + body["limit"]]
        return httpx.Response(200, json={"total": len(hits), "results": [self._record(one) for one in page]})

    def _record(self, record_id: int) -> Record:
        is_archived = record_id not in self.live
        modified = self.archived[record_id] if is_archived else self.live[record_id]
        record: Record = {"id": str(record_id), "properties": {}, "updatedAt": at(modified), "archived": is_archived}
        return record | ({"archivedAt": at(modified)} if is_archived else {})
