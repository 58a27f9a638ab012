"""HubSpot CRM: objects with property history, associations, owners and deal pipelines (API v3 and v4).

First sync: the list endpoint, which pages by record id. Afterwards: searches on the modification time, read
in the order of record ids, so that neither the limit of 10,000 hits nor a change between two pages loses a
record. Archived records are listed apart.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson

from ingestion.catalog import Stream
from ingestion.errors import ConfigurationError, ProtocolError
from ingestion.http import ApiClient, RefusedRequestError
from ingestion.oauth import Bearer
from ingestion.pacing import TokenBucket
from ingestion.paging import LoopGuard
from ingestion.sales.hubspot_properties import DOCUMENTED, HISTORY
from ingestion.sales.hubspot_search import Search, milliseconds
from ingestion.settings import HubSpotSettings
from ingestion.source import Page, Record, Source, StreamState

OBJECTS = (
    "contacts", "companies", "deals", "tickets", "calls", "meetings", "emails", "line_items", "products",
    "quotes",
)  # fmt: skip
ASSOCIATIONS = {
    "contact_companies": ("contacts", "companies"),
    "deal_contacts": ("deals", "contacts"),
    "deal_companies": ("deals", "companies"),
    "deal_line_items": ("deals", "line_items"),
    "quote_deals": ("quotes", "deals"),
    "ticket_companies": ("tickets", "companies"),
    "call_contacts": ("calls", "contacts"),
    "meeting_contacts": ("meetings", "contacts"),
    "email_contacts": ("emails", "contacts"),
}

_PAGE_SIZE = 100
_PAGE_SIZE_WITH_HISTORY = 50
_ASSOCIATION_BATCH = 500
_LONGEST_PROPERTY_LIST = 12_000
_SEARCHES_PER_SECOND = 4.0


class HubSpot:
    """A connected portal."""

    def __init__(self, api: ApiClient, *, properties: dict[str, tuple[str, ...]] | None = None) -> None:
        """`properties` are read in addition to those that the portal lists, per object type."""
        self.api = api
        self._wanted = properties or {}
        self._known: dict[str, tuple[str, ...]] = {}

    def pages(self, stream: Stream, state: StreamState) -> Iterator[Page]:
        """Yield a stream page by page; reads one page ahead."""
        return self.api.ahead(stream.name, self._pages(stream, state))

    def expected_count(self, stream: Stream) -> int | None:
        """The portal's number of live records of an object type; None for the other streams."""
        return Search(self.api, stream.entity).total() if stream.entity in OBJECTS else None

    def waited_seconds(self, stream: Stream) -> float:
        """Seconds that a stream waited for the vendor's permission."""
        return self.api.waited_seconds(stream.name)

    def close(self) -> None:
        """Release connections."""
        self.api.close()

    def _pages(self, stream: Stream, state: StreamState) -> Iterator[Page]:
        if stream.entity in OBJECTS:
            yield from self._objects(stream.entity, state)
        elif stream.entity in ASSOCIATIONS:
            yield from self._associations(stream, state)
        elif stream.entity == "owners":
            yield from self._owners()
        else:
            yield Page(_results(self.api.get("crm/v3/pipelines/deals"), stream.entity))

    def _objects(self, kind: str, state: StreamState) -> Iterator[Page]:
        """List (first sync) or search (later), then the archived records; the token says where it stands."""
        at: dict[str, Any] = orjson.loads(state.resume_token) if state.resume_token else {}
        search = Search(self.api, kind)
        if not at and state.since:
            at = {"step": "changes", "since": milliseconds(state.since)}
        elif not at:
            at = {"step": "list", "since": None, "listed_at": search.newest()}
        if at["step"] == "list":
            yield from self._listed(kind, at)
            at = {**at, "step": "listed", "after": None}
        if at["step"] == "listed":
            newest = search.newest()
            has_moved = newest is not None and newest != at["listed_at"]
            at["step"] = "changes" if has_moved else "archived"
        if at["step"] == "changes":
            start = at["listed_at"] if at["since"] is None else at["since"]
            yield from self._changed(kind, search, at, 0 if start is None else start)
            at = {**at, "step": "archived", "position": None}
        yield from self._archived(kind, at)

    def _listed(self, kind: str, at: dict[str, Any]) -> Iterator[Page]:
        for records, after in self._list(kind, archived=False, after=at.get("after")):
            token = {**at, "after": after} if after else {**at, "step": "listed", "after": None}
            yield Page(records, resume_token=_token(token))

    def _changed(self, kind: str, search: Search, at: dict[str, Any], start: int) -> Iterator[Page]:
        names = self._properties(kind)
        history = HISTORY.get(kind, ())
        size = _PAGE_SIZE_WITH_HISTORY if history else _PAGE_SIZE
        for found in search.changed(start, names=names, size=size, position=at.get("position")):
            records = self._read(kind, [record["id"] for record in found.records]) if history else found.records
            yield Page(records, resume_token=_token({**at, "position": found.position}))

    def _archived(self, kind: str, at: dict[str, Any]) -> Iterator[Page]:
        after = at.get("after") if at["step"] == "archived" else None
        for records, following in self._list(kind, archived=True, after=after):
            fresh = [record for record in records if _archived_since(record, at["since"])]
            token = _token({**at, "step": "archived", "after": following}) if following else None
            yield Page(fresh, resume_token=token)

    def _list(self, kind: str, *, archived: bool, after: str | None) -> Iterator[tuple[list[Record], str | None]]:
        names, history = self._properties(kind), HISTORY.get(kind, ())
        is_short = sum(map(len, names)) + len(names) <= _LONGEST_PROPERTY_LIST
        params: dict[str, Any] = {"limit": _PAGE_SIZE_WITH_HISTORY if history else _PAGE_SIZE}
        params |= {"archived": "true"} if archived else {}
        if is_short:
            params |= {"properties": ",".join(names)}
            params |= {"propertiesWithHistory": ",".join(history)} if history else {}
        for records, following in self._paged(f"crm/v3/objects/{kind}", params, after):
            if not is_short and records:
                records = self._read(kind, [record["id"] for record in records], archived=archived)
            yield records, following

    def _paged(
        self, path: str, params: dict[str, Any], after: str | None = None
    ) -> Iterator[tuple[list[Record], str | None]]:
        guard = LoopGuard(path)
        while True:
            answer = self.api.get(path, params | ({"after": after} if after else {}))
            records, after = _results(answer, path), _next_page(answer)
            yield records, after
            if after is None:
                return
            guard.check(after)

    def _read(self, kind: str, ids: Sequence[str], *, archived: bool = False) -> list[Record]:
        """The records of some ids with all properties and history; ids that are gone are left out."""
        body = {
            "properties": list(self._properties(kind)),
            "propertiesWithHistory": list(HISTORY.get(kind, ())),
            "inputs": [{"id": record_id} for record_id in ids],
        }
        path = f"crm/v3/objects/{kind}/batch/read" + ("?archived=true" if archived else "")
        return _results(self.api.post(path, body), path)

    def _properties(self, kind: str) -> tuple[str, ...]:
        """Every property that the portal has, or the documented ones when it does not let us list them."""
        if kind not in self._known:
            try:
                listed = _results(self.api.get(f"crm/v3/properties/{kind}"), f"properties of {kind}")
                names = [str(item["name"]) for item in listed]
            except (RefusedRequestError, ConfigurationError):
                names = list(DOCUMENTED[kind])
            self._known[kind] = tuple(dict.fromkeys([*names, *self._wanted.get(kind, ())]))
        return self._known[kind]

    def _owners(self) -> Iterator[Page]:
        for archived in ("false", "true"):
            params = {"limit": _PAGE_SIZE, "archived": archived}
            for records, _ in self._paged("crm/v3/owners/", params):
                yield Page(records)

    def _associations(self, stream: Stream, state: StreamState) -> Iterator[Page]:
        """One record per changed `from`, also when it has no partner (any more)."""
        start, end = ASSOCIATIONS[stream.entity]
        changed = sorted(state.changed.get(stream.parent or "", ()), key=lambda text: (len(text), text))
        read = partial(self._associated, f"crm/v4/associations/{start}/{end}/batch/read")
        for position in range(0, len(changed), _ASSOCIATION_BATCH):
            yield Page(read(changed[position : position + _ASSOCIATION_BATCH]))

    def _associated(self, path: str, ids: Sequence[str]) -> list[Record]:
        found: dict[str, Record] = {record_id: {"from": {"id": record_id}, "to": []} for record_id in ids}
        inputs: list[dict[str, str]] = [{"id": record_id} for record_id in ids]
        guard = LoopGuard(path)
        while inputs:
            following = []
            for record in _results(self.api.post(path, {"inputs": inputs}), path):
                start = str(record["from"]["id"])
                found[start]["to"].extend(record["to"])
                if after := _next_page(record):
                    guard.check(f"{start} {after}")
                    following.append({"id": start, "after": after})
            inputs = following
        return list(found.values())


def _token(at: dict[str, Any]) -> str:
    return orjson.dumps(at).decode()


def _results(answer: Any, where: str) -> list[Record]:
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list) or not all(isinstance(record, dict) for record in results):
        raise ProtocolError("the answer has no list of results", where=f"hubspot: {where}")
    return results


def _next_page(answer: Any) -> str | None:
    after = ((answer.get("paging") or {}).get("next") or {}).get("after")
    return None if after is None else str(after)


def _archived_since(record: Record, since: int | None) -> bool:
    archived_at = record.get("archivedAt")
    if since is None or not isinstance(archived_at, str):
        return True
    try:
        moment = datetime.fromisoformat(archived_at)
    except ValueError:
        return True
    return milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC)) >= since


def connect(settings: HubSpotSettings) -> Source:
    """A portal, read with a private app's access token."""
    pace = settings.requests_per_second
    api = ApiClient(
        source="hubspot",
        base_url=settings.base_url,
        credentials=Bearer(settings.access_token.get_secret_value()),
        buckets={
            "default": TokenBucket(pace),
            "search": TokenBucket(max(_SEARCHES_PER_SECOND, pace * _SEARCHES_PER_SECOND / 10)),
        },
    )
    return HubSpot(api, properties=dict(settings.properties))
