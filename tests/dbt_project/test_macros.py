"""The macros' truth tables, on DuckDB."""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from scipy import stats

from tests.dbt_project.projects import PROJECT, dbt

NULLS = [None, "", " ", "x", "NaN", "Infinity", "null", "None"]

TRUTH: dict[str, list[tuple[str | None, Any]]] = {
    "safe_integer('text')": [
        ("12", 12), ("-12", -12), ("+12", 12), (" 12 ", 12), ("0", 0), ("007", 7), ("12.0", 12), ("12.", 12),
        ("9223372036854775807", 9223372036854775807), ("9223372036854775808", None), ("12.7", None),
        ("1_000", None), ("1,000", None), ("0x10", None), ("1e3", None), ("12 34", None), ("--1", None),
        ("١٢", None), ("true", None),
        *[(text, None) for text in NULLS],
    ],
    "safe_decimal('text', 18, 4)": [
        ("12", Decimal("12.0000")), ("-0.5", Decimal("-0.5000")), (".5", Decimal("0.5000")),
        (" 1.25 ", Decimal("1.2500")),
        ("5.", Decimal("5.0000")), ("1e3", Decimal("1000.0000")), ("1E-2", Decimal("0.0100")),
        ("12.34565", Decimal("12.3457")), ("-12.34565", Decimal("-12.3457")), ("12.34564999", Decimal("12.3456")),
        ("99999999999999.9999", Decimal("99999999999999.9999")), ("100000000000000", None), ("1e400", None),
        ("1_000", None), ("1,5", None), ("1.2.3", None), ("0x10", None), ("$5", None), ("1e", None), (".", None),
        *[(text, None) for text in NULLS],
    ],
    "safe_boolean('text')": [
        ("true", True), ("True", True), (" TRUE ", True), ("1", True), ("yes", True), ("on", True),
        ("false", False), ("FALSE", False), ("0", False), ("no", False), ("off", False),
        ("t", None), ("y", None), ("2", None), ("1.0", None), ("truthy", None),
        *[(text, None) for text in NULLS],
    ],
    "safe_date('text')": [
        ("2026-01-31", dt.date(2026, 1, 31)), (" 2026-01-31 ", dt.date(2026, 1, 31)),
        ("2024-02-29", dt.date(2024, 2, 29)),
        ("2026-02-29", None), ("2026-13-01", None), ("31.01.2026", None), ("01/31/2026", None), ("20260131", None),
        ("2026-1-5", None), ("2026-01-31T00:00:00Z", None), ("26-01-31", None),
        *[(text, None) for text in NULLS],
    ],
    "safe_timestamp('text')": [
        ("2026-01-05T09:00:00Z", dt.datetime(2026, 1, 5, 9)),
        ("2026-01-05T09:00:00.123Z", dt.datetime(2026, 1, 5, 9, 0, 0, 123000)),
        ("2026-01-05T09:00:00.123456Z", dt.datetime(2026, 1, 5, 9, 0, 0, 123456)),
        ("2026-01-05T09:00:00+02:00", dt.datetime(2026, 1, 5, 7)),
        ("2026-01-05T09:00:00+0000", dt.datetime(2026, 1, 5, 9)),
        ("2026-01-05 09:00:00-03:30", dt.datetime(2026, 1, 5, 12, 30)),
        ("2026-01-05 09:00:00+02", dt.datetime(2026, 1, 5, 7)),
        ("2026-01-05 09:00:00 UTC", dt.datetime(2026, 1, 5, 9)),
        ("2026-01-05T09:00Z", dt.datetime(2026, 1, 5, 9)),
        ("2026-01-05T09:00+02:00", dt.datetime(2026, 1, 5, 7)),
        ("2026-01-05T09:00", dt.datetime(2026, 1, 5, 9)),
        ("2026-01-05 09:00:00", dt.datetime(2026, 1, 5, 9)),
        (" 2026-01-05T09:00:00Z ", dt.datetime(2026, 1, 5, 9)),
        # a bare date is the start of that day in the reporting zone, on either side of the clock change
        ("2026-01-05", dt.datetime(2026, 1, 4, 23)),
        ("2026-07-05", dt.datetime(2026, 7, 4, 22)),
        ("2026-02-30T09:00:00Z", None), ("2026-01-05T25:00:00Z", None), ("05.01.2026 09:00", None),
        ("1767603600", None), ("2026-01-05T09:00:00 Europe/Berlin", None), ("2026-01-05T", None),
        *[(text, None) for text in NULLS],
    ],
    "safe_epoch_timestamp('text')": [
        ("1767603600", dt.datetime(2026, 1, 5, 9)), ("0", dt.datetime(1970, 1, 1)), ("1767603600.5", None),
        ("2026-01-05", None), *[(text, None) for text in NULLS],
    ],
    "safe_epoch_timestamp('text', 'milliseconds')": [
        ("1767603600123", dt.datetime(2026, 1, 5, 9, 0, 0, 123000)), ("x", None),
    ],
    "clean_text('text')": [(" a ", "a"), ("", None), ("  ", None), ("a b", "a b"), (None, None)],
    "comparable_text('text')": [(" Köln ", "köln"), ("Ko\u0308ln", "köln"), ("", None), (None, None)],
    "email_domain('text')": [(" Anna@Alpha.Example ", "alpha.example"), ("nobody", None), (None, None)],
}  # fmt: skip

