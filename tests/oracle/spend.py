"""Paid media, what it showed, and what a lead, an MQL, an SQL and an opportunity cost; visits of the website."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from tests.oracle.facts import Facts
from tests.oracle.ledger import UNKNOWN, Ledger, Row, money
from tests.oracle.opportunities import member

Value = tuple[Decimal | None, Decimal | None, float | None]
# What one of each costs: a fact of the second KPI is one more to divide by.
COST_PER = {
    "cost_per_lead": "leads",
    "cost_per_mql": "mqls",
    "cost_per_sql": "sqls",
    "cost_per_opportunity": "opportunities_created",
}
NO_CHANNEL = (UNKNOWN, "(unallocated)")


def mapped_channels(ledger: Ledger) -> dict[str, str]:
    """Channel by the comparable word of a source."""
    return {
        row["source"].strip().lower(): row["channel"]
        for row in ledger.rows("channel_mapping")
        if not row.get("source_system")
    }


def is_paid_media(ledger: Ledger, row: Row) -> bool:
    """Whether a line of the cost ledger is paid media."""
    if row.get("cac_level"):
        return bool(row["cac_level"] == "paid")
    if row["category"] == "media_online":
        return not ledger.rules.media_is_in_ad_spend
    return bool(row["category"] == "media_offline")


def paid_media(ledger: Ledger) -> Iterable[tuple[date, dict[str, str], Decimal]]:
    """Day, members and amount of everything that was paid for media: the platforms' spend and the ledger's lines."""
    campaigns = {row["campaign_id"]: row["channel"] for row in ledger.rows("campaigns")}
    for row in ledger.rows("ad_spend"):
        day = date.fromisoformat(row["spend_date"])
        if day <= ledger.as_of:
            at = {"channel": campaigns.get(row["campaign_id"], UNKNOWN), "campaign": member(row["campaign_id"])}
            at["currency"] = row["currency_code"]
            yield day, at, ledger.convert(money(row["spend_amount"]), row["currency_code"], day)
    for row in ledger.rows("costs"):
        day = date.fromisoformat(row["cost_date"])
        if day <= ledger.as_of and is_paid_media(ledger, row):
            share = Decimal(row.get("allocation_ratio") or "1")
            at = {"channel": member(row.get("channel")), "campaign": member(row.get("campaign_id"))}
            at["currency"] = row["currency_code"]
            yield day, at, ledger.convert(money(row["amount"]) * share, row["currency_code"], day)


class Spend:
    """Facts of media and of the website; the facts of people and opportunities must be there before."""

    def __init__(self, ledger: Ledger, out: Facts) -> None:
        self.ledger, self.out = ledger, out
        self.media = list(paid_media(ledger))
        # a conversion counts only where there is media of it
        self.bought = {
            name: {at[name] for _, at, _ in self.media} - set(NO_CHANNEL) for name in ("channel", "campaign")
        }

    def collect(self) -> None:
        """Add spend, impressions, clicks, costs per conversion and sessions."""
        for day, at, amount in self.media:
            self.out.count("marketing_spend_amount", day, at, amount)
            for kpi in COST_PER:
                self.out.ratio(kpi, day, {name: at[name] for name in self.bought}, amount, Decimal(0))
        self._shown()
        self._conversions()
        for row in self._visits():
            at = {"channel": self._channel(row), "source": member(row.get("source", "").strip())}
            self.out.count("web_sessions", date.fromisoformat(row["session_date"]), at, money(row["sessions"]))

    def _shown(self) -> None:
        campaigns = {row["campaign_id"]: row["channel"] for row in self.ledger.rows("campaigns")}
        for row in self.ledger.rows("ad_spend"):
            day = date.fromisoformat(row["spend_date"])
            if day <= self.ledger.as_of:
                at = {"channel": campaigns.get(row["campaign_id"], UNKNOWN), "campaign": member(row["campaign_id"])}
                self.out.count("impressions", day, at, money(row.get("impressions")))
                self.out.count("clicks", day, at, money(row.get("clicks")))

    def _conversions(self) -> None:
        """All conversions for the total, those of a channel or campaign with media for it."""
        for fact in list(self.out.additive):
            for kpi, counted in COST_PER.items():
                if fact.kpi == counted:
                    at = {name: fact.members[name] for name, some in self.bought.items() if fact.members[name] in some}
                    self.out.ratio(kpi, fact.day, at, Decimal(0), fact.numerator)

    def _visits(self) -> list[Row]:
        return [row for row in self.ledger.rows("web_sessions") if self.ledger.happened(row["session_date"])]

    def _channel(self, row: Row) -> str:
        return mapped_channels(self.ledger).get(row.get("source", "").strip().lower(), UNKNOWN)

    def visitors(self) -> dict[tuple[str, str, date, str, str], Value]:
        """Visitors that the report itself counted, for a period or by the only row of a day, and the leads by them."""
        counted = {key: counts[0] for key, counts in self._rows_of_days().items() if len(counts) == 1}
        counted |= {key: counts[0] for key, counts in self._totals().items() if len(counts) == 1}
        found: dict[tuple[str, str, date, str, str], Value] = {}
        for (grain, start, dimension, name), count in counted.items():
            if not count:
                continue
            number = Decimal(count)
            found["web_visitors", grain, start, dimension, name] = (number, None, float(number))
            if dimension != "source":
                new = self._leads(grain, start, dimension, name)
                rate = float(new / number) if number else None
                found["visitor_to_lead_rate", grain, start, dimension, name] = (new, number, rate)
        return found

    def _rows_of_days(self) -> dict[tuple[str, date, str, str], list[str]]:
        told: dict[tuple[str, date, str, str], list[str]] = defaultdict(list)
        for row in self._visits():
            day = date.fromisoformat(row["session_date"])
            who = {"total": "all", "channel": self._channel(row), "source": member(row.get("source", "").strip())}
            for dimension, name in who.items():
                told["day", day, dimension, name].append(row.get("visitors", ""))
        return told

    def _totals(self) -> dict[tuple[str, date, str, str], list[str]]:
        """Totals of periods of the company's calendar that are over: of the website, or of a source word."""
        calendar = self.ledger.calendar
        told: dict[tuple[str, date, str, str], list[str]] = defaultdict(list)
        for row in self.ledger.rows("web_visitors"):
            grain, start = row["period_grain"], date.fromisoformat(row["period_start_date"])
            if calendar.period_of(start, grain) != start or calendar.last_day(start, grain) > self.ledger.as_of:
                continue
            source = row.get("source", "").strip()
            who = {"channel": self._channel(row), "source": source} if source else {"total": "all"}
            for dimension, name in who.items():
                told[grain, start, dimension, name].append(row["visitors"])
        return told

    def _leads(self, grain: str, start: date, dimension: str, name: str) -> Decimal:
        end = self.ledger.calendar.last_day(start, grain)
        return sum(
            (
                fact.numerator
                for fact in self.out.additive
                if fact.kpi == "leads" and start <= fact.day <= end and name in ("all", fact.members.get(dimension))
            ),
            Decimal(0),
        )
