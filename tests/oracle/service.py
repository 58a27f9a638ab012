"""Tickets: what came in, how fast a person answered and how satisfied the customer was."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.oracle.facts import Fact, Facts, accounts
from tests.oracle.ledger import UNKNOWN, Ledger, Row, instant, truth
from tests.oracle.opportunities import member
from tests.oracle.people import latest, merges
from tests.oracle.periods import MONTHS

GOOD_FROM = {5: 4, 3: 3, 2: 2}
Moment = tuple[datetime, Row]
Key = tuple[str, str, date, str, str]
Value = tuple[Decimal | None, Decimal | None, float | None]
NONE: Value = (None, None, None)
SHARED = ("total", "region", "segment")
OF_SALES = ("channel", "source", "campaign", "product", "opportunity_type", "currency", "team", "sales_rep")


def tickets_per_customer(values: dict[Key, Value]) -> dict[Key, Value]:
    """Tickets created in a month or longer by the customers active at its end, where both have the dimension."""
    found: dict[Key, Value] = {}
    for kpi, grain, start, dimension, who in values:
        if kpi in ("tickets_created", "active_customers") and grain in MONTHS and dimension in SHARED:
            created = values.get(("tickets_created", grain, start, dimension, who), NONE)[0] or Decimal(0)
            active = values.get(("active_customers", grain, start, dimension, who), NONE)[0] or Decimal(0)
            quotient = float(created / active) if active else None
            found["tickets_per_customer", grain, start, dimension, who] = (created, active, quotient)
    return found


def _source(ticket: Row) -> str:
    return str(ticket.get("source_system") or "")


def _asked_and_answered(events: list[Moment]) -> tuple[datetime | None, datetime | None]:
    """The customer's first message and the first later public message of a human agent."""
    messages = [(moment, row) for moment, row in events if row["event_type"] == "message"]
    start = min((moment for moment, row in messages if row["actor_type"] == "customer"), default=None)
    answers = [
        moment
        for moment, row in messages
        if row["actor_type"] == "agent" and truth(row["is_public"], False) and start and moment > start
    ]
    return start, min(answers, default=None)


