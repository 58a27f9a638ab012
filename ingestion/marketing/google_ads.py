"""Google Ads: account, campaigns and daily campaign metrics by GAQL through `googleAds:searchStream`."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ingestion.catalog import Stream
from ingestion.errors import ProtocolError
from ingestion.http import ApiClient
from ingestion.oauth import OAuth2Refresh, stored_in
from ingestion.pacing import TokenBucket
from ingestion.settings import GoogleAdsSettings
from ingestion.source import Page, Record, Source, StreamState

_CUSTOMER = (
    "customer.id", "customer.descriptive_name", "customer.currency_code", "customer.time_zone",
    "customer.status", "customer.manager", "customer.test_account",
)  # fmt: skip
_CAMPAIGN = (
    "campaign.id", "campaign.name", "campaign.status", "campaign.advertising_channel_type",
    "campaign.serving_status", "campaign.start_date_time", "customer.id", "customer.currency_code",
)  # fmt: skip
_METRICS = (
    "campaign.id", "segments.date", "metrics.cost_micros", "metrics.impressions", "metrics.clicks",
    "metrics.interactions", "metrics.conversions", "metrics.all_conversions", "customer.id", "customer.currency_code",
)  # fmt: skip
_DEFAULT_HISTORY = timedelta(days=37 * 31)


def _today() -> date:
    return datetime.now(UTC).date()


class GoogleAds:
    """A connected account."""

    def __init__(
        self,
        api: ApiClient,
        *,
        version: str,
        customer_id: str,
        start: date | None = None,
        today: Callable[[], date] = _today,
    ) -> None:
        """`start` is the first day of metrics of a first sync; 37 months back when it is None."""
        self.api = api
        self._path = f"{version}/customers/{customer_id.replace('-', '')}/googleAds:searchStream"
        self._start = start
        self._today = today

    def pages(self, stream: Stream, state: StreamState) -> Iterator[Page]:
        """Yield a stream page by page; metrics month by month, oldest first."""
        is_metrics = stream.entity == "campaign_metrics"
        pages = self._metrics(state) if is_metrics else self._snapshot(stream.entity)
        return self.api.ahead(stream.name, pages)

    def expected_count(self, stream: Stream) -> int | None:
        """Google Ads does not tell a number of rows."""
        return None

    def waited_seconds(self, stream: Stream) -> float:
        """Seconds that a stream waited for the vendor's permission."""
        return self.api.waited_seconds(stream.name)

    def close(self) -> None:
        """Release connections."""
        self.api.close()

    def _snapshot(self, entity: str) -> Iterator[Page]:
        fields, resource = (_CUSTOMER, "customer") if entity == "customers" else (_CAMPAIGN, "campaign")
        yield Page(self._rows(_query(fields, resource)))

    def _metrics(self, state: StreamState) -> Iterator[Page]:
        """One query a month up to the current one, and on while the account is ahead of our calendar."""
        today = self._today()
        first = state.since.date() if state.since else self._start or today - _DEFAULT_HISTORY
        if state.resume_token:
            first = date.fromisoformat(state.resume_token)
        while True:
            following = _next_month(first)
            days = f"segments.date BETWEEN '{first}' AND '{following - timedelta(days=1)}'"
            rows = self._rows(_query(_METRICS, "campaign", days))
            rows.sort(key=lambda row: str((row.get("segments") or {}).get("date")))
            yield Page(rows, resume_token=following.isoformat(), is_cursor_ordered=True)
            if following > today and not rows:
                return
            first = following

    def _rows(self, query: str) -> list[Record]:
        batches = self.api.post(self._path, {"query": query})
        if not isinstance(batches, list):
            raise ProtocolError("the answer is no list of batches", where="google_ads: searchStream")
        rows: list[Record] = []
        for batch in batches:
            results: Any = batch.get("results", []) if isinstance(batch, dict) and "error" not in batch else None
            if not isinstance(results, list):
                raise ProtocolError("a batch of the stream is an error", where="google_ads: searchStream")
            rows.extend(results)
        return rows


def _query(fields: tuple[str, ...], resource: str, condition: str = "") -> str:
    parts = ["SELECT", ", ".join(fields), "FROM", resource, *(["WHERE", condition] if condition else [])]
    return " ".join(parts)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def connect(settings: GoogleAdsSettings) -> Source:
    """An account, read with a refresh token."""
    headers = {"developer-token": settings.developer_token.get_secret_value()}
    if settings.login_customer_id:
        headers["login-customer-id"] = settings.login_customer_id.replace("-", "")
    api = ApiClient(
        source="google_ads",
        base_url=settings.base_url,
        credentials=None,
        headers=headers,
        buckets={"default": TokenBucket(settings.requests_per_second)},
        more_secrets=(headers["developer-token"],),
    )
    api.credentials = OAuth2Refresh(
        source="google_ads",
        token_url=settings.token_url,
        client_id=settings.client_id,
        client_secret=settings.client_secret.get_secret_value(),
        refresh_token=settings.refresh_token.get_secret_value(),
        post_form=api.post_form,
        on_rotation=stored_in(settings.refresh_token.file) if settings.refresh_token.file else None,
    )
    return GoogleAds(api, version=settings.api_version, customer_id=settings.customer_id, start=settings.start_date)
