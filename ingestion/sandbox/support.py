"""The help desk of the simulated company: who asks, who answers, and what that truly means."""

import datetime as dt
import random
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from ingestion.sandbox import billing
from ingestion.sandbox.business_time import WorkingTime
from ingestion.sandbox.clock import epoch_seconds, from_millis, iso_seconds
from ingestion.sandbox.companies import Company
from ingestion.sandbox.people import Person
from ingestion.sandbox.zendesk_metric_sets import SOLVED, metric_set
from ingestion.sandbox.zendesk_metrics import ledger_events
from ingestion.sandbox.zendesk_scripts import SCRIPTS, Play
from ingestion.sandbox.zendesk_tickets import (
    DAY,
    GROUPS,
    HOUR,
    SYSTEM_USER,
    Organization,
    Rating,
    Ticket,
    User,
    is_deleted,
)

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

Row = dict[str, str]
_TICKETS = 800
_FIRST_USER, _FIRST_ORGANIZATION, _FIRST_TICKET = 9_100_000_001, 8_200_000_001, 1001
_AGENTS = ("Greta Olsen", "Henry Moreau", "Irene Novak", "Jamal Reed", "Kim Sato", "Lars Berg")
_CHANNELS = (("email", 45), ("web", 30), ("native_messaging", 9), ("voice", 8), ("api", 5), ("facebook", 3))
_WORDS = {"native_messaging": "chat", "voice": "phone", "facebook": "social", "api": "other"}
_FREE_MAIL = ("gmail.com", "outlook.com", "gmx.de")


@dataclass
class Support:
    """Everything the help desk ever holds, up to the horizon; each list is ordered by creation."""

    world: "World"
    users: list[User] = field(default_factory=list)
    organizations: list[Organization] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)

    @cached_property
    def working(self) -> WorkingTime:
        """The help desk's hours."""
        return WorkingTime(self.world)

    @property
    def ratings(self) -> list[tuple[Rating, Ticket]]:
        """Every survey with its ticket."""
        return [(ticket.rating, ticket) for ticket in self.tickets if ticket.rating is not None]

    def ledger_tables(self, now: dt.datetime) -> dict[str, list[Row]]:
        """Return the truth about tickets, their events and ratings; deleted and merged tickets are left out."""
        at = epoch_seconds(now)
        agents = {user.user_id for user in self.users if user.is_agent}
        kept = [ticket for ticket in self.tickets if ticket.created <= at and not is_gone(ticket, at)]
        return {
            "tickets": [_ticket_row(ticket, self.working, at) for ticket in kept],
            "ticket_events": [row for ticket in kept for row in _event_rows(ticket, self.working, agents, at)],
            "ratings": [row for ticket in kept for row in _rating_rows(ticket, at)],
        }


def is_gone(ticket: Ticket, now: int) -> bool:
    """Tell whether a ticket stands deleted or merged at a moment."""
    return is_deleted(ticket, now) or (ticket.merged_at is not None and ticket.merged_at <= now)


def simulate(world: "World") -> Support:
    """Return the help desk of a world: its users, organisations and tickets up to `world.end`."""
    desk = Support(world)
    start = epoch_seconds(world.start)
    for number, name in enumerate(_AGENTS):
        email = f"{name.replace(' ', '.').lower()}@sandbox-ltd.example"
        role = "admin" if number == 0 else "agent"
        desk.users.append(User(_FIRST_USER + number, name, email, role, None, start - 30 * DAY))
    _Desk(desk, world).run()
    for number, ticket in enumerate(desk.tickets):
        for place, action in enumerate(ticket.actions):
            action.audit_id = ticket.ticket_id * 1000 + place
        if ticket.rating is not None:
            ticket.rating.rating_id = 7_300_000_000 + number
    return desk


