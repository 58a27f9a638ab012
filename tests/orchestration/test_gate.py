"""Nothing that failed a check, was not checked, or changed after its check is ever published."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import Settings, load_settings
from orchestration import builds, layout, pipeline, sources
from orchestration.errors import GateRefused
from orchestration.quality import expectations, identities, profiles
from orchestration.quality.verdicts import Verdict
from orchestration.serving import duckdb_file
from orchestration.warehouse import DuckDBReader
from tests.orchestration.companies import spoil_for_now


def spoil(settings: Settings, statement: str) -> None:
    """Plant one bad row in the warehouse, behind the pipeline's back."""
    with duckdb.connect(settings.warehouse_path) as connection:
        connection.execute(statement)


def change_audit(settings: Settings, **changes: object) -> None:
    build_id = builds.latest(settings)
    assert build_id
    audit = builds.read(settings, build_id, "audit")
    assert audit
    builds.write(settings, build_id, "audit", {**audit, **changes})


def refusal(settings: Settings) -> str:
    """The message of the refused publication; nothing is served afterwards."""
    with pytest.raises(GateRefused) as raised:
        pipeline.publish(settings)
    assert duckdb_file.current_version(settings) is None
    assert not layout.current_link(settings).exists()
    return str(raised.value)


def test_audited_build_is_published(audited: Settings) -> None:
    publication = pipeline.publish(audited)
    assert Path(publication["path"]).exists()
    assert publication["as_of_date"] == "2026-03-31"
    with duckdb.connect(layout.current_link(audited), read_only=True) as connection:
        row = connection.execute(
            "select value from marts.kpi_values where kpi = 'leads' and dimension = 'total'"
            " and period_grain = 'quarter' and period_start_date = date '2026-01-01'"
        ).fetchone()
        assert row == (9,)
        stamps = connection.execute("select distinct build_id from marts.kpi_values").fetchall()
        assert stamps == [(publication["build_id"],)]
        schemas = connection.execute(
            "select distinct schema_name from duckdb_tables() where not internal order by 1"
        ).fetchall()
        assert schemas == [("marts",), ("meta",)]
        assert connection.execute("select audit_status from meta.build").fetchall() == [("passed",)]


# What one bad row in a mart is caught by.
BAD_ROWS = {
    "suite.kpi_values.v1.key_is_unique": "insert into marts.kpi_values select * from marts.kpi_values limit 1",
    "suite.kpi_values.v1.grain_is_known": "update marts.kpi_values set period_grain = 'fortnight'"
    " where rowid = (select min(rowid) from marts.kpi_values where period_grain = 'month')",
    "suite.kpi_values.v1.aggregation_is_known": "update marts.kpi_values set aggregation = 'guess' where rowid = 0",
    "suite.kpi_values.v1.one_as_of_date": "update marts.kpi_values set as_of_date = date '2020-01-01' where rowid = 0",
    "suite.kpi_values.v1.no_value_without_denominator": "update marts.kpi_values set denominator = 0, value = 1"
    " where rowid = (select min(rowid) from marts.kpi_values where aggregation = 'ratio')",
    "suite.kpi_values.v1.value_is_numerator_by_denominator": "update marts.kpi_values set value = value + 1"
    " where rowid = (select min(rowid) from marts.kpi_values where aggregation = 'ratio' and denominator > 0)",
    "suite.kpi_definitions.v1.every_value_is_defined": "delete from marts.kpi_definitions where kpi = 'leads'",
    "suite.kpi_definitions.v1.formula_is_given": "update marts.kpi_definitions set formula = null where rowid = 0",
    "suite.profile.fct_leads.v1.no_row_stands_twice": "insert into marts.fct_leads select * from marts.fct_leads"
    " limit 1",
    "suite.profile.fct_opportunities.v1.booleans_are_never_null": "update marts.fct_opportunities set is_won = null"
    " where rowid = 0",
    "suite.profile.fct_opportunities.v1.currencies_are_given_with_amounts": "update marts.fct_opportunities"
    " set currency_code = null where opportunity_amount > 0",
    "identity.mrr_bridge_closes": "update marts.fct_mrr_movements set new_amount_reporting = new_amount_reporting + 1"
    " where rowid = 0",
    "identity.pipeline_bridge_closes": "update marts.kpi_values set numerator = numerator + 1"
    " where rowid = (select min(rowid) from marts.kpi_values where kpi = 'pipeline_fx_amount')",
    "identity.closing_bridge_closes": "update marts.fct_pipeline_closing_bridge"
    " set pushed_out_amount_reporting = pushed_out_amount_reporting + 1 where rowid = 0",
    "identity.allocated_cost_equals_ledger": "delete from marts.fct_acquisition_costs where rowid = 0",
    "identity.funnel_is_conserved": "delete from marts.fct_leads where rowid = 0",
    "identity.raw_spend_equals_mart_spend": "delete from marts.fct_ad_spend_daily where rowid = 0",
    "identity.raw_invoices_equal_mart_invoices": "delete from marts.fct_invoices where invoice_id = 'I13'",
    "identity.raw_opportunities_equal_mart_opportunities": "update marts.fct_opportunities"
    " set opportunity_amount = opportunity_amount + 1 where opportunity_id = 'D01'",
    "identity.components_make_the_values": "update marts.kpi_components set numerator = numerator + 1"
    " where rowid = (select min(rowid) from marts.kpi_components where kpi = 'leads')",
    "identity.members_add_up_to_the_total": "update marts.kpi_values set value = value + 1, numerator = numerator + 1"
    " where kpi = 'leads' and dimension = 'total' and value > 0 and period_grain = 'month'",
    "identity.trend_status_follows_the_comparison": "update marts.kpi_values set trend_status = 'worse'"
    " where rowid = (select min(rowid) from marts.kpi_values where trend_status = 'better' and period_grain = 'month')",
    "identity.drivers_add_up_to_the_change": "update marts.kpi_drivers set effect_value = effect_value + 1"
    " where rowid = 0",
}

