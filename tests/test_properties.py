"""What must not matter to the marts: order, repetition, batches and lateness of the input, and the way of the build."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ingestion import landing
from ingestion.settings import Settings
from orchestration import warehouse
from orchestration.quality import identities
from tests.orchestration.companies import EXAMPLE, write_worked_example
from tests.simulated_company import load_and_build

pytestmark = pytest.mark.slow

# Records of these may come later than the rest; without rates or stages nothing could be built in between.
LATE = ("leads", "lead_events", "opportunities", "activities", "touches", "invoices", "tickets", "ratings", "ad_spend")


@dataclass(frozen=True)
class Delivery:
    """How the worked example arrives: a shuffle, the share of rows sent twice, what comes late, records per batch."""

    seed: int
    doubled: float
    late: float
    batch: int


DELIVERIES = st.builds(
    Delivery,
    seed=st.integers(0, 2**32 - 1),
    doubled=st.floats(0, 1),
    late=st.floats(0, 0.6),
    batch=st.integers(1, 50),
)


def deliver(settings: Settings, delivery: Delivery, *, is_whole: bool) -> None:
    """Write every file in another order, some rows twice, and unless `is_whole` without the late records."""
    chance = random.Random(delivery.seed)
    for path in sorted((settings.folder / "imports").glob("*.csv")):
        with (EXAMPLE / path.name).open(newline="") as file:
            header, *rows = csv.reader(file)
        late = {row[0] for row in rows if path.stem in LATE and chance.random() < delivery.late}
        sent = [row for row in rows for _ in range(2 if chance.random() < delivery.doubled else 1)]
        chance.shuffle(sent)
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([header, *(row for row in sent if is_whole or row[0] not in late)])


def build(settings: Settings, *arguments: str) -> dict[str, str]:
    """Content hash of every mart after extraction, load and a build of every model."""
    load_and_build(settings, *arguments)
    return content(settings)


def content(settings: Settings) -> dict[str, str]:
    """Content hash of every mart."""
    with warehouse.reading(settings) as reader:
        return {name: reader.content_hash(name) for name in reader.marts()}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The marts of the worked example as its files stand."""
    return build(write_worked_example(tmp_path_factory.mktemp("plain")))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that every example empties."""
    return tmp_path / "company"


@given(delivery=DELIVERIES)
@hypothesis_settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
def test_shuffled_doubled_late_and_rebatched_input_gives_the_same_marts(
    delivery: Delivery, plain: dict[str, str], folder: Path
) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    settings = write_worked_example(folder)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(landing, "MAX_RECORDS", delivery.batch)
        deliver(settings, delivery, is_whole=False)
        build(settings)
        deliver(settings, delivery, is_whole=True)
        incremental = build(settings)
    assert incremental == plain
    assert build(settings, "--full-refresh") == plain
    with warehouse.reading(settings) as reader:
        assert [one for one in identities.evaluate(reader) if one.status != "passed"] == []
