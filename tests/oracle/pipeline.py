"""The open pipeline evening by evening: what it is worth, what moved it, and how it stands against the targets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.facts import Deals, Fact, Facts
from tests.oracle.ledger import Ledger, money
from tests.oracle.opportunities import Opportunity

DAY = timedelta(days=1)
SCOPES = ("team", "sales_rep")


@dataclass(frozen=True)
class Evening:
    """One opportunity at the end of a day."""

    is_open: bool
    amount: Decimal
    currency: str
    worth: Decimal
    weighted: Decimal
    expected: date | None
    members: dict[str, str]


@dataclass(frozen=True)
class Day:
    """What became of one opportunity from one evening to the next; `before` is None when it was not known then."""

    day: date
    before: Evening | None
    now: Evening
    is_first: bool
    outcome: str  # won or lost, for what is not open any more


class Pipeline:
    """Walks every opportunity from its creation to the as-of date, one evening after the other."""

    def __init__(self, ledger: Ledger, deals: Deals, out: Facts) -> None:
        self.ledger, self.deals, self.out = ledger, deals, out
        self.expected: dict[date, list[tuple[date, dict[str, str], Decimal]]] = defaultdict(list)
        self.days: list[Day] = []
        self.probabilities = {
            (row.get("pipeline_id") or "default", row["stage_id"]): row.get("probability")
            for row in ledger.rows("pipeline_stages")
        }

    def collect(self) -> None:
        """Add stocks and flows of every day."""
        for deal in self.deals.deals:
            before, was_seen = None, False
            day = deal.created
            assert day is not None
            while day <= self.ledger.as_of:
                is_open = deal.is_open(day)
                if is_open or (before is not None and before.is_open) or day == deal.created:
                    now = self._evening(deal, day, is_open=is_open)
                    self._stock(day, now)
                    self._flows(deal, day, before, now, is_first=not was_seen)
                    outcome = "" if is_open else self._outcome(deal, day)
                    self.days.append(Day(day, before, now, not was_seen, outcome))
                    before, was_seen = now, True
                else:
                    before = None
                if self._is_over(deal, day):
                    break
                day += DAY

    @staticmethod
    def _is_over(deal: Opportunity, day: date) -> bool:
        """Nothing happens to a closed deal after its last event."""
        last = deal.events[-1][0] if deal.events else deal.closed
        return last is not None and day > last and not deal.is_open(day)

    def _evening(self, deal: Opportunity, day: date, *, is_open: bool) -> Evening:
        amount, currency = money(deal.in_force("amount", day)), deal.in_force("currency_code", day)
        worth = self.ledger.convert(amount, currency, day)
        probability = self._probability(deal, day)
        expected = self.ledger.day(deal.in_force("expected_close_date", day) or None)
        weighted = self.ledger.rounded(worth * probability) if probability is not None else Decimal(0)
        return Evening(is_open, amount, currency, worth, weighted, expected, self.deals.members(deal, day))

    def _probability(self, deal: Opportunity, day: date) -> Decimal | None:
        """The deal's own probability that day, else its stage's."""
        own = deal.in_force("probability", day)
        stages = [stage for when, stage in deal.events if when <= day]
        if own:
            return Decimal(own)
        stage = stages[-1] if stages else deal.row["stage"]
        if deal.stages.get(stage, (0, False, False))[1]:
            return None
        known = self.probabilities.get((deal.row.get("pipeline_id") or "default", stage))
        return Decimal(known) if known else None

    def _stock(self, day: date, now: Evening) -> None:
        if not now.is_open:
            return
        at = {**now.members, "currency": now.currency or self.ledger.rules.currency}
        for kpi in ("pipeline_amount", "pipeline_closing_amount"):
            self.out.stocks.append(Fact(kpi, day, at, now.worth))
        self.out.stocks.append(Fact("weighted_pipeline_amount", day, at, now.weighted))
        if now.expected:
            self.expected[day].append((now.expected, now.members, now.worth))

    def _flows(self, deal: Opportunity, day: date, before: Evening | None, now: Evening, *, is_first: bool) -> None:
        if before is None or not before.is_open:
            name = "created" if is_first else "reopened"
            self._flow(f"pipeline_{name}_amount", day, now.members, now.worth)
        else:
            morning = self.ledger.convert(before.amount, before.currency, day)
            self._flow("pipeline_fx_amount", day, before.members, morning - before.worth)
            self._flow("pipeline_amount_changes", day, now.members, now.worth - morning)
            for scope in SCOPES:
                left, came = before.members[scope], now.members[scope]
                if left != came:
                    self._handed(day, scope, "out", left, morning)
                    self._handed(day, scope, "in", came, morning)
        if not now.is_open:
            self._flow(f"pipeline_{self._outcome(deal, day)}_amount", day, now.members, now.worth)

    def _flow(self, kpi: str, day: date, members: dict[str, str], amount: Decimal) -> None:
        """What moved nothing is no fact."""
        self.out.count(kpi, day, members, amount, "" if amount else None)

    def _handed(self, day: date, scope: str, direction: str, who: str, amount: Decimal) -> None:
        kpi = f"pipeline_transferred_{direction}_amount"
        record = "" if amount else None
        self.out.additive.append(Fact(kpi, day, {scope: who}, amount, is_total=False, record=record))

    @staticmethod
    def _outcome(deal: Opportunity, day: date) -> str:
        stages = [stage for when, stage in deal.events if when <= day]
        is_won = deal.stages[stages[-1]][2] if stages else deal.is_won
        return "won" if is_won else "lost"

    def expected_in(self, evening: date, start: date, end: date, dimension: str, who: str) -> list[Decimal]:
        """What a member's open ones are worth on an evening that are expected to close from start to end."""
        return [
            worth
            for day, members, worth in self.expected.get(evening, [])
            if start <= day <= end and (dimension == "total" or members[dimension] == who)
        ]

    def opened_between(self, start: date, end: date, team: str | None) -> int:
        """Opportunities, renewals out, that were open for a moment of these days; their team is the last one then."""
        return sum(self._was_open(deal, start, end, team) for deal in self.deals.deals if not deal.is_renewal)

    def _was_open(self, deal: Opportunity, start: date, end: date, team: str | None) -> bool:
        assert deal.created is not None
        spans = []
        if deal.events:
            for number, (day, stage) in enumerate(deal.events):
                left = deal.events[number + 1][0] if number + 1 < len(deal.events) else date.max
                if not deal.stages.get(stage, (0, False, False))[1] and left >= deal.created:
                    spans.append((max(day, deal.created), left))
        elif deal.closed is None or deal.closed >= deal.created:
            spans.append((deal.created, deal.closed or date.max))
        last = [min(left, end) for came, left in spans if came <= end and left >= start]
        return bool(last) and (team is None or self.deals.members(deal, max(last))["team"] == team)
