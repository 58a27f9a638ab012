"""Tokens that expire, rotate or are revoked, and secrets that are seen nowhere."""

import logging
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from ingestion.errors import ConfigurationError, FunnelhouseError
from ingestion.http import ApiClient
from ingestion.oauth import Basic, Bearer, OAuth2Refresh, stored_in
from tests.ingestion.http_servers import BASE, CANARY, QUICK, client, script

TOKEN_URL = "https://login.vendor.example/token"


class TokenVendor:
    """A vendor whose access tokens work until they are expired, and whose refresh tokens may rotate."""

    def __init__(self, *, rotates: bool = False) -> None:
        self.rotates = rotates
        self.refresh_token = f"refresh-0-{CANARY}"
        self.access_token = ""
        self.refreshes = 0
        self.seen: list[tuple[str, int]] = []
        self.is_down = 0

    def handle(self, request: httpx.Request) -> httpx.Response:
        answer = self._token(request) if str(request.url) == TOKEN_URL else self._rows(request)
        self.seen.append((request.url.path, answer.status_code))
        return answer

    def _token(self, request: httpx.Request) -> httpx.Response:
        if self.is_down:
            self.is_down -= 1
            return httpx.Response(503)
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        if form.get("refresh_token") != self.refresh_token or form.get("client_secret") != f"client-{CANARY}":
            return httpx.Response(400, json={"error": "invalid_grant", "error_description": str(form)})
        self.refreshes += 1
        self.access_token = f"access-{self.refreshes}-{CANARY}"
        answer = {"access_token": self.access_token, "expires_in": 3600, "token_type": "Bearer"}
        if self.rotates:
            self.refresh_token = f"refresh-{self.refreshes}-{CANARY}"
            answer["refresh_token"] = self.refresh_token
        return httpx.Response(200, json=answer)

    def _rows(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("Authorization") != f"Bearer {self.access_token}":
            return httpx.Response(401, json={"message": f"bad token {request.headers.get('Authorization')}"})
        return httpx.Response(200, json={"page": request.url.params.get("after")})


def connected(
    vendor: TokenVendor, now: list[float] | None = None, on_rotation: Callable[[str], None] | None = None
) -> ApiClient:
    api = ApiClient(
        source="vendor", base_url=BASE, credentials=None, policy=QUICK, transport=httpx.MockTransport(vendor.handle)
    )
    clock = now or [0.0]
    api.credentials = OAuth2Refresh(
        source="vendor",
        token_url=TOKEN_URL,
        client_id="client",
        client_secret=f"client-{CANARY}",
        refresh_token=vendor.refresh_token,
        post_form=api.post_form,
        on_rotation=on_rotation,
        clock=lambda: clock[0],
    )
    return api


def test_a_token_that_expires_in_mid_sync_is_refreshed_once_and_the_same_page_repeated() -> None:
    vendor = TokenVendor()
    with connected(vendor) as api:
        assert api.get("rows", {"after": "1"}) == {"page": "1"}
        vendor.access_token = "expired by the vendor"
        assert api.get("rows", {"after": "2"}) == {"page": "2"}
    assert vendor.refreshes == 2
    assert vendor.seen[-3:] == [("/base/rows", 401), ("/token", 200), ("/base/rows", 200)]


def test_a_token_is_renewed_before_its_hour_is_over() -> None:
    vendor, now = TokenVendor(), [0.0]
    with connected(vendor, now) as api:
        api.get("rows")
        now[0] = 3590.0
        api.get("rows")
    assert vendor.refreshes == 2
    assert ("/base/rows", 401) not in vendor.seen


def test_a_rotated_refresh_token_replaces_the_old_one() -> None:
    vendor = TokenVendor(rotates=True)
    with connected(vendor) as api:
        for number in range(3):
            vendor.access_token = "expired by the vendor"
            assert api.get("rows", {"after": str(number)}) == {"page": str(number)}
    assert vendor.refreshes == 3
    assert vendor.refresh_token.startswith("refresh-3")


def test_a_rotated_refresh_token_is_kept_where_the_configured_one_was_read(tmp_path: Path) -> None:
    vendor, kept = TokenVendor(rotates=True), tmp_path / "refresh_token"
    kept.write_text(vendor.refresh_token, encoding="utf-8")
    with connected(vendor, on_rotation=stored_in(kept)) as api:
        api.get("rows")
    assert kept.read_text(encoding="utf-8") == vendor.refresh_token == f"refresh-1-{CANARY}"
    assert kept.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["refresh_token"]


def test_threads_that_meet_the_same_expired_token_refresh_it_once() -> None:
    vendor = TokenVendor(rotates=True)
    with connected(vendor) as api:
        api.get("rows")
        vendor.access_token = "expired by the vendor"
        refreshes = vendor.refreshes
        threads = [threading.Thread(target=api.get, args=("rows",)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert vendor.refreshes == refreshes + 1


def test_a_revoked_refresh_token_is_a_configuration_error_that_says_what_to_do() -> None:
    vendor = TokenVendor()
    with connected(vendor) as api:
        vendor.refresh_token = "revoked"
        with pytest.raises(ConfigurationError, match=r"invalid_grant.*authorise again"):
            api.get("rows")


def test_a_token_endpoint_that_is_down_is_retried() -> None:
    vendor = TokenVendor()
    vendor.is_down = 2
    with connected(vendor) as api:
        assert api.get("rows", {"after": "1"}) == {"page": "1"}


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_fixed_token_is_a_configuration_error(status: int) -> None:
    handler, requests = script(httpx.Response(status, json={"message": "revoked"}))
    with client(handler) as api, pytest.raises(ConfigurationError, match="not revoked"):
        api.get("rows")
    assert len(requests) == 1


def test_basic_credentials_are_sent_as_the_standard_says() -> None:
    handler, requests = script(httpx.Response(200, json={}))
    with client(handler, credentials=Basic("Aladdin", "open sesame")) as api:
        api.get("rows")
    assert requests[0].headers["Authorization"] == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="


def _echo(request: httpx.Request) -> httpx.Response:
    said = f"you sent {request.headers.get('Authorization')} {request.content.decode()}"
    status = {"/base/html": 200, "/base/refused": 400, "/base/revoked": 401, "/base/down": 503}[request.url.path]
    return httpx.Response(status, text=said)


@pytest.mark.parametrize("path", ["html", "refused", "revoked", "down"])
@pytest.mark.parametrize("credentials", [Bearer(CANARY), Basic("user", CANARY)], ids=["bearer", "basic"])
def test_no_secret_is_in_any_message_traceback_or_log(
    path: str, credentials: Bearer | Basic, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with client(_echo, credentials=credentials) as api, pytest.raises(FunnelhouseError) as caught:
        api.get(path)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text
    assert path in told
    for secret in credentials.secrets():
        assert secret not in told


def test_no_token_of_an_oauth_source_is_in_any_message_or_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    vendor = TokenVendor()
    with connected(vendor) as api:
        api.get("rows")
        vendor.access_token, vendor.refresh_token = "gone", "revoked"
        with pytest.raises(ConfigurationError) as caught:
            api.get("rows")
    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert "invalid_grant" in told
    assert CANARY not in told
