"""What each CRM object shows: property names and values as HubSpot writes them, every value a string or null."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ingestion.sandbox import hubspot_commerce
from ingestion.sandbox.activities import Activity
from ingestion.sandbox.clock import epoch_millis, iso_millis
from ingestion.sandbox.companies import Company
from ingestion.sandbox.crm_tickets import CrmTicket
from ingestion.sandbox.deals import Deal
from ingestion.sandbox.hubspot_commerce import Properties, shared
from ingestion.sandbox.people import Person

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

HISTORY_FIELDS: Mapping[str, tuple[str, ...]] = {
    "contacts": ("lifecyclestage", "hs_lead_status", "hubspot_owner_id"),
    "deals": ("dealstage", "amount", "closedate", "hubspot_owner_id"),
}
_CITIES = {
    "DE": "Berlin",
    "AT": "Wien",
    "FR": "Lyon",
    "ES": "Madrid",
    "GB": "London",
    "IE": "Cork",
    "US": "Boston",
    "CA": "Toronto",
}
_JOBS = ("Head of Sales", "Buyer", "CTO", "Founder", "Office Manager", "CFO", "Operations Lead")
_LIFECYCLE_DATES = ("lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")


def contact(world: "World", person: Person, now: dt.datetime, modified: str) -> Properties:
    """Return all properties of a contact."""
    state = person.state(now)
    number = int(person.record_id)
    company_id = state.get("company_id", person.company_id)
    company = world.company(company_id) if company_id else None
    entered = {stage: None for stage in _LIFECYCLE_DATES} | _last_entries(person, now)
    return {
        "hs_object_id": person.record_id,
        "createdate": state.get("createdate") or iso_millis(person.created_at),
        "lastmodifieddate": modified,
        "email": state.get("email", person.email),
        "hs_additional_emails": state.get("hs_additional_emails"),
        "firstname": person.first_name,
        "lastname": person.last_name,
        "phone": f"+49 30 {number % 9_000_000 + 1_000_000}" if number % 4 else None,
        "mobilephone": None,
        "jobtitle": _JOBS[number % len(_JOBS)],
        "company": company.name if company else None,
        "website": f"https://{company.domain}" if company else None,
        "associatedcompanyid": company_id,
        "address": f"Long Street {number % 180 + 1}",
        "city": _CITIES[person.country_code],
        "state": None,
        "zip": f"{number % 90_000 + 10_000}",
        "country": person.country,
        "hs_country_region_code": person.country_code,
        "region": state.get("region", person.region),
        "segment": None,
        "industry": company.industry if company else None,
        "lifecyclestage": state.get("lifecyclestage"),
        **{f"hs_lifecyclestage_{stage}_date": entered[stage] for stage in _LIFECYCLE_DATES},
        "hs_lead_status": state.get("hs_lead_status"),
        "hubspot_owner_id": state.get("hubspot_owner_id"),
        "hs_is_unworked": "true" if state.get("hubspot_owner_id") is None else "false",
        "hs_email_optout": "true" if number % 50 == 0 else "false",
        **_origin(person, state, now),
    }


def _origin(person: Person, state: Properties, now: dt.datetime) -> Properties:
    """Return where a contact came from: analytics, conversions and the contacts it absorbed."""
    number = int(person.record_id)
    touches = person.history("touch", now)
    first, latest = (touches[0], touches[-1]) if touches else (None, None)
    form = iso_millis(first[0]) if first and number % 3 == 0 else None
    return {
        "hs_analytics_source": state.get("source", person.source),
        "hs_analytics_source_data_1": state.get("source_detail", person.source_detail),
        "hs_analytics_source_data_2": state.get("campaign_id", person.campaign_id),
        "hs_analytics_first_timestamp": iso_millis(first[0]) if first else None,
        "hs_analytics_num_visits": str(number % 17),
        "hs_analytics_num_page_views": str(number % 90),
        "hs_latest_source": (latest[1] or "").split("|")[0] if latest else None,
        "hs_latest_source_timestamp": iso_millis(latest[0]) if latest else None,
        "first_conversion_date": form,
        "first_conversion_event_name": "Contact form" if form else None,
        "recent_conversion_date": form,
        "recent_conversion_event_name": "Contact form" if form else None,
        "num_conversion_events": "1" if form else "0",
        "hs_merged_object_ids": _merged(person, now),
        "hs_calculated_merged_vids": _merged_moments(person, now),
    }


def company(world: "World", record: Company, now: dt.datetime, modified: str) -> Properties:
    """Return all properties of a company."""
    number = int(record.record_id)
    return {
        **shared(record.record_id, iso_millis(record.created_at), modified, record.owner_id),
        "createdate": iso_millis(record.created_at),
        "name": record.name,
        "domain": record.domain,
        "website": f"https://{record.domain}",
        "phone": None,
        "address": f"Market Square {number % 90 + 1}",
        "city": _CITIES[record.country_code],
        "state": None,
        "zip": f"{number % 90_000 + 10_000}",
        "country": record.country,
        "hs_country_code": record.country_code,
        "region": record.region,
        "segment": record.segment,
        "industry": record.industry,
        "numberofemployees": str(record.employee_count),
        "annualrevenue": str(record.employee_count * 120_000),
        "type": "PROSPECT",
        "lifecyclestage": "lead",
        "hs_parent_company_id": None,
        "is_public": "false",
        "founded_year": str(1950 + number % 70),
    }


def deal(world: "World", record: Deal, now: dt.datetime, modified: str) -> Properties:
    """Return all properties of a deal."""
    state = record.state(now)
    stage = record.pipeline.stage(state["dealstage"] or "")
    amount = state.get("amount")
    return {
        **shared(record.record_id, iso_millis(record.created_at), modified, state.get("hubspot_owner_id")),
        "createdate": state.get("createdate") or iso_millis(record.created_at),
        "dealname": record.name,
        "dealstage": stage.stage_id,
        "pipeline": record.pipeline.pipeline_id,
        "dealtype": record.deal_type,
        "amount": amount,
        "deal_currency_code": record.currency,
        "amount_in_home_currency": None,
        "closedate": state.get("closedate"),
        "hs_deal_stage_probability": stage.probability,
        "hs_is_closed": "true" if stage.is_closed else "false",
        "hs_is_closed_won": "true" if stage.is_won else "false",
        "hs_manual_forecast_category": None,
        "hs_analytics_source": None,
        "hs_analytics_source_data_1": None,
        "closed_lost_reason": "Price" if stage.is_closed and not stage.is_won else None,
        "closed_won_reason": None,
        "hs_next_step": None,
        "description": None,
        "hs_priority": "medium",
        "num_associated_contacts": str(len(record.members("contact", now))),
        "hs_merged_object_ids": _merged(record, now),
    }


def ticket(world: "World", record: CrmTicket, now: dt.datetime, modified: str) -> Properties:
    """Return all properties of a CRM ticket."""
    closed = [at for at, stage in record.history("stage", now) if stage == "4"]
    return {
        **shared(record.record_id, iso_millis(record.created_at), modified, record.owner_id),
        "createdate": iso_millis(record.created_at),
        "subject": record.subject,
        "content": f"{record.subject}, please.",
        "hs_pipeline": "0",
        "hs_pipeline_stage": record.value("stage", now),
        "hs_ticket_category": None,
        "hs_ticket_priority": record.priority,
        "source_type": record.origin,
        "closed_date": iso_millis(closed[-1]) if closed else None,
        "time_to_close": str(epoch_millis(closed[-1]) - epoch_millis(record.created_at)) if closed else None,
        "time_to_first_agent_reply": None,
    }


def activity(world: "World", record: Activity, now: dt.datetime, modified: str) -> Properties:
    """Return all properties of a call, meeting or e-mail."""
    shown = shared(record.record_id, iso_millis(record.inserted_at), modified, record.owner_id)
    shown |= {"hs_timestamp": iso_millis(record.occurred_at), "hs_sequence_id": None}
    status = record.value("status", now)
    if record.activity_type == "call":
        return shown | {
            "hs_call_title": "Call",
            "hs_call_direction": record.direction.upper(),
            "hs_call_status": status,
            "hs_call_duration": str(record.duration_ms),
            "hs_call_disposition": None,
            "hs_call_source": "INTEGRATIONS_PLATFORM",
            "hs_call_body": "<p>Talked about the offer</p>",
        }
    if record.activity_type == "meeting":
        ends = record.occurred_at + dt.timedelta(milliseconds=record.duration_ms or 0)
        return shown | {
            "hs_meeting_title": "Meeting",
            "hs_meeting_start_time": iso_millis(record.occurred_at),
            "hs_meeting_end_time": iso_millis(ends),
            "hs_meeting_outcome": status,
            "hs_meeting_source": "CRM_UI",
            "hs_meeting_location": "https://meet.example/room",
        }
    return shown | {
        "hs_email_subject": "Your request",
        "hs_email_direction": "INCOMING_EMAIL" if record.direction == "inbound" else "EMAIL",
        "hs_email_status": status,
        "hs_email_source": "SEQUENCE" if record.is_automated else "CRM",
        "hs_email_text": "Hello",
        "hs_sequence_id": "5550001" if record.is_automated else None,
    }


SHOWN: Mapping[str, Callable[..., Properties]] = {
    "contacts": contact,
    "companies": company,
    "deals": deal,
    "tickets": ticket,
    "calls": activity,
    "meetings": activity,
    "emails": activity,
    "line_items": hubspot_commerce.line_item,
    "products": hubspot_commerce.product,
    "quotes": hubspot_commerce.quote,
}

MODIFIED = {"contacts": "lastmodifieddate"}


def modified_property(object_type: str) -> str:
    """Return the name of the property that holds an object's last modification."""
    return MODIFIED.get(object_type, "hs_lastmodifieddate")


def created_at(record: Any, now: dt.datetime) -> str:
    """Return the creation moment that an object shows outside its properties."""
    return record.value("createdate", now) or iso_millis(getattr(record, "created_at", record.inserted_at))


def history(record: Person | Deal, name: str, now: dt.datetime) -> list[dict[str, str]]:
    """Return one property's history, newest first, cleared values as empty text."""
    return [
        {"value": value or "", "timestamp": iso_millis(at), "sourceType": "CRM_UI", "sourceId": "userId:90001"}
        for at, value in reversed(record.history(name, now))
    ]


def _last_entries(person: Person, now: dt.datetime) -> Properties:
    return {stage: iso_millis(at) for at, stage in person.history("lifecyclestage", now) if stage in _LIFECYCLE_DATES}


def _merged(record: Person | Deal, now: dt.datetime) -> str | None:
    ids = [value or "" for _, value in record.history("merged_from", now)]
    return ";".join(ids) or None


def _merged_moments(person: Person, now: dt.datetime) -> str | None:
    merges = person.history("merged_from", now)
    return ";".join(f"{value}:{epoch_millis(at)}" for at, value in merges) or None
