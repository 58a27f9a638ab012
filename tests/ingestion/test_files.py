"""Files of rows: dialects, mapping and quarantine."""

import gzip
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion.entities import ENTITIES
from ingestion.row_mapping import decimal_sign
from orchestration import findings
from tests.ingestion.cost_files import COSTS, SOURCE, costs, mapped, reasons
from tests.ingestion.scripted import company, extract_files, load, raw

CRM = """
[company]
reporting_currency = "USD"
reporting_timezone = "Europe/Berlin"
[sources.legacy_crm]
kind = "files"
path = "imports/opportunities-*.csv"
entity = "opportunities"
record_id = "opp"
date_format = "%d/%m/%Y"
settle = "0s"
[sources.legacy_crm.columns]
account_name = "account"
owner_name = "sales_agent"
stage = "deal_stage"
created_at = "engage_date"
closed_at = "close_date"
amount = "close_value"
[sources.legacy_crm.constants]
currency_code = "USD"
[sources.legacy_crm.values.stage]
Won = "won"
Lost = "lost"
Engaging = "open"
"""


def test_an_export_that_nobody_prepared_is_mapped_to_opportunities(tmp_path: Path) -> None:
    settings = company(tmp_path, CRM)
    (tmp_path / "imports").mkdir()
    (tmp_path / "imports" / "opportunities-1.csv").write_text(
        "opp,account,sales_agent,deal_stage,engage_date,close_date,close_value,mood\n"
        "1,Acme, Jo ,Won,20/10/2016,01/03/2017,1054,good\n"
        "2,Beta,Jo,engaging,21/10/2016,,,\n"
        "3,Gamma,Jo,Won,never,,,\n",
    )
    report = extract_files(settings)["legacy_crm"]
    assert (report.new, report.quarantined) == (2, 1)
    first, second = mapped(settings, "opportunities")
    expected = {
        "opportunity_id": "1", "account_name": "Acme", "owner_name": "Jo", "stage": "won", "amount": "1054",
        "created_at": "2016-10-19T22:00:00Z", "closed_at": "2017-02-28T23:00:00Z", "currency_code": "USD",
        "pipeline_id": "default", "is_deleted": "false",
    }  # fmt: skip
    assert first == expected
    assert (second["stage"], second["closed_at"], second["amount"]) == ("open", None, None)
    assert reasons(settings) == [
        "opportunities-1.csv, line 4: `created_at`: 'never' is no date; `date_format` says how the file writes them; "
        "required `created_at` is empty"
    ]
    row = orjson.loads(raw(settings, "raw_files.opportunities")[0][2])["row"]
    assert row["sales_agent"] == " Jo "
    assert row["mood"] == "good"


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (COSTS + "K1,2026-01-31,tools,1234.50,USD\n", "plain"),
        ("\ufeff" + COSTS + "K1,2026-01-31,tools,1234.50,USD\n", "byte order mark"),
        ((COSTS + "K1,2026-01-31,tools,1234.50,USD\n").encode("utf-16"), "UTF-16"),
        ((COSTS + "K1,2026-01-31,tools,1234.50,USD\n").encode("utf-16-le"), "UTF-16 without a mark"),
        (COSTS.replace(",", ";") + 'K1;2026-01-31;tools;"1.234,50";USD\n', "semicolon and decimal comma"),
        (COSTS.replace(",", "\t") + "K1\t2026-01-31\ttools\t1234.50\tUSD\n", "tab"),
        (COSTS.replace(",", "|") + "K1|2026-01-31|tools|1234.50|USD\n", "bar"),
        (COSTS.replace("\n", "\r\n") + "K1,2026-01-31,Tools,1234.50,USD\r\n\r\n", "CRLF, capitals, an empty line"),
        (COSTS + 'K1,2026-01-31,tools,"1,234.50",USD\n', "grouped thousands"),
        (COSTS.upper() + "K1,2026-01-31,tools,1234.50,USD\n", "header in capitals"),
        (COSTS.strip() + ",\nK1,2026-01-31,tools,1234.50,USD,\n", "an empty last column"),
    ],
)
def test_a_clear_dialect_is_read(content: str | bytes, note: str, tmp_path: Path) -> None:
    settings, report = costs(tmp_path, content)
    assert report.error is None, note
    (row,) = mapped(settings)
    assert (row["cost_id"], row["category"], Decimal(row["amount"])) == ("K1", "tools", Decimal("1234.50"))


