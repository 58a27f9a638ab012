"""The simulated Google Ads API over HTTP: OAuth2 tokens and `googleAds:searchStream`.

https://developers.google.com/google-ads/api/rest/common/search: int64 (micros too) travel as strings, names
in lower camel case, an answer is an array of batches, and so is an error.
"""

import datetime as dt
import re
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import orjson

from ingestion.sandbox import ads, credentials
from ingestion.sandbox.ads import Ads, DailyMetrics
from ingestion.sandbox.google_ads_gaql import Query, QueryError, Row, parse
from ingestion.sandbox.http_shapes import Request, Response

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

BATCH_ROWS = 1000
_SEARCH = re.compile(r"/v\d+/customers/(\d+)/googleAds:searchStream")
_INT64 = frozenset(
    {
        "customer.id",
        "campaign.id",
        "metrics.impressions",
        "metrics.clicks",
        "metrics.cost_micros",
        "metrics.interactions",
    }
)
_SUMMED = (
    "metrics.impressions",
    "metrics.clicks",
    "metrics.cost_micros",
    "metrics.conversions",
    "metrics.interactions",
)
_METRICS = (*_SUMMED, "metrics.all_conversions", "metrics.ctr", "metrics.average_cpc")
_CUSTOMER = (
    "resource_name",
    "id",
    "descriptive_name",
    "currency_code",
    "time_zone",
    "manager",
    "test_account",
    "status",
)
_CAMPAIGN = (
    "resource_name",
    "id",
    "name",
    "status",
    "serving_status",
    "advertising_channel_type",
    "start_date_time",
    "end_date_time",
)
_SEGMENTS = ("segments.date",)


