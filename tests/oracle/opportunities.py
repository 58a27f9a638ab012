"""Opportunities: their life in stages, their closing, their amounts and whose they are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from tests.oracle.histories import GENERIC, NEVER, Entry, Flags, Histories, moment
from tests.oracle.ledger import UNKNOWN, Ledger, Row, instant, money, truth
from tests.oracle.people import Person, latest, merges, survivor


@dataclass
class Opportunity:
    """One opportunity at the as-of date."""

    row: Row
    versions: list[Row]
    events: list[tuple[date, str]]  # day and stage, in order, repeats of one stage collapsed
    stages: dict[str, Flags]
    first_real_order: int
    kind: str  # new, expansion or renewal; empty when nothing says it
    created: date | None = None
    closed: date | None = None
    closing: datetime = NEVER  # the instant of the close, as far as one is known
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
        return self.kind == "renewal"

    @property
    def place_among_closed(self) -> tuple[date, datetime, str]:
        """What closed opportunities are ordered by: day, instant, id."""
        return self.closed or date.max, self.closing, self.key

    @property
    def amount(self) -> Decimal:
        """The present amount in its own currency; none is 0."""
        return money(self.row.get("amount"))

    @property
    def customer(self) -> str:
        """Who buys: the account, else the person."""
        return self.account_id or (f"person:{self.person.key}" if self.person else "")

    @property
    def days(self) -> tuple[int | None, int | None]:
        """Days from creation to close, and those of them on which it was not closed; none while it is open."""
        if self.created is None or self.closed is None:
            return None, None
        away = 0
        for (since, stage), (until, _) in pairwise(self.events):
            if self.stages.get(stage, GENERIC["open"])[1]:
                away += max(0, (min(until, self.closed) - max(since, self.created)).days)
        total = (self.closed - self.created).days
        return total, total - away

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
    """Every opportunity that is not deleted and exists at the as-of date; merged ones are rows of their survivor."""
    accounts, births = merges(ledger, "accounts"), _births(ledger)
    histories = Histories(ledger)
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
        if truth(row.get("is_deleted"), False):
            continue
        pipeline = row.get("pipeline_id") or "default"
        known = {**GENERIC, **stages.get(pipeline, {})}
        open_orders = [order for order, is_closed, _ in stages.get(pipeline, {}).values() if not is_closed]
        mine = sorted(versions[key], key=lambda version: version.get("updated_at", ""))
        history = histories.of(row, mine, events[key], known)
        deal = Opportunity(
            row=row,
            versions=mine,
            events=_events(ledger, history),
            stages=known,
            first_real_order=min(open_orders, default=0),
            kind="renewal" if pipeline in ledger.rules.renewal_pipelines else row.get("opportunity_type", ""),
        )
        deal.account_id = _account(deal, bridges[1][key], accounts, births)
        deal.person = _contact(deal, bridges[0][key], people)
        deal.changes = _changes(ledger, deal, changes[key])
        _live(ledger, deal, history, histories.seen_closed(mine, known))
        if deal.created is not None and deal.created <= ledger.as_of:
            found.append(deal)
    return found


def _grouped(rows: list[Row], column: str) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row[column]].append(row)
    return grouped


def _stages(ledger: Ledger) -> dict[str, dict[str, Flags]]:
    """Order, is closed and is won of every stage, by pipeline."""
    pipelines: dict[str, dict[str, Flags]] = defaultdict(dict)
    for row in ledger.rows("pipeline_stages"):
        pipelines[row.get("pipeline_id") or "default"][row["stage_id"]] = (
            int(row["stage_order"]),
            truth(row["is_closed"], False),
            truth(row["is_won"], False),
        )
    return pipelines


def _events(ledger: Ledger, history: list[Entry]) -> list[tuple[date, str]]:
    """Day and stage of what has happened; entering the stage that one is in changes nothing."""
    collapsed: list[tuple[date, str]] = []
    for at, stage in history:
        day = ledger.day(at.isoformat())
        assert day is not None
        if day <= ledger.as_of and (not collapsed or collapsed[-1][1] != stage):
            collapsed.append((day, stage))
    return collapsed


def _births(ledger: Ledger) -> dict[str, datetime]:
    """The earliest creation of every company, merged records included."""
    merged = merges(ledger, "accounts")
    found: dict[str, datetime] = {}
    for key, row in latest(ledger.rows("accounts"), "account_id").items():
        company = survivor(merged, key)
        found[company] = min(found.get(company, NEVER), instant(row.get("created_at")) or NEVER)
    return found


def _account(deal: Opportunity, bridge: list[Row], merged: dict[str, str], births: dict[str, datetime]) -> str:
    """The record's own company, else the primary one of its bridge, by default the earliest."""
    if deal.row.get("account_id"):
        return survivor(merged, deal.row["account_id"])
    primary = [row for row in bridge if truth(row.get("is_primary"), False)]
    companies = [survivor(merged, row["account_id"]) for row in primary or bridge]
    return min(companies, key=lambda company: (births.get(company, NEVER), company), default="")


def _contact(deal: Opportunity, bridge: list[Row], people: dict[str, Person]) -> Person | None:
    """The record's own contact, else the primary one of its bridge, by default the earliest."""
    if deal.row.get("lead_id") in people:
        return people[deal.row["lead_id"]]
    known = [row for row in bridge if row["lead_id"] in people]
    primary = [row for row in known if truth(row.get("is_primary"), False)]
    choices = [people[row["lead_id"]] for row in primary or known]
    return min(choices, key=lambda person: (instant(person.records[0]["created_at"]), person.key), default=None)


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


def _is_real(deal: Opportunity, stage: str) -> bool:
    """Whether it is in its first real stage or a later one; a word for all pipelines tells no stage before it."""
    order, is_closed, _ = deal.stages.get(stage, (deal.first_real_order, False, False))
    return is_closed or order >= deal.first_real_order or deal.stages[stage] is GENERIC.get(stage)


def _live(ledger: Ledger, deal: Opportunity, history: list[Entry], seen_closed: datetime | None) -> None:
    """Fill in creation, closing and outcome at the as-of date."""
    close_day = ledger.day(deal.row.get("closed_at"))
    if history:
        real = [day for day, stage in deal.events if _is_real(deal, stage)]
        deal.created = real[0] if real else None
        if deal.events and deal.stages.get(deal.events[-1][1], GENERIC["open"])[1]:
            day, stage = deal.events[-1]
            deal.closed = min(day, close_day) if close_day else day
            deal.is_won = deal.stages[stage][2]
            last = [at for at, entered in history if entered == stage and ledger.day(at.isoformat()) == day]
            deal.closing = last[-1]
        return
    if not _is_real(deal, deal.row["stage"]):
        return
    deal.created = ledger.day(deal.row["created_at"])
    stage_flags = deal.stages.get(deal.row["stage"], GENERIC["open"])
    if not stage_flags[1]:
        return
    if close_day is None or close_day > ledger.as_of:
        close_day = ledger.day(seen_closed.isoformat()) if seen_closed else None
    if close_day is not None and close_day <= ledger.as_of:
        deal.closed, deal.is_won = close_day, stage_flags[2]
        deal.closing = moment(ledger, deal.row.get("closed_at")) or NEVER


def member(value: str | None) -> str:
    """A dimension member; nothing known is `(unknown)`."""
    return value or UNKNOWN
