"""Persons of the funnel: one entity per group of merged or same-e-mail records, with its milestones."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from tests.oracle.ledger import UNKNOWN, Ledger, Row, instant, truth
from tests.oracle.owners import Owned, owners

EVENT_ORDER = {"lead": 0, "recycled": 1, "disqualified": 2, "mql": 3, "sql": 4}


@dataclass
class Person:
    """One person: its records and what they add up to at the as-of date."""

    records: list[Row]
    main: Row
    is_lead: bool
    is_excluded: bool
    lead_at: datetime
    lead_date: date
    channel: str = UNKNOWN
    source: str = ""
    campaign: str = ""
    touch_days: list[date] = field(default_factory=list)
    mql_events: list[datetime] = field(default_factory=list)
    sql_at: datetime | None = None
    owners: dict[str, Owned] = field(default_factory=dict)  # of each of its records
    is_qualified_late: bool = False  # accepted by sales first, and only then an MQL

    @property
    def key(self) -> str:
        """The id that stands for the person."""
        return str(self.main["lead_id"])

    @property
    def account_id(self) -> str:
        """The company of the person, or empty."""
        return self.present("account_id")

    def present(self, column: str) -> str:
        """An attribute of the main record, else of the earliest other record that has it."""
        for row in [self.main, *self.records]:
            if row.get(column):
                return str(row[column])
        return ""

    def owner(self, day: date) -> str:
        """Who had it at the end of a day: the main record's owner then, else that of the earliest other one with one.

        A record that is made later had none then; the earliest stands for the days before it as well.
        """
        told = [self.owners[row["lead_id"]] for row in [self.main, *self.records]]
        earliest = self.owners[self.records[0]["lead_id"]]
        there = [owned for owned in told if owned is earliest or owned.is_there(day)]
        return next((rep for owned in there if (rep := owned.on(day))), "")


def normalised(email: str) -> str:
    """An e-mail after trimming, NFC and lower-casing, nothing more."""
    return unicodedata.normalize("NFC", email.strip()).lower()


def latest(rows: list[Row], key: str) -> dict[str, Row]:
    """The newest version of every record."""
    newest: dict[str, Row] = {}
    for row in rows:
        if row[key] not in newest or row.get("updated_at", "") >= newest[row[key]].get("updated_at", ""):
            newest[row[key]] = row
    return newest


class Groups:
    """Disjoint sets of record ids."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def find(self, node: str) -> str:
        """The representative of a node's set."""
        self.parent.setdefault(node, node)
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def join(self, left: str, right: str) -> None:
        """Put two nodes into one set."""
        self.parent[self.find(left)] = self.find(right)


def merges(ledger: Ledger, entity: str, *, later_too: bool = False) -> dict[str, str]:
    """Merged id → survivor id of one entity, as known at the as-of date, or of all times."""
    return {
        row["merged_id"]: row["survivor_id"]
        for row in ledger.rows("record_merges")
        if row["entity"] == entity and (later_too or ledger.happened(row["merged_at"]))
    }


def survivor(merged: dict[str, str], record: str) -> str:
    """The end of a merge chain."""
    while record in merged:
        record = merged[record]
    return record


def persons(ledger: Ledger) -> dict[str, Person]:
    """Every person by each of its record ids."""
    merged = merges(ledger, "leads")
    records = _existing(ledger)
    groups = Groups()
    for key, row in records.items():
        groups.join(key, "merge:" + survivor(merged, key))
        if row.get("email", "").strip():
            groups.join(key, "email:" + normalised(row["email"]))
    members: dict[str, list[Row]] = defaultdict(list)
    for key, row in records.items():
        members[groups.find(key)].append(row)
    vanished = _vanished(ledger, merged)
    events = _by_lead(ledger.rows("lead_events"))
    touches = _by_lead(ledger.rows("touches"))
    excluded, owned = _exclusions(ledger), owners(ledger, records)
    found: dict[str, Person] = {}
    for rows in members.values():
        ends = {survivor(merged, row["lead_id"]) for row in rows}
        gone = [key for key, end in vanished.items() if end in ends]
        told = [_including(things, rows, gone) for things in (events, touches)]
        person = _person(ledger, rows, merged, told[0], told[1], excluded)
        person.owners = {row["lead_id"]: owned[row["lead_id"]] for row in rows}
        for row in rows:
            found[row["lead_id"]] = person
    for merged_id in merged:
        end = survivor(merged, merged_id)
        if merged_id not in found and end in found:
            found[merged_id] = found[end]
        if end not in found and merged_id in found:
            found[end] = found[merged_id]
    return found


def _existing(ledger: Ledger) -> dict[str, Row]:
    """The records that exist at the as-of date.

    What a merge deleted lives on in its survivor, as long as that one is not deleted, or never was in the data. Before
    the merge it is a record of its own: a deletion by a merge that has not happened has not happened either.
    """
    rows = latest(ledger.rows("leads"), "lead_id")
    merged = merges(ledger, "leads", later_too=True)

    def is_gone(key: str) -> bool:
        return key in rows and truth(rows[key].get("is_deleted"), False)

    return {
        key: row
        for key, row in rows.items()
        if ledger.happened(row["created_at"])
        and not (is_gone(key) and (key not in merged or is_gone(survivor(merged, key))))
    }