def test_a_quoted_newline_stays_in_its_cell_and_line_numbers_stay_true(tmp_path: Path) -> None:
    settings, report = costs(
        tmp_path, COSTS.strip() + ',note\nK1,2026-01-31,tools,1,USD,"two\nlines"\nK2,2026-01-31,tools,x,USD,\n'
    )
    assert (report.new, report.quarantined) == (1, 1)
    assert "costs.csv, line 4: `amount`: 'x' is no number" in reasons(settings)[0]


def test_ragged_rows_are_quarantined_with_their_line_and_delete_nothing(tmp_path: Path) -> None:
    good = "K1,2026-01-31,tools,1,USD\nK2,2026-01-31,tools,1,USD\n"
    costs(tmp_path, COSTS + good)
    settings, report = costs(tmp_path, COSTS + "K1,2026-01-31,tools,1,USD\nK2,2026-01-31\n")
    assert (report.quarantined, report.deleted, report.error) == (1, 0, None)
    assert reasons(settings) == ["costs.csv, line 3: 2 fields where the header has 5"]


def test_a_header_that_names_a_mapped_column_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    _, report = costs(tmp_path, COSTS.strip() + ",amount\nK1,2026-01-31,tools,1,USD,2\n")
    assert "line 1: the header has 'amount' more than once" in (report.error or "")


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (COSTS + 'K1,2026-01-31,tools,"1,USD\n', "the quoting is broken"),
        ((COSTS + "K1,2026-01-31,tools,1,USD\nKé,2026-01-31,tools,1,USD\n").encode("cp1252"), "costs.csv, line 3"),
        (
            COSTS + 'K1,2026-01-31,tools,"1,5",USD\nK2,2026-01-31,tools,1.5,USD\n',
            "decimal comma or a decimal point is not clear",
        ),
        (COSTS.replace(",", ";") + "K1;2026-01-31;tools;1.234;USD\n", "decimal comma or a decimal point is not clear"),
        ("", "there is no header line"),
        ("cost_id,cost_date,category,amount\nK1,2026-01-31,tools,1\n", "needs `currency_code`"),
    ],
)
def test_an_unclear_file_is_refused_with_its_place(content: str | bytes, finding: str, tmp_path: Path) -> None:
    settings, report = costs(tmp_path, content)
    assert finding in (report.error or "")
    assert "costs.csv" in (report.error or "")
    assert mapped(settings) == []


def test_an_encoding_can_be_named(tmp_path: Path) -> None:
    content = (COSTS + "Ké,2026-01-31,tools,1,USD\n").encode("cp1252")
    settings, _ = costs(tmp_path, content, extra='encoding = "cp1252"\n')
    assert mapped(settings)[0]["cost_id"] == "Ké"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ("K1,2026-02-30,tools,1,USD", "is no date"),
        ("K1,31.01.2026,tools,1,USD", "is no date"),
        ("K1,2026-01-31,beer,1,USD", "is none of sales_pay"),
        ("K1,2026-01-31,tools,NaN,USD", "is no number"),
        ("K1,2026-01-31,tools,0x10,USD", "is no number"),
        ("K1,2026-01-31,tools,1_000,USD", "is no number"),
        ('K1,2026-01-31,tools,"1,000",USD', "is no number"),
        (",2026-01-31,tools,1,USD", "required `cost_id` is empty"),
        ("K1,2026-01-31,tools,,USD", "required `amount` is empty"),
    ],
)
def test_rows_that_cannot_be_used_are_quarantined_with_the_reason(values: str, reason: str, tmp_path: Path) -> None:
    settings, report = costs(tmp_path, COSTS + values + "\nK9,2026-01-31,tools,1,USD\n")
    assert (report.new, report.quarantined) == (1, 1)
    assert reason in reasons(settings)[0]


def test_an_interval_that_ends_before_it_begins_is_quarantined(tmp_path: Path) -> None:
    settings = company(tmp_path, SOURCE.replace("costs*", "periods.csv").replace('"costs"', '"subscription_periods"'))
    header = "subscription_id,account_id,valid_from_date,valid_to_date,status,monthly_amount,currency_code\n"
    lines = ("S1,A1,2026-03-01,2026-02-01", "S2,A1,2026-03-01,2026-03-01", "S3,A1,2026-03-01,")
    (tmp_path / "periods.csv").write_text(header + "".join(f"{line},active,9,USD\n" for line in lines))
    report = extract_files(settings)["costs"]
    assert (report.new, report.quarantined) == (2, 1)
    assert reasons(settings) == [
        "periods.csv, line 2: `valid_to_date` 2026-02-01 lies before `valid_from_date` 2026-03-01"
    ]


