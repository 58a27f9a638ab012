"""The simulated company is the same for the same seed, and time only adds to it."""

import datetime as dt
import hashlib
from itertools import pairwise
from pathlib import Path

import pytest

from ingestion.sandbox import ledger
from ingestion.sandbox.world import World

FIRST, LATER = dt.date(2026, 3, 31), dt.date(2026, 5, 12)


def folder_hash(folder: Path) -> str:
    """One hash over the names and contents of all files."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def test_the_same_seed_gives_the_same_ledger(tmp_path: Path) -> None:
    for name in ("first", "second"):
        ledger.write(World.create(5, 0.2, FIRST), tmp_path / name)
    assert folder_hash(tmp_path / "first") == folder_hash(tmp_path / "second")


def test_another_seed_gives_another_company() -> None:
    first, second = World.create(5, 0.1, FIRST), World.create(6, 0.1, FIRST)
    assert [p.email for p in first.people] != [p.email for p in second.people]


def test_advancing_changes_nothing_of_the_past(tmp_path: Path) -> None:
    world = World.create(5, 0.2, FIRST)
    before = world.now
    ledger.write(world, tmp_path / "before")
    world.advance(LATER)
    ledger.write(world, tmp_path / "again", before)
    ledger.write(world, tmp_path / "later")
    assert folder_hash(tmp_path / "before") == folder_hash(tmp_path / "again")
    assert folder_hash(tmp_path / "before") != folder_hash(tmp_path / "later")


def test_the_clock_does_not_go_back_or_beyond_the_simulated_history() -> None:
    world = World.create(5, 0.05, FIRST)
    with pytest.raises(ValueError, match="cannot go back"):
        world.advance(FIRST - dt.timedelta(days=1))
    with pytest.raises(ValueError, match="history ends"):
        world.advance(FIRST + dt.timedelta(days=400))


def test_the_size_follows_the_scale() -> None:
    world = World.create(5, 1.0, FIRST)
    people = sum(person.is_visible(world.now) for person in world.people)
    deals = sum(deal.is_visible(world.now) for deal in world.deals)
    assert 1800 < people < 2300
    assert 400 < deals < 600
    assert 270 < sum(company.exists(world.now) for company in world.companies) < 340


@pytest.mark.parametrize("scale", [0.05, 0.3, 1.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_no_fact_stands_before_its_record_or_out_of_order(seed: int, scale: float) -> None:
    world = World.create(seed, scale, FIRST)
    for record in [*world.people, *world.deals, *world.activities]:
        moments = [change.recorded_at for change in record.mutations]
        assert moments == sorted(moments)
        assert all(moment >= record.inserted_at for moment in moments)
        assert all(change.effective_at <= change.recorded_at for change in record.mutations)
    for records in (world.people, world.deals, world.companies):
        ids = [record.record_id for record in records]
        assert len(ids) == len(set(ids))


def _deals_with(world: World) -> dict[str, int]:
    """Count planted oddities among the deals that exist now."""
    now, found = world.now, dict.fromkeys(ODDITIES, 0)
    for deal in world.deals:
        if not deal.exists(now):
            continue
        stages = [stage for _, stage in deal.history("dealstage", now)]
        open_stages = [stage.stage_id for stage in deal.pipeline.open_stages]
        order = [open_stages.index(stage) for stage in stages if stage in open_stages]
        state = deal.state(now)
        closing = [i for i, stage in enumerate(stages) if stage in (deal.pipeline.won, deal.pipeline.lost)]
        steps = list(pairwise(order))
        close = dt.datetime.fromisoformat(state["closedate"] or "")
        is_closed = stages[-1] not in open_stages
        found["reopened"] += bool(closing) and closing[0] < len(stages) - 1
        found["skipped"] += any(after - before > 1 for before, after in steps)
        found["regressed"] += any(after < before for before, after in steps)
        found["merged"] += deal.merged_into(now) is not None
        found["survivor of several"] += len(deal.history("merged_from", now)) > 1
        found["deleted"] += deal.is_deleted(now)
        found["restored"] += state.get("is_deleted") == "false"
        found["several companies"] += len(deal.members("company", now)) > 1
        found["duplicate associations"] += deal.has_duplicate_associations
        found["without company, contact and owner"] += not (
            deal.members("company", now) or deal.members("contact", now) or state.get("hubspot_owner_id")
        )
        found["zero"] += state.get("amount") == "0"
        found["no amount"] += state.get("amount") is None
        found["negative"] += (state.get("amount") or "").startswith("-")
        found["closed before created"] += is_closed and close < deal.created_at
        found["closed in the future"] += is_closed and close > deal.updated_at(now) + dt.timedelta(days=30)
        found["renewal"] += deal.is_renewal
        found["expansion"] += deal.deal_type == "existingbusiness"
        for currency in ("USD", "EUR", "GBP"):
            found[currency] += deal.currency == currency
    return found


ODDITIES = (
    "reopened", "skipped", "regressed", "merged", "survivor of several", "deleted", "restored", "several companies",
    "duplicate associations", "without company, contact and owner", "zero", "no amount", "negative",
    "closed before created", "closed in the future", "renewal", "expansion", "USD", "EUR", "GBP",
)  # fmt: skip


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_every_oddity_of_deals_is_planted(seed: int) -> None:
    found = _deals_with(World.create(seed, 0.5, FIRST))
    assert [name for name, count in found.items() if not count] == []


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_every_oddity_of_people_is_planted(seed: int) -> None:
    world = World.create(seed, 0.5, FIRST)
    now = world.now
    people = [person for person in world.people if person.exists(now)]
    stages = {p.person_id: [stage for _, stage in p.history("lifecyclestage", now)] for p in people}
    emails = [(p.email or p.person_id).strip().lower() for p in people]
    assert any(p.is_deleted(now) for p in people)
    assert any(p.state(now).get("is_deleted") == "false" for p in people)
    assert any(p.merged_into(now) for p in people)
    assert any(len(p.history("merged_from", now)) == 2 for p in people)
    assert any(p.kind == "internal" for p in people)
    assert len(set(emails)) < len(emails)
    assert any(p.source == "AI_REFERRALS" for p in people)
    assert any(p.source is None for p in people)
    mql, sql = "marketingqualifiedlead", "salesqualifiedlead"
    assert any(sql in found and mql not in found for found in stages.values())
    assert any(found.count(mql) == 2 and "lead" in found[found.index(mql) :] for found in stages.values())
    assert any(p.kind == "subscriber" for p in people)


def test_amounts_of_closed_months_change_late() -> None:
    world = World.create(7, 0.5, FIRST)
    late = [
        deal
        for deal in world.deals
        if deal.won_at and any(c.field == "amount" and c.recorded_at > deal.won_at for c in deal.mutations)
    ]
    assert late


def test_reps_change_teams_only_when_asked_to() -> None:
    settled, moving = World.create(7, 1.0, FIRST), World.create(7, 1.0, FIRST, team_moves=True)
    assert not any(rep.moves for rep in settled.sales_force.reps)
    assert any(rep.moves for rep in moving.sales_force.reps)
