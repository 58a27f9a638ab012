"""Runs of the data part: all of a company, and again after some days have changed about one record in a hundred."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingestion.settings import load_settings
from orchestration import layout
from tests.bench import plain_build
from tests.bench.company import Company
from tests.bench.measure import funnel, work

DAYS_OF_ONE_PERCENT = 5


@dataclass(frozen=True)
class DataPart:
    """Seconds of one run, without the start of programs and without parsing."""

    extract: float
    load: float
    nodes: float
    fetched: int
    inserted: int

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.extract + self.load + self.nodes

    def __str__(self) -> str:
        return f"{self.extract:.1f} + {self.load:.1f} + {self.nodes:.1f} s"


@dataclass(frozen=True)
class Built:
    """The same statements through `funnel build` and in one plain connection, in seconds."""

    funnel: float
    plain: float
    node_count: int


@dataclass
class FullRun:
    """A run of a company from nothing, and what was measured on the way."""

    config: Path
    data: DataPart
    built: Built
    after_changes: DataPart | None = None
    raw_count: int = 0

    @property
    def changed_share(self) -> float:
        """New and changed records of the second run, as a share of the records of the first."""
        return self.after_changes.inserted / self.raw_count if self.after_changes and self.raw_count else 0.0


def full_run(company: Company, name: str) -> FullRun:
    """Run everything up to the marts in a new folder."""
    config = company.place(name)
    measured = work("data", config=config)
    settings = load_settings(config)
    copy = config.parent / "plain" / settings.warehouse_path.name
    copy.parent.mkdir()
    shutil.copy2(settings.warehouse_path, copy)
    wall = funnel(config, "build", "--force")
    target = layout.dbt_target(settings)
    plain_build.copy_seeds(settings.warehouse_path, target, copy)
    plain = work("plain", target=target, warehouse=copy)
    shutil.rmtree(copy.parent)
    return FullRun(
        config=config,
        data=_data_part(measured, target),
        built=Built(wall, float(plain["seconds"]), plain_build.node_count(target)),
        raw_count=_raw_count(settings.warehouse_path),
    )


def run_after_changes(company: Company, run: FullRun) -> None:
    """Let days pass at the vendors, then run again in the same folder."""
    company.advance(DAYS_OF_ONE_PERCENT)
    company.refresh(run.config.parent)
    measured = work("data", config=run.config)
    funnel(run.config, "build", "--force")
    run.after_changes = _data_part(measured, layout.dbt_target(load_settings(run.config)))


def _data_part(measured: dict[str, float], target: Path) -> DataPart:
    return DataPart(
        extract=measured["extract_seconds"],
        load=measured["load_seconds"],
        nodes=plain_build.node_seconds(target),
        fetched=int(measured["fetched"]),
        inserted=int(measured["inserted"]),
    )


def _raw_count(warehouse: Path) -> int:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        row = connection.execute("select sum(row_count) from meta.loaded_batches").fetchone()
    return int(row[0]) if row and row[0] else 0
