"""The simulated Google Ads API hands out tokens and really answers the query that it is asked."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from ingestion.sandbox import ads, credentials
from ingestion.sandbox.google_ads import GoogleAdsVendor
from tests.ingestion.sandbox.vendor_contracts import contract
from tests.ingestion.sandbox.vendor_requests import google_search, google_token, world

Json = dict[str, Any]
DAILY = (
    "SELECT campaign.id, segments.date, metrics.cost_micros, metrics.impressions, metrics.clicks, metrics.conversions "
    "FROM campaign WHERE segments.date BETWEEN '{first}' AND '{last}' ORDER BY segments.date, campaign.id"
)


@pytest.fixture(scope="module")
def vendor() -> GoogleAdsVendor:
    """One ad account for the tests that only read."""
    return GoogleAdsVendor(world(scale=0.2))


def rows(vendor: GoogleAdsVendor, query: str) -> list[Json]:
    """Return all results of a query."""
    token = json.loads(google_token(vendor).body)["access_token"]
    response = google_search(vendor, query, token)
    assert response.status == 200, response.body
    return [row for batch in json.loads(response.body) for row in batch.get("results", [])]


def refusal(vendor: GoogleAdsVendor, query: str) -> tuple[int, Json]:
    """Return status and error object of a query that is refused."""
    token = json.loads(google_token(vendor).body)["access_token"]
    response = google_search(vendor, query, token)
    return response.status, json.loads(response.body)[0]["error"]


def snake(name: str) -> str:
    """Return a lower camel case name in snake case."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def test_every_value_has_the_type_that_google_describes(vendor: GoogleAdsVendor) -> None:
    messages = json.loads(contract("google_ads/google_ads_v26_messages.json").read_text())
    resources = {
        "campaign": messages["resources/campaign"]["Campaign"],
        "customer": messages["resources/customer"]["Customer"],
        "metrics": messages["common/metrics"]["Metrics"],
        "segments": messages["common/segments"]["Segments"],
    }
    python_types = {"INT64": str, "STRING": str, "ENUM": str, "DOUBLE": (int, float), "BOOL": bool}
    query = (
        "SELECT campaign.id, campaign.name, campaign.status, campaign.advertising_channel_type, "
        "campaign.start_date_time, customer.id, customer.currency_code, customer.manager, segments.date, "
        "metrics.clicks, metrics.impressions, metrics.cost_micros, metrics.conversions, metrics.ctr, "
        "metrics.average_cpc, metrics.all_conversions, metrics.interactions FROM campaign "
        "WHERE segments.date = '2026-03-02'"
    )
    found = rows(vendor, query)
    assert len(found) == 5
    for row in found:
        for group, values in row.items():
            for name, value in values.items():
                assert isinstance(value, python_types[resources[group][snake(name)]["type"]]), (group, name)


def test_the_days_asked_for_are_answered_in_the_order_asked_for(vendor: GoogleAdsVendor) -> None:
    found = rows(vendor, DAILY.format(first="2026-02-01", last="2026-02-28"))
    keys = [(row["segments"]["date"], row["campaign"]["id"]) for row in found]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys) == 28 * 5
    backwards = (
        "SELECT campaign.id, segments.date, metrics.clicks FROM campaign WHERE segments.date >= '2026-03-30' "
        "AND segments.date <= '2026-03-31' AND campaign.status = 'ENABLED' ORDER BY segments.date DESC LIMIT 3"
    )
    assert [row["segments"]["date"] for row in rows(vendor, backwards)] == ["2026-03-31"] * 3


def test_spend_of_the_ledger_is_what_is_served(vendor: GoogleAdsVendor) -> None:
    served = rows(vendor, DAILY.format(first="2020-01-01", last="2030-01-01"))
    truth = vendor.world.part("ads", ads.simulate).ledger_tables(vendor.world.now)["ad_spend"]
    assert len(served) == len(truth) > 3000
    assert sum(int(row["metrics"]["costMicros"]) for row in served) == sum(
        Decimal(row["spend_amount"]) * 1_000_000 for row in truth
    )
    assert sum(int(row["metrics"]["clicks"]) for row in served) == sum(int(row["clicks"]) for row in truth)
    assert any(row["metrics"]["conversions"] == 0 for row in served)


