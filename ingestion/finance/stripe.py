"""Stripe billing: complete listings of customers, products, prices, subscriptions, invoices and corrections."""

from collections.abc import Iterator
from typing import Any

from ingestion.catalog import Stream
from ingestion.errors import ProtocolError
from ingestion.http import ApiClient, RefusedRequestError
from ingestion.oauth import Bearer
from ingestion.pacing import TokenBucket
from ingestion.paging import LoopGuard
from ingestion.settings import StripeSettings
from ingestion.source import Page, Record, Source, StreamState

_PAGE_SIZE = 100


class Stripe:
    """A connected account."""

    def __init__(self, api: ApiClient) -> None:
        self.api = api

    def pages(self, stream: Stream, state: StreamState) -> Iterator[Page]:
        """Yield a stream page by page, newest record first; reads one page ahead."""
        path, after = f"v1/{stream.entity}", state.resume_token
        if stream.entity == "invoice_lines":
            pages = self._invoice_lines(after)
        elif stream.entity == "subscriptions":
            pages = self._subscriptions(path, after)
        else:
            pages = self._listed(path, after, {})
        return self.api.ahead(stream.name, pages)

    def expected_count(self, stream: Stream) -> int | None:
        """Stripe's lists do not tell their length."""
        return None

    def waited_seconds(self, stream: Stream) -> float:
        """Seconds that a stream waited for the vendor's permission."""
        return self.api.waited_seconds(stream.name)

    def close(self) -> None:
        """Release connections."""
        self.api.close()

    def _listed(self, path: str, after: str | None, filters: dict[str, Any]) -> Iterator[Page]:
        """A list from the newest record on; what is created meanwhile belongs to the next pass.

        A record that was deleted while its page was read cannot be paged after: the one before it is taken,
        and what comes twice is left out.
        """
        guard = LoopGuard(f"stripe: {path}")
        anchors = [after] if after else []
        while True:
            answer = self._after(path, anchors, filters)
            records = [record for record in _data(answer, path) if record.get("id") not in anchors]
            last = str(records[-1]["id"]) if records and answer.get("has_more") else None
            yield Page(records, resume_token=last)
            if last is None:
                return
            guard.check(last)
            anchors = [str(record["id"]) for record in records]

    def _after(self, path: str, anchors: list[str], filters: dict[str, Any]) -> Any:
        params = {"limit": _PAGE_SIZE} | filters
        for anchor in reversed(anchors):
            try:
                return self.api.get(path, params | {"starting_after": anchor})
            except RefusedRequestError as error:
                if not _is_missing(error):
                    raise
        if anchors:
            raise ProtocolError("the page to go on from is gone", where=f"stripe: {path}")
        return self.api.get(path, params)

    def _subscriptions(self, path: str, after: str | None) -> Iterator[Page]:
        """Subscriptions of every status, each with all its items: those beyond the embedded ones are added."""
        for page in self._listed(path, after, {"status": "all"}):
            yield Page([self._with_items(one) for one in page.records], resume_token=page.resume_token)

    def _with_items(self, subscription: Record) -> Record:
        items = subscription.get("items") or {}
        if not items.get("has_more"):
            return subscription
        known = _data(items, "items of a subscription")
        pages = self._listed("v1/subscription_items", str(known[-1]["id"]), {"subscription": subscription["id"]})
        rest = [item for page in pages for item in page.records]
        return {**subscription, "items": {**items, "data": [*known, *rest], "has_more": False}}

    def _invoice_lines(self, after: str | None) -> Iterator[Page]:
        """Every line of every invoice: the embedded ones, and those beyond them from the invoice's own list."""
        for page in self._listed("v1/invoices", after, {}):
            lines: list[Record] = []
            for invoice in page.records:
                lines.extend(self._lines(invoice))
            yield Page(lines, resume_token=page.resume_token)

    def _lines(self, invoice: Record) -> Iterator[Record]:
        path = f"v1/invoices/{invoice['id']}/lines"
        embedded = invoice.get("lines") or {"data": [], "has_more": True}
        lines = _data(embedded, path)
        if embedded.get("has_more"):
            anchor = str(lines[-1]["id"]) if lines else None
            lines = [*lines, *(row for page in self._listed(path, anchor, {}) for row in page.records)]
        for line in lines:
            yield line if line.get("invoice") else {**line, "invoice": invoice["id"]}


def _data(answer: Any, path: str) -> list[Record]:
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, list):
        raise ProtocolError("the answer has no list of data", where=f"stripe: {path}")
    return data


def _is_missing(error: RefusedRequestError) -> bool:
    said = error.answer.get("error") if isinstance(error.answer, dict) else None
    return isinstance(said, dict) and (said.get("code"), said.get("param")) == ("resource_missing", "starting_after")


def connect(settings: StripeSettings) -> Source:
    """An account, read with a restricted or secret key."""
    api = ApiClient(
        source="stripe",
        base_url=settings.base_url,
        credentials=Bearer(settings.api_key.get_secret_value()),
        headers={"Stripe-Version": settings.api_version},
        buckets={"default": TokenBucket(settings.requests_per_second)},
    )
    return Stripe(api)
