"""`funnel query`: MetricFlow's answers are the published values, and what cannot be asked is said."""

from __future__ import annotations

import json
import socket
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from ingestion.settings import Settings
from orchestration.errors import WrongQuestion
from orchestration.metrics import answer, compiler
from orchestration.metrics.question import GRAINS, Kpi
from orchestration.serving import duckdb_file
from tests.orchestration.companies import funnel

Numbers = tuple[Decimal | None, Decimal | None, float | None]
Member = tuple[str, str, str]
NOTHING = (None, 0)


@pytest.fixture(scope="module")
def metrics(published: Settings) -> list[Kpi]:
    """The KPIs that MetricFlow answers for."""
    names = {compiler.kpi_of(metric) for metric in compiler.metrics(published)["metrics"]}
    return [kpi for kpi in answer.kpis(published) if kpi.name in names]


def rows_of(settings: Settings, statement: str) -> list[tuple[Any, ...]]:
    current = duckdb_file.current_version(settings)
    assert current
    with duckdb.connect(current["path"], read_only=True) as connection:
        return connection.execute(statement).fetchall()


def shown(settings: Settings, kpi: str, grain: str = "month") -> dict[Member, Numbers]:
    """What `kpi_values` says of a KPI, by period start, dimension and member."""
    rows = rows_of(
        settings,
        "select period_start_date::text, dimension, member, numerator, denominator, value from marts.kpi_values"
        f" where kpi = '{kpi}' and period_grain = '{grain}'",
    )
    return {row[:3]: row[3:] for row in rows}


def answered(settings: Settings, kpi: Kpi, grain: str = "month") -> dict[Member, Numbers]:
    """The KPI by period alone."""
    names, rows = answer.answer(settings, kpi.name, by=[grain])
    assert names[0] == grain
    found = {}
    for row in rows:
        given = dict(zip(names, row, strict=True))
        key = (str(given[grain]), "total", "all")
        found[key] = (given["numerator"], given.get("denominator"), given["value"])
    return found


