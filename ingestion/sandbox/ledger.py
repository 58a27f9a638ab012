"""The truth about the simulated company, as rows of the unified entities; no vendor shape is involved.

`write` puts one CSV file per entity into a folder; an oracle reads nothing else. Ids are those that the
company's systems use, because people ask for a deal by its id; `account_id` is the true company.
"""

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ingestion.sandbox import ads, billing, files, line_items, marketing, quotes, support
from ingestion.sandbox.clock import iso_millis, local_date
from ingestion.sandbox.deals import Deal
from ingestion.sandbox.ledger_columns import COLUMNS
from ingestion.sandbox.people import Person
from ingestion.sandbox.pipelines import DEAL_PIPELINES
from ingestion.sandbox.reps import team_name

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

Row = dict[str, str]
Kind = TypeVar("Kind", Person, Deal)
Table = Callable[["World", dt.datetime], Iterable[Row]]

_REACHED = {"lead": 1, "marketingqualifiedlead": 2, "salesqualifiedlead": 3, "opportunity": 4, "customer": 5}
_EVENTS = {"marketingqualifiedlead": "mql", "salesqualifiedlead": "sql"}
_TYPES = {"newbusiness": "new", "existingbusiness": "expansion", "renewal": "renewal", None: ""}


def write(world: "World", folder: Path, now: dt.datetime | None = None) -> None:
    """Write the ledger as of a moment (default: the world's now), one CSV file per entity, also empty ones."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables(world, now or world.now).items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS[name], restval="", extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def tables(world: "World", now: dt.datetime) -> dict[str, list[Row]]:
    """Return every table of the ledger as of a moment; the parts' rows follow the CRM's."""
    found: dict[str, list[Row]] = {name: [] for name in COLUMNS}
    for name, table in _CRM_TABLES.items():
        found[name].extend(table(world, now))
    parts = (
        world.part("ads", ads.simulate).ledger_tables(now),
        world.part("billing", billing.simulate).ledger_tables(now),
        world.part("support", support.simulate).ledger_tables(now),
        files.ledger_tables(world, now),
        line_items.ledger_tables(world, now),
        quotes.ledger_tables(world, now),
    )
    for part in parts:
        for name, rows in part.items():
            found[name].extend(rows)
    return found


def _accounts(world: "World", now: dt.datetime) -> Iterator[Row]:
    for company in world.companies:
        if company.exists(now):
            yield {
                "account_id": company.company_id,
                "account_name": company.name,
                "domain": company.domain,
                "region": company.region or "",
                "segment": company.segment or "",
                "created_at": iso_millis(company.created_at),
            }


def _leads(world: "World", now: dt.datetime) -> Iterator[Row]:
    for person in _existing(world.people, now):
        state = person.state(now)
        yield {
            "lead_id": person.person_id,
            "email": state.get("email", person.email) or "",
            "account_id": state.get("company_id", person.company_id) or "",
            "created_at": state.get("createdate") or iso_millis(person.created_at),
            "source": state.get("source", person.source) or "",
            "campaign_id": _campaign(person, state.get("source", person.source), now),
            "region": state.get("region", person.region) or "",
            "owner_sales_rep_id": state.get("hubspot_owner_id") or "",
            "is_deleted": _word(person.is_deleted(now)),
            "updated_at": iso_millis(person.updated_at(now)),
            "is_lead": _word(any(value in _REACHED for _, value in person.history("lifecyclestage", now))),
        }


def _campaign(person: Person, source: str | None, now: dt.datetime) -> str:
    """The campaign of a paid source, by the ad platform's id; one that no platform knows by the CRM's name."""
    detail = person.state(now).get("source_detail", person.source_detail) or ""
    return marketing.CAMPAIGN_IDS.get(detail, detail) if (source or "").startswith("PAID") else ""


def _lead_events(world: "World", now: dt.datetime) -> Iterator[Row]:
    for person in _existing(world.people, now):
        for number, (event_type, at) in enumerate(_lifecycle(person, now)):
            yield {
                "lead_event_id": f"{person.person_id}-{number}",
                "lead_id": person.person_id,
                "event_type": event_type,
                "occurred_at": iso_millis(at),
            }


def _lifecycle(person: Person, now: dt.datetime) -> Iterator[tuple[str, dt.datetime]]:
    """Yield what happened to a person: becoming a lead, qualifying, being recycled or disqualified."""
    furthest = 0
    for at, stage in person.history("lifecyclestage", now):
        reached = _REACHED.get(stage or "", 0)
        if reached and not furthest:
            yield "lead", at
        if stage == "lead" and furthest >= 2:
            yield "recycled", at
        if stage in _EVENTS:
            yield _EVENTS[stage], at
        furthest = max(furthest, reached)
    for at, status in person.history("hs_lead_status", now):
        if status == "UNQUALIFIED":
            yield "disqualified", at


def _lead_changes(world: "World", now: dt.datetime) -> Iterator[Row]:
    """Yield every owner of a person; one that was taken away is empty."""
    for person in _existing(world.people, now):
        for at, owner in person.history("hubspot_owner_id", now):
            yield {
                "lead_id": person.person_id,
                "field": "owner_sales_rep_id",
                "changed_at": iso_millis(at),
                "value": owner or "",
            }


def _touches(world: "World", now: dt.datetime) -> Iterator[Row]:
    for person in _existing(world.people, now):
        for number, (at, value) in enumerate(person.history("touch", now)):
            source, _, touch_type = (value or "||").split("|")
            yield {
                "touch_id": f"{person.person_id}-{number}",
                "lead_id": person.person_id,
                "touched_at": iso_millis(at),
                "source": source,
                "campaign_id": "" if number else _campaign(person, source, now),
                "touch_type": touch_type,
            }


def _record_merges(world: "World", now: dt.datetime) -> Iterator[Row]:
    kinds: tuple[tuple[str, list[Person] | list[Deal]], ...] = (
        ("leads", world.people),
        ("opportunities", world.deals),
    )
    for entity, records in kinds:
        for record in records:
            for at, survivor_id in record.history("merged_into", now):
                yield {
                    "entity": entity,
                    "merged_id": record.record_id,
                    "survivor_id": survivor_id or "",
                    "merged_at": iso_millis(at),
                }


def _opportunities(world: "World", now: dt.datetime) -> Iterator[Row]:
    for deal in _existing(world.deals, now):
        state = deal.state(now)
        close = state.get("closedate") or ""
        is_closed = deal.pipeline.stage(state["dealstage"] or "").is_closed
        yield {
            "opportunity_id": deal.deal_id,
            "opportunity_name": deal.name,
            "account_id": next(iter(deal.members("company", now)), ""),
            "pipeline_id": deal.pipeline.pipeline_id,
            "stage": state["dealstage"] or "",
            "opportunity_type": _TYPES[deal.deal_type],
            "amount": state.get("amount") or "",
            "currency_code": deal.currency,
            "expected_close_date": local_date(dt.datetime.fromisoformat(close)).isoformat() if close else "",
            "closed_at": close if is_closed else "",
            "created_at": iso_millis(deal.created_at),
            "owner_sales_rep_id": state.get("hubspot_owner_id") or "",
            "is_deleted": _word(deal.is_deleted(now)),
            "updated_at": iso_millis(deal.updated_at(now)),
        }


def _opportunity_stage_events(world: "World", now: dt.datetime) -> Iterator[Row]:
    for deal in _existing(world.deals, now):
        for at, stage in deal.history("dealstage", now):
            yield {"opportunity_id": deal.deal_id, "stage_id": stage or "", "entered_at": iso_millis(at)}


def _opportunity_changes(world: "World", now: dt.datetime) -> Iterator[Row]:
    names = {"amount": "amount", "closedate": "expected_close_date", "hubspot_owner_id": "owner_sales_rep_id"}
    for deal in _existing(world.deals, now):
        for field, name in names.items():
            for at, value in deal.history(field, now):
                shown = value or ""
                if field == "closedate" and value:
                    shown = local_date(dt.datetime.fromisoformat(value)).isoformat()
                yield {
                    "opportunity_id": deal.deal_id,
                    "field": name,
                    "changed_at": iso_millis(at),
                    "value": shown,
                }


def _opportunity_accounts(world: "World", now: dt.datetime) -> Iterator[Row]:
    for deal in _existing(world.deals, now):
        for position, company_id in enumerate(deal.members("company", now)):
            yield {"opportunity_id": deal.deal_id, "account_id": company_id, "is_primary": _word(position == 0)}


def _opportunity_contacts(world: "World", now: dt.datetime) -> Iterator[Row]:
    """Yield links; the CRM marks none as primary, so the earliest contact counts."""
    for deal in _existing(world.deals, now):
        for contact_id in deal.members("contact", now):
            yield {"opportunity_id": deal.deal_id, "lead_id": contact_id, "is_primary": "false"}


def _pipeline_stages(world: "World", now: dt.datetime) -> Iterator[Row]:
    for pipeline in DEAL_PIPELINES:
        for order, stage in enumerate(pipeline.stages):
            yield {
                "pipeline_id": pipeline.pipeline_id,
                "stage_id": stage.stage_id,
                "stage_label": stage.label,
                "stage_order": str(order),
                "probability": stage.probability,
                "is_closed": _word(stage.is_closed),
                "is_won": _word(stage.is_won),
            }


def _sales_reps(world: "World", now: dt.datetime) -> Iterator[Row]:
    for rep in world.sales_force.reps:
        if rep.joined_at > now:
            continue
        moves = [(moment, team) for moment, team in rep.moves if moment <= now]
        starts = ["", *(local_date(moment).isoformat() for moment, _ in moves)]
        teams = [rep.team_id, *(team for _, team in moves)]
        for position, team in enumerate(teams):
            yield {
                "sales_rep_id": rep.rep_id,
                "sales_rep_name": rep.name,
                "team": team_name(team),
                "valid_from": starts[position],
                "valid_to": starts[position + 1] if position + 1 < len(starts) else "",
                "employed_from": local_date(rep.joined_at).isoformat(),
                "employed_to": local_date(rep.left_at).isoformat() if rep.left_at and rep.left_at <= now else "",
            }


def _activities(world: "World", now: dt.datetime) -> Iterator[Row]:
    for activity in world.activities:
        if activity.exists(now):
            minutes = "" if activity.duration_ms is None else f"{activity.duration_ms / 60_000:.2f}"
            yield {
                "activity_id": activity.record_id,
                "activity_type": activity.activity_type,
                "direction": activity.direction,
                "occurred_at": iso_millis(activity.occurred_at),
                "sales_rep_id": activity.owner_id or "",
                "lead_id": next(iter(activity.members("contact", now)), ""),
                "is_completed": _word(activity.is_completed(now)),
                "is_automated": _word(activity.is_automated),
                "duration_minutes": minutes,
            }


def _crm_tickets(world: "World", now: dt.datetime) -> Iterator[Row]:
    channels = {"EMAIL": "email", "PHONE": "phone", "FORM": "web", "CHAT": "chat"}
    for ticket in world.crm_tickets:
        if ticket.exists(now):
            yield {
                "ticket_id": ticket.record_id,
                "account_id": ticket.company_id or "",
                "created_at": iso_millis(ticket.created_at),
                "ticket_channel": channels[ticket.origin],
                "opened_by": "",
                "priority": ticket.priority.lower(),
                "agent_id": ticket.owner_id or "",
                "schedule_id": "default",
                "source_system": "hubspot",
            }


def _existing(records: Iterable[Kind], now: dt.datetime) -> Iterator[Kind]:
    return (record for record in records if record.exists(now))


def _word(value: bool) -> str:
    return "true" if value else "false"


_CRM_TABLES: dict[str, Table] = {
    "accounts": _accounts,
    "leads": _leads,
    "lead_events": _lead_events,
    "lead_changes": _lead_changes,
    "touches": _touches,
    "record_merges": _record_merges,
    "opportunities": _opportunities,
    "opportunity_stage_events": _opportunity_stage_events,
    "opportunity_changes": _opportunity_changes,
    "opportunity_accounts": _opportunity_accounts,
    "opportunity_contacts": _opportunity_contacts,
    "pipeline_stages": _pipeline_stages,
    "sales_reps": _sales_reps,
    "activities": _activities,
    "tickets": _crm_tickets,
}