def test_rows_of_one_record_are_versions_and_those_that_contradict_each_other_are_noted(tmp_path: Path) -> None:
    line = "K1,2026-01-31,tools,{},USD\n"
    content = COSTS + line.format(1) + line.format(1) + line.format(2) + line.format("2.0").replace("K1", "K2")
    settings, report = costs(tmp_path, content)
    assert (report.fetched, report.quarantined) == (4, 0)
    note = (
        "costs.csv: line 4 has the same `cost_id` as an earlier line and says something else; "
        "no `updated_at` tells which is newer, so the choice is arbitrary"
    )
    assert report.notes == [note]
    assert findings.of_extraction(settings) == [f"costs.costs: {note}"]
    load(settings)
    kept = [orjson.loads(payload)["mapped"] for _, payload in raw(settings, "raw_files.costs", "record_id, payload")]
    assert sorted((row["cost_id"], row["amount"]) for row in kept) == [("K1", "1"), ("K1", "2"), ("K2", "2.0")]


def test_a_second_rate_or_target_of_one_key_is_quarantined(tmp_path: Path) -> None:
    settings = company(tmp_path, SOURCE.replace("costs*", "targets.csv").replace('"costs"', '"targets"'))
    line = "win_rate,quarter,2026-01-01,total,all,{},{}\n"
    revisions = (("0.30", ""), ("0.30", ""), ("0.35", ""), ("0.40", "2026-02-01"))
    header = "kpi,period_grain,period_start_date,dimension,member,target_value,valid_from\n"
    (tmp_path / "targets.csv").write_text(header + "".join(line.format(*revision) for revision in revisions))
    report = extract_files(settings)["costs"]
    assert (report.fetched, report.quarantined, report.notes) == (4, 1, [])
    assert reasons(settings) == [
        "targets.csv, line 4: line 2 has the same `kpi`, `period_grain`, `period_start_date`, `dimension`, `member`, "
        "`valid_from` and says something else"
    ]


def test_a_ratio_outside_zero_to_one_and_a_doubtful_boolean_are_quarantined(tmp_path: Path) -> None:
    settings = company(tmp_path, SOURCE.replace("costs*", "stages.csv").replace('"costs"', '"pipeline_stages"'))
    header = "stage_id,stage_order,probability,is_closed,is_won\n"
    (tmp_path / "stages.csv").write_text(f"{header}s1,1,20,false,false\ns2,2,0.2,maybe,no\ns3,3.0,0.5,NO,off\n")
    report = extract_files(settings)["costs"]
    assert (report.new, report.quarantined) == (1, 2)
    assert mapped(settings, "pipeline_stages")[0]["stage_order"] == "3"


def test_naive_times_take_the_sources_zone_by_a_fixed_rule(tmp_path: Path) -> None:
    text = SOURCE.replace("costs*", "quotes.csv").replace('"costs"', '"quotes"') + 'time_zone = "Europe/Berlin"\n'
    settings = company(tmp_path, text)
    times = ["2026-03-29 02:30:00", "2026-10-25T02:30:00", "2026-07-01T12:00:00+02:00", "2026-07-01T12:00Z"]
    rows = "".join(f"Q{number},D1,{time}\n" for number, time in enumerate(times))
    (tmp_path / "quotes.csv").write_text("quote_id,opportunity_id,sent_at\n" + rows)
    extract_files(settings)
    assert [row["sent_at"] for row in mapped(settings, "quotes")] == [
        "2026-03-29T01:30:00Z", "2026-10-25T00:30:00Z", "2026-07-01T10:00:00Z", "2026-07-01T12:00:00Z",
    ]  # fmt: skip


ROWS = [
    {"cost_id": "K1", "cost_date": "2026-01-31", "category": "tools", "amount": 1234.5, "currency_code": "USD"},
    {"cost_id": "K2", "cost_date": "2026-01-31", "category": "tools", "amount": 2, "currency_code": "USD"},
]


def _excel(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(ROWS[0]))
    for row in ROWS:
        sheet.append(list(row.values()))
    book.save(path)