def rolled_up(settings: Settings, kpi: Kpi, dimensions: Iterable[str]) -> dict[Member, list[Decimal]]:
    """The KPI by month and all of these dimensions at once, summed for each of them."""
    dimensions = list(dimensions)
    names, rows = answer.answer(settings, kpi.name, by=["month", *dimensions])
    sums: dict[Member, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for row in rows:
        given = dict(zip(names, row, strict=True))
        for dimension in dimensions:
            entry = sums[str(given["month"]), dimension, given[dimension]]
            entry[0] += given["numerator"]
            entry[1] += given.get("denominator") or 0
    return sums


def same(one: Numbers, other: Numbers) -> bool:
    return one[:2] == other[:2] and (
        one[2] is other[2] if None in (one[2], other[2]) else abs(one[2] - other[2]) < 1e-9
    )


def test_every_metric_gives_the_published_values_by_month(published: Settings, metrics: list[Kpi]) -> None:
    problems = []
    for kpi in metrics:
        if not kpi.has_total:
            continue
        wanted = {key: row for key, row in shown(published, kpi.name).items() if key[1] == "total"}
        given = answered(published, kpi)
        assert wanted
        problems += [
            f"{kpi.name} {key}: shown {wanted.get(key)}, answered {given.get(key)}"
            for key in wanted.keys() | given.keys()
            if key not in wanted or key not in given or not same(wanted[key], given[key])
        ]
    assert len(metrics) > 60
    assert problems == []


def test_every_metric_gives_the_published_values_by_every_dimension(published: Settings, metrics: list[Kpi]) -> None:
    """Asked by all dimensions at once and summed; a KPI of one dimension at a time is asked by each."""
    manifest = compiler.metrics(published)
    compared = 0
    problems = []
    for kpi in metrics:
        dimensions = [dimension for dimension in kpi.dimensions if dimension != "total"]
        is_scoped = compiler.is_one_dimension_at_a_time(manifest, kpi.name)
        given: dict[Member, list[Decimal]] = {}
        for together in [[one] for one in dimensions] if is_scoped else [dimensions]:
            given |= rolled_up(published, kpi, together)
        given = {key: row for key, row in given.items() if any(row)}
        wanted = {
            key: [row[0] or Decimal(0), row[1] or Decimal(0)]
            for key, row in shown(published, kpi.name).items()
            if key[1] != "total" and not (row[0] in NOTHING and row[1] in NOTHING)
        }
        compared += len(wanted)
        problems += [
            f"{kpi.name} {key}: shown {wanted.get(key)}, answered {given.get(key)}"
            for key in wanted.keys() | given.keys()
            if wanted.get(key) != given.get(key)
        ]
    assert compared > 1000
    assert problems == []


def test_a_kpi_that_means_something_else_since_a_date_answers_as_published(
    published: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = [replace(kpi, is_redefined=True) if kpi.name == "win_rate" else kpi for kpi in answer.kpis(published)]
    monkeypatch.setattr(answer, "kpis", lambda settings: changed)
    official = rows_of(
        published,
        "select period_start_date, member, numerator, denominator, value from marts.kpi_values"
        " where kpi = 'win_rate' and period_grain = 'month' and dimension = 'team' and is_official_version"
        " order by all",
    )
    assert answer.answer(published, "win_rate", by=["month", "team"])[1] == official != []
    with pytest.raises(WrongQuestion, match="its meaning changes on a date"):
        answer.answer(published, "win_rate", by=["month", "team", "channel"])
    listed = dict((row[0], row[-1]) for row in answer.listed(published)[1])
    assert (listed["win_rate"], listed["leads"]) == (False, True)


def test_a_kpi_with_an_unknown_part_answers_as_published(published: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {kpi.name for kpi in answer.kpis(published) if kpi.has_unknown_parts} == set()
    partly = [
        replace(kpi, has_unknown_parts=True) if kpi.name == "cac_payback_months" else kpi
        for kpi in answer.kpis(published)
    ]
    monkeypatch.setattr(answer, "kpis", lambda settings: partly)
    wanted = rows_of(
        published,
        "select period_start_date, numerator, denominator, value from marts.kpi_values"
        " where kpi = 'cac_payback_months' and period_grain = 'quarter' and dimension = 'total' order by all",
    )
    assert answer.answer(published, "cac_payback_months", by=["quarter"])[1] == wanted != []
    with pytest.raises(WrongQuestion, match="a part of it is unknown"):
        answer.answer(published, "cac_payback_months", by=["quarter", "channel", "segment"])


@pytest.mark.parametrize("grain", GRAINS)
@pytest.mark.parametrize("name", ["leads", "win_rate"])
def test_every_period_is_the_published_one(published: Settings, metrics: list[Kpi], name: str, grain: str) -> None:
    kpi = next(one for one in metrics if one.name == name)
    wanted = {key: row for key, row in shown(published, name, grain).items() if key[1] == "total"}
    given = answered(published, kpi, grain)
    assert wanted.keys() == given.keys()
    assert all(same(wanted[key], given[key]) for key in wanted)


def test_kpis_of_one_dimension_at_a_time_are_those_with_scoped_components(
    published: Settings, metrics: list[Kpi]
) -> None:
    manifest = compiler.metrics(published)
    declared = {kpi.name for kpi in answer.kpis(published) if compiler.is_one_dimension_at_a_time(manifest, kpi.name)}
    scoped = rows_of(published, "select distinct kpi from marts.kpi_components where component_scope <> 'all'")
    assert declared == {row[0] for row in scoped} & {kpi.name for kpi in metrics}


def test_components_are_filled_in_every_dimension_of_their_kpi(published: Settings, metrics: list[Kpi]) -> None:
    """So that any combination of them adds up to the total."""
    dimensions = sorted({one for kpi in metrics for one in kpi.dimensions if one != "total"})
    counts = ", ".join(f"count(*) - count({dimension})" for dimension in dimensions)
    rows = rows_of(
        published, f"select kpi, {counts} from marts.kpi_components where component_scope = 'all' group by kpi"
    )
    empty = {(row[0], dimension) for row in rows for dimension, count in zip(dimensions, row[1:], strict=True) if count}
    gaps = [(kpi.name, dimension) for kpi in metrics for dimension in kpi.dimensions if (kpi.name, dimension) in empty]
    assert len(rows) > 30
    assert gaps == []


def test_a_condition_and_days_choose_the_facts(published: Settings) -> None:
    """Against the facts themselves."""
    _, rows = answer.answer(
        published,
        "deals_won",
        by=["month", "team"],
        where="channel in ('paid_search', 'email') and not team = '(unknown)'",
        first=date(2026, 2, 1),
    )
    assert rows
    wanted = rows_of(
        published,
        "select date_trunc('month', closed_date)::date, owner_team, sum(won_count) from marts.fct_opportunities"
        " where not is_renewal and channel in ('paid_search', 'email') and owner_team <> '(unknown)'"
        " and closed_date >= date '2026-02-01' group by all having sum(won_count) > 0 order by all",
    )
    assert [row[:3] for row in rows if row[2]] == wanted


def test_what_cannot_be_summed_is_answered_as_published(published: Settings) -> None:
    names, rows = answer.answer(published, "sales_cycle_days_median", by=["quarter", "team"])
    assert names == ["quarter", "team", "numerator", "denominator", "value"]
    wanted = {
        (key[0], key[2]): row[2]
        for key, row in shown(published, "sales_cycle_days_median", "quarter").items()
        if key[1] == "team"
    }
    assert wanted
    assert {(str(row[0]), row[1]): row[4] for row in rows} == wanted
    _, rows = answer.answer(published, "pipeline_amount", by=["month"], where="channel = 'paid_search'")
    wanted = {key[0]: row[2] for key, row in shown(published, "pipeline_amount").items() if key[2] == "paid_search"}
    assert wanted
    assert {str(row[0]): row[-1] for row in rows} == wanted


@pytest.mark.parametrize(
    ("kpi", "asked", "said"),
    [
        ("win_rat", {}, "there is no KPI 'win_rat'; the nearest are win_rate"),
        ("win_rate", {"by": ["chanel"]}, "there is no dimension 'chanel'; the nearest are channel"),
        ("win_rate", {"by": ["ticket_channel"]}, "win_rate is not told by ticket_channel"),
        ("win_rate", {"by": ["month", "year"]}, "one period at a time"),
        ("win_rate", {"where": "chanel = 'x'"}, "there is no dimension 'chanel'"),
        ("win_rate", {"where": "channel = 'x') or (team = 'y'"}, "closes a bracket"),
        ("win_rate", {"where": "channel = 'x'; drop table y"}, "cannot be read from here on: ; drop"),
        ("win_rate", {"where": "channel = '{{ 1 }}'"}, "no braces"),
        ("cac_loaded", {"by": ["week"]}, "its periods are month, quarter"),
        ("cac_loaded", {"by": ["channel", "segment"]}, "one dimension at a time (channel, segment)"),
        ("stage_transition_rate", {"by": ["month"]}, "has no total: add one of pipeline_stage"),
        ("mrr", {"by": ["month", "channel", "region"]}, "one dimension at a time"),
        ("mrr", {"by": ["channel"]}, "belongs to a period: add one of month"),
    ],
)
def test_a_question_without_an_answer_is_told_why(
    published: Settings, kpi: str, asked: dict[str, Any], said: str
) -> None:
    with pytest.raises(WrongQuestion) as error:
        answer.answer(published, kpi, **asked)
    assert said in str(error.value)


def test_nothing_is_asked_of_the_internet(published: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert answer.answer(published, "leads", by=["month"])[1]


def test_the_command_prints_json_csv_and_a_table_and_has_exit_codes(published: Settings) -> None:
    asked = ("query", "win_rate", "--by", "team,quarter", "--from", "2026-01-01", "--to", "2026-03-31")
    rows = json.loads(funnel(published.folder, *asked, "--json").stdout)
    shown_rates = {
        key[2]: row[2]
        for key, row in shown(published, "win_rate", "quarter").items()
        if key[:2] == ("2026-01-01", "team")
    }
    assert shown_rates
    assert {row["team"]: row["value"] for row in rows if row["value"] is not None} == pytest.approx(
        {team: rate for team, rate in shown_rates.items() if rate is not None}
    )
    assert funnel(published.folder, *asked, "--format", "csv").stdout.startswith("quarter,team,numerator,denominator,")
    wrong = funnel(published.folder, "query", "win_rat", "--json")
    assert (wrong.returncode, json.loads(wrong.stdout)["exit_code"]) == (2, 2)
    assert "win_rate" in funnel(published.folder, "query", "--list").stdout


def test_nothing_published_is_refused(audited: Settings) -> None:
    assert funnel(audited.folder, "query", "leads").returncode == 1