class Hours:
    """Business minutes of the schedules, in their own zones, holidays out."""

    def __init__(self, ledger: Ledger) -> None:
        self.windows: dict[str, dict[int, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
        self.zones: dict[str, ZoneInfo] = {}
        for row in ledger.rows("business_hours"):
            self.windows[row["schedule_id"]][int(row["weekday"])].append((row["opens_at"], row["closes_at"]))
            self.zones[row["schedule_id"]] = ZoneInfo(row["time_zone"])
        self.holidays = {(row["schedule_id"], row["holiday_date"]) for row in ledger.rows("holidays")}

    def minutes(self, schedule: str, start: datetime, end: datetime) -> Decimal | None:
        """Minutes inside the schedule between two instants; None for an unknown schedule."""
        if schedule not in self.zones:
            return None
        zone, seconds = self.zones[schedule], 0.0
        day = start.astimezone(zone).date()
        while day <= end.astimezone(zone).date():
            if (schedule, day.isoformat()) not in self.holidays:
                for opens, closes in self.windows[schedule][day.isoweekday()]:
                    low = max(start, self._moment(day, opens, zone))
                    high = min(end, self._moment(day, closes, zone))
                    seconds += max(0.0, (high - low).total_seconds())
            day += timedelta(days=1)
        return Decimal(str(seconds)) / 60

    @staticmethod
    def _moment(day: date, clock: str, zone: ZoneInfo) -> datetime:
        if clock == "24:00":
            return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(ZoneInfo("UTC"))
        return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(ZoneInfo("UTC"))


class Service:
    """Service facts of the tickets that are neither deleted nor merged into another."""

    def __init__(self, ledger: Ledger, out: Facts) -> None:
        self.ledger, self.out, self.companies = ledger, out, accounts(ledger)
        sent = latest(ledger.rows("tickets"), "ticket_id")
        self.known = {*sent, *merges(ledger, "tickets")}
        self.tickets = {
            key: row
            for key, row in sent.items()
            if not truth(row.get("is_deleted"), False)
            and not row.get("merged_into_ticket_id")
            and ledger.happened(row["created_at"])
        }

    def members(self, ticket: Row) -> dict[str, str]:
        """The members of a ticket's facts."""
        company = self.companies.get(ticket.get("account_id", ""), {})
        return {
            "region": member(company.get("region")),
            "segment": member(company.get("segment")),
            "ticket_channel": member(ticket.get("ticket_channel")),
            "agent_group": member(ticket.get("agent_group")),
        }

    def collect(self) -> None:
        """Add every service fact."""
        for ticket in self.tickets.values():
            day = self.ledger.day(ticket["created_at"])
            assert day is not None
            self.out.count("tickets_created", day, self.members(ticket))
        self._lives()
        self._ratings()

    def _day(self, moment: datetime) -> date:
        day = self.ledger.day(moment.isoformat())
        assert day is not None
        return day

    def _lives(self) -> None:
        """What became of every ticket: answers, solves, reopenings, targets, and on which evenings it was open."""
        hours, evenings = Hours(self.ledger), Counter[tuple[str, date, tuple[tuple[str, str], ...]]]()
        happened: dict[str, list[Moment]] = defaultdict(list)
        for row in self.ledger.rows("ticket_events"):
            moment = instant(row["occurred_at"])
            if moment and self.ledger.happened(row["occurred_at"]):
                happened[row["ticket_id"]].append((moment, row))
        told = {_source(row) for key, row in self.tickets.items() if happened[key]}
        for key, ticket in self.tickets.items():
            events = sorted(happened[key], key=lambda event: (event[0], event[1]["event_type"] == "solved"))
            start, reply = _asked_and_answered(events)
            if start and reply:
                self._duration("first_response_minutes", hours, ticket, start, reply)
            self._solves(hours, ticket, events, start)
            self._shown_by_vendor(ticket, events, reply, tells=_source(ticket) in told)
            self._targets(ticket, events)
            if _source(ticket) not in told:
                continue
            at = tuple(self.members(ticket).items())
            for day in self._open_evenings(ticket, events):
                evenings["ticket_backlog", day, at] += 1
                is_asked = start is not None and self._day(start) <= day
                if is_asked and (reply is None or self._day(reply) > day):
                    evenings["tickets_waiting_first_response", day, at] += 1
        for (kpi, day, at), number in evenings.items():
            self.out.stocks.append(Fact(kpi, day, dict(at), Decimal(number)))

    def _duration(self, name: str, hours: Hours, ticket: Row, start: datetime, end: datetime) -> None:
        minutes = hours.minutes(ticket.get("schedule_id") or "default", start, end)
        if minutes is not None and start <= end:
            self.out.durations.append(Fact(name, self._day(end), self.members(ticket), minutes))

    def _shown_by_vendor(self, ticket: Row, events: list[Moment], reply: datetime | None, *, tells: bool) -> None:
        """The vendor's own minutes: on the day of the reply or the last solve; of the creation if nobody tells them."""
        solves = [moment for moment, row in events if row["event_type"] == "solved"]
        ends = {"first_reply": reply, "full_resolution": max(solves, default=None)}
        names = {"first_reply": "first_response_minutes_vendor", "full_resolution": "resolution_minutes_vendor"}
        for column, end in ends.items():
            minutes = ticket.get(f"vendor_{column}_minutes")
            day = (self._day(end) if end else None) if tells else self.ledger.day(ticket["created_at"])
            if minutes and day is not None:
                self.out.durations.append(Fact(names[column], day, self.members(ticket), Decimal(minutes)))

    def _solves(self, hours: Hours, ticket: Row, events: list[Moment], start: datetime | None) -> None:
        turns = [(moment, row["event_type"]) for moment, row in events if row["event_type"] in ("solved", "reopened")]
        solves = [moment for moment, kind in turns if kind == "solved"]
        if not solves:
            return
        first, last, at = solves[0], solves[-1], self.members(ticket)
        was_reopened = any(kind == "reopened" and moment > first for moment, kind in turns)
        self.out.ratio("ticket_reopen_rate", self._day(first), at, was_reopened)
        stays_solved = turns[-1][1] == "solved"
        if stays_solved:
            self.out.count("tickets_solved", self._day(last), at)
        if start is None:
            return
        self._duration("first_resolution_minutes", hours, ticket, start, first)
        if stays_solved:
            self._duration("resolution_minutes", hours, ticket, start, last)
        if first < start:
            nobody = dict.fromkeys(OF_SALES, UNKNOWN)
            where = {name: at[name] for name in ("region", "segment")}
            self.out.count("data_quality_negative_durations", self._day(first), where | nobody)

    def _open_evenings(self, ticket: Row, events: list[Moment]) -> Iterator[date]:
        """Every day at whose end the ticket was created and not solved."""
        day, is_open = self.ledger.day(ticket["created_at"]), True
        assert day is not None
        turns = [(self._day(moment), row["event_type"]) for moment, row in events]
        turns = [turn for turn in turns if turn[1] in ("solved", "reopened")]
        while day <= self.ledger.as_of:
            while turns and turns[0][0] <= day:
                is_open = turns.pop(0)[1] == "reopened"
            if is_open:
                yield day
            elif not turns:
                return
            day += timedelta(days=1)

    def _targets(self, ticket: Row, events: list[Moment]) -> None:
        """Targets that were due: missed by the breach told next; each one met is the next due of those still open."""
        due = [moment for moment, row in events if row["event_type"] == "sla_due"]
        is_missed, is_met = [False] * len(due), [False] * len(due)
        for moment, row in events:
            before = [number for number, at in enumerate(due) if at <= moment]
            if row["event_type"] != "sla_breached" or not before:
                continue
            same = [number for number in before if due[number] == due[before[-1]] and not is_missed[number]]
            if same:
                is_missed[same[0]] = True
        for moment, row in events:
            if row["event_type"] != "sla_met":
                continue
            still_open = [n for n, at in enumerate(due) if at >= moment and not is_missed[n] and not is_met[n]]
            if still_open:
                is_met[still_open[0]] = True
        for met, at in zip(is_met, due, strict=True):
            self.out.ratio("sla_met_rate", self._day(at), self.members(ticket), met)

    def _ratings(self) -> None:
        answers: dict[str, list[Row]] = defaultdict(list)
        offers: dict[tuple[str, str], list[Row]] = defaultdict(list)
        raters: dict[str, Row] = {}
        for row in self.ledger.rows("ratings"):
            ticket = row["ticket_id"]
            if (row.get("survey_type") or "csat") != "csat" or (ticket in self.known and ticket not in self.tickets):
                continue
            subject = ticket or row["rating_id"]
            raters[subject] = self.tickets.get(subject, {"account_id": row.get("account_id") or ""})
            is_answered = bool(row.get("rated_at")) and self.ledger.happened(row["rated_at"])
            if is_answered:
                answers[subject].append(row)
            if self.ledger.happened(row["offered_at"]):
                offers[subject, row["offered_at"]].append(row)
        for subject, rows in answers.items():
            last = max(rows, key=lambda row: (instant(row["rated_at"]), row["rating_id"]))
            day = self.ledger.day(last["rated_at"])
            assert day is not None
            self.out.ratio("csat", day, self._rated_members(raters[subject], last), self._is_good(last))
        for (subject, offered_at), rows in offers.items():
            day = self.ledger.day(offered_at)
            assert day is not None
            answered = [row for row in rows if row.get("rated_at") and self.ledger.happened(row["rated_at"])]
            last = max(answered or rows, key=lambda row: (row["rated_at"], row["rating_id"]))
            self.out.ratio("csat_response_rate", day, self._rated_members(raters[subject], last), bool(answered))

    def _rated_members(self, ticket: Row, rating: Row) -> dict[str, str]:
        """The members of a rating: those of its ticket, but the group that was in charge then, where it is told."""
        group = rating.get("agent_group")
        return self.members(ticket) | ({"agent_group": member(group)} if group else {})

    @staticmethod
    def _is_good(row: Row) -> bool:
        if row.get("is_good"):
            return truth(row["is_good"], False)
        return int(row["score"]) >= GOOD_FROM[int(row["scale_max"])]
