"""Mistakes in the input, one row each on the worked example: told by name, and no total changes in silence."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from ingestion.settings import Settings, load_settings
from orchestration import builds, findings, pipeline
from orchestration.quality import gate
from orchestration.serving import duckdb_file
from tests.oracle.compare import disagreements
from tests.oracle.kpis import compute
from tests.orchestration.companies import copy_company, funnel, judged, write_worked_example
from tests.worked_example import EXAMPLE

AS_OF = date(2026, 3, 31)
# What is kept, and what is left out: a second quota of one month, and a subscription that ends before it starts.
KEPT = {
    "targets": "credited_sales_amount,month,2026-03-01,sales_rep,R99,5000.00,USD",
    "opportunity_stage_events": "D05,s9,2026-03-12T09:00:00Z",
    "ratings": "RA9,T99,csat,2026-03-05T09:00:00Z,2026-03-05T12:00:00Z,,,true",
}
LEFT_OUT = {
    "targets": "credited_sales_amount,month,2026-03-01,sales_rep,R1,12000.00,USD",
    "subscription_periods": "S99,A1,2026-03-10,2026-02-10,active,100.00,USD,month,1",
}
# The KPIs of the kept answer, of the kept quota (a company's is the sum of its teams'), of a stage without probability
MOVED = {
    "csat", "csat_response_rate",
    "pipeline_coverage", "pipeline_coverage_remaining", "quota_attainment", "quota_pace", "weighted_pipeline_amount",
}  # fmt: skip
KEY = ["kpi", "period_grain", "period_start_date", "dimension", "member"]


def append(folder: Path, rows: dict[str, str]) -> None:
    """Add a row to each of some files."""
    for name, row in rows.items():
        with (folder / f"{name}.csv").open("a") as file:
            file.write(row + "\n")


class Company:
    """The worked example with the mistakes that stop nothing, published, and what was said on the way."""

    def __init__(self, folder: Path) -> None:
        self.settings = write_worked_example(folder / "company")
        append(self.settings.folder / "imports", KEPT)
        append(self.settings.folder / "imports", LEFT_OUT)
        self.truth = folder / "truth"
        shutil.copytree(EXAMPLE, self.truth)
        append(self.truth, KEPT)
        self.said = {}
        for step in ("extract", "load", "build", "audit", "publish"):
            done = funnel(self.settings.folder, step)
            assert done.returncode == 0, done.stdout + done.stderr
            self.said[step] = done.stdout

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What the published version answers."""
        with duckdb.connect(self.settings.serving / "current.duckdb", read_only=True) as connection:
            return connection.execute(query).fetchall()

    def kpi_values(self) -> pd.DataFrame:
        """The published values."""
        with duckdb.connect(self.settings.serving / "current.duckdb", read_only=True) as connection:
            return connection.sql("select * from marts.kpi_values").df()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Built once; the tests that break it take copies."""
    return Company(tmp_path_factory.mktemp("bad_input"))


def test_rows_that_cannot_be_meant_are_quarantined_with_their_line_and_the_reason(company: Company) -> None:
    twin = (
        "targets.targets: 1 quarantined: targets.csv, line 12: line 4 has the same `kpi`, `period_grain`,"
        " `period_start_date`, `dimension`, `member`, `valid_from` and says something else"
    )
    backwards = (
        "subscription_periods.subscription_periods: 1 quarantined: subscription_periods.csv, line 13:"
        " `valid_to_date` 2026-02-10 lies before `valid_from_date` 2026-03-10"
    )
    assert set(findings.of_extraction(company.settings)) == {twin, backwards}
    assert twin in company.said["extract"]
    assert backwards in company.said["extract"]


def test_what_is_kept_is_told_by_the_audit_with_its_name(company: Company) -> None:
    told = company.said["audit"]
    for check, names in {
        "assert_targets_are_sound": ("unknown_member", "'R99'"),
        "assert_stages_are_known": ("'s9'", "'main'", "'D05'"),
        "assert_rated_tickets_are_known": ("'RA9'", "'T99'"),
    }.items():
        [line] = [line for line in told.splitlines() if check in line]
        assert line.startswith("  warn ")
        assert all(name in line for name in names), line


def test_every_value_is_that_of_the_rows_that_were_kept(company: Company) -> None:
    assert disagreements(compute(company.truth, AS_OF), company.kpi_values()) == []


def test_no_other_total_moves(company: Company) -> None:
    clean, found = (
        frame[frame.dimension == "total"].assign(period_start_date=frame.period_start_date.astype(str).str[:10])
        for frame in (compute(EXAMPLE, AS_OF), company.kpi_values())
    )
    both = pd.merge(clean, found, on=KEY, suffixes=("_clean", "_found"))
    values = both[["value_clean", "value_found"]].astype(float)
    same = (values.value_clean - values.value_found).abs() <= 1e-9
    assert len(both) > 1000
    assert set(both[~same & values.notna().any(axis=1)].kpi) == MOVED


def test_what_nobody_knows_is_a_member_of_its_own(company: Company) -> None:
    def months(kpi: str, dimension: str) -> list[tuple[object, ...]]:
        return company.rows(
            f"select member, numerator, denominator from marts.kpi_values where kpi = '{kpi}'"
            f" and dimension = '{dimension}' and period_grain = 'month' and period_start_date = date '2026-03-01'"
            " and member = '(unknown)'"
        )

    assert months("csat", "ticket_channel") == [("(unknown)", 1, 1)]
    assert company.rows("select distinct customer_key from marts.fct_satisfaction_ratings where rating_id = 'RA9'") == [
        ("(unknown)",)
    ]
    assert company.rows(
        "select sales_rep_key, target_amount_reporting from marts.fct_sales_targets where member = 'R99'"
    ) == [("(unknown)", 5000)]


@dataclass(frozen=True)
class Stop:
    """A mistake that stops a publication: a row of a file or a part of the configuration, and what has to be named."""

    check: str
    names: tuple[str, ...]
    rows: dict[str, str] = field(default_factory=dict)
    configuration: str = ""


STOPS = {
    "a currency without a rate": Stop(
        "assert_every_amount_has_an_exchange_rate",
        ("'GBP'", "'2026-03-05'", "'invoices'"),
        rows={"invoices": "I90,A1,,2026-03-05,paid,100.00,0.00,100.00,GBP,,2026-03-06T09:00:00Z"},
    ),
    "a cycle of merges": Stop(
        "assert_merges_have_no_cycle",
        ("'leads'", "'start_id': 'L0"),
        rows={"record_merges": "leads,L07,L08,2026-03-03T10:00:00Z"},
    ),
    "splits that are more than the deal": Stop(
        "assert_splits_sum_to_one",
        ("'D06'", "1.1"),
        rows={"opportunity_splits": "D06,R3,0.10"},
    ),
    "two quotas of one month": Stop(
        "assert_targets_do_not_overlap",
        (
            "'credited_sales_amount'",
            "'2026-03-01'",
            "'R1'",
            "'10000.000000 USD'",
            "'12000.000000 USD'",
            "(configuration)",
        ),
        configuration="""
