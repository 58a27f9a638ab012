"""Each fault of the sandbox does to an answer what its name says, and ends when it should."""

import datetime as dt
import json
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from ingestion.sandbox import faults
from ingestion.sandbox.faults import Fault
from ingestion.sandbox.server import SandboxServer, serve
from ingestion.sandbox.world import World
from tests.ingestion.sandbox.conftest import AS_OF
from tests.ingestion.sandbox.hubspot_client import Client

DEALS = "crm/v3/objects/deals"
README = Path(faults.__file__).parent / "README.md"


@pytest.fixture
def healthy(sandbox: SandboxServer) -> Iterator[SandboxServer]:
    """The module's sandbox, with every fault switched off afterwards."""
    yield sandbox
    sandbox.switch_faults()


def test_an_unknown_fault_is_refused(healthy: SandboxServer) -> None:
    with pytest.raises(ValueError, match="unknown fault"):
        healthy.switch_faults("bad_weather")


def test_the_readme_names_every_fault() -> None:
    text = README.read_text()
    assert [name for name in faults.NAMES if f"`{name}`" not in text] == []


@pytest.mark.parametrize(
    ("name", "header"),
    [("rate_limit_seconds", "1"), ("rate_limit_absurd", "99999999999"), ("rate_limit_absent", None)],
)
def test_rate_limits_say_when_to_come_back(
    healthy: SandboxServer, client: Client, name: str, header: str | None
) -> None:
    healthy.switch_faults(name)
    answer = client.get(DEALS)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, header)
    assert client.get(DEALS).status_code == 200


