"""Tickets: what came in, how fast a person answered and how satisfied the customer was."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.oracle.facts import Fact, Facts, accounts
from tests.oracle.ledger import Ledger, Row, instant, truth
from tests.oracle.opportunities import member
from tests.oracle.people import latest

GOOD_FROM = {5: 4, 3: 3, 2: 2}


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
        self.tickets = {
            key: row
            for key, row in latest(ledger.rows("tickets"), "ticket_id").items()
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
        self._responses()
        self._ratings()

    def _responses(self) -> None:
        hours = Hours(self.ledger)
        messages: dict[str, list[Row]] = defaultdict(list)
        for row in self.ledger.rows("ticket_events"):
            if row["event_type"] == "message" and self.ledger.happened(row["occurred_at"]):
                messages[row["ticket_id"]].append(row)
        for key, ticket in self.tickets.items():
            asked = [instant(row["occurred_at"]) for row in messages[key] if row["actor_type"] == "customer"]
            start = min((moment for moment in asked if moment), default=None)
            if start is None:
                continue
            answers = [
                moment
                for row in messages[key]
                if row["actor_type"] == "agent"
                and truth(row["is_public"], False)
                and (moment := instant(row["occurred_at"]))
                and moment > start
            ]
            if not answers:
                continue
            end = min(answers)
            minutes = hours.minutes(ticket.get("schedule_id") or "default", start, end)
            day = self.ledger.day(end.isoformat())
            if minutes is not None and day is not None:
                self.out.durations.append(Fact("first_response_minutes", day, self.members(ticket), minutes))

    def _ratings(self) -> None:
        answers: dict[str, list[Row]] = defaultdict(list)
        offers: dict[tuple[str, str], bool] = {}
        for row in self.ledger.rows("ratings"):
            ticket = row["ticket_id"]
            if (row.get("survey_type") or "csat") != "csat" or (ticket and ticket not in self.tickets):
                continue
            subject = ticket or row["rating_id"]
            is_answered = bool(row.get("rated_at")) and self.ledger.happened(row["rated_at"])
            if is_answered:
                answers[subject].append(row)
            if self.ledger.happened(row["offered_at"]):
                offer = (subject, row["offered_at"])
                offers[offer] = offers.get(offer, False) or is_answered
        for subject, rows in answers.items():
            last = max(rows, key=lambda row: (instant(row["rated_at"]), row["rating_id"]))
            day = self.ledger.day(last["rated_at"])
            assert day is not None
            self.out.ratio("csat", day, self.members(self.tickets.get(subject, {})), self._is_good(last))
        for (subject, offered_at), is_answered in offers.items():
            day = self.ledger.day(offered_at)
            assert day is not None
            self.out.ratio("csat_response_rate", day, self.members(self.tickets.get(subject, {})), is_answered)

    @staticmethod
    def _is_good(row: Row) -> bool:
        if row.get("is_good"):
            return truth(row["is_good"], False)
        return int(row["score"]) >= GOOD_FROM[int(row["scale_max"])]
