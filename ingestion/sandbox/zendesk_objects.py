"""Objects of the simulated Zendesk Support account as its API v2 sends them.

https://developer.zendesk.com/api-reference/ticketing/introduction/: ISO seconds with Z, integer ids, soft
deletion as status `deleted` in exports. Every function takes the moment in epoch seconds that is shown.
"""

from typing import Any

from ingestion.sandbox.clock import from_millis, iso_seconds
from ingestion.sandbox.zendesk_tickets import SYSTEM_USER, Action, Organization, Rating, Ticket, User, is_deleted

Json = dict[str, Any]
HOST = "https://sandbox-ltd.zendesk.com"
TRIGGER = {"id": 360000001, "title": "Notify requester of received request"}


def instant(seconds: int) -> str:
    """Write an epoch second as Zendesk does."""
    return iso_seconds(from_millis(seconds * 1000))


def ticket(record: Ticket, updated: int, now: int) -> Json:
    """Return a ticket; a deleted one keeps its fields and has the status `deleted`."""
    return {
        "url": f"{HOST}/api/v2/tickets/{record.ticket_id}.json",
        "id": record.ticket_id,
        "external_id": None,
        "via": _via(record.channel),
        "created_at": instant(record.created),
        "updated_at": instant(updated),
        "generated_timestamp": updated,
        "type": record.ticket_type,
        "subject": f"Request {record.ticket_id}",
        "raw_subject": f"Request {record.ticket_id}",
        "description": "Something does not work",
        "priority": record.priority,
        "status": "deleted" if is_deleted(record, now) else record.value("status", now),
        "recipient": None,
        "requester_id": record.requester.user_id,
        "submitter_id": record.submitter.user_id,
        "assignee_id": record.value("assignee_id", now),
        "organization_id": record.organization.organization_id if record.organization else None,
        "group_id": record.value("group_id", now),
        "collaborator_ids": [],
        "follower_ids": [],
        "email_cc_ids": [],
        "forum_topic_id": None,
        "problem_id": None,
        "has_incidents": False,
        "is_public": any(action.comment is not None and action.comment[0] for action in record.known_actions(now)),
        "due_at": None,
        "tags": record.value("tags", now) or [],
        "custom_fields": [],
        "satisfaction_rating": _ticket_rating(record.rating, now),
        "sharing_agreement_ids": [],
        "brand_id": 360000101,
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": record.channel == "native_messaging",
    }


def user(record: User, updated: int, now: int) -> Json:
    """Return a user; a deleted one is not active and has lost its address."""
    is_active = record.deleted_at is None or record.deleted_at > now
    return {
        "id": record.user_id,
        "url": f"{HOST}/api/v2/users/{record.user_id}.json",
        "name": record.name,
        "email": record.email if is_active else None,
        "created_at": instant(record.created),
        "updated_at": instant(updated),
        "time_zone": "Berlin",
        "iana_time_zone": "Europe/Berlin",
        "phone": None,
        "shared_phone_number": None,
        "photo": None,
        "locale_id": 1,
        "locale": "en-US",
        "organization_id": record.organization_id,
        "role": record.role,
        "verified": True,
        "external_id": None,
        "tags": [],
        "alias": "",
        "active": is_active,
        "shared": False,
        "shared_agent": False,
        "last_login_at": None,
        "signature": None,
        "details": "",
        "notes": "",
        "role_type": None,
        "custom_role_id": None,
        "moderator": record.is_agent,
        "ticket_restriction": None if record.is_agent else "requested",
        "only_private_comments": False,
        "restricted_agent": False,
        "suspended": False,
        "default_group_id": 360001 if record.is_agent else None,
        "user_fields": {},
    }


def organization(record: Organization, updated: int, now: int) -> Json:
    """Return an organisation."""
    is_renamed = record.renamed_at is not None and record.renamed_at <= now
    return {
        "url": f"{HOST}/api/v2/organizations/{record.organization_id}.json",
        "id": record.organization_id,
        "name": f"{record.name} Ltd" if is_renamed else record.name,
        "shared_tickets": False,
        "shared_comments": False,
        "external_id": record.company_id if record.is_linked else None,
        "created_at": instant(record.created),
        "updated_at": instant(updated),
        "domain_names": [record.domain],
        "details": "",
        "notes": "",
        "group_id": None,
        "tags": [],
        "organization_fields": {},
        "deleted_at": None,
    }


