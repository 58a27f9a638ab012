"""Requests to simulated vendors without a network."""

import base64
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from ingestion.sandbox import credentials
from ingestion.sandbox.google_ads import GoogleAdsVendor
from ingestion.sandbox.http_shapes import Request, Response
from ingestion.sandbox.stripe import StripeVendor
from ingestion.sandbox.world import World
from ingestion.sandbox.zendesk import ZendeskVendor

AS_OF = dt.date(2026, 3, 31)
Json = dict[str, Any]
AnyVendor = StripeVendor | ZendeskVendor | GoogleAdsVendor

STRIPE_KEY = {"authorization": f"Bearer {credentials.STRIPE_API_KEY}"}
_LOGIN = f"{credentials.ZENDESK_EMAIL}/token:{credentials.ZENDESK_API_TOKEN}"
ZENDESK_LOGIN = {"authorization": "Basic " + base64.b64encode(_LOGIN.encode()).decode()}


def send(
    vendor: AnyVendor, path: str, *, method: str = "GET", headers: dict[str, str] | None = None, body: bytes = b"",
    **query: Any,
) -> Response:  # fmt: skip
    """Send one request to a vendor."""
    parameters = {name: [str(value)] for name, value in query.items()}
    return vendor.handle(Request(method, path, parameters, headers or {}, body, "http://sandbox.test/vendor"))


def stripe(vendor: StripeVendor, path: str, **query: Any) -> Json:
    """Return the answer of a Stripe path as JSON."""
    response = send(vendor, path, headers=STRIPE_KEY, **query)
    assert response.status == 200, response.body
    return json.loads(response.body)


def stripe_list(vendor: StripeVendor, path: str, *, limit: int = 100, **query: Any) -> Iterator[Json]:
    """Yield everything of a Stripe list."""
    after: Json = {}
    while True:
        answer = stripe(vendor, path, limit=limit, **query, **after)
        yield from answer["data"]
        if not answer["has_more"]:
            return
        after = {"starting_after": answer["data"][-1]["id"]}


def zendesk(vendor: ZendeskVendor, path: str, **query: Any) -> Json:
    """Return the answer of a Zendesk path as JSON."""
    response = send(vendor, path, headers=ZENDESK_LOGIN, **query)
    assert response.status == 200, response.body
    return json.loads(response.body)


def exported(vendor: ZendeskVendor, name: str, *, per_page: int = 1000, include: str = "", **start: Any) -> list[Json]:
    """Return everything of a cursor-based export."""
    found: list[Json] = []
    query = start or {"start_time": 0}
    while True:
        path = f"/api/v2/incremental/{name}/cursor.json"
        answer = zendesk(vendor, path, per_page=per_page, include=include, **query)
        found += answer[name]
        if answer["end_of_stream"]:
            return found
        query = {"cursor": answer["after_cursor"]}


def google_token(vendor: GoogleAdsVendor, **changes: str) -> Response:
    """Ask for an access token; `changes` replace fields of the form."""
    form = {
        "grant_type": "refresh_token",
        "client_id": credentials.GOOGLE_ADS_CLIENT_ID,
        "client_secret": credentials.GOOGLE_ADS_CLIENT_SECRET,
        "refresh_token": credentials.GOOGLE_ADS_REFRESH_TOKEN,
    } | changes
    return send(vendor, "/token", method="POST", body=urlencode(form).encode())


def google_search(vendor: GoogleAdsVendor, query: str, token: str, **headers: str) -> Response:
    """Send a query to searchStream."""
    known = {"authorization": f"Bearer {token}", "developer-token": credentials.GOOGLE_ADS_DEVELOPER_TOKEN}
    path = f"/v26/customers/{credentials.GOOGLE_ADS_CUSTOMER_ID}/googleAds:searchStream"
    sent = {name: value for name, value in (known | headers).items() if value}
    return send(vendor, path, method="POST", headers=sent, body=json.dumps({"query": query}).encode())


def world(seed: int = 7, scale: float = 0.5, as_of: dt.date = AS_OF) -> World:
    """Return a world of its own."""
    return World.create(seed, scale, as_of)