# What is not there is caught as well.
MISSING_ROWS = [
    ("identity.components_make_the_values", "delete from marts.kpi_components where kpi = 'leads'"),
    (
        "identity.components_make_the_values",
        "delete from marts.kpi_values where kpi = 'leads' and dimension = 'channel' and member = 'paid_search'",
    ),
    (
        "identity.components_make_the_values",
        "update marts.kpi_components set channel = null where kpi = 'leads'",
    ),
    (
        "identity.members_add_up_to_the_total",
        "delete from marts.kpi_values where kpi = 'leads' and dimension = 'channel'",
    ),
    (
        "identity.members_add_up_to_the_total",
        "delete from marts.kpi_values where kpi = 'mrr' and dimension = 'total' and period_grain = 'quarter'",
    ),
    (
        "identity.trend_status_follows_the_comparison",
        "update marts.kpi_values set previous_year_value = 7 where kpi = 'leads' and period_grain = 'month'"
        " and period_start_date = date '2026-02-01' and dimension = 'total'",
    ),
]


def verdict_of(connection: duckdb.DuckDBPyConnection, check: str) -> Verdict:
    """What the audit would say of one check."""
    reader = DuckDBReader(connection)
    frames = [
        (suite, frame)
        for suite, frame in profiles.frames(reader, published_rows={})
        if check in {suite.check(expectation) for expectation in suite.expectations}
    ]
    verdicts = expectations.validate(frames) if frames else identities.evaluate(reader)
    return next(verdict for verdict in verdicts if verdict.check == check)


@pytest.mark.parametrize(("check", "statement"), [*BAD_ROWS.items(), *MISSING_ROWS])
def test_one_bad_row_in_a_mart_is_named(spoilt: duckdb.DuckDBPyConnection, check: str, statement: str) -> None:
    spoil_for_now(spoilt, statement)
    try:
        verdict = verdict_of(spoilt, check)
    finally:
        spoilt.rollback()
    assert (verdict.status, verdict.severity) == ("failed", "error")
    assert verdict.message
    assert verdict_of(spoilt, check).status == "passed"


def test_marts_with_bad_rows_are_not_published(audited: Settings) -> None:
    checks = ("suite.kpi_values.v1.key_is_unique", "identity.funnel_is_conserved")
    for check in checks:
        spoil(audited, BAD_ROWS[check])
    result = pipeline.audit(audited)
    assert result["status"] == "failed"
    assert set(checks) <= {item["check"] for item in result["verdicts"] if item["status"] == "failed"}
    assert "the audit failed" in refusal(audited)


def test_mart_that_changed_after_the_audit_is_not_published(audited: Settings) -> None:
    spoil(audited, "update marts.fct_opportunities set opportunity_amount_reporting = 1 where opportunity_id = 'D01'")
    assert "fct_opportunities" in refusal(audited)


def test_build_without_audit_is_not_published(audited: Settings) -> None:
    build_id = builds.latest(audited)
    assert build_id
    (layout.builds(audited) / build_id / "audit.json").unlink()
    assert "the audit is missing" in refusal(audited)


def test_build_that_never_finished_is_not_published(audited: Settings) -> None:
    build_id = builds.latest(audited)
    assert build_id
    stored = builds.read(audited, build_id, "build")
    assert stored
    builds.write(audited, build_id, "build", {**stored, "status": "running"})
    assert "never finished" in refusal(audited)