[[targets]]
kpi = "credited_sales_amount"
period_grain = "month"
period_start_date = 2026-03-01
dimension = "sales_rep"
member = "R1"
target_value = 12000
currency_code = "USD"
""",
    ),
}


def with_mistake(company: Company, mistake: str, folder: Path) -> Settings:
    """A copy of the company that made a mistake, loaded."""
    settings = copy_company(company.settings.folder, folder)
    append(settings.folder / "imports", STOPS[mistake].rows)
    settings.file.write_text(settings.file.read_text() + STOPS[mistake].configuration)
    settings = load_settings(settings.file)
    assert [report.error for report in pipeline.extract(settings) if report.error] == []
    pipeline.load(settings)
    return settings


@pytest.mark.parametrize("mistake", STOPS)
def test_what_would_change_a_total_blocks_and_is_named(company: Company, mistake: str, tmp_path: Path) -> None:
    stop = STOPS[mistake]
    verdict = judged(with_mistake(company, mistake, tmp_path / "company"), stop.check)[stop.check]
    assert verdict.blocks
    assert [name for name in stop.names if name not in str(verdict)] == [], str(verdict)


def test_what_would_change_a_total_stops_the_publication(company: Company, tmp_path: Path) -> None:
    stop = STOPS["a cycle of merges"]
    settings = with_mistake(company, "a cycle of merges", tmp_path / "company")
    before = duckdb_file.current_version(settings)
    assert before
    pipeline.build(settings)
    reason = "; ".join(gate.refusals(settings, builds.latest(settings)))
    assert stop.check in reason.partition("checks skipped behind them")[0]
    assert [name for name in stop.names if name not in reason] == [], reason
    done = funnel(settings.folder, "publish")
    assert done.returncode == 1
    assert stop.check in done.stderr
    assert duckdb_file.current_version(settings) == before


# The same mistakes as vendors send them, as they lie in raw.
UNKNOWN: dict[str, dict[str, object]] = {
    "raw_zendesk.satisfaction_ratings": {
        "id": 900, "ticket_id": 77, "score": "good", "assignee_id": 5,
        "created_at": "2026-03-05T09:00:00Z", "updated_at": "2026-03-05T12:00:00Z",
    },
    "raw_hubspot.deals": {
        "id": "901",
        "properties": {
            "dealname": "Lost its stage", "pipeline": "gone", "dealstage": "nowhere", "amount": "70",
            "deal_currency_code": "USD", "createdate": "2026-03-05T09:00:00Z",
        },
    },
}  # fmt: skip
BACKWARDS: dict[str, dict[str, object]] = {
    "raw_stripe.subscriptions": {
        "id": "sub_902", "customer": "cus_1", "status": "canceled", "items": {"data": []},
        "start_date": 1772700000, "ended_at": 1772000000,
    },
}  # fmt: skip


def with_records(company: Company, folder: Path, records: dict[str, dict[str, object]]) -> Settings:
    """A copy of the company whose raw tables have more records."""
    settings = copy_company(company.settings.folder, folder)
    with duckdb.connect(settings.warehouse_path) as connection:
        for table, record in records.items():
            connection.execute(
                f"insert into {table} select $id, now() at time zone 'UTC', false, $record, md5($record),"
                " now() at time zone 'UTC', 'by-hand', (select max(load_seq) + 1 from meta.loaded_batches)",
                {"id": str(record["id"]), "record": json.dumps(record)},
            )
    return settings


def test_what_a_vendor_names_and_never_sent_is_told(company: Company, tmp_path: Path) -> None:
    settings = with_records(company, tmp_path / "company", UNKNOWN)
    told = judged(settings, "assert_rated_tickets_are_known", "assert_stages_are_known")
    rating = "'source_system': 'zendesk', 'rating_id': '900', 'ticket_id': '77'"
    assert rating in str(told["assert_rated_tickets_are_known"].examples)
    assert "'pipeline_id': 'gone', 'stage_id': 'nowhere'" in str(told["assert_stages_are_known"].examples)


def test_a_vendor_s_subscription_that_ends_before_it_starts_blocks(company: Company, tmp_path: Path) -> None:
    check = "assert_subscriptions_end_after_they_start"
    verdict = judged(with_records(company, tmp_path / "company", BACKWARDS), check)[check]
    assert verdict.blocks
    assert "'sub_902'" in str(verdict.examples)


CONFIGURED = """
[sources.opportunities.pipelines.main]
first_real_stage = "s7"

[sources.opportunities.pipelines.partners]
is_renewal = true

[sources.hubspot]
enabled = false
access_token = { env = "NO_TOKEN" }
values.campaign_id = { "Search brand" = "C1", "Spring" = "C77" }
"""


def test_what_the_configuration_names_and_no_source_has_is_told(company: Company, tmp_path: Path) -> None:
    settings = copy_company(company.settings.folder, tmp_path / "company")
    file = settings.folder / "funnelhouse.toml"
    file.write_text(file.read_text() + CONFIGURED)
    checks = ("assert_configured_pipelines_are_known", "assert_mapped_campaigns_are_known")
    told = judged(load_settings(file), *checks)
    pipelines, campaigns = (told[check] for check in checks)
    assert pipelines.blocks
    assert {(row["pipeline_id"], row["first_real_stage_id"], row["finding"]) for row in pipelines.examples} == {
        ("main", "s7", "unknown_stage"),
        ("partners", None, "unknown_pipeline"),
    }
    assert not campaigns.blocks
    assert {(row["campaign_name"], row["campaign_id"]) for row in campaigns.examples} == {("Spring", "C77")}