VALUES: dict[str, Any] = {
    # half away from zero, exactly, also where a double is wrong
    "divide_money('cast(10 as decimal(18, 4))', '3', 2)": Decimal("3.33"),
    "divide_money('cast(0.125 as decimal(18, 4))', '1', 2)": Decimal("0.13"),
    "divide_money('cast(-0.125 as decimal(18, 4))', '1', 2)": Decimal("-0.13"),
    "divide_money('cast(1.005 as decimal(18, 4))', '1', 2)": Decimal("1.01"),
    "divide_money('cast(-5 as decimal(18, 4))', '2', 0)": Decimal("-3"),
    "divide_money('cast(0 as decimal(18, 4))', '7', 2)": Decimal("0.00"),
    "divide_money('cast(99999999999999.9999 as decimal(18, 4))', '7', 6)": Decimal("14285714285714.285700"),
    "divide_money('cast(null as decimal(18, 4))', '7', 2)": None,
    "to_reporting_amount('cast(10000 as decimal(18, 4))', 'cast(1.25 as decimal(18, 9))')": Decimal("12500.00"),
    "to_reporting_amount('cast(0.1 as decimal(18, 4))', 'cast(0.05 as decimal(18, 9))')": Decimal("0.01"),
    "to_reporting_amount('cast(-0.1 as decimal(18, 4))', 'cast(0.05 as decimal(18, 9))')": Decimal("-0.01"),
    "to_reporting_amount('cast(1.005 as decimal(18, 4))', 'cast(1 as decimal(18, 9))')": Decimal("1.01"),
    "to_reporting_share('0.15', '0.033333', '1')": Decimal("0.00"),
    "to_reporting_share('0.15', '0.033334', '1')": Decimal("0.01"),
    "to_reporting_share('-0.15', '0.033333', '1')": Decimal("0.00"),
    "to_reporting_share('-0.15', '0.033334', '1')": Decimal("-0.01"),
    "to_reporting_share('-4321.1234', '0.999999', '0.006667777')": Decimal("-28.81"),
    "to_reporting_share('987654321098.7654', '0.333333', '1.123456789')": Decimal("369861947545.55"),
    "to_reporting_share('cast(null as decimal(18, 6))', '1', '1')": None,
    "minor_units_to_amount(\"'1999'\", '2')": Decimal("19.9900"),
    "minor_units_to_amount(\"'1999'\", '0')": Decimal("1999.0000"),
    "minor_units_to_amount(\"'1999'\", '3')": Decimal("1.9990"),
    "reporting_date(\"timestamp '2026-01-31 23:30:00'\")": dt.date(2026, 2, 1),
    "reporting_date(\"timestamp '2026-03-28 22:59:59'\")": dt.date(2026, 3, 28),
    "reporting_date(\"timestamp '2026-03-28 23:00:00'\")": dt.date(2026, 3, 29),
    "reporting_date(\"timestamp '2026-03-29 22:00:00'\")": dt.date(2026, 3, 30),
    "end_of_reporting_date(\"date '2026-03-29'\")": dt.datetime(2026, 3, 29, 21, 59, 59, 999999),
    "reporting_date(\"timestamp '2026-10-24 22:00:00'\")": dt.date(2026, 10, 25),
    "reporting_date(\"timestamp '2026-10-25 22:59:59'\")": dt.date(2026, 10, 25),
    "reporting_date(\"timestamp '2026-10-25 23:00:00'\")": dt.date(2026, 10, 26),
    "end_of_reporting_date(\"date '2026-10-25'\")": dt.datetime(2026, 10, 25, 22, 59, 59, 999999),
    "local_timestamp(\"timestamp '2026-01-31 18:29:59'\", \"'Asia/Kolkata'\")": dt.datetime(2026, 1, 31, 23, 59, 59),
    "local_timestamp(\"timestamp '2026-01-31 18:30:00'\", \"'Asia/Kolkata'\")": dt.datetime(2026, 2, 1),
    "local_timestamp(\"timestamp '2026-01-31 18:15:00'\", \"'Asia/Kathmandu'\")": dt.datetime(2026, 2, 1),
    "local_timestamp(\"timestamp '2026-04-04 14:59:59'\", \"'Australia/Lord_Howe'\")": dt.datetime(
        2026, 4, 5, 1, 59, 59
    ),
    "local_timestamp(\"timestamp '2026-04-04 15:00:00'\", \"'Australia/Lord_Howe'\")": dt.datetime(2026, 4, 5, 1, 30),
    "utc_timestamp(\"timestamp '2026-02-01 00:00:00'\", \"'Asia/Kolkata'\")": dt.datetime(2026, 1, 31, 18, 30),
    "month_start(\"date '2026-03-31'\")": dt.date(2026, 3, 1),
    "month_end(\"date '2024-02-10'\")": dt.date(2024, 2, 29),
    "quarter_start(\"date '2026-05-31'\")": dt.date(2026, 4, 1),
    "quarter_end(\"date '2026-05-31'\")": dt.date(2026, 6, 30),
    "date_add_days(\"date '2026-02-28'\", 1)": dt.date(2026, 3, 1),
    "date_add_months(\"date '2026-01-31'\", 1)": dt.date(2026, 2, 28),
    "date_diff_days(\"date '2026-03-01'\", \"date '2026-02-27'\")": -2,
    "date_diff_months(\"date '2025-11-30'\", \"date '2026-02-01'\")": 3,
    "iso_weekday(\"date '2026-03-29'\")": 7,
    "iso_weekday(\"date '2026-03-30'\")": 1,
    "minutes_between(\"timestamp '2026-03-01 00:00:00'\", \"timestamp '2026-03-01 00:00:50'\")": Decimal("0.833333333"),
    "hours_between(\"timestamp '2026-03-01 00:00:00'\", \"timestamp '2026-02-28 22:30:00'\")": Decimal("-1.500000"),
    "text_part(\"'a:b'\", ':', 2)": "b",
    "text_part(\"'a'\", ':', 2)": None,
}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every macro call of this file as SQL, rendered by dbt in a project that has nothing but the macros."""
    work = tmp_path_factory.mktemp("macros")
    project = work / "project"
    shutil.copytree(PROJECT / "macros", project / "macros")
    (project / "dbt_project.yml").write_text(
        "name: funnelhouse\nversion: '1.0'\nprofile: funnelhouse\nflags: {send_anonymous_usage_stats: false}\n"
    )
    calls = [*TRUTH, *VALUES, *SAME_HASH, *OTHER_HASH, *P_VALUES]
    (project / "models").mkdir()
    body = "\n----\n".join("{{ " + call + " }}" for call in calls)
    (project / "models" / "calls.sql").write_text(body)
    variables = "{reporting_timezone: Europe/Berlin, reporting_minor_units: 2}"
    dbt("--quiet", "compile", "--vars", variables, project=project, work=work)
    rendered = next((work / "target" / "compiled").rglob("calls.sql")).read_text(encoding="utf-8")
    return dict(zip(calls, rendered.split("\n----\n"), strict=True))


NORMAL, STUDENT = "normal_p_value('statistic')", "student_t_p_value('angle', 'degrees')"
P_VALUES = [NORMAL, STUDENT, "student_t_angle('statistic', 'degrees')"]
SAME_HASH = ["surrogate_key([\"'a'\", \"'b'\"])", "row_text([\"'a'\", \"'b'\"])"]
OTHER_HASH = [
    'surrogate_key(["\'a|b\'", "cast(null as varchar)"])',
    "surrogate_key([\"'a'\", \"'b|'\"])",
    "surrogate_key([\"'a~'\", \"'b'\"])",
    'surrogate_key(["\'a\'", "cast(null as varchar)"])',
    "surrogate_key([\"'a'\", \"'~0'\"])",
    "surrogate_key([\"''\", \"'ab'\"])",
]


def value_of(sql: str, zone: str = "UTC") -> Any:
    """One value, in a session of a zone."""
    with duckdb.connect() as connection:
        connection.execute(f"set TimeZone = '{zone}'")
        row = connection.execute(f"select {sql}").fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("call", TRUTH)
def test_a_text_becomes_the_value_that_it_says_or_null(call: str, compiled: dict[str, str]) -> None:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create table texts (position integer, text varchar)")
        connection.executemany("insert into texts values (?, ?)", [[n, case[0]] for n, case in enumerate(TRUTH[call])])
        rows = connection.execute(f"select text, {compiled[call]} from texts order by position").fetchall()
    assert rows == TRUTH[call]


def test_a_timestamp_does_not_depend_on_the_zone_of_the_session(compiled: dict[str, str]) -> None:
    for text, expected in TRUTH["safe_timestamp('text')"]:
        literal = "cast(null as varchar)" if text is None else "'" + text + "'"
        sql = f"{compiled['safe_timestamp(' + chr(39) + 'text' + chr(39) + ')']} from (select {literal} as text)"
        assert value_of(sql, zone="America/New_York") == expected, text


@pytest.mark.parametrize("call", VALUES)
def test_a_macro_computes_exactly(call: str, compiled: dict[str, str]) -> None:
    assert value_of(compiled[call]) == VALUES[call]


def test_a_key_tells_rows_apart_that_differ_in_any_way(compiled: dict[str, str]) -> None:
    keys = [value_of(compiled[call]) for call in (SAME_HASH[0], *OTHER_HASH)]
    assert len(set(keys)) == len(keys)
    assert value_of(f"md5({compiled[SAME_HASH[1]]})") == keys[0]


def test_every_dispatched_macro_has_a_variant_for_both_engines_or_one_for_all() -> None:
    for path in sorted((PROJECT / "macros").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        for name in _dispatched(text):
            assert f"macro default__{name}(" in text or f"macro duckdb__{name}(" in text, f"{path.name}: {name}"


def _dispatched(text: str) -> list[str]:
    return [part.split("'", 1)[0] for part in text.split("adapter.dispatch('")[1:]]


@pytest.mark.parametrize("statistic", [0.0, 1e-6, 0.3, -1.0, 1.959964, -3.5, 6.0, 12.0, 40.0])
def test_p_values_are_those_of_scipy(compiled: dict[str, str], statistic: float) -> None:
    normal, student, angle = (compiled[call] for call in P_VALUES)
    shown = duckdb.execute(f"select {normal} from (select cast(? as double) as statistic)", [statistic]).fetchall()
    assert shown[0][0] == pytest.approx(2 * stats.norm.sf(abs(statistic)), rel=2e-7, abs=1e-300)
    assert shown[0][0] <= 1
    for degrees in (4.0, 4.7, 9.0, 25.5, 26.0, 130.0, 4e3, 1e7):
        given = "(select cast(? as double) as statistic, cast(? as double) as degrees)"
        query = f"select {student} from (select *, {angle} as angle from {given})"
        shown = duckdb.execute(query, [statistic, degrees]).fetchall()
        assert shown[0][0] == pytest.approx(2 * stats.t.sf(abs(statistic), degrees), abs=1e-8)


def test_what_has_no_statistic_has_no_p_value(compiled: dict[str, str]) -> None:
    assert value_of(f"{compiled[NORMAL]} from (select cast(null as double) as statistic)") is None