def test_check_without_a_verdict_makes_the_audit_incomplete(audited: Settings) -> None:
    build_id = builds.latest(audited)
    assert build_id
    stored = builds.read(audited, build_id, "dbt_verdicts")
    assert stored
    missing = next(item for item in stored["verdicts"] if item["severity"] == "error")
    kept = [item for item in stored["verdicts"] if item is not missing]
    builds.write(audited, build_id, "dbt_verdicts", {"verdicts": kept})
    result = pipeline.audit(audited, force=True)
    assert result["status"] == "incomplete"
    assert result["missing"] == [missing["check"]]
    assert "incomplete" in refusal(audited)


def test_verdict_older_than_its_model_does_not_count(audited: Settings) -> None:
    build_id = builds.latest(audited)
    assert build_id
    stored = builds.read(audited, build_id, "dbt_verdicts")
    assert stored
    old = next(item for item in stored["verdicts"] if "marts.kpi_values" in item["assets"])
    old["evaluated_at"] = "2026-01-01T00:00:00+00:00"
    builds.write(audited, build_id, "dbt_verdicts", stored)
    assert old["check"] in pipeline.audit(audited, force=True)["missing"]
    assert "incomplete" in refusal(audited)


def test_broken_check_is_an_error_and_neither_failed_nor_passed(audited: Settings) -> None:
    spoil(audited, "alter table marts.kpi_values drop column aggregation")
    result = pipeline.audit(audited)
    found = {item["check"]: item for item in result["verdicts"]}
    assert found["suite.kpi_values.v1.aggregation_is_known"]["status"] == "error"
    assert found["identity.members_add_up_to_the_total"]["status"] == "error"
    refusal(audited)


def test_missing_mart_makes_its_checks_missing(audited: Settings) -> None:
    spoil(audited, "drop table marts.fct_mrr_movements")
    result = pipeline.audit(audited)
    assert result["status"] == "failed"
    assert any("profile.fct_mrr_movements" in check for check in result["missing"])
    refusal(audited)


def fail_source(settings: Settings, name: str, *, hours_since_success: float | None) -> None:
    known = builds.read_json(layout.runs(settings) / "sources.json")
    assert known
    last = datetime.now(UTC) - timedelta(hours=hours_since_success or 0)
    known[name]["failed"] = {f"{name}.{name}": "the file cannot be read"}
    known[name]["last_success_at"] = last.isoformat() if hours_since_success is not None else None
    builds.write_json(layout.runs(settings) / "sources.json", known)


def allow_stale(settings: Settings, name: str, duration: str) -> Settings:
    text = settings.file.read_text().replace(f"[sources.{name}]", f'[sources.{name}]\nallow_stale = "{duration}"')
    settings.file.write_text(text)
    return load_settings(settings.file)


def test_failed_source_holds_the_publication_back(audited: Settings) -> None:
    fail_source(audited, "tickets", hours_since_success=1)
    assert "source tickets failed" in refusal(audited)


def test_allow_stale_lets_a_recent_failure_pass_and_shows_it(audited: Settings) -> None:
    fail_source(audited, "tickets", hours_since_success=1)
    publication = pipeline.publish(allow_stale(audited, "tickets", "36h"))
    assert "tickets" in publication["stale_sources"]
    with duckdb.connect(publication["path"], read_only=True) as connection:
        row = connection.execute("select problem from meta.sources where source = 'tickets'").fetchone()
    assert row
    assert "cannot be read" in row[0]


@pytest.mark.parametrize("hours", [48, None])
def test_allow_stale_ends_with_its_duration_and_never_covers_a_source_without_success(
    audited: Settings, hours: float | None
) -> None:
    fail_source(audited, "tickets", hours_since_success=hours)
    assert "source tickets failed" in refusal(allow_stale(audited, "tickets", "36h"))


def test_refused_source_holds_the_publication_back(audited: Settings) -> None:
    known = sources.status(audited)
    known["deals" if "deals" in known else "opportunities"].refused = {"opportunities.opportunities": ["too small"]}
    builds.write_json(layout.runs(audited) / "sources.json", {name: vars(one) for name, one in known.items()})
    assert "refused by the landing check: too small" in refusal(audited)


def test_last_published_version_stays_when_a_later_build_fails(audited: Settings) -> None:
    first = pipeline.publish(audited)
    shutil.copytree(layout.builds(audited) / first["build_id"], layout.builds(audited) / "20990101T000000000-aaaa")
    stored = builds.read(audited, "20990101T000000000-aaaa", "build")
    assert stored
    builds.write(audited, "20990101T000000000-aaaa", "build", {**stored, "build_id": "20990101T000000000-aaaa"})
    change_audit(audited, build_id="20990101T000000000-aaaa", status="failed")
    with pytest.raises(GateRefused):
        pipeline.publish(audited)
    current = duckdb_file.current_version(audited)
    assert current
    assert current["build_id"] == first["build_id"]
    duckdb_file.verify(Path(current["path"]), builds.content_hashes(audited, first["build_id"]))
