"""Answers that a later attempt mends: rate limits, outages, broken connections."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from ingestion.errors import SourceError
from ingestion.http import ApiClient, RetryPolicy
from ingestion.pacing import TokenBucket, retry_after_seconds
from tests.ingestion.http_servers import QUICK, client, raw_server, script

OK = httpx.Response(200, json={"results": [1]})


def limited(header: str | None) -> httpx.Response:
    return httpx.Response(429, headers={"Retry-After": header} if header is not None else {})


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("0.02", 0.02, 0.02),
        ("86400", 0.05, 0.05),
        (None, 0.0005, 0.001),
        ("soon", 0.0005, 0.001),
        ("-5", 0.0005, 0.001),
    ],
)
def test_retry_after_is_obeyed_up_to_a_cap_and_otherwise_backed_off(
    header: str | None, least: float, most: float
) -> None:
    handler, requests = script(limited(header), OK)
    with client(handler) as api:
        assert api.get("rows") == {"results": [1]}
        assert least <= api.waited_seconds() <= most
    assert len(requests) == 2


def test_retry_after_as_an_http_date_is_read_against_the_clock_of_the_answer() -> None:
    their_now = datetime(2031, 5, 1, 12, 0, tzinfo=UTC)
    later = format_datetime(their_now + timedelta(seconds=7), usegmt=True)
    assert retry_after_seconds(later, date_header=format_datetime(their_now, usegmt=True)) == 7
    assert retry_after_seconds(format_datetime(their_now, usegmt=True), date_header=later) == 0


def test_a_spent_waiting_budget_ends_the_request_with_a_source_error() -> None:
    handler, requests = script(limited("1"))
    policy = RetryPolicy(attempts=100, budget=0.1, retry_after_cap=0.04)
    with client(handler, policy=policy) as api, pytest.raises(SourceError, match="429"):
        api.get("rows")
    assert len(requests) == 3


def test_an_outage_is_retried_a_limited_number_of_times() -> None:
    handler, requests = script(httpx.Response(503))
    with client(handler) as api, pytest.raises(SourceError, match="HTTP 503"):
        api.get("rows")
    assert len(requests) == QUICK.attempts


BODY = b'{"results":[1,2,3]}'
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
BROKEN = {
    "reset in mid-body": WHOLE[:-7],
    "nothing at all": b"",
    "truncated JSON": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + BODY[:9],
    "content length too long": b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + BODY,
    "content length too short": b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n" + BODY,
    "corrupt compression": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 19\r\n\r\n" + BODY,
    "chunk cut off": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n13\r\n" + BODY[:5],
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_page_is_asked_for_again_as_a_whole(broken: bytes) -> None:
    with raw_server(broken, WHOLE) as base, _local(base) as api:
        assert api.get("rows") == {"results": [1, 2, 3]}
        assert api.request_count == 2


def test_a_page_that_stays_broken_is_an_error_and_never_a_shorter_page() -> None:
    always = [BROKEN["truncated JSON"]] * QUICK.attempts
    with raw_server(*always) as base, _local(base) as api, pytest.raises(SourceError, match="cut off"):
        api.get("rows")


def _local(base: str) -> ApiClient:
    return ApiClient(source="vendor", base_url=base, credentials=None, policy=QUICK)


def test_the_pace_is_shared_by_all_threads_and_its_waits_are_counted() -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    bucket = TokenBucket(10, burst=2, clock=lambda: now[0], sleep=sleep)
    handler, _ = script(OK)
    api = ApiClient(
        source="vendor",
        base_url="https://api.vendor.example",
        credentials=None,
        buckets={"default": bucket},
        transport=httpx.MockTransport(handler),
    )
    for _ in range(12):
        api.get("rows")
    assert api.waited_seconds() == pytest.approx(1.0)
    assert now[0] == pytest.approx(1.0)


def test_the_waits_of_each_stream_are_told_apart() -> None:
    handler, _ = script(limited("0.02"), OK, limited("0.01"), OK)
    with client(handler) as api:
        for account in ("contacts", "deals"):
            assert list(api.ahead(account, iter([1]))) == [1]
            list(api.ahead(account, (api.get("rows") for _ in range(1))))
        assert api.waited_seconds("contacts") == pytest.approx(0.02)
        assert api.waited_seconds("deals") == pytest.approx(0.01)
        assert api.waited_seconds() == pytest.approx(0.03)