def audit(record: Action, owner: Ticket) -> Json:
    """Return one audit with its events: a comment, created or changed fields, what triggers sent."""
    is_first = record is owner.actions[0]
    events: list[Json] = []
    if record.comment is not None:
        events.append(_comment_event(record, owner))
    for number, (name, before, after) in enumerate(record.changes, start=1):
        event: Json = {"id": record.audit_id * 10 + number, "field_name": name, "value": _field(after)}
        if is_first:
            event["type"] = "Create"
        else:
            event |= {"type": "Change", "previous_value": _field(before)}
        events.append(event)
    if record.comment is not None and record.comment[0] and record.author_id != SYSTEM_USER:
        events.append(
            {
                "id": record.audit_id * 10 + 9,
                "type": "Notification",
                "via": {"channel": "rule", "source": {"from": TRIGGER, "to": {}, "rel": "trigger"}},
                "subject": "[Request received]",
                "body": "Your request has been updated.",
                "recipients": [owner.requester.user_id],
            }
        )
    return {
        "id": record.audit_id,
        "ticket_id": owner.ticket_id,
        "created_at": instant(record.at),
        "author_id": record.author_id,
        "metadata": {"system": {"client": "sandbox", "location": "Berlin"}, "custom": {}},
        "events": events,
        "via": _action_via(record, owner),
    }


def comment(record: Action, owner: Ticket) -> Json:
    """Return the comment of an audit; its id is that of the audit's Comment event."""
    shown = _comment_event(record, owner)
    return shown | {
        "created_at": instant(record.at),
        "metadata": {"system": {"client": "sandbox"}, "custom": {}},
        "via": _action_via(record, owner),
    }


def rating(record: Rating, owner: Ticket, now: int) -> Json:
    """Return a survey: offered, or its latest answer."""
    answers = [answer for answer in record.answers if answer[0] <= now]
    return {
        "url": f"{HOST}/api/v2/satisfaction_ratings/{record.rating_id}.json",
        "id": record.rating_id,
        "assignee_id": record.assignee_id,
        "group_id": record.group_id,
        "requester_id": owner.requester.user_id,
        "ticket_id": owner.ticket_id,
        "score": _score(answers),
        "created_at": instant(record.offered),
        "updated_at": instant(answers[-1][0] if answers else record.offered),
        "comment": None,
    }


def _score(answers: list[tuple[int, bool]]) -> str:
    if not answers:
        return "offered"
    return "good" if answers[-1][1] else "bad"


def _ticket_rating(record: Rating | None, now: int) -> Json:
    if record is None or record.offered > now:
        return {"score": "unoffered"}
    answers = [answer for answer in record.answers if answer[0] <= now]
    return {"score": _score(answers), "id": record.rating_id} if answers else {"score": "offered"}


def _comment_event(record: Action, owner: Ticket) -> Json:
    assert record.comment is not None
    is_public, text = record.comment
    return {
        "id": record.audit_id * 10,
        "type": "VoiceComment" if owner.channel == "voice" and record is owner.actions[0] else "Comment",
        "author_id": record.author_id,
        "body": text,
        "html_body": f'<div class="zd-comment"><p>{text}</p></div>',
        "plain_body": text,
        "public": is_public,
        "attachments": [],
        "audit_id": record.audit_id,
    }


def _field(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


def _via(channel: str) -> Json:
    return {"channel": channel, "source": {"from": {}, "to": {}, "rel": None}}


def _action_via(record: Action, owner: Ticket) -> Json:
    if record.channel == "rule":
        is_trigger = record.comment is not None
        source = {"from": TRIGGER, "to": {}, "rel": "trigger"} if is_trigger else {"from": {}, "rel": "automation"}
        return {"channel": "rule", "source": source}
    if record.comment is not None and "merged into this request" in record.comment[1]:
        return {"channel": "web", "source": {"from": {"subject": "merged"}, "to": {}, "rel": "merge"}}
    return _via(record.channel)
