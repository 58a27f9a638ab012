"""A source that makes contacts up as it is read: for the memory of many records without a vendor that holds them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.catalog import Stream
from ingestion.source import Page, Record, StreamState

_PAGE_SIZE = 100
_FIRST = datetime(2024, 1, 1, tzinfo=UTC)
_STAGES = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")
_CITIES = ("Berlin", "Wien", "Lyon", "Madrid", "London", "Cork", "Boston", "Toronto")
_SOURCES = ("ORGANIC_SEARCH", "PAID_SEARCH", "DIRECT_TRAFFIC", "EMAIL_MARKETING", "OFFLINE")


class SyntheticContacts:
    """Yields `count` contacts of 25 properties; every other stream is empty."""

    def __init__(self, count: int) -> None:
        """Nothing is made before it is read."""
        self._count = count

    def pages(self, stream: Stream, state: StreamState) -> Iterator[Page]:
        """The contacts, 100 a page, in the order of their cursor."""
        if stream.entity != "contacts":
            return
        for start in range(0, self._count, _PAGE_SIZE):
            numbers = range(start, min(start + _PAGE_SIZE, self._count))
            yield Page([_contact(number) for number in numbers], resume_token=str(numbers.stop))

    def expected_count(self, stream: Stream) -> int | None:
        """All of them."""
        return self._count if stream.entity == "contacts" else None

    def close(self) -> None:
        """There is nothing to close."""


def _contact(number: int) -> Record:
    created = (_FIRST + timedelta(seconds=number)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    updated = (_FIRST + timedelta(days=30, seconds=number)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    record_id, stage = str(10_000_000 + number), _STAGES[number % len(_STAGES)]
    return {
        "id": record_id,
        "properties": _properties(number, record_id, stage, created, updated),
        "propertiesWithHistory": {
            "lifecyclestage": [{"value": stage, "timestamp": created, "sourceType": "CRM_UI", "sourceId": "42"}],
            "hubspot_owner_id": [{"value": str(100 + number % 40), "timestamp": created, "sourceType": "CRM_UI"}],
        },
        "createdAt": created,
        "updatedAt": updated,
        "archived": False,
    }


def _properties(number: int, record_id: str, stage: str, created: str, updated: str) -> dict[str, Any]:
    company = number % 50_000
    return {
        "hs_object_id": record_id,
        "createdate": created,
        "lastmodifieddate": updated,
        "email": f"person.{number}@company-{company}.example",
        "hs_additional_emails": None,
        "firstname": f"First {number % 997}",
        "lastname": f"Last {number % 7919}",
        "phone": f"+49 30 {number:08d}",
        "mobilephone": None,
        "jobtitle": "Head of Operations",
        "company": f"Company {company} Ltd",
        "website": f"https://company-{company}.example",
        "associatedcompanyid": str(900_000 + company),
        "address": f"Long Street {number % 180 + 1}",
        "city": _CITIES[number % len(_CITIES)],
        "state": None,
        "zip": f"{number % 99_999:05d}",
        "country": "Germany",
        "industry": "SOFTWARE",
        "lifecyclestage": stage,
        "hs_lead_status": "OPEN",
        "hubspot_owner_id": str(100 + number % 40),
        "hs_analytics_source": _SOURCES[number % len(_SOURCES)],
        "hs_analytics_source_data_1": f"campaign {number % 120}",
        "hs_analytics_first_timestamp": created,
    }
