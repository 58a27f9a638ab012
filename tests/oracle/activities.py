"""Sales work: calls, meetings, e-mails and quotes, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tests.oracle.facts import Facts, accounts
from tests.oracle.ledger import UNKNOWN, Ledger, Row, instant, truth
from tests.oracle.opportunities import Opportunity, member
from tests.oracle.people import Person, latest

COUNTED_AS = {"call": "calls", "meeting": "meetings", "email": "emails_sent"}


@dataclass(frozen=True)
class Contact:
    """Something that happened with a person: an activity that took place, or a quote that was sent."""

    kind: str  # call, meeting, email, other or quote
    moment: datetime
    day: date
    is_outbound: bool = True
    is_renewal: bool = False


def came_from(person: Person | None) -> dict[str, str]:
    """Where the person of an activity was first touched."""
    if person is None:
        return dict.fromkeys(("channel", "source", "campaign"), UNKNOWN)
    return {"channel": person.channel, "source": member(person.source), "campaign": member(person.campaign)}


class Activities:
    """Facts of what sales people did; `with_person` keeps it by person for the questions asked of leads."""

    def __init__(self, ledger: Ledger, people: dict[str, Person], deals: list[Opportunity], out: Facts) -> None:
        self.ledger, self.people, self.out, self.companies = ledger, people, out, accounts(ledger)
        self.deals = {deal.key: deal for deal in deals}
        self.with_person: dict[int, list[Contact]] = {}

    def collect(self) -> None:
        """Add every fact of activities and quotes."""
        for row in latest(self.ledger.rows("activities"), "activity_id").values():
            if not truth(row.get("is_deleted"), False) and self.ledger.happened(row["occurred_at"]):
                self._activity(row)
        for row in latest(self.ledger.rows("quotes"), "quote_id").values():
            if not truth(row.get("is_deleted"), False) and self.ledger.happened(row["sent_at"]):
                self._quote(row)

    def _activity(self, row: Row) -> None:
        kind, is_outbound = row["activity_type"], (row.get("direction") or "outbound") == "outbound"
        if not truth(row.get("is_completed"), True) or truth(row.get("is_automated"), False):
            return
        if kind == "email" and not is_outbound:
            return
        contact = Contact(kind, *self._when(row["occurred_at"]), is_outbound)
        deal = self.deals.get(row.get("opportunity_id") or "")
        person = self.people.get(row["lead_id"]) if row.get("lead_id") else deal.person if deal else None
        self._keep(person, contact)
        company = self.companies.get(row.get("account_id") or (deal.account_id if deal else ""), {})
        home = self.companies.get(person.account_id, {}) if person else {}
        at = {
            **came_from(person),
            **{
                name: member((person.present(name) if person else "") or home.get(name) or company.get(name))
                for name in ("region", "segment")
            },
            **self._rep(row.get("sales_rep_id"), contact.day),
        }
        if kind in COUNTED_AS:
            self.out.count(COUNTED_AS[kind], contact.day, at)
        if row.get("duration_minutes"):
            self.out.count("engagement_minutes", contact.day, at, Decimal(row["duration_minutes"]))

    def _quote(self, row: Row) -> None:
        deal = self.deals.get(row["opportunity_id"])
        contact = Contact("quote", *self._when(row["sent_at"]), is_renewal=bool(deal and deal.is_renewal))
        self._keep(deal.person if deal else None, contact)
        company = self.companies.get(deal.account_id, {}) if deal else {}
        at = {
            **came_from(deal.person if deal else None),
            "region": member(company.get("region")),
            "segment": member(company.get("segment")),
            **self._rep(deal.in_force("owner_sales_rep_id", contact.day) if deal else "", contact.day),
        }
        self.out.count("quotes_sent", contact.day, at)

    def _keep(self, person: Person | None, contact: Contact) -> None:
        if person:
            self.with_person.setdefault(id(person), []).append(contact)

    def _when(self, text: str) -> tuple[datetime, date]:
        moment, day = instant(text), self.ledger.day(text)
        assert moment is not None
        assert day is not None
        return moment, day

    def _rep(self, rep: str | None, day: date) -> dict[str, str]:
        """The rep and the team that the rep was in that day."""
        known = rep if rep in self.ledger.team_rows else None
        return {"sales_rep": member(known), "team": self.ledger.team(known, day)}
