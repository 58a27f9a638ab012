"""Stages: who reached them and went on, how often they are left forward, how long they take."""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import date
from decimal import Decimal

from tests.oracle.facts import Fact, Facts, People
from tests.oracle.ledger import Ledger, truth
from tests.oracle.opportunities import Opportunity
from tests.oracle.people import Person

FUNNEL = ("lead", "mql", "sql", "opportunity", "won")
WON = "won"
# Events without which a stage of the funnel is unknown.
GIVEN_BY_EVENTS = ("mql", "sql")


def passages(route: list[str], entered: dict[str, date]) -> dict[str, tuple[date, bool]]:
    """Date of each stage of a route that was reached or passed, and whether a later one was reached.

    `entered` holds the first date of every stage that was really entered.
    """
    found = {}
    for place, stage in enumerate(route):
        later = [entered[name] for name in route[place + 1 :] if name in entered]
        if stage in entered:
            found[stage] = (entered[stage], bool(later))
        elif later:
            found[stage] = (min(later), True)
    return found


class Stages:
    """Facts of the funnel's and the pipelines' stages."""

    def __init__(self, ledger: Ledger, funnel: People, deals: list[Opportunity], out: Facts) -> None:
        self.ledger, self.funnel, self.out = ledger, funnel, out
        self.deals = [deal for deal in deals if not deal.is_renewal]
        self.declared: dict[str, dict[str, tuple[int, bool, bool]]] = defaultdict(dict)
        for row in ledger.rows("pipeline_stages"):
            flags = (int(row["stage_order"]), truth(row["is_closed"], False), truth(row["is_won"], False))
            self.declared[row.get("pipeline_id") or "default"][row["stage_id"]] = flags

    def collect(self) -> None:
        """Add every fact of stages."""
        events = {row["event_type"] for row in self.ledger.rows("lead_events")}
        unknown = {name for name in GIVEN_BY_EVENTS if name not in events}
        if not self.ledger.has_contacts:
            unknown |= {"opportunity", WON}
        known = [name for name in FUNNEL if name not in unknown]
        for person in self.funnel.leads:
            self._person(person, known)
        for deal in self.deals:
            stops = [(day, *self._place(deal, stage)) for day, stage in deal.events]
            self._conversions(stops)
            self._transitions(stops)
            self._stays(stops)

    def _ratio(self, kpi: str, day: date, dimension: str, name: str, numerator: int, denominator: int = 1) -> None:
        fact = Fact(kpi, day, {dimension: name}, Decimal(numerator), Decimal(denominator), is_total=False)
        self.out.additive.append(fact)

    def _person(self, person: Person, known: list[str]) -> None:
        day = self.ledger.day
        if person.lead_date > self.ledger.as_of:
            return
        entered: dict[str, date | None] = {
            "lead": person.lead_date,
            "mql": day(person.mql_events[0].isoformat()) if person.mql_events else None,
            "sql": day(person.sql_at.isoformat()) if person.sql_at else None,
            "opportunity": self.funnel.first_deal.get(id(person)),
            "won": self.funnel.first_win.get(id(person)),
        }
        reached = passages(list(FUNNEL), {name: when for name, when in entered.items() if when})
        for stage, following in itertools.pairwise(FUNNEL):
            if stage in known and following in known and stage in reached:
                when, went_on = reached[stage]
                self._ratio("stage_conversion_rate", when, "funnel_step", f"{stage}>{following}", went_on)
        for stage in FUNNEL[1:]:
            if stage in known:
                step = f"lead>{stage}"
                self._ratio("stage_conversion_from_lead_rate", person.lead_date, "funnel_step", step, stage in reached)

    def _place(self, deal: Opportunity, stage: str) -> tuple[str, str]:
        """Pipeline and name of a stage: that of the deal, else the only one with it; every won stage is `won`."""
        pipeline = deal.row.get("pipeline_id") or "default"
        flags = deal.stages.get(stage)
        if flags is None:
            others = [name for name, stages in self.declared.items() if stage in stages]
            if len(others) != 1:
                return "", ""
            pipeline = others[0]
            flags = self.declared[pipeline][stage]
        if flags[1]:
            return pipeline, WON if flags[2] else ""
        return (pipeline, stage) if stage in self._route(pipeline) else ("", "")

    def _route(self, pipeline: str) -> list[str]:
        """The open stages of a pipeline in order, won at the end."""
        stages = [(order, name) for name, (order, is_closed, _) in self.declared[pipeline].items() if not is_closed]
        return [name for _, name in sorted(stages)] + [WON] if stages else ["open", WON]

    def _conversions(self, stops: list[tuple[date, str, str]]) -> None:
        entered: dict[str, dict[str, date]] = defaultdict(dict)
        for day, pipeline, stage in stops:
            if stage:
                entered[pipeline][stage] = min(day, entered[pipeline].get(stage, day))
        for pipeline, days in entered.items():
            route = self._route(pipeline)
            reached = passages(route, days)
            for stage, following in itertools.pairwise(route):
                if stage in reached:
                    when, went_on = reached[stage]
                    step = f"{pipeline}:{stage}>{following}"
                    self._ratio("stage_conversion_rate", when, "pipeline_step", step, went_on)

    def _transitions(self, stops: list[tuple[date, str, str]]) -> None:
        for number, (day, pipeline, stage) in enumerate(stops):
            if stage in ("", WON):
                continue
            name = f"{pipeline}:{stage}"
            self._ratio("stage_transition_rate", day, "pipeline_stage", name, 0)
            for left, where, following in stops[number + 1 : number + 2]:
                route = self._route(pipeline)
                is_later = where == pipeline and following in route and route.index(following) > route.index(stage)
                if is_later or following == WON:
                    self._ratio("stage_transition_rate", left, "pipeline_stage", name, 1, 0)

    def _stays(self, stops: list[tuple[date, str, str]]) -> None:
        days: dict[str, int] = defaultdict(int)
        left: dict[str, date] = {}
        for (entered, pipeline, stage), (exited, *_) in itertools.pairwise(stops):
            days[f"{pipeline}:{stage}"] += (exited - entered).days
            left[f"{pipeline}:{stage}"] = exited
        now = f"{stops[-1][1]}:{stops[-1][2]}" if stops else ""
        for name, total in days.items():
            if name != now and name.partition(":")[2] not in ("", WON):
                at = {"pipeline_stage": name}
                self.out.durations.append(Fact("time_in_stage_days", left[name], at, Decimal(total), is_total=False))