def test_a_rate_limit_is_enforced_per_window(healthy: SandboxServer, client: Client) -> None:
    healthy.switch_faults(Fault("enforced_rate_limit", vendor="hubspot", times=None, value="3/60"))
    answers = [client.get(DEALS) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert 50 < int(answers[-1].headers["Retry-After"]) <= 60


def test_a_rate_limit_may_give_a_date(healthy: SandboxServer, client: Client) -> None:
    healthy.switch_faults(Fault("rate_limit_http_date", value="30"))
    moment = parsedate_to_datetime(client.get(DEALS).headers["Retry-After"])
    assert 0 < (moment - dt.datetime.now(dt.UTC)).total_seconds() <= 30


def test_a_fault_waits_hits_and_ends(healthy: SandboxServer, client: Client) -> None:
    healthy.switch_faults(Fault("server_error", vendor="hubspot", path="deals", after=1, times=2, value="503"))
    assert client.get("crm/v3/objects/contacts").status_code == 200
    assert [client.get(DEALS).status_code for _ in range(4)] == [200, 503, 503, 200]
    assert [(shown["seen"], shown["hits"]) for shown in healthy.faults()] == [(4, 2)]


def test_a_connection_is_reset_in_mid_body(healthy: SandboxServer, client: Client) -> None:
    healthy.switch_faults("reset_mid_body")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        client.get(DEALS)
    assert client.get(DEALS).status_code == 200


def test_json_is_truncated(healthy: SandboxServer, client: Client) -> None:
    healthy.switch_faults("truncated_json")
    with pytest.raises(json.JSONDecodeError):
        client.get(DEALS).json()


@pytest.mark.parametrize("name", ["content_length_long", "content_length_short"])
def test_the_content_length_is_wrong(healthy: SandboxServer, client: Client, name: str) -> None:
    healthy.switch_faults(name)
    with pytest.raises((httpx.RemoteProtocolError, json.JSONDecodeError)):
        client.get(DEALS).json()
    assert Client(healthy).get(DEALS).status_code == 200  # the first connection ends whenever its client sees it


@pytest.mark.parametrize("name", ["html_200", "error_object_200", "empty_body_200"])
def test_success_may_carry_no_records(healthy: SandboxServer, client: Client, name: str) -> None:
    healthy.switch_faults(name)
    answer = client.get(DEALS)
    assert answer.status_code == 200
    assert b"results" not in answer.content


def test_a_source_is_empty_or_much_smaller(healthy: SandboxServer, client: Client) -> None:
    whole = len(list(client.listed("contacts", limit=100)))
    healthy.switch_faults(Fault("empty_source", times=None))
    assert list(client.listed("contacts", limit=100)) == []
    assert client.searched("contacts", limit=1)["total"] == 0
    healthy.switch_faults(Fault("shrunken_source", times=None))
    assert 0 < len(list(client.listed("contacts", limit=100))) < whole / 5
    assert client.searched("contacts", limit=1)["total"] == whole // 10


def test_tokens_expire_and_are_revoked(healthy: SandboxServer, client: Client) -> None:
    healthy.switch_faults("token_expired")
    assert [client.get(DEALS).status_code for _ in range(2)] == [401, 200]
    healthy.switch_faults(Fault("token_revoked", times=None))
    assert [client.get(DEALS).status_code for _ in range(2)] == [401, 401]
    token = httpx.post(f"{healthy.base_url('google_ads')}/oauth2/token")
    assert (token.status_code, token.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("name", "host"), [("redirect_other_host", "localhost"), ("redirect_link_local", "169.254.169.254")]
)
def test_redirects_lead_away(healthy: SandboxServer, client: Client, name: str, host: str) -> None:
    healthy.switch_faults(name)
    answer = client.get(DEALS)
    assert (answer.status_code, httpx.URL(answer.headers["Location"]).host) == (302, host)


def test_the_next_link_leads_away(healthy: SandboxServer, client: Client) -> None:
    healthy.switch_faults("next_other_host")
    assert client.get(DEALS, limit=5).json()["paging"]["next"]["link"].startswith("http://evil.example/")


def test_pages_repeat_or_stand_still(healthy: SandboxServer, client: Client) -> None:
    healthy.switch_faults(Fault("repeated_next_token", path="deals", times=None))
    first = client.get(DEALS, limit=5).json()
    assert client.get(DEALS, limit=5, after=first["paging"]["next"]["after"]).json() == first
    healthy.switch_faults(Fault("stuck_cursor", times=None))
    assert client.get(DEALS, limit=5, after="8000000001").json()["paging"]["next"]["after"] == "8000000001"


def test_a_record_is_inserted_or_deleted_between_pages(healthy: SandboxServer, client: Client) -> None:
    body = {"limit": 5, "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]}
    whole = client.searched("deals", **body)
    healthy.switch_faults(Fault("insert_between_pages", path="search", after=1, value="deals"))
    totals = [client.searched("deals", **body)["total"] for _ in range(2)]
    assert totals == [whole["total"] - 1, whole["total"]]
    healthy.switch_faults(Fault("delete_between_pages", path="search", after=1, value="deals"))
    totals = [client.searched("deals", **body)["total"] for _ in range(2)]
    assert totals == [whole["total"], whole["total"] - 1]
    healthy.switch_faults()
    assert client.searched("deals", **body) == whole


def test_a_record_comes_late_with_its_old_timestamp(healthy: SandboxServer, client: Client) -> None:
    body = {"limit": 1, "sorts": [{"propertyName": "hs_lastmodifieddate", "direction": "DESCENDING"}]}
    newest = client.searched("deals", **body)["results"][0]
    healthy.switch_faults(Fault("late_record", value="deals"))
    assert client.searched("deals", **body)["results"][0]["id"] != newest["id"]
    healthy.switch_faults()
    assert client.searched("deals", **body)["results"][0] == newest


def test_all_records_may_share_one_timestamp(healthy: SandboxServer, client: Client) -> None:
    healthy.switch_faults(Fault("same_timestamp", value="deals"))
    assert len({deal["updatedAt"] for deal in client.listed("deals", limit=100)}) == 1
    healthy.switch_faults()
    assert len({deal["updatedAt"] for deal in client.listed("deals", limit=100)}) > 5


def test_the_schema_drifts(healthy: SandboxServer, client: Client) -> None:
    asked = {"limit": 5, "properties": "amount"}
    healthy.switch_faults("new_field")
    assert all("sandbox_new_field" in deal["properties"] for deal in client.get(DEALS, **asked).json()["results"])
    healthy.switch_faults("removed_field")
    assert all("updatedAt" not in deal for deal in client.get(DEALS, **asked).json()["results"])
    healthy.switch_faults("retyped_field")
    amounts = {deal["properties"]["amount"] for deal in client.get(DEALS, **asked).json()["results"]}
    assert amounts == {"a lot"}
    healthy.switch_faults(Fault("retyped_field", value="properties:=[1]"))
    assert all(deal["properties"] == [1] for deal in client.get(DEALS, **asked).json()["results"])


def test_numbers_may_be_more_than_a_parser_expects(healthy: SandboxServer, client: Client) -> None:
    healthy.switch_faults(Fault("raw_number", value="amount=1e400"))
    assert b'"amount":1e400' in client.get(DEALS, limit=5, properties="amount").content


def test_records_may_come_twice(healthy: SandboxServer, client: Client) -> None:
    healthy.switch_faults("duplicate_records")
    ids = [deal["id"] for deal in client.get(DEALS, limit=5).json()["results"]]
    assert ids[:5] == ids[5:]


def test_a_slow_answer_takes_its_time(healthy: SandboxServer, client: Client) -> None:
    healthy.switch_faults(Fault("slow", value="0.2"))
    assert client.get(DEALS).elapsed >= dt.timedelta(seconds=0.2)


def test_faults_are_switched_over_http_too() -> None:
    with serve(World.create(7, 0.05, AS_OF), faults=["html_200"]) as server:
        client = Client(server)
        assert client.get(DEALS).headers["Content-Type"] == "text/html"
        url = f"http://127.0.0.1:{server.port}/_sandbox/faults"
        shown = httpx.post(url, json={"faults": [{"name": "token_expired", "vendor": "hubspot"}]}).json()
        assert [fault["name"] for fault in shown["faults"]] == ["token_expired"]
        assert client.get(DEALS).status_code == 401
        assert httpx.post(url, json={"faults": ["nonsense"]}).status_code == 400
        client.http.close()