def test_a_long_answer_comes_in_batches_with_a_field_mask(vendor: GoogleAdsVendor) -> None:
    token = json.loads(google_token(vendor).body)["access_token"]
    response = google_search(vendor, DAILY.format(first="2024-06-01", last="2026-03-31"), token)
    batches = json.loads(response.body)
    assert len(batches) > 1
    assert batches[0]["fieldMask"].startswith("campaign.id,segments.date,metrics.costMicros")
    nothing = google_search(vendor, DAILY.format(first="2019-01-01", last="2019-01-02"), token)
    assert [batch.get("results") for batch in json.loads(nothing.body)] == [None]


def test_metrics_without_a_day_are_summed(vendor: GoogleAdsVendor) -> None:
    daily = rows(vendor, DAILY.format(first="2026-03-01", last="2026-03-31"))
    span = "segments.date BETWEEN '2026-03-01' AND '2026-03-31'"
    query = f"SELECT customer.id, metrics.cost_micros FROM customer WHERE {span}"
    (whole,) = rows(vendor, query)
    assert int(whole["metrics"]["costMicros"]) == sum(int(row["metrics"]["costMicros"]) for row in daily)


def test_costs_are_settled_after_three_days() -> None:
    moving = GoogleAdsVendor(world(scale=0.2))
    query = DAILY.format(first="2026-03-01", last="2026-03-31")
    before = rows(moving, query)
    moving.world.advance(dt.date(2026, 4, 8))
    after = rows(moving, query)
    changed = {row["segments"]["date"] for row, later in zip(before, after, strict=True) if row != later}
    assert changed
    assert changed <= {"2026-03-29", "2026-03-30", "2026-03-31"}


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT campaign.colour FROM campaign", "UNRECOGNIZED_FIELD"),
        ("SELECT campaign.id FROM unicorn", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"),
        ("SELECT campaign.id, campaign.id FROM campaign", "DUPLICATE_FIELD_IN_SELECT"),
        ("SELECT campaign.id FROM campaign ORDER BY campaign.name", "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE"),
        ("FETCH everything", "UNEXPECTED_INPUT"),
        ("SELECT campaign.id FROM campaign WHERE segments.date = 'soon'", "INVALID_VALUE_WITH_DURING_OPERATOR"),
    ],
)
def test_a_wrong_query_is_refused_with_googles_reason(vendor: GoogleAdsVendor, query: str, reason: str) -> None:
    status, error = refusal(vendor, query)
    assert (status, error["status"]) == (400, "INVALID_ARGUMENT")
    assert error["details"][0]["errors"][0]["errorCode"] == {"queryError": reason}


def test_a_token_is_given_for_the_refresh_token_only(vendor: GoogleAdsVendor) -> None:
    given = json.loads(google_token(vendor).body)
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 3599)
    assert google_token(vendor, refresh_token="revoked").status == 400
    assert json.loads(google_token(vendor, refresh_token="revoked").body)["error"] == "invalid_grant"
    assert google_token(vendor, client_secret="guess").status == 401


def test_expired_tokens_and_missing_developer_tokens_are_refused() -> None:
    strict = GoogleAdsVendor(world(scale=0.05), token_seconds=0)
    query = "SELECT customer.id FROM customer"
    expired = json.loads(google_token(strict).body)["access_token"]
    assert google_search(strict, query, expired).status == 401
    patient = GoogleAdsVendor(strict.world)
    token = json.loads(google_token(patient).body)["access_token"]
    assert google_search(patient, query, token).status == 200
    for wrong in ("", "guess"):
        response = google_search(patient, query, token, **{"developer-token": wrong})
        assert response.status == 401
        assert credentials.GOOGLE_ADS_DEVELOPER_TOKEN.encode() not in response.body
    patient.expire_tokens()
    assert google_search(patient, query, token).status == 401