def test_json_lines_parquet_and_excel_give_the_same_rows_as_csv(tmp_path: Path) -> None:
    writers = {
        "costs.json": lambda path: path.write_bytes(orjson.dumps({"data": ROWS})),
        "costs.jsonl": lambda path: path.write_bytes(b"\n".join(map(orjson.dumps, ROWS))),
        "costs.parquet": lambda path: pq.write_table(pa.Table.from_pylist(ROWS), path),
        "costs.xlsx": _excel,
        "costs.csv.gz": lambda path: path.write_bytes(
            gzip.compress((COSTS + "".join(",".join(map(str, row.values())) + "\n" for row in ROWS)).encode())
        ),
    }
    for name, write in writers.items():
        folder = tmp_path / name
        settings = company(folder, SOURCE)
        write(folder / name)
        report = extract_files(settings)["costs"]
        assert report.error is None, name
        assert [(row["cost_id"], Decimal(row["amount"])) for row in mapped(settings)] == [
            ("K1", Decimal("1234.5")), ("K2", Decimal(2)),
        ], name  # fmt: skip


def test_a_packed_file_that_unfolds_beyond_the_cap_is_refused(tmp_path: Path) -> None:
    bomb = gzip.compress((COSTS + "K1,2026-01-31,tools,1,USD\n" * 200_000).encode())
    _, report = costs(tmp_path, bomb, name="costs.csv.gz", extra="max_bytes = 1000000\n")
    assert "larger than allowed" in (report.error or "")


def test_several_sources_can_share_the_ids_of_one_system(tmp_path: Path) -> None:
    settings = company(
        tmp_path,
        SOURCE + 'source_system = "erp"\n' + SOURCE.replace("sources.costs", "sources.more").replace("costs*", "more*")
        + 'source_system = "erp"\n',
    )  # fmt: skip
    (tmp_path / "costs.csv").write_text(COSTS + "K1,2026-01-31,tools,1,USD\n")
    (tmp_path / "more.csv").write_text(COSTS + "K2,2026-01-31,tools,1,USD\n")
    extract_files(settings)
    load(settings)
    assert raw(settings, "raw_files.costs", "source_name, record_id") == [("erp", "K1"), ("erp", "K2")]


def test_a_monthly_amount_becomes_a_recurring_amount(tmp_path: Path) -> None:
    settings = company(tmp_path, SOURCE.replace("costs*", "mrr.csv").replace('"costs"', '"subscription_periods"'))
    (tmp_path / "mrr.csv").write_text(
        "subscription_id,account_id,valid_from_date,status,monthly_amount,currency_code\nS1,A1,2026-01-01,active,9.99,USD\n"
    )
    extract_files(settings)
    (row,) = mapped(settings, "subscription_periods")
    assert (row["recurring_amount"], row["billing_interval"], row["subscription_item_id"]) == ("9.99", "month", "S1")


def test_the_decimal_sign_is_told_only_by_numbers_that_prove_it() -> None:
    assert decimal_sign(["1,5", "2"]) == ","
    assert decimal_sign(["1.234,50"]) == ","
    assert decimal_sign(["1,234.50"]) == "."
    assert decimal_sign(["1.5"]) == "."
    assert decimal_sign(["1.5", "1,5"]) is None
    assert decimal_sign([]) == "."
    assert decimal_sign(["1.234"]) == "."
    assert decimal_sign(["1.234"], may_group_by_dots=True) is None
    assert decimal_sign(["1.234", "1,5"], may_group_by_dots=True) == ","


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_every_entity_can_be_fed_by_a_file(entity: Any, tmp_path: Path) -> None:
    samples = {
        "text": "x", "integer": "1", "boolean": "true", "date": "2026-01-01", "timestamp": "2026-01-01T00:00:00Z",
        "money": "1.50", "decimal": "1.5", "ratio": "0.5",
    }  # fmt: skip
    required = [column for column in entity.columns if column.is_required]
    settings = company(tmp_path, SOURCE.replace("costs*", "rows.csv").replace('"costs"', f'"{entity.name}"'))
    values = [column.vocabulary[0] if column.vocabulary else samples[column.type] for column in required]
    (tmp_path / "rows.csv").write_text(f"{','.join(column.name for column in required)}\n{','.join(values)}\n")
    report = extract_files(settings)["costs"]
    assert (report.error, report.new, report.quarantined) == (None, 1, 0), reasons(settings)
    load(settings)
    assert len(raw(settings, f"raw_files.{entity.name}")) == 1
