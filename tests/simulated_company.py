"""A company whose vendors are the sandbox: loaded in one go or in slices of its history, with its ledger beside it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import duckdb
import pandas as pd

from ingestion.sandbox import ledger
from ingestion.sandbox.server import serve
from ingestion.sandbox.world import World
from ingestion.settings import Settings, load_settings
from orchestration import company, layout, pipeline, transform, warehouse
from orchestration.quality import hashes
from tests import parsed
from tests.oracle.compare import closing_disagreements, cohort_disagreements, life_disagreements
from tests.oracle.goals import goal_disagreements
from tests.oracle.ledger import Ledger, Rules
from tests.oracle.trends import Trends

WITHOUT_CHECKS = ["build", "--resource-type", "model", "--resource-type", "seed"]


def load_and_build(settings: Settings, *arguments: str) -> None:
    """Extract and load everything without an error, and build every model without its checks."""
    parsed.adopt(settings)
    with pipeline.writing(settings, "test"):
        assert [report.error for report in pipeline.extract(settings) if report.error] == []
        assert [report.reasons for report in pipeline.load(settings) if report.is_refused] == []
        warehouse.forget(settings, only_if_distrusted=True)
        assert transform.run_dbt(settings, [*WITHOUT_CHECKS, *arguments])


@dataclass(frozen=True)
class Simulated:
    """A loaded and built company; everything about it is read from its folder."""

    folder: Path
    as_of: date

    @property
    def target(self) -> Path:
        """What dbt left of the last build: its manifest and the compiled statements."""
        return layout.dbt_target(load_settings(self.folder / "funnelhouse.toml"))

    @property
    def warehouse(self) -> Path:
        """The company's warehouse."""
        return self.folder / "var" / "warehouse.duckdb"

    def mart(self, name: str) -> pd.DataFrame:
        """All rows of a mart."""
        with duckdb.connect(self.warehouse, read_only=True) as connection:
            return connection.sql(f"select * from marts.{name}").df()

    def kpi_values(self) -> pd.DataFrame:
        """What the marts say."""
        return self.mart("kpi_values")

    @cached_property
    def ledger(self) -> Ledger:
        """What happened, as the oracle reads it.

        Whoever was merged away before the first load is never loaded, so a build for a day before the merge finds
        only the survivor, with all that it took over.
        """
        found = Ledger.read(self.folder / "ledger", self.as_of, Rules(clv_horizon_months=36))
        merges = [row for row in found.rows("record_merges") if row["entity"] == "leads"]
        unseen = {row["merged_id"] for row in merges if not found.happened(row["merged_at"])}
        for name in ("leads", "lead_events", "touches"):
            found.tables[name] = [row for row in found.rows(name) if row["lead_id"] not in unseen]
        return found

    @cached_property
    def trends(self) -> Trends:
        """The oracle's values and its eye for changes."""
        return Trends(self.ledger)

    def truth(self) -> pd.DataFrame:
        """What the oracle says of the ledger."""
        return self.trends.frame

    def goal_disagreements(self) -> list[str]:
        """Where targets and attainments differ from the oracle."""
        return goal_disagreements(self.ledger, self.trends.values, self.kpi_values(), self.mart("fct_sales_targets"))

    def cohort_disagreements(self) -> list[str]:
        """Where the cohort marts and the survival curves differ from the oracle."""
        with duckdb.connect(self.warehouse, read_only=True) as connection:
            return cohort_disagreements(self.ledger, connection)

    def closing_disagreements(self) -> list[str]:
        """Where the bridge of closing periods differs from the oracle."""
        with duckdb.connect(self.warehouse, read_only=True) as connection:
            return closing_disagreements(self.ledger, connection)

    def life_disagreements(self) -> list[str]:
        """Where the lives of opportunities differ from the oracle."""
        with duckdb.connect(self.warehouse, read_only=True) as connection:
            return life_disagreements(self.ledger, connection)

    def content_hashes(self) -> dict[str, str]:
        """Content hash of every mart."""
        with duckdb.connect(self.warehouse, read_only=True) as connection:
            return hashes.content_hashes(connection)

    def build_as_of(self, day: date) -> Simulated:
        """The same raw history built again for an earlier day."""
        file = self.folder / "funnelhouse.toml"
        text = re.sub(r"(?m)^as_of_date = \S+$", f"as_of_date = {day}", file.read_text())
        file.write_text(text)
        settings = load_settings(file)
        pipeline.load(settings)
        assert transform.run_dbt(settings, WITHOUT_CHECKS)
        return Simulated(self.folder, day)


def simulate(
    folder: Path,
    *,
    seed: int,
    scale: float,
    days: Iterable[date],
    first: date | None = None,
    goals: str = "",
) -> Simulated:
    """Load and build a simulated company as it stands on each of the days, one after the other.

    `first` is the day whose two years of history the world is made of (the first of the days unless given), `goals`
    are rows of `targets` as CSV that the company writes into its configuration.
    """
    days = list(days)
    world = World.create(seed, scale, first or days[0])
    with serve(world) as sandbox:
        for day in days:
            sandbox.advance(max(day, world.as_of))
            sandbox.write_files(folder / "imports")
            is_new = not (folder / "funnelhouse.toml").exists()
            file = company.write_demo(folder, port=sandbox.port, as_of=day)
            if is_new:
                file.write_text(file.read_text() + _as_configuration(goals))
            settings = load_settings(file)
            load_and_build(settings)
    ledger.write(world, folder / "ledger")
    if goals:
        targets = folder / "ledger" / "targets.csv"
        pd.concat([pd.read_csv(each, dtype=str) for each in (targets, io.StringIO(goals))]).to_csv(targets, index=False)
    return Simulated(folder, days[-1])


def _as_configuration(goals: str) -> str:
    """Rows of `targets` as tables of a configuration."""
    text = ""
    for row in csv.DictReader(io.StringIO(goals)):
        words = {"kpi", "period_grain", "dimension", "member", "currency_code", "relative_to"}
        given = {name: f'"{value}"' if name in words else value for name, value in row.items() if value}
        text += "\n[[targets]]\n" + "".join(f"{name} = {value}\n" for name, value in given.items())
    return text
