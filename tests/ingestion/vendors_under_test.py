"""The sandbox's vendors as the acceptance kit sees them."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from ingestion.finance import stripe
from ingestion.marketing import google_ads
from ingestion.oauth import Basic
from ingestion.sales import hubspot, hubspot_properties
from ingestion.sandbox import ads, credentials
from ingestion.sandbox.clock import epoch_seconds
from ingestion.sandbox.google_ads import GoogleAdsVendor
from ingestion.sandbox.http_shapes import Request
from ingestion.sandbox.hubspot import HubSpotVendor
from ingestion.sandbox.hubspot_store import Asked
from ingestion.sandbox.stripe import StripeVendor
from ingestion.sandbox.world import World
from ingestion.sandbox.zendesk import ZendeskVendor
from ingestion.service import zendesk
from ingestion.settings import GoogleAdsSettings, HubSpotSettings, Secret, StripeSettings, ZendeskSettings
from ingestion.source import Record, Source
from tests.ingestion.acceptance import Holdings, VendorUnderTest

FAST = 1000.0


def secret(folder: Path, value: str) -> Secret:
    """A secret in a file of its own."""
    path = folder / f"secret-{abs(hash(value))}"
    path.write_text(value, encoding="utf-8")
    return Secret(file=path)


def _ask(vendor: Any, path: str, token: str, method: str = "GET", body: bytes = b"", **query: str) -> Any:
    request = Request(
        method=method,
        path=path,
        query={name: [value] for name, value in query.items()},
        headers={
            "authorization": token if " " in token else f"Bearer {token}",
            "developer-token": credentials.GOOGLE_ADS_DEVELOPER_TOKEN,
        },
        body=body,
        base_url="http://127.0.0.1",
    )
    return orjson.loads(vendor.handle(request).body)


def hubspot_under_test(folder: Path) -> VendorUnderTest:
    """HubSpot."""

    def connect(base_url: str, token: str = credentials.HUBSPOT_ACCESS_TOKEN) -> Source:
        settings = HubSpotSettings(base_url=base_url, access_token=secret(folder, token), requests_per_second=FAST)
        return hubspot.connect(settings)

    def small_pages(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(hubspot, "_PAGE_SIZE", 9)
        patch.setattr(hubspot, "_PAGE_SIZE_WITH_HISTORY", 7)
        patch.setattr(hubspot, "_ASSOCIATION_BATCH", 11)

    return VendorUnderTest("hubspot", connect, lambda base: connect(base, "revoked"), _hubspot_holdings, small_pages)


def _hubspot_holdings(world: World) -> Holdings:
    vendor = HubSpotVendor(world)
    held: Holdings = {}
    for kind, store in vendor.stores.items():
        snapshot = store.snapshot()
        asked = Asked(store.property_names, hubspot_properties.HISTORY.get(kind, ()))
        records = [*snapshot.live, *snapshot.archived]
        held[kind] = {one.record_id: _plain(store.payload(one, snapshot.now, asked)) for one in records}
    token = credentials.HUBSPOT_ACCESS_TOKEN
    owners = [_ask(vendor, "/crm/v3/owners/", token, archived=flag, limit="10000") for flag in ("false", "true")]
    held["owners"] = {owner["id"]: owner for answer in owners for owner in answer["results"]}
    pipelines = _ask(vendor, "/crm/v3/pipelines/deals", token)["results"]
    held["deal_pipelines"] = {pipeline["id"]: pipeline for pipeline in pipelines}
    for entity, (start, end) in hubspot.ASSOCIATIONS.items():
        held[entity] = {}
        ids = list(held[start])
        for first in range(0, len(ids), 1000):
            body = orjson.dumps({"inputs": [{"id": one} for one in ids[first : first + 1000]]})
            path = f"/crm/v4/associations/{start}/{end}/batch/read"
            found = {row["from"]["id"]: row for row in _ask(vendor, path, token, "POST", body)["results"]}
            for one in ids[first : first + 1000]:
                held[entity][one] = found.get(one, {"from": {"id": one}, "to": []})
    return held


def google_ads_under_test(folder: Path) -> VendorUnderTest:
    """Google Ads."""

    def connect(base_url: str, token: str = credentials.GOOGLE_ADS_REFRESH_TOKEN) -> Source:
        settings = GoogleAdsSettings(
            base_url=base_url,
            token_url=f"{base_url}/token",
            customer_id=credentials.GOOGLE_ADS_CUSTOMER_ID,
            developer_token=secret(folder, credentials.GOOGLE_ADS_DEVELOPER_TOKEN),
            client_id=credentials.GOOGLE_ADS_CLIENT_ID,
            client_secret=secret(folder, credentials.GOOGLE_ADS_CLIENT_SECRET),
            refresh_token=secret(folder, token),
            requests_per_second=FAST,
        )
        return google_ads.connect(settings)

    return VendorUnderTest(
        "google_ads", connect, lambda base: connect(base, "revoked"), _google_ads_holdings, lambda patch: None
    )


def _google_ads_holdings(world: World) -> Holdings:
    vendor = GoogleAdsVendor(world)
    form = {
        "grant_type": "refresh_token",
        "client_id": credentials.GOOGLE_ADS_CLIENT_ID,
        "client_secret": credentials.GOOGLE_ADS_CLIENT_SECRET,
        "refresh_token": credentials.GOOGLE_ADS_REFRESH_TOKEN,
    }
    token = _ask(vendor, "/token", "", "POST", urlencode(form).encode())["access_token"]

    def rows(fields: tuple[str, ...], rest: str) -> list[Record]:
        path = f"/v26/customers/{credentials.GOOGLE_ADS_CUSTOMER_ID}/googleAds:searchStream"
        body = orjson.dumps({"query": " ".join(["SELECT", ", ".join(fields), "FROM", rest])})
        answer = _ask(vendor, path, token, "POST", body)
        return [row for batch in answer for row in batch.get("results", [])]

    metrics = rows(google_ads._METRICS, "campaign WHERE segments.date BETWEEN '2000-01-01' AND '2099-12-31'")
    part = world.part("ads", ads.simulate)
    assert len(metrics) == len({(row.campaign.campaign_id, row.date) for row in part.until(world.as_of)})
    return {
        "customers": {row["customer"]["id"]: row for row in rows(google_ads._CUSTOMER, "customer")},
        "campaigns": {row["campaign"]["id"]: row for row in rows(google_ads._CAMPAIGN, "campaign")},
        "campaign_metrics": {f"{row['campaign']['id']}|{row['segments']['date']}": row for row in metrics},
    }


def stripe_under_test(folder: Path) -> VendorUnderTest:
    """Stripe."""

    def connect(base_url: str, key: str = credentials.STRIPE_API_KEY) -> Source:
        return stripe.connect(StripeSettings(base_url=base_url, api_key=secret(folder, key), requests_per_second=FAST))

    def small_pages(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(stripe, "_PAGE_SIZE", 8)

    return VendorUnderTest("stripe", connect, lambda base: connect(base, "revoked"), _stripe_holdings, small_pages)


def _stripe_holdings(world: World) -> Holdings:
    vendor = StripeVendor(world)
    now = epoch_seconds(world.now)
    held: Holdings = {}
    for name, collection in vendor.collections.items():
        there = [one for one in collection.entries if one.created <= now and (one.ended is None or one.ended > now)]
        held[name] = {one.object_id: orjson.loads(collection.serialised(one, now)) for one in there}
    held["invoice_lines"] = {line["id"]: line for invoice in held["invoices"] for line in _lines(vendor, invoice)}
    return held


def _lines(vendor: StripeVendor, invoice: str) -> list[Record]:
    token = credentials.STRIPE_API_KEY
    found: list[Record] = []
    more: dict[str, str] = {}
    while True:
        answer = _ask(vendor, f"/v1/invoices/{invoice}/lines", token, limit="100", **more)
        found += [{**line, "invoice": line.get("invoice") or invoice} for line in answer["data"]]
        if not answer["has_more"]:
            return found
        more = {"starting_after": found[-1]["id"]}


def zendesk_under_test(folder: Path) -> VendorUnderTest:
    """Zendesk."""

    def connect(base_url: str, token: str = credentials.ZENDESK_API_TOKEN) -> Source:
        settings = ZendeskSettings(
            base_url=base_url,
            email=credentials.ZENDESK_EMAIL,
            api_token=secret(folder, token),
            requests_per_second=FAST,
        )
        return zendesk.connect(settings)

    def small_pages(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(zendesk, "_PAGE_SIZE", 3)
        patch.setattr(zendesk, "_EXPORT_SIZE", 89)

    return VendorUnderTest(
        "zendesk",
        connect,
        lambda base: connect(base, "revoked"),
        _zendesk_holdings,
        small_pages,
        overlapping=frozenset({"organizations", "ticket_metric_events"}),
    )


def _zendesk_holdings(world: World) -> Holdings:
    vendor = ZendeskVendor(world)
    now = epoch_seconds(world.now)
    held: Holdings = {}
    for name, export in vendor.exports.items():
        rows = [
            orjson.loads(vendor.record(name, updated, number, now, included=("metric_sets",)))
            for updated, number in export.order(now)
        ]
        held[name] = {str(row["id"]): row for row in rows}
    signed = Basic(f"{credentials.ZENDESK_EMAIL}/token", credentials.ZENDESK_API_TOKEN).authorization()
    for entity, name in (("ticket_audits", "audits"), ("ticket_comments", "comments")):
        answers = [
            _ask(vendor, f"/api/v2/tickets/{ticket}/{name}.json", signed, **{"page[size]": "100"})
            for ticket in held["tickets"]
        ]
        held[entity] = {str(row["id"]): row for answer in answers for row in answer.get(name, [])}
    schedules = _ask(vendor, "/api/v2/business_hours/schedules.json", signed)["schedules"]
    held["schedules"] = {str(one["id"]): one for one in schedules}
    held["holidays"] = {
        str(day["id"]): {**day, "schedule_id": one["id"]}
        for one in schedules
        for day in _ask(vendor, f"/api/v2/business_hours/schedules/{one['id']}/holidays.json", signed)["holidays"]
    }
    return held


def _plain(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))
