"""Answers that are not what the vendor documents, and links that lead elsewhere."""

import httpx
import pytest

from ingestion.errors import ConfigurationError, ProtocolError, SourceError
from ingestion.http import ApiClient, RefusedRequestError
from ingestion.paging import LoopGuard
from tests.ingestion.http_servers import BASE, CANARY, client, script

OK = httpx.Response(200, json={"results": []})


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, html="<html><title>Maintenance</title></html>"),
        httpx.Response(200, json={"status": "error", "category": "INTERNAL", "message": "no"}),
        httpx.Response(200, json={"error": {"code": 13, "message": "internal"}}),
        httpx.Response(200, json={"error": "unavailable", "description": "try later"}),
        httpx.Response(200, content=b""),
    ],
)
def test_status_200_with_html_or_an_error_object_is_a_protocol_error(answer: httpx.Response) -> None:
    handler, requests = script(answer)
    with client(handler) as api, pytest.raises(ProtocolError):
        api.get("rows")
    assert len(requests) == 1


def test_a_refused_request_says_the_status_and_the_vendors_reason() -> None:
    handler, _ = script(httpx.Response(400, json={"message": "unknown property"}))
    with client(handler) as api, pytest.raises(RefusedRequestError, match=r"HTTP 400.*unknown property") as caught:
        api.post("rows/search", {})
    assert caught.value.status == 400
    assert "vendor: POST /base/rows/search" in str(caught.value)


LEAVING = [
    "https://evil.example/rows",
    "http://api.vendor.example/base/rows",
    "https://api.vendor.example:8443/base/rows",
    "http://169.254.169.254/latest/meta-data",
    "https://api.vendor.example@evil.example/rows",
    "//evil.example/rows",
    "file:///etc/passwd",
    "https://[broken",
]


@pytest.mark.parametrize("link", LEAVING)
def test_a_next_link_to_another_place_is_refused(link: str) -> None:
    handler, requests = script(OK)
    with client(handler) as api, pytest.raises(ProtocolError, match="not followed"):
        api.follow(link)
    assert requests == []


@pytest.mark.parametrize("link", LEAVING)
def test_a_redirect_to_another_place_never_carries_the_credential_there(link: str) -> None:
    handler, requests = script(httpx.Response(302, headers={"Location": link}), OK)
    with client(handler) as api, pytest.raises(ProtocolError, match="not followed"):
        api.get("rows")
    assert [request.url.host for request in requests] == ["api.vendor.example"]


@pytest.mark.parametrize("link", ["?after=2", "/base/rows?after=2", f"{BASE}/rows?after=2"])
def test_links_and_redirects_on_the_same_host_are_followed(link: str) -> None:
    handler, requests = script(httpx.Response(307, headers={"Location": link}), OK)
    with client(handler) as api:
        assert api.get("rows") == {"results": []}
        api.follow(f"{BASE}/rows?after=2")
    assert requests[1].url.params["after"] == requests[2].url.params["after"] == "2"
    assert all(request.headers["Authorization"] == f"Bearer {CANARY}" for request in requests)


def test_a_redirect_loop_and_a_redirected_body_are_refused() -> None:
    handler, requests = script(httpx.Response(302, headers={"Location": "/base/rows"}))
    with client(handler) as api:
        with pytest.raises(ProtocolError, match="loop"):
            api.get("rows")
        assert len(requests) < 10
        with pytest.raises(ProtocolError, match="body"):
            api.post("rows", {})


def test_a_repeated_page_token_is_refused() -> None:
    guard = LoopGuard("vendor rows")
    assert [guard.check(token) for token in ("a", "b")] == ["a", "b"]
    with pytest.raises(ProtocolError, match="loop"):
        guard.check("a")


@pytest.mark.parametrize("base", ["ftp://vendor.example", "vendor.example", "http://169.254.169.254", "https://u:p@x"])
def test_a_base_url_that_no_vendor_has_is_refused(base: str) -> None:
    with pytest.raises(ConfigurationError):
        ApiClient(source="vendor", base_url=base, credentials=None)


def test_numbers_that_would_be_rounded_arrive_as_sent() -> None:
    handler, _ = script(httpx.Response(200, content=b'{"id": 9223372036854775808123, "cost": 1e400, "n": 12}'))
    with client(handler) as api:
        assert api.get("rows") == {"id": "9223372036854775808123", "cost": "1e400", "n": 12}


def test_protocol_errors_are_source_errors_so_that_other_streams_go_on() -> None:
    assert issubclass(ProtocolError, SourceError)
    assert issubclass(RefusedRequestError, SourceError)
    assert not issubclass(ConfigurationError, SourceError)