class GoogleAdsVendor:
    """Answers the paths below a Google Ads base URL, `/token` among them."""

    def __init__(self, world: "World", *, token_seconds: int = 3599) -> None:
        """Serve a world; access tokens live `token_seconds`."""
        self.world = world
        self._token_seconds = token_seconds
        self._tokens: dict[str, float] = {}
        self._lock = threading.Lock()

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        if request.path == "/token" and request.method == "POST":
            return self._token(request)
        match = _SEARCH.fullmatch(request.path)
        if match is None or request.method != "POST":
            return _error(404, "NOT_FOUND", "Requested entity was not found.")
        refusal = self._refusal(request, match.group(1))
        if refusal is not None:
            return refusal
        try:
            text = str(request.json()["query"])
        except (ValueError, KeyError, TypeError):
            return _error(400, "INVALID_ARGUMENT", "Invalid JSON payload received.", "requestError", "UNKNOWN")
        try:
            query = parse(text, self.world.as_of)
            return self._stream(query, self._rows(query))
        except QueryError as error:
            return _error(400, "INVALID_ARGUMENT", str(error), "queryError", error.reason)

    def expire_tokens(self) -> None:
        """Let every access token given so far expire at once."""
        with self._lock:
            self._tokens.clear()

    def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if form.get("client_id") != credentials.GOOGLE_ADS_CLIENT_ID or (
            form.get("client_secret") != credentials.GOOGLE_ADS_CLIENT_SECRET
        ):
            return Response.of_json({"error": "invalid_client", "error_description": "Unauthorized"}, status=401)
        if form.get("grant_type") != "refresh_token":
            return Response.of_json({"error": "unsupported_grant_type"}, status=400)
        if form.get("refresh_token") != credentials.GOOGLE_ADS_REFRESH_TOKEN:
            return Response.of_json(
                {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, status=400
            )
        with self._lock:
            token = f"ya29.sandbox-{time.monotonic_ns()}"
            self._tokens[token] = time.monotonic() + self._token_seconds
        return Response.of_json(
            {
                "access_token": token,
                "expires_in": self._token_seconds,
                "scope": "https://www.googleapis.com/auth/adwords",
                "token_type": "Bearer",
            }
        )

    def _refusal(self, request: Request, customer_id: str) -> Response | None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        with self._lock:
            expires = self._tokens.get(token, 0.0)
        if kind != "Bearer" or expires <= time.monotonic():
            message = "Request had invalid authentication credentials. Expected OAuth 2 access token."
            return _error(401, "UNAUTHENTICATED", message, "authenticationError", "OAUTH_TOKEN_EXPIRED")
        developer = request.headers.get("developer-token")
        if developer is None:
            message = "The developer token parameter was missing."
            return _error(401, "UNAUTHENTICATED", message, "authenticationError", "DEVELOPER_TOKEN_PARAMETER_MISSING")
        if developer != credentials.GOOGLE_ADS_DEVELOPER_TOKEN:
            message = "The developer token is not valid."
            return _error(401, "UNAUTHENTICATED", message, "authenticationError", "DEVELOPER_TOKEN_INVALID")
        if customer_id != credentials.GOOGLE_ADS_CUSTOMER_ID:
            message = "The caller does not have permission."
            return _error(403, "PERMISSION_DENIED", message, "authorizationError", "USER_PERMISSION_DENIED")
        return None

    def _rows(self, query: Query) -> list[Row]:
        _check_fields(query)
        part = self.world.part("ads", ads.simulate)
        today = self.world.as_of
        if query.resource == "customer" and not _has_metrics(query):
            return query.filter([_customer_row()])
        if not _has_metrics(query):
            return query.filter([_campaign_row(part, number, today) for number in range(len(part.campaigns))])
        wanted = query.filter(_metric_rows(part, today))
        return _grouped(query, wanted)

    def _stream(self, query: Query, rows: list[Row]) -> Response:
        rows = query.arrange(rows)
        mask = ",".join(_camel(name) for name in query.fields)
        batches: list[dict[str, Any]] = []
        if not rows:
            batches.append({"fieldMask": mask, "requestId": "sandbox"})
        for first in range(0, len(rows), BATCH_ROWS):
            results = [_result(query, row) for row in rows[first : first + BATCH_ROWS]]
            batches.append({"results": results, "fieldMask": mask, "requestId": f"sandbox{first:016d}"})
        headers = {"Content-Type": "application/json; charset=UTF-8"}
        return Response(200, orjson.dumps(batches), headers)


def _check_fields(query: Query) -> None:
    if query.resource not in ("customer", "campaign"):
        raise QueryError("BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", f"Unknown resource '{query.resource}' in FROM clause.")
    known = {f"customer.{name}" for name in _CUSTOMER} | set(_METRICS) | set(_SEGMENTS)
    if query.resource == "campaign":
        known |= {f"campaign.{name}" for name in _CAMPAIGN}
    for name in sorted(query.named):
        if name not in known:
            raise QueryError("UNRECOGNIZED_FIELD", f"Unrecognized field in the query: '{name}'.")


def _has_metrics(query: Query) -> bool:
    return any(name.startswith(("metrics.", "segments.")) for name in query.named)


def _customer_row() -> Row:
    customer_id = credentials.GOOGLE_ADS_CUSTOMER_ID
    values = (
        f"customers/{customer_id}",
        int(customer_id),
        "Sandbox Ltd",
        ads.ACCOUNT_CURRENCY,
        ads.ACCOUNT_ZONE,
        False,
        False,
        "ENABLED",
    )
    return {f"customer.{name}": value for name, value in zip(_CUSTOMER, values, strict=True)}


def _campaign_row(part: Ads, number: int, today: dt.date) -> Row:
    campaign = part.campaigns[number]
    begins = next((row.date for row in part.metrics if row.campaign is campaign), today)
    values = (
        f"customers/{credentials.GOOGLE_ADS_CUSTOMER_ID}/campaigns/{campaign.campaign_id}",
        int(campaign.campaign_id), campaign.name, "ENABLED" if campaign.converts else "PAUSED", "SERVING",
        campaign.advertising_channel_type, f"{begins} 00:00:00", "2037-12-30 23:59:59",
    )  # fmt: skip
    named = {f"campaign.{name}": value for name, value in zip(_CAMPAIGN, values, strict=True)}
    return _customer_row() | named


def _metric_rows(part: Ads, today: dt.date) -> list[Row]:
    bases = {campaign.campaign_id: _campaign_row(part, n, today) for n, campaign in enumerate(part.campaigns)}
    return [bases[row.campaign.campaign_id] | _measured(row, today) for row in part.until(today)]


def _measured(row: DailyMetrics, today: dt.date) -> Row:
    return {
        "segments.date": row.date.isoformat(),
        "metrics.impressions": row.impressions,
        "metrics.clicks": row.clicks,
        "metrics.cost_micros": row.cost_micros(today),
        "metrics.conversions": row.conversions,
        "metrics.interactions": row.clicks,
    }


def _grouped(query: Query, rows: list[Row]) -> list[Row]:
    """Sum the metrics per resource, and per day when the day is selected."""
    identity = "campaign.id" if query.resource == "campaign" else "customer.id"
    groups: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = (row[identity], row["segments.date"] if "segments.date" in query.fields else None)
        if key not in groups:
            groups[key] = dict(row)
        else:
            for name in _SUMMED:
                groups[key][name] += row[name]
    for row in groups.values():
        row["metrics.all_conversions"] = row["metrics.conversions"]
        row["metrics.ctr"] = row["metrics.clicks"] / row["metrics.impressions"]
        row["metrics.average_cpc"] = row["metrics.cost_micros"] / row["metrics.clicks"]
    return list(groups.values())


def _result(query: Query, row: Row) -> dict[str, Any]:
    """Nest the selected fields as JSON; the resource name always comes along."""
    nested: dict[str, Any] = {query.resource: {"resourceName": row[f"{query.resource}.resource_name"]}}
    for name in query.fields:
        group, _, leaf = name.partition(".")
        value = row[name]
        part = nested.setdefault(group, {})
        if group == "customer":
            part["resourceName"] = row["customer.resource_name"]
        part[_camel(leaf)] = str(value) if name in _INT64 else value
    return nested


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match.group(1).upper(), name)


def _error(status: int, word: str, message: str, kind: str | None = None, reason: str | None = None) -> Response:
    error: dict[str, Any] = {"code": status, "message": message, "status": word}
    if kind is not None:
        error["details"] = [
            {
                "@type": "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure",
                "errors": [{"errorCode": {kind: reason}, "message": message}],
                "requestId": "sandbox",
            }
        ]
    return Response(status, orjson.dumps([{"error": error}]), {"Content-Type": "application/json; charset=UTF-8"})
