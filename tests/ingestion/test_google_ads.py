"""Google Ads: months, the look-back, a clock that is ahead of ours, errors inside a stream of batches."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from ingestion.catalog import stream
from ingestion.errors import ConfigurationError, ProtocolError
from ingestion.http import ApiClient
from ingestion.marketing.google_ads import GoogleAds
from ingestion.oauth import Bearer
from ingestion.sandbox.server import serve
from ingestion.sandbox.world import World
from ingestion.source import StreamState
from tests.ingestion import acceptance, vendors_under_test
from tests.ingestion.http_servers import QUICK, client

METRICS = stream("google_ads", "campaign_metrics")


class Account:
    """An account with one row a day in some days."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self.queries: list[str] = []

    def handle(self, request: httpx.Request) -> httpx.Response:
        query = str(orjson.loads(request.content)["query"])
        self.queries.append(query)
        low, high = (date.fromisoformat(part.strip("'")) for part in query.split("BETWEEN ")[1].split(" AND "))
        days = [date.fromordinal(day) for day in range(low.toordinal(), high.toordinal() + 1)]
        rows = [{"segments": {"date": str(day)}} for day in reversed(days) if self.first <= day <= self.last]
        return httpx.Response(200, json=[{"results": rows[:10]}, {"results": rows[10:]}, {"fieldMask": ""}])

    def read(self, state: StreamState, *, today: date, start: date | None = None) -> list[str]:
        api = client(self.handle)
        source = GoogleAds(api, version="v26", customer_id="123-456-7890", start=start, today=lambda: today)
        return [str(row["segments"]["date"]) for page in source.pages(METRICS, state) for row in page.records]


def test_a_first_sync_reads_month_by_month_from_the_start_date() -> None:
    account = Account(date(2025, 11, 20), date(2026, 2, 3))
    days = account.read(StreamState(), today=date(2026, 2, 4), start=date(2025, 12, 15))
    assert days == sorted(days)
    assert (days[0], days[-1], len(days)) == ("2025-12-15", "2026-02-03", 17 + 31 + 3)
    assert [query.split("BETWEEN ")[1] for query in account.queries] == [
        "'2025-12-15' AND '2025-12-31'",
        "'2026-01-01' AND '2026-01-31'",
        "'2026-02-01' AND '2026-02-28'",
        "'2026-03-01' AND '2026-03-31'",
    ]


def test_a_later_sync_reads_from_the_look_back_on() -> None:
    account = Account(date(2025, 1, 1), date(2026, 2, 3))
    since = datetime.fromisoformat("2026-02-03") - METRICS.look_back
    days = account.read(StreamState(cursor="2026-02-03", since=since), today=date(2026, 2, 4))
    assert METRICS.look_back.days == 30
    assert (days[0], days[-1], len(days)) == ("2026-01-04", "2026-02-03", 31)


def test_an_account_whose_calendar_is_ahead_of_ours_is_read_to_its_end() -> None:
    account = Account(date(2026, 1, 1), date(2026, 6, 30))
    days = account.read(StreamState(), today=date(2026, 2, 4), start=date(2026, 1, 1))
    assert days[-1] == "2026-06-30"


def test_months_without_spend_do_not_end_the_pass_before_today() -> None:
    account = Account(date(2026, 5, 1), date(2026, 5, 2))
    days = account.read(StreamState(), today=date(2026, 5, 3), start=date(2025, 1, 1))
    assert days == ["2026-05-01", "2026-05-02"]


@pytest.mark.parametrize(
    "answer",
    [[{"results": []}, {"error": {"code": 500}}], {"results": []}, [{"results": {"a": 1}}], ["text"]],
)
def test_an_error_inside_the_stream_is_a_protocol_error(answer: Any) -> None:
    source = GoogleAds(client(lambda request: httpx.Response(200, json=answer)), version="v26", customer_id="1")
    with pytest.raises(ProtocolError):
        list(source.pages(stream("google_ads", "campaigns"), StreamState()))


def test_a_token_that_expires_in_mid_sync_costs_no_row(tmp_path: Path) -> None:
    world = World.create(5, 0.1, acceptance.AS_OF)
    vendor = vendors_under_test.google_ads_under_test(tmp_path)
    with serve(world) as server:
        source = vendor.connect(server.base_url("google_ads"))
        served = server._http.vendors["google_ads"]
        rows = []
        for number, page in enumerate(source.pages(METRICS, StreamState())):
            rows += page.records
            if number % 5 == 0:
                served.expire_tokens()  # type: ignore[attr-defined]
        source.close()
    assert {acceptance.key_of(METRICS, row) for row in rows} == set(vendor.holdings(world)["campaign_metrics"])
    assert len(rows) == len(vendor.holdings(world)["campaign_metrics"])


def test_a_refused_developer_token_is_a_configuration_error_without_the_token() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        said = f"The developer token {request.headers['developer-token']} is not valid."
        return httpx.Response(401, json=[{"error": {"code": 401, "message": said}}])

    api = ApiClient(
        source="google_ads",
        base_url="https://ads.example",
        credentials=Bearer("access-token"),
        headers={"developer-token": "canary-developer"},
        more_secrets=("canary-developer",),
        policy=QUICK,
        transport=httpx.MockTransport(refuse),
    )
    with pytest.raises(ConfigurationError, match="is not valid") as caught:
        list(GoogleAds(api, version="v26", customer_id="1").pages(stream("google_ads", "customers"), StreamState()))
    assert "canary-developer" not in str(caught.value)
