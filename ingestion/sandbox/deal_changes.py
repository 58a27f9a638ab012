"""What goes wrong with deals: every oddity that the README lists, planted at least once in every world."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from ingestion.sandbox import deals as deals_module
from ingestion.sandbox import pipelines
from ingestion.sandbox.deals import Deal
from ingestion.sandbox.people import days

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

_DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Merge:
    """At a moment one record is absorbed by another; ids are not known yet."""

    loser: Deal
    survivor: Deal
    at: dt.datetime


def plant(world: "World", deals: list[Deal]) -> list[Merge]:
    """Change some deals and add others, so that every planted oddity exists; return the merges."""
    rng = world.random("deal changes")
    untouched = list(deals)
    rng.shuffle(untouched)
    picker = _Picker(world, untouched)
    for deal in picker.take(0.05, _is_lost_new):
        _reopen(rng, deal)
    for deal in picker.take(0.01, _is_won_new):
        _undo_win(rng, deal)
    for deal in picker.take(0.04, _is_won_new):
        _edit_late(rng, deal)
    for deal in picker.take(0.03, _is_won_new):
        _close_before_creation(deal)
    for deal in picker.take(0.02, lambda d: d.is_renewal and d.is_won):
        _close_before_creation(deal)
    for deal in picker.take(0.03, _is_closed_new):
        _close_in_the_future(rng, deal)
    for deal in picker.take(0.02, _is_won_new):
        _replace_amounts(deal, Decimal("0"))
    for deal in picker.take(0.02, _is_won_new):
        _replace_amounts(deal, None)
    _untidy(world, rng, picker)
    merges: list[Merge] = []
    for number, deal in enumerate(picker.take(0.03, lambda d: d.is_won and not d.is_renewal, at_least=2)):
        merges.extend(_merge(rng, deal, into_third=number % 2 == 0))
    added = {id(record): record for merge in merges for record in (merge.loser, merge.survivor)}
    present = {id(deal) for deal in deals}
    deals.extend(_lonely(world, rng, len(deals)))
    deals.extend(_credits(world, rng, deals))
    deals.extend(record for key, record in added.items() if key not in present)
    return merges


def _untidy(world: "World", rng: Random, picker: "_Picker") -> None:
    """Plant what is wrong with associations, owners and the existence of deals."""
    for deal in picker.take(0.04, lambda d: d.company_id is not None):
        _second_company(world, rng, deal)
    for deal in picker.take(0.03, lambda d: d.contact_id is not None and d.company_id is not None):
        deal.has_duplicate_associations = True
    for deal in picker.take(0.02, _is_closed_new):
        _two_stages_at_once(deal)
    for deal in picker.take(0.02, _is_any):
        _drop(deal, "hubspot_owner_id")
    for deal in picker.take(0.03, lambda d: d.company_id is not None):
        _drop(deal, "contact+")
        deal.contact_id = None
    for deal in picker.take(0.02, _is_any):
        _delete(rng, deal)
    for deal in picker.take(0.01, _is_any):
        deal.change("is_deleted", "false", _delete(rng, deal) + days(rng, 1, 20))


class _Picker:
    """Hands out deals that no other oddity has; the first of each kind lies well inside the first history."""

    def __init__(self, world: "World", deals: list[Deal]) -> None:
        self._deals = deals
        self._count = len(deals)
        self._early = world.start + dt.timedelta(days=560)

    def take(self, share: float, fits: Callable[[Deal], bool], *, at_least: int = 1) -> list[Deal]:
        wanted = max(at_least, round(share * self._count))
        fitting = [deal for deal in self._deals if fits(deal)]
        early = [deal for deal in fitting if deal.created_at <= self._early][:at_least]
        kept = {id(deal) for deal in early}
        chosen = [*early, *(deal for deal in fitting if id(deal) not in kept)][:wanted]
        taken = {id(deal) for deal in chosen}
        self._deals = [deal for deal in self._deals if id(deal) not in taken]
        return chosen


def _is_any(deal: Deal) -> bool:
    return True


def _is_won_new(deal: Deal) -> bool:
    return deal.is_won and not deal.is_renewal


def _is_lost_new(deal: Deal) -> bool:
    return deal.lost_at is not None and not deal.is_renewal


def _is_closed_new(deal: Deal) -> bool:
    return _is_won_new(deal) or _is_lost_new(deal)


def _reopen(rng: Random, deal: Deal) -> None:
    assert deal.lost_at is not None
    at = deal.lost_at + days(rng, 3, 30)
    stages = deal.pipeline.open_stages
    deal.move(rng.choice(stages[1:]).stage_id, at)
    deal.set_close_date(at + days(rng, 10, 30), at)
    if rng.random() < 0.8:
        at += days(rng, 4, 25)
        deal.move(deal.pipeline.won if rng.random() < 0.6 else deal.pipeline.lost, at)
        deal.set_close_date(at, at)


def _undo_win(rng: Random, deal: Deal) -> None:
    assert deal.won_at is not None
    at = deal.won_at + days(rng, 5, 20)
    deal.move(deal.pipeline.open_stages[-1].stage_id, at)
    at += days(rng, 2, 15)
    deal.move(deal.pipeline.lost, at)
    deal.set_close_date(at, at)


def _edit_late(rng: Random, deal: Deal) -> None:
    """Change the amount or the close date of a month that was closed long ago."""
    assert deal.won_at is not None
    at = deal.won_at + days(rng, 35, 80)
    if rng.random() < 0.6:
        deal.set_amount(((deal.amount or Decimal(1000)) * Decimal("1.2")).quantize(Decimal("0.01")), at)
    else:
        deal.set_close_date(deal.won_at - days(rng, 20, 40), at)


def _close_before_creation(deal: Deal) -> None:
    assert deal.won_at is not None
    deal.set_close_date(deal.created_at - 3 * _DAY, deal.won_at + dt.timedelta(minutes=7))


def _close_in_the_future(rng: Random, deal: Deal) -> None:
    closed = deal.won_at or deal.lost_at
    assert closed is not None
    deal.set_close_date(closed + days(rng, 60, 120), closed + dt.timedelta(minutes=9))


def _replace_amounts(deal: Deal, amount: Decimal | None) -> None:
    deal.mutations = [change for change in deal.mutations if change.field != "amount"]
    deal.set_amount(amount, deal.created_at)


def _second_company(world: "World", rng: Random, deal: Deal) -> None:
    for company in world.companies_at(rng, deal.created_at, 2):
        if company.company_id != deal.company_id:
            deal.change("company+", company.company_id, deal.created_at + dt.timedelta(minutes=5))


def _two_stages_at_once(deal: Deal) -> None:
    """Let an automation enter the last open stage at the very moment of closing."""
    closed = deal.won_at or deal.lost_at
    assert closed is not None
    position = next(i for i, c in enumerate(deal.mutations) if c.field == "dealstage" and c.recorded_at == closed)
    before = deal.mutations[position]._replace(value=deal.pipeline.open_stages[-1].stage_id)
    deal.mutations.insert(position, before)


def _drop(deal: Deal, field: str) -> None:
    deal.mutations = [change for change in deal.mutations if change.field != field]


def _delete(rng: Random, deal: Deal) -> dt.datetime:
    last = max(change.recorded_at for change in deal.mutations)
    at = last + days(rng, 1, 30)
    deal.change("is_deleted", "true", at)
    return at


def _merge(rng: Random, deal: Deal, *, into_third: bool) -> list[Merge]:
    """Enter a deal twice and merge the copies into the first, or both into a third deal with a new id."""
    entered = deal.created_at + dt.timedelta(minutes=rng.randint(5, 50))
    merged_at = deal.created_at + days(rng, 0.2, 1.5)
    copy = dataclasses.replace(deal, inserted_at=entered, created_at=entered, mutations=[])
    for change in deal.mutations:
        if change.recorded_at == deal.created_at:
            copy.mutations.append(change._replace(recorded_at=entered, effective_at=entered))
    copy.won_at = copy.lost_at = None
    if not into_third:
        return [Merge(copy, deal, merged_at)]
    third = dataclasses.replace(deal, inserted_at=merged_at, mutations=[])
    for change in deal.mutations:
        third.mutations.append(change._replace(recorded_at=max(merged_at, change.recorded_at)))
    deal.mutations = [change for change in deal.mutations if change.recorded_at <= merged_at]
    deal.won_at = deal.lost_at = None
    return [Merge(deal, third, merged_at), Merge(copy, third, merged_at)]


def _lonely(world: "World", rng: Random, count: int) -> list[Deal]:
    """Return deals that nobody tidied up: no company, no contact, no owner."""
    lonely: list[Deal] = []
    for _ in range(max(2, round(0.02 * count))):
        at = world.start + dt.timedelta(days=rng.randint(60, 900), seconds=rng.randrange(86_400))
        deal = deals_module.new_deal(world, rng, None, at, pipelines.SALES, "newbusiness")
        deals_module.progress(rng, deal)
        lonely.append(deal)
    return lonely


def _credits(world: "World", rng: Random, deals: list[Deal]) -> list[Deal]:
    """Return negative deals: part of a won amount is given back later."""
    won = [deal for deal in deals if deal.won_at and deal.company_id and deal.contact_id and (deal.amount or 0) > 0]
    won.sort(key=lambda deal: deal.created_at)
    given: list[Deal] = []
    for deal in won[:: max(1, len(won) // max(1, round(0.03 * len(won))))]:
        assert deal.won_at is not None
        at = deal.won_at + days(rng, 20, 60)
        credit = deals_module.new_deal(world, rng, None, at, pipelines.SALES, "existingbusiness")
        _drop(credit, "amount")
        credit.name, credit.currency = f"Credit - {deal.name}", deal.currency
        credit.company_id, credit.contact_id = deal.company_id, deal.contact_id
        credit.set_amount(-((deal.amount or Decimal(0)) / 5).quantize(Decimal("0.01")), at)
        credit.change("company+", deal.company_id, at)
        credit.change("contact+", deal.contact_id, at)
        credit.move(pipelines.SALES.won, at + days(rng, 0.5, 3))
        deals_module.assign(world, rng, credit, None)
        given.append(credit)
    return given
