"""What became of leads in the hands of sales: how fast they were answered, whom sales met, who got quotes."""

from __future__ import annotations

from datetime import date, datetime

from tests.oracle.activities import Contact
from tests.oracle.facts import Fact, Facts, People
from tests.oracle.people import Person
from tests.oracle.service import Hours


class Responses:
    """Facts of the persons that are leads and of what was done with them."""

    def __init__(self, funnel: People, contacts: dict[int, list[Contact]], out: Facts) -> None:
        self.funnel, self.contacts, self.out = funnel, contacts, out
        self.hours = Hours(funnel.ledger)

    def collect(self) -> None:
        """Add every fact."""
        for person in self.funnel.leads:
            if person.lead_date > self.funnel.ledger.as_of:
                continue
            mine = sorted(self.contacts.get(id(person), []), key=lambda contact: contact.moment)
            if person.mql_events:
                self._answer(person, min(person.mql_events), mine)
            self._cohorts(person, mine)

    def _answer(self, person: Person, asked: datetime, mine: list[Contact]) -> None:
        day = self.funnel.ledger.day(asked.isoformat())
        assert day is not None
        at = self.funnel.members(person, day)
        answers = [
            contact.moment
            for contact in mine
            if contact.is_outbound and contact.kind in ("call", "meeting", "email") and contact.moment >= asked
        ]
        if not answers:
            self.out.count("leads_waiting_response", day, at)
            return
        minutes = self.hours.minutes("default", asked, answers[0])
        if minutes is not None:
            self.out.durations.append(Fact("lead_response_minutes", day, at, minutes))

    def _cohorts(self, person: Person, mine: list[Contact]) -> None:
        met: list[date] = [contact.day for contact in mine if contact.kind == "meeting"]
        quoted = [contact for contact in mine if contact.kind == "quote" and not contact.is_renewal]
        at = self.funnel.members(person, person.lead_date)
        self.out.ratio("lead_to_meeting_rate", person.lead_date, at, bool(met))
        self.out.ratio("lead_to_quote_rate", person.lead_date, at, bool(quoted))
        if met:
            won = id(person) in self.funnel.first_win
            self.out.ratio("meeting_to_won_rate", met[0], self.funnel.members(person, met[0]), won)
