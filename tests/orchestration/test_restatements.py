"""`kpi_restatements`: every published value that changed later, from what to what, and why."""

import json
from pathlib import Path

import pytest

from ingestion.settings import Settings, load_settings
from orchestration import pipeline
from orchestration.serving import reader
from tests.orchestration.companies import copy_company, forget_later, funnel, remember_all, write_worked_example
from tests.worked_example import RESTATED_SINCE_FEBRUARY, Restated

# What happens to the worked example after its first publication: one change of each kind, each in another fact.
_APPENDED = {
    "leads": "L90,zoe@omega.example,A2,2026-01-22T09:00:00Z,google,C1,,false,2026-01-22T09:00:00Z",
    "record_merges": "leads,L12,L10,2026-03-30T10:00:00Z",
    "lead_events": "LE90,L04,mql,2026-04-01T09:00:00Z,",
}
_REPLACED = {
    "opportunities": ("won,new,8000.00,USD", "won,new,8800.00,USD"),
    "tickets": ("T3,A13,2026-02-10T09:00:00Z,phone,agent,normal,G2,default\n", ""),
    "exchange_rates": ("2026-02-27,EUR,1.20", "2026-02-27,EUR,1.30"),
}


@pytest.fixture(scope="module")
def restated(audited_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A company that published, learned of all that, and published again a day later."""
    settings = copy_company(audited_folder, tmp_path_factory.mktemp("restated") / "company")
    pipeline.publish(settings)
    imports = settings.folder / "imports"
    for name, line in _APPENDED.items():
        with (imports / f"{name}.csv").open("a") as file:
            file.write(line + "\n")
    for name, (before, after) in _REPLACED.items():
        text = (imports / f"{name}.csv").read_text()
        assert before in text
        (imports / f"{name}.csv").write_text(text.replace(before, after))
    settings.file.write_text(settings.file.read_text().replace("2026-03-31", "2026-04-01"))
    return publish(load_settings(settings.file))


@pytest.fixture(scope="module")
def a_month_later(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The worked example as published with what was known on 28 February, and again at the end of March."""
    settings = write_worked_example(tmp_path_factory.mktemp("a_month_later"))
    text = settings.file.read_text()
    forget_later(settings, "2026-02-28T22:59:59Z")
    settings.file.write_text(text.replace("2026-03-31", "2026-02-28"))
    publish(load_settings(settings.file))
    remember_all(settings)
    settings.file.write_text(text)
    return publish(load_settings(settings.file))


def publish(settings: Settings) -> Settings:
    """Load what there is, build it and publish it."""
    pipeline.extract(settings)
    assert [report.reasons for report in pipeline.load(settings) if report.is_refused] == []
    pipeline.build(settings)
    assert pipeline.audit(settings)["status"] == "passed"
    pipeline.publish(settings)
    return settings


@pytest.mark.parametrize("line", RESTATED_SINCE_FEBRUARY, ids=lambda line: " ".join(line[:3]))
def test_every_line_of_the_worked_example_is_told_with_its_reason(a_month_later: Settings, line: Restated) -> None:
    found = month(a_month_later, line.kpi, line.period_start_date, line.member)
    assert found is not None
    assert found[:2] == (pytest.approx(line.was, abs=1e-9), pytest.approx(line.now, abs=1e-9))
    assert found[2] == line.reason


def test_what_the_worked_example_calls_unchanged_is_not_restated(a_month_later: Settings) -> None:
    """The channel events, and the totals of MQLs, SQLs, spend, acquisition cost, MRR and service KPIs."""
    assert month(a_month_later, "leads", "2026-02-01", "events") is None
    _, rows = reader.query(
        a_month_later,
        "select kpi, period_start_date from kpi_restatements where dimension = 'total' and period_grain = 'month'"
        " and (kpi in ('mqls', 'sqls', 'marketing_spend_amount', 'mrr', 'csat', 'ticket_backlog', 'tickets_created',"
        " 'first_response_minutes_median', 'resolution_minutes_median') or starts_with(kpi, 'cac'))",
    )
    assert rows == []


def month(settings: Settings, kpi: str, start: str, member: str = "all") -> tuple[object, ...] | None:
    _, rows = reader.query(
        settings,
        "select published_value, restated_value, reason, changed_facts from kpi_restatements"
        f" where kpi = '{kpi}' and period_grain = 'month' and period_start_date = '{start}' and member = '{member}'",
    )
    assert len(rows) <= 1
    return rows[0] if rows else None


@pytest.mark.parametrize(
    ("kpi", "start", "expected"),
    [
        ("leads", "2026-01-01", (5, 6, "late record", "fct_leads")),
        ("leads", "2026-03-01", (2, 1, "merge", "fct_leads")),
        ("sales_amount", "2026-03-01", (24500, 25300, "edit", "fct_opportunities")),
        ("tickets_created", "2026-02-01", (1, 0, "delete", "fct_tickets")),
        ("lead_to_mql_rate", "2026-01-01", (0.8, pytest.approx(5 / 6), "late record, later event", "fct_leads")),
        ("mrr", "2026-02-01", (1046, 1054, "rate", "fct_mrr_monthly")),
        ("pipeline_fx_amount", "2026-02-01", (0, 1400, "rate", "fct_pipeline_flows")),
    ],
)
def test_reason_is_what_happened_to_the_records(
    restated: Settings, kpi: str, start: str, expected: tuple[object, ...]
) -> None:
    assert month(restated, kpi, start) == expected


@pytest.mark.parametrize(
    ("kpi", "start", "member", "expected"),
    [
        ("lead_to_mql_rate", "2026-01-01", "smb", (1, 0.8, "late record", "fct_leads")),
        ("lead_to_mql_rate", "2026-01-01", "consumer", (0, 1, "later event", "fct_leads")),
        ("pipeline_fx_amount", "2026-02-01", "enterprise", (None, 400, "rate", "fct_pipeline_flows")),
        ("pipeline_fx_amount", "2026-02-01", "smb", (None, 1000, "rate", "fct_pipeline_flows")),
        ("sales_amount", "2026-03-01", "R1", (12000, 12800, "edit", "fct_opportunities")),
    ],
)
def test_reason_of_a_member_is_what_happened_to_its_own_records(
    restated: Settings, kpi: str, start: str, member: str, expected: tuple[object, ...]
) -> None:
    assert month(restated, kpi, start, member) == expected


def test_changed_records_of_a_member_are_counted_for_it(restated: Settings) -> None:
    _, rows = reader.query(
        restated,
        "select member, changed_record_count from kpi_restatements where kpi = 'lead_to_mql_rate'"
        " and period_grain = 'month' and period_start_date = '2026-01-01' and dimension in ('total', 'segment')"
        " order by member",
    )
    assert rows == [("all", 2), ("consumer", 1), ("smb", 1)]


def test_every_restated_value_differs_from_what_was_published(restated: Settings) -> None:
    _, rows = reader.query(
        restated,
        "select count(*), count(*) filter (where published_value is not distinct from restated_value),"
        " count(*) filter (where reason = 'unexplained'), count(distinct published_build_id) from kpi_restatements",
    )
    assert rows[0][0] > 50
    assert rows[0][1:] == (0, 0, 1)


def test_command_lists_them_newest_first(restated: Settings) -> None:
    found = json.loads(funnel(restated.folder, "restatements", "--json").stdout)
    assert found["count"] == len(found["rows"]) > 50
    assert {"kpi", "published_value", "restated_value", "reason"} <= set(found["rows"][0])
    assert "published values were restated" in funnel(restated.folder, "restatements").stdout


def test_changed_definition_is_a_reason_and_earlier_restatements_stay(restated: Settings) -> None:
    _, before = reader.query(restated, "select count(*) from kpi_restatements")
    text = restated.file.read_text()
    restated.file.write_text(text.replace("gross_margin_ratio = 0.80", "gross_margin_ratio = 0.70"))
    settings = load_settings(restated.file)
    pipeline.build(settings)
    assert pipeline.audit(settings)["status"] == "passed"
    pipeline.publish(settings)
    _, rows = reader.query(
        settings,
        "select reason, kpi, count(*) from kpi_restatements"
        " where restated_build_id = (select max(restated_build_id) from kpi_restatements) group by all",
    )
    assert {kpi for _, kpi, _ in rows} >= {"clv_simple", "cac_payback_months"}
    assert {reason for reason, _, _ in rows} == {"definition"}
    _, after = reader.query(settings, "select count(*) from kpi_restatements")
    assert after[0][0] == before[0][0] + sum(count for _, _, count in rows)