def _vanished(ledger: Ledger, merged: dict[str, str]) -> dict[str, str]:
    """Ids that were merged away and have no record, each with the record at the end of its merges."""
    known = {row["lead_id"] for row in ledger.rows("leads")}
    return {key: survivor(merged, key) for key in merged if key not in known}


def _including(things: dict[str, list[Row]], rows: list[Row], gone: list[str]) -> dict[str, list[Row]]:
    """What the records of a person tell; what an id without a record tells is told by nobody's record."""
    return {key: things.get(key, []) for key in [*(row["lead_id"] for row in rows), *gone]}


def _by_lead(rows: list[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["lead_id"]].append(row)
    return grouped


def _exclusions(ledger: Ledger) -> set[tuple[str, str]]:
    return {
        (row["rule_type"], normalised(row["value"]) if row["rule_type"] != "lead_id" else row["value"])
        for row in ledger.rows("lead_exclusions")
    }


def _is_excluded(row: Row, rules: set[tuple[str, str]]) -> bool:
    email = normalised(row.get("email", ""))
    return (
        ("email", email) in rules
        or ("email_domain", email.rpartition("@")[2]) in rules
        or ("lead_id", row["lead_id"]) in rules
    )


def _lead_at(ledger: Ledger, row: Row | None, events: list[Row]) -> datetime | None:
    """When a record had become a lead by the as-of date, if it had.

    With a `lead` event at its first lead-or-later event, else at its creation. Who is marked as no lead, and an id
    without a record, is one by such an event only. A vendor marks who ever was a lead; when all that made it one comes
    after the as-of date, it was none yet.
    """
    told = [event for event in events if event["event_type"] in ("lead", "mql", "sql")]
    reached = [event for event in told if ledger.happened(event["occurred_at"])]
    first = min((moment for event in reached if (moment := instant(event["occurred_at"]))), default=None)
    if row is None or not truth(row.get("is_lead"), True):
        return first
    if any(event["event_type"] == "lead" for event in reached):
        return first
    if row.get("is_lead") and not reached and any(event["event_type"] == "lead" for event in told):
        return None
    return instant(row["created_at"])


def _person(
    ledger: Ledger,
    rows: list[Row],
    merged: dict[str, str],
    events: dict[str, list[Row]],
    touches: dict[str, list[Row]],
    excluded: set[tuple[str, str]],
) -> Person:
    rows = sorted(rows, key=lambda row: (instant(row["created_at"]), row["lead_id"]))
    main = next((row for row in rows if row["lead_id"] not in merged), rows[0])
    by_id = {row["lead_id"]: row for row in rows}
    moments = [_lead_at(ledger, by_id.get(key), told) for key, told in events.items()]
    reached = [moment for moment in moments if moment]
    lead_at = min(reached, default=None) or instant(rows[0]["created_at"])
    assert lead_at is not None
    person = Person(
        records=rows,
        main=main,
        is_lead=bool(reached),
        is_excluded=any(_is_excluded(row, excluded) for row in rows),
        lead_at=lead_at,
        lead_date=ledger.day(lead_at.isoformat()) or date.min,
    )
    _milestones(person, [e for told in events.values() for e in told if ledger.happened(e["occurred_at"])])
    _touch(ledger, person, [touch for told in touches.values() for touch in told])
    return person


def _milestones(person: Person, events: list[Row]) -> None:
    """MQL events that count (none since the last recycling or disqualification) and the first SQL."""
    is_qualified = was_put_back = False
    for event in sorted(events, key=lambda e: (instant(e["occurred_at"]), EVENT_ORDER[e["event_type"]])):
        moment = instant(event["occurred_at"])
        assert moment is not None
        if event["event_type"] in ("recycled", "disqualified"):
            is_qualified = False
            was_put_back = person.sql_at is not None
        elif event["event_type"] == "mql" and not is_qualified:
            is_qualified = True
            if not person.mql_events:
                person.is_qualified_late = person.sql_at is not None and not was_put_back
            person.mql_events.append(moment)
        elif event["event_type"] == "sql" and person.sql_at is None:
            person.sql_at = moment


def _touch(ledger: Ledger, person: Person, touches: list[Row]) -> None:
    """The channel of the first touch; without one by the lead date, the source of the earliest record."""
    mapping = {
        row["source"].strip().lower(): row["channel"]
        for row in ledger.rows("channel_mapping")
        if not row.get("source_system")
    }
    happened = sorted(
        (instant(touch["touched_at"]), touch["touch_id"], touch["source"], touch.get("campaign_id", ""))
        for touch in touches
        if ledger.happened(touch["touched_at"])
    )
    days = [(ledger.day(moment.isoformat()), source, campaign) for moment, _, source, campaign in happened if moment]
    before = [(source, campaign) for day, source, campaign in days if day and day <= person.lead_date]
    first = person.records[0]
    person.source, person.campaign = before[0] if before else (first.get("source", ""), first.get("campaign_id", ""))
    person.channel = mapping.get(person.source.strip().lower(), UNKNOWN)
    person.touch_days = sorted(day for day, _, _ in days if day)
    if not before:
        person.touch_days = sorted([*person.touch_days, person.lead_date])