class _Desk:
    """Fills the help desk, ticket by ticket in time order."""

    def __init__(self, desk: Support, world: "World") -> None:
        self.desk, self.world = desk, world
        self.rng = world.random("support")
        self.agents = list(desk.users)
        self.organizations: dict[str, Organization] = {}
        self.requesters: dict[str, User] = {}
        self.people: dict[str, list[Person]] = {}
        for person in world.people:
            if person.company_id is not None and person.email is not None:
                self.people.setdefault(person.company_id, []).append(person)
        part = world.part("billing", billing.simulate)
        clients = {customer.company_id: customer.created for customer in part.customers if customer.company_id}
        self.clients = sorted((created, company_id) for company_id, created in clients.items())

    def run(self) -> None:
        """Create all tickets."""
        scripts = [script for script, weight in SCRIPTS for _ in range(weight)]
        for number, moment in enumerate(self.world.moments(self.rng, _TICKETS)):
            rng = self.world.random(f"ticket {number}")
            requester, organization = self._requester(rng, epoch_seconds(moment))
            script = SCRIPTS[number][0] if number < len(SCRIPTS) else rng.choice(scripts)
            ticket = self._ticket(rng, epoch_seconds(moment), requester, organization, script)
            Play(ticket, rng).run(script)
            if number % 37 == 11 and script in ("normal", "noted", "held"):
                twin = self._ticket(rng, ticket.created + rng.randrange(60, 1800), requester, organization, "normal")
                Play(twin, rng).merge_into(ticket)
        self.desk.tickets.sort(key=lambda ticket: (ticket.created, ticket.ticket_id))

    def _ticket(
        self, rng: random.Random, at: int, requester: User, organization: Organization | None, script: str
    ) -> Ticket:
        assignee = rng.choice(self.agents)
        is_by_agent = script in ("agent_opened", "agent_silent", "logged_call")
        channel = rng.choices([word for word, _ in _CHANNELS], [weight for _, weight in _CHANNELS])[0]
        ticket = Ticket(
            _FIRST_TICKET + len(self.desk.tickets),
            at,
            requester,
            assignee if is_by_agent else requester,
            organization,
            "voice" if script == "logged_call" else channel,
            rng.choice((None, "low", "normal", "normal", "high", "urgent")),
            rng.choice((None, "question", "problem", "incident", "task")),
            rng.choice(GROUPS),
            assignee,
        )
        self.desk.tickets.append(ticket)
        return ticket

    def _requester(self, rng: random.Random, at: int) -> tuple[User, Organization | None]:
        """Return who asks at a moment: a client's contact, somebody else's, or a consumer."""
        known = bisect_right(self.clients, (at, "~"))
        dice = rng.random()
        if known and dice < 0.85:
            company = self.world.company(self.clients[rng.randrange(known)][1])
        elif dice < 0.93:
            companies = self.world.companies
            company = companies[rng.randrange(max(1, len(companies) // 2))]
            if epoch_seconds(company.created_at) > at:
                return self._consumer(rng, at), None
        else:
            return self._consumer(rng, at), None
        organization = self._organization(company, at)
        return self._contact(rng, company, organization, at), organization

    def _organization(self, company: Company, at: int) -> Organization:
        known = self.organizations.get(company.company_id)
        if known is None:
            number = len(self.organizations)
            known = Organization(
                _FIRST_ORGANIZATION + 13 * number, company.company_id, company.name, company.domain,
                number % 7 != 6, at - 60, at + 90 * DAY if number % 9 == 4 else None,
            )  # fmt: skip
            self.organizations[company.company_id] = known
            self.desk.organizations.append(known)
        return known

    def _contact(self, rng: random.Random, company: Company, organization: Organization, at: int) -> User:
        """Return a person of the company that the CRM knows too, or one that only the help desk knows."""
        known = [
            person for person in self.people.get(company.company_id, []) if epoch_seconds(person.created_at) < at - HOUR
        ]
        if known and rng.random() < 0.75:
            person = known[rng.randrange(min(3, len(known)))]
            email, name = str(person.email), f"{person.first_name} {person.last_name}"
        else:
            email, name = f"help{rng.randrange(2)}@{company.domain}", f"{company.name} helpdesk"
        return self._user(email, name, organization.organization_id, at)

    def _consumer(self, rng: random.Random, at: int) -> User:
        number = rng.randrange(10_000)
        return self._user(f"asks{number}@{rng.choice(_FREE_MAIL)}", f"Asker {number}", None, at)

    def _user(self, email: str, name: str, organization_id: int | None, at: int) -> User:
        known = self.requesters.get(email)
        if known is None:
            number = _FIRST_USER + 100 + 7 * len(self.requesters)
            deleted = at + 200 * DAY if len(self.requesters) % 41 == 40 else None
            known = User(number, name, email, "end-user", organization_id, at - 30, deleted)
            self.requesters[email] = known
            self.desk.users.append(known)
        return known


def actor_type(author_id: int, agents: set[int]) -> str:
    """Return who an author is: bot, agent or customer."""
    if author_id == SYSTEM_USER:
        return "bot"
    return "agent" if author_id in agents else "customer"


def _instant(seconds: int) -> str:
    return iso_seconds(from_millis(seconds * 1000))


def _ticket_row(ticket: Ticket, working: WorkingTime, now: int) -> Row:
    metrics = metric_set(ticket, working, now, now)
    assignee = ticket.value("assignee_id", now)
    return {
        "ticket_id": str(ticket.ticket_id),
        "account_id": ticket.organization.company_id if ticket.organization else "",
        "created_at": _instant(ticket.created),
        "ticket_channel": _WORDS.get(ticket.channel, ticket.channel),
        "opened_by": "agent" if ticket.submitter.is_agent else "customer",
        "priority": ticket.priority or "",
        "agent_id": "" if assignee is None else str(assignee),
        "schedule_id": "default",
        "agent_group": str(ticket.value("group_id", now)),
        "source_system": "zendesk",
        "vendor_first_reply_minutes": _shown(metrics["reply_time_in_minutes"]["business"]),
        "vendor_full_resolution_minutes": _shown(metrics["full_resolution_time_in_minutes"]["business"]),
    }


def _shown(minutes: int | None) -> str:
    return "" if minutes is None else str(minutes)


def _event_rows(ticket: Ticket, working: WorkingTime, agents: set[int], now: int) -> list[Row]:
    """Return messages, solves, reopenings and what became of the promised reply; closing is no second solve."""
    rows: list[Row] = [
        {"ticket_id": str(ticket.ticket_id), "event_type": event_type, "actor_type": "", "is_public": "",
         "occurred_at": _instant(moment)}
        for moment, event_type in ledger_events(ticket, working, now)
    ]  # fmt: skip
    is_solved = False
    for action in ticket.known_actions(now):
        actor = actor_type(action.author_id, agents)
        found: list[tuple[str, str]] = []
        if action.comment is not None:
            found.append(("message", str(action.comment[0]).lower()))
        for name, _, after in action.changes:
            if name == "status" and (after in SOLVED) != is_solved:
                is_solved = not is_solved
                found.append(("solved" if is_solved else "reopened", ""))
        for event_type, is_public in found:
            rows.append(
                {
                    "ticket_id": str(ticket.ticket_id),
                    "event_type": event_type,
                    "actor_type": actor,
                    "is_public": is_public,
                    "occurred_at": _instant(action.at),
                }
            )
    return rows


def _rating_rows(ticket: Ticket, now: int) -> list[Row]:
    """Return one row per answer of a survey, or one for an offer without any."""
    rating = ticket.rating
    if rating is None or rating.offered > now:
        return []
    answers = [answer for answer in rating.answers if answer[0] <= now]
    shown: list[tuple[str, str, str]] = [
        (f"{rating.rating_id}-{number}", _instant(at), str(is_good).lower())
        for number, (at, is_good) in enumerate(answers)
    ]
    return [
        {
            "rating_id": rating_id,
            "ticket_id": str(ticket.ticket_id),
            "survey_type": "csat",
            "offered_at": _instant(rating.offered),
            "rated_at": rated_at,
            "score": "",
            "scale_max": "",
            "is_good": is_good,
            "agent_group": str(rating.group_id),
        }
        for rating_id, rated_at, is_good in (shown or [(str(rating.rating_id), "", "")])
    ]
