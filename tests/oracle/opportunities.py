"""Opportunities: their life in stages, their closing, their amounts and whose they are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.oracle.ledger import UNKNOWN, Ledger, Row, instant, money, truth
from tests.oracle.people import Person, latest, merges, survivor

GENERIC = {"open": (0, False, False), "won": (10**6, True, True), "lost": (10**6 + 1, True, False)}


@dataclass
class Opportunity:
    """One opportunity at the as-of date."""

    row: Row
    versions: list[Row]
    events: list[tuple[date, str]]  # day and stage, in order, repeats of one stage collapsed
    stages: dict[str, tuple[int, bool, bool]]
    first_real_order: int
    created: date | None = None
    closed: date | None = None
    is_won: bool = False
    account_id: str = ""
    person: Person | None = None
    changes: dict[str, list[tuple[date, str]]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Its id."""
        return str(self.row["opportunity_id"])

    @property
    def is_renewal(self) -> bool:
        """Renewals are out of most KPIs."""
        return self.row.get("opportunity_type") == "renewal"

    @property
    def amount(self) -> Decimal:
        """The present amount in its own currency; none is 0."""
        return money(self.row.get("amount"))

    @property
    def customer(self) -> str:
        """Who buys: the account, else the person."""
        return self.account_id or (f"person:{self.person.key}" if self.person else "")

    def in_force(self, column: str, day: date) -> str:
        """A value as it stood at the end of a day; the first known value is valid back to the creation."""
        known = self.changes.get(column, [])
        before = [value for when, value in known if when <= day]
        if before:
            return before[-1]
        return known[0][1] if known else str(self.row.get(column, ""))

    def is_open(self, day: date) -> bool:
        """Whether it is in the pipeline at the end of a day."""
        if self.created is None or self.created > day:
            return False
        if self.events:
            before = [stage for when, stage in self.events if when <= day]
            return not before or not self.stages.get(before[-1], (0, False, False))[1]
        return self.closed is None or self.closed > day


def opportunities(ledger: Ledger, people: dict[str, Person]) -> list[Opportunity]:
    """Every opportunity that is neither deleted nor merged away and exists at the as-of date."""
    merged = merges(ledger, "opportunities")
    accounts = merges(ledger, "accounts")
    stages = _stages(ledger)
    events = _grouped(ledger.rows("opportunity_stage_events"), "opportunity_id")
    versions = _grouped(ledger.rows("opportunities"), "opportunity_id")
    bridges = (
        _grouped(ledger.rows("opportunity_contacts"), "opportunity_id"),
        _grouped(ledger.rows("opportunity_accounts"), "opportunity_id"),
    )
    changes = _grouped(ledger.rows("opportunity_changes"), "opportunity_id")
    found = []
    for key, row in latest(ledger.rows("opportunities"), "opportunity_id").items():
        if truth(row.get("is_deleted"), False) or key in merged:
            continue
        pipeline = row.get("pipeline_id") or "default"
        known = {**GENERIC, **stages.get(pipeline, {})}
        open_orders = [order for order, is_closed, _ in stages.get(pipeline, {}).values() if not is_closed]
        deal = Opportunity(
            row=row,
            versions=sorted(versions[key], key=lambda version: version.get("updated_at", "")),
            events=_events(ledger, events[key], known),
            stages=known,
            first_real_order=min(open_orders, default=0),
        )
        deal.account_id = _account(deal, bridges[1][key], accounts)
        deal.person = _contact(deal, bridges[0][key], people)
        deal.changes = _changes(ledger, deal, changes[key])
        _live(ledger, deal, has_events=bool(events[key]))
        if deal.created is not None and deal.created <= ledger.as_of:
            found.append(deal)
    return found


def _grouped(rows: list[Row], column: str) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row[column]].append(row)
    return grouped


def _stages(ledger: Ledger) -> dict[str, dict[str, tuple[int, bool, bool]]]:
    """Order, is closed and is won of every stage, by pipeline."""
    pipelines: dict[str, dict[str, tuple[int, bool, bool]]] = defaultdict(dict)
    for row in ledger.rows("pipeline_stages"):
        pipelines[row.get("pipeline_id") or "default"][row["stage_id"]] = (
            int(row["stage_order"]),
            truth(row["is_closed"], False),
            truth(row["is_won"], False),
        )
    return pipelines


def _events(ledger: Ledger, rows: list[Row], stages: dict[str, tuple[int, bool, bool]]) -> list[tuple[date, str]]:
    happened = sorted(
        (row for row in rows if ledger.happened(row["entered_at"])),
        key=lambda row: (instant(row["entered_at"]), stages.get(row["stage_id"], (0, False, False))[0]),
    )
    collapsed: list[tuple[date, str]] = []
    for row in happened:
        day = ledger.day(row["entered_at"])
        assert day is not None
        if not collapsed or collapsed[-1][1] != row["stage_id"]:
            collapsed.append((day, row["stage_id"]))
    return collapsed


def _account(deal: Opportunity, bridge: list[Row], merged: dict[str, str]) -> str:
    primary = [row["account_id"] for row in bridge if truth(row.get("is_primary"), False)]
    return survivor(merged, deal.row.get("account_id") or (sorted(primary)[0] if primary else ""))


def _contact(deal: Opportunity, bridge: list[Row], people: dict[str, Person]) -> Person | None:
    known = [row for row in bridge if row["lead_id"] in people]
    primary = [row for row in known if truth(row.get("is_primary"), False)]
    choices = [people[row["lead_id"]] for row in primary or known]
    if choices:
        return min(choices, key=lambda person: (instant(person.records[0]["created_at"]), person.key))
    return people.get(deal.row.get("lead_id", ""))


def _changes(ledger: Ledger, deal: Opportunity, rows: list[Row]) -> dict[str, list[tuple[date, str]]]:
    """The values of a column over time, from the change log, else from the record's versions."""
    known: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for row in sorted(rows, key=lambda change: change["changed_at"]):
        known[row["field"]].append((ledger.day(row["changed_at"]) or date.min, row["value"]))
    for column in ("amount", "currency_code", "probability", "expected_close_date", "owner_sales_rep_id"):
        if column not in known:
            for version in deal.versions:
                known[column].append((ledger.day(version.get("updated_at")) or date.min, version.get(column, "")))
    return known


def _live(ledger: Ledger, deal: Opportunity, *, has_events: bool) -> None:
    """Fill in creation, closing and outcome at the as-of date."""
    close_day = ledger.day(deal.row.get("closed_at"))
    if has_events:
        real = [
            day
            for day, stage in deal.events
            if deal.stages.get(stage, (deal.first_real_order, False, False))[0] >= deal.first_real_order
        ]
        deal.created = real[0] if real else None
        if deal.events and deal.stages.get(deal.events[-1][1], (0, False, False))[1]:
            day, stage = deal.events[-1]
            deal.closed = min(day, close_day) if close_day else day
            deal.is_won = deal.stages[stage][2]
        return
    deal.created = ledger.day(deal.row["created_at"])
    stage = deal.stages.get(deal.row["stage"], (0, False, False))
    if not stage[1]:
        return
    if close_day is None or close_day > ledger.as_of:
        seen = [
            ledger.day(version.get("updated_at"))
            for version in deal.versions
            if deal.stages.get(version["stage"], (0, False, False))[1]
        ]
        close_day = min((day for day in seen if day), default=None)
    if close_day is not None and close_day <= ledger.as_of:
        deal.closed, deal.is_won = close_day, stage[2]


def member(value: str | None) -> str:
    """A dimension member; nothing known is `(unknown)`."""
    return value or UNKNOWN
