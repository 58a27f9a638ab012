"""Deals that were merged: what the ledger tells of the losers is the survivor's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]
Tables = dict[str, list[Row]]
CHANGING = ("amount", "currency_code", "probability", "expected_close_date", "owner_sales_rep_id")


def moment(text: str) -> datetime:
    """An instant that rows are ordered by."""
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


@dataclass
class Groups:
    """Which deals were merged by the as-of date, and into which."""

    into: dict[str, str]
    at: dict[str, datetime]
    losers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, tables: Tables, happened: Callable[[str], bool]) -> Groups:
        """The groups of the merge log."""
        known = [
            row
            for row in tables.get("record_merges", [])
            if row["entity"] == "opportunities" and happened(row["merged_at"])
        ]
        groups = cls(
            {row["merged_id"]: row["survivor_id"] for row in known},
            {row["merged_id"]: moment(row["merged_at"]) for row in known},
        )
        for loser in groups.into:
            groups.losers[groups.end(loser)].append(loser)
        return groups

    def end(self, deal: str) -> str:
        """The deal that stands for one, through chains."""
        while deal in self.into:
            deal = self.into[deal]
        return deal


def merged_deals(tables: Tables, happened: Callable[[str], bool]) -> Tables:
    """The tables that name deals, as if every loser's rows had been written for its survivor; none without merges."""
    groups = Groups.of(tables, happened)
    if not groups.into:
        return {}
    rows = {name: tables.get(name, []) for name in ("opportunities", "opportunity_stage_events", "opportunity_changes")}
    found = {
        "opportunities": _created_first(rows["opportunities"], groups),
        "opportunity_stage_events": _events(rows["opportunity_stage_events"], rows["opportunities"], groups),
        "opportunity_changes": _changes(rows["opportunity_changes"], rows["opportunities"], groups),
    }
    for name, column in (("opportunity_contacts", "lead_id"), ("opportunity_accounts", "account_id")):
        found[name] = _associations(tables.get(name, []), rows["opportunities"], column, groups)
    for name in ("opportunity_splits", "opportunity_line_items"):
        found[name] = _one_list(tables.get(name, []), groups)
    for name in ("quotes", "activities"):
        found[name] = [_renamed(row, groups) for row in tables.get(name, [])]
    return found


def _renamed(row: Row, groups: Groups) -> Row:
    return {**row, "opportunity_id": groups.end(row.get("opportunity_id") or "")}


def _created_first(versions: list[Row], groups: Groups) -> list[Row]:
    """Versions of the survivors, created with the earliest record of their group."""
    earliest: dict[str, str] = {}
    for row in versions:
        end = groups.end(row["opportunity_id"])
        earliest[end] = min(earliest.get(end, row["created_at"]), row["created_at"], key=moment)
    return [
        {**row, "created_at": earliest[row["opportunity_id"]]}
        for row in versions
        if row["opportunity_id"] not in groups.into
    ]


def _events(events: list[Row], versions: list[Row], groups: Groups) -> list[Row]:
    """All events, each once. The survivor's own decide where the deal stands once it is merged."""
    by_deal: dict[str, list[Row]] = defaultdict(list)
    for row in events:
        by_deal[row["opportunity_id"]].append(row)
    found: dict[tuple[str, str, datetime], Row] = {}

    def add(end: str, stage: str, entered_at: str) -> None:
        row = {"opportunity_id": end, "stage_id": stage, "entered_at": entered_at}
        found.setdefault((end, stage, moment(entered_at)), row)

    for deal, told in by_deal.items():
        if deal not in groups.into:
            for row in told:
                add(deal, row["stage_id"], row["entered_at"])
    for end, losers in groups.losers.items():
        own = sorted(by_deal.get(end, []), key=lambda row: moment(row["entered_at"]))
        for loser in losers if own else []:
            told = [row for row in by_deal.get(loser, []) if moment(row["entered_at"]) <= groups.at[loser]]
            for row in told:
                add(end, row["stage_id"], row["entered_at"])
            stood = [row for row in own if moment(row["entered_at"]) <= groups.at[loser]]
            if stood and any(moment(row["entered_at"]) > moment(stood[-1]["entered_at"]) for row in told):
                add(end, stood[-1]["stage_id"], groups.at[loser].isoformat())
            created = min(
                (row["created_at"] for row in versions if row["opportunity_id"] == loser), default="", key=moment
            )
            if created and not by_deal.get(loser) and moment(created) < moment(own[0]["entered_at"]):
                add(end, own[0]["stage_id"], created)
    return list(found.values())


def _told(deal: str, column: str, changes: list[Row], versions: list[Row]) -> list[Row]:
    """The values of a column over time: by the change log, else by the versions, the first of which began with it."""
    logged = [row for row in changes if row["opportunity_id"] == deal and row["field"] == column]
    if logged:
        return sorted(logged, key=lambda row: moment(row["changed_at"]))
    own = sorted((row for row in versions if row["opportunity_id"] == deal), key=lambda row: row.get("updated_at", ""))
    return [
        {"opportunity_id": deal, "field": column, "value": row.get(column, ""), "changed_at": since}
        for number, row in enumerate(own)
        if (since := row.get("updated_at", "") if number else row["created_at"])
    ]


def _changes(changes: list[Row], versions: list[Row], groups: Groups) -> list[Row]:
    """A survivor's values, and before its first one those of its losers."""
    found = [row for row in changes if groups.end(row["opportunity_id"]) not in groups.losers]
    for end, losers in groups.losers.items():
        for column in CHANGING:
            own = _told(end, column, changes, versions)
            before = [
                {**row, "opportunity_id": end}
                for loser in losers
                for row in _told(loser, column, changes, versions)
                if own and moment(row["changed_at"]) < moment(own[0]["changed_at"])
            ]
            found += before + own
    return found


def _associations(rows: list[Row], versions: list[Row], column: str, groups: Groups) -> list[Row]:
    """All associations; a loser's primary one is primary only where the survivor has none of its own."""
    named = {row["opportunity_id"]: row[column] for row in versions if row.get(column)}
    has_own = {row["opportunity_id"] for row in rows} | set(named)
    found = []
    of_losers = [
        {"opportunity_id": loser, column: named[loser], "is_primary": "true"} for loser in groups.into if loser in named
    ]
    for row in [*rows, *of_losers]:
        end = groups.end(row["opportunity_id"])
        is_foreign = row["opportunity_id"] in groups.into and end in has_own
        found.append({**row, "opportunity_id": end, **({"is_primary": "false"} if is_foreign else {})})
    return found


def _one_list(rows: list[Row], groups: Groups) -> list[Row]:
    """Parts of a whole: of each group the survivor's list, else that of the record that was merged last."""
    living = {row["opportunity_id"] for row in rows if row.get("is_deleted", "") != "true"}
    chosen = {}
    for end, losers in groups.losers.items():
        ranked = sorted(
            (loser for loser in losers if loser in living), key=lambda one: (-groups.at[one].timestamp(), one)
        )
        chosen[end] = end if end in living else next(iter(ranked), end)
    return [
        _renamed(row, groups)
        for row in rows
        if chosen.get(groups.end(row["opportunity_id"]), row["opportunity_id"]) == row["opportunity_id"]
    ]
