"""The whole KPI layer on many facts: intermediate models and marts, built by DuckDB under a memory limit.

Usage: python -m tests.bench.kpi_layer [--scale 64] [--copies 16] [--memory 4GB] [--json bench/kpi_layer.json]

Then one in a hundred contacts, deals, tickets and invoices changes in what KPIs are told by, and the layer is built
again: once the newest ones of the same day, once any of all years, once the newest with the next day and what happened
on it (as every night), and so again a week later, when the next day ends a month and a quarter.

The facts are a simulated company's staged rows, copied with identifiers, e-mail addresses and domains of their own, so
that every copy is another set of people, deals, tickets and customers of the same portal.
"""

import argparse
import datetime as dt
import json
import os
import resource
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from ingestion import raw_tables
from ingestion.run_parameters import write_run_parameters
from ingestion.settings import Settings, load_settings
from orchestration import layout, pipeline, transform
from tests.bench import machine
from tests.bench.company import AS_OF, Company

FACTS = (
    "fct_leads",
    "fct_lead_stage_events",
    "fct_opportunities",
    "fct_opportunity_stage_events",
    "fct_tickets",
    "fct_ticket_messages",
    "fct_activities",
    "fct_invoices",
    "fct_mrr_movements",
    "fct_satisfaction_ratings",
)
_STAGED = ("build", "--select", "staging", "resource_type:seed", "--exclude-resource-type", "test")
_LAYER = ("build", "--select", "intermediate", "marts", "--resource-type", "model")
_SHARED = {
    "stg_hubspot__deal_pipelines",
    "stg_hubspot__owner_versions",
    "stg_hubspot__products",
    "stg_stripe__products",
    "stg_zendesk__schedules",
    "stg_zendesk__holidays",
}
_KEPT = {
    "batch_id",
    "owner_id",
    "pipeline_id",
    "price_id",
    "product_id",
    "group_id",
    "assignee_id",
    "sequence_id",
    "instance_id",
}
EVENING = AS_OF - dt.timedelta(days=7)  # a Tuesday that ends nothing; AS_OF ends a quarter
_DAY = dt.timedelta(days=1)
# What a deal's history tells of an edit at noon of a day, before what it told already.
_EDITED = """'[{{"value":"' || {value} || '","timestamp":"{{day}}T12:00:00Z"}},' || substr({history}, 2)"""
_CHANGES = {
    "stg_hubspot__contacts": "country = 'Austria', region = 'DACH'",
    "stg_hubspot__deals": (
        "amount = amount + 100, amount_history = "
        + _EDITED.format(value="cast(amount + 100 as text)", history="amount_history")
        + ", close_at = close_at + interval 1 day, close_date_history = "
        + _EDITED.format(
            value="strftime(close_at + interval 1 day, '%Y-%m-%dT%H:%M:%SZ')", history="close_date_history"
        )
    ),
    "stg_zendesk__tickets": "priority = 'urgent', group_id = (select max(group_id) from staging.stg_zendesk__tickets)",
    "stg_stripe__invoices": "due_at = due_at + interval 1 day, total_amount = total_amount + 1",
}
# What is built again: its name, which records change, the day of the last build and of this one.
_NIGHTS = (
    ("one_percent_newest", "newest", EVENING, EVENING),
    ("one_percent_anywhere", "anywhere", EVENING, EVENING),
    ("one_percent_newest_next_day", "newest", EVENING, EVENING + _DAY),
    ("one_percent_newest_quarter_end", "newest", AS_OF - _DAY, AS_OF),
)
_AGENTS = "(select user_id from staging.stg_zendesk__users where role <> 'end-user')"
_INSIDE = {
    "to_objects": [('"toObjectId":', '"toObjectId":{n}')],
    "merged_object_ids": [(r"(^|;)(\d)", r"\1{n}\2")],
    "merged_contact_ids": [(r"(^|;)(\d)", r"\1{n}\2")],
    "items": [(r'"(si|sub)_', r'"\1_{n}')],
    "metadata": [('"hubspot_company_id":"', '"hubspot_company_id":"{n}')],
    "events": [
        (r'"(id|audit_id|author_id)":(\d)', r'"\1":{n}\2'),
        (r'"author_id":{n}({agents})([,}])', r'"author_id":\1\2'),
    ],
    "domain_names": [('"([^"]+)"', r'"{n}-\1"')],
    "domain": [("^", "{n}-")],
    "email": [("^", "{n}."), ("(?i)@(.*[.]example)$", r"@{n}-\1")],
    "additional_emails": [("(^|;)", r"\1{n}."), ("(?i)@([^;]*[.]example)", r"@{n}-\1")],
    "value": [("^(.*@)", r"{n}.\1"), ("^(.*@)?(.*[.]example)$", r"\1{n}-\2")],
}


def multiply(settings: Settings, copies: int) -> None:
    """Add copies of every staged record of a customer, a person or a deal, up to `copies` of each, as a later load."""
    with raw_tables.connect(settings.warehouse_path) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'staging' and estimated_size > 0 "
            "and regexp_matches(table_name, '^stg_(hubspot|stripe|zendesk)__|^stg_files__lead_exclusions$')"
        ).fetchall()
        agents = "|".join(
            user for (user,) in connection.execute(f"select user_id from {_AGENTS} order by 1").fetchall()
        )
        for (table,) in tables:
            if table not in _SHARED:
                known = connection.execute(f"describe staging.{table}").fetchall()
                moved = [f"{text} as {name}" for name, *_ in known if (text := _moved(name, agents))]
                changed = ", ".join([*moved, f"(select max(load_seq) + 1 from staging.{table}) as load_seq"])
                people = "where user_id not in " + _AGENTS if table == "stg_zendesk__users" else ""
                connection.execute(
                    f"insert into staging.{table} select {table}.* replace ({changed}) "
                    f"from staging.{table} cross join range(101, {100 + copies}) as copies (copy) {people}"
                )


def _moved(column: str, agents: str) -> str | None:
    """How a column is written in a copy; None when it stays."""
    number = "' || copies.copy || '"
    if column in _INSIDE:
        text = column
        for parts in _INSIDE[column]:
            pattern, written = (part.replace("{n}", number).replace("{agents}", agents) for part in parts)
            text = f"regexp_replace({text}, '{pattern}', '{written}', 'g')"
        return text
    if not column.endswith("_id") or column in _KEPT:
        return None
    moved = rf"regexp_replace({column}, '^([a-z]+_)?', '\1{number}')"
    if column in {"author_id", "submitter_id", "requester_id"}:
        return f"case when {column} = '-1' or {column} in {_AGENTS} then {column} else {moved} end"
    return moved


def change(settings: Settings, *, which: str, day: dt.date) -> int:
    """Change one in a hundred contacts, deals, tickets and invoices on a day, as a load would; returns how many.

    `which` are the `newest` records, which is what changes in a day, or any of all years (`anywhere`).
    """
    changed = 0
    with raw_tables.connect(settings.warehouse_path) as connection:
        for table, values in _CHANGES.items():
            chosen = {
                "anywhere": "hash(record_id) % 100 = 0",
                "newest": f"record_id in (select record_id from staging.{table} "
                f"where created_at < date '{day + _DAY}' order by created_at desc "
                f"limit (select count(*) // 100 from staging.{table}))",
            }[which]
            found = connection.execute(
                f"update staging.{table} set {values.replace('{day}', day.isoformat())}, "
                f"load_seq = (select max(load_seq) + 1 from staging.{table}) where {chosen}"
            ).fetchall()
            changed += found[0][0]
    return changed


def be_as_of(settings: Settings, day: dt.date) -> None:
    """Let the builds be as of a day."""
    with raw_tables.connect(settings.warehouse_path) as connection:
        write_run_parameters(connection, settings, day)


def build(settings: Settings) -> dict[str, Any]:
    """Build intermediate models and marts; returns seconds, of the wall and of processors, facts and peak memory."""
    started, processed = time.perf_counter(), _processor_seconds()
    transform.run_models(settings, list(_LAYER))
    took, processed = time.perf_counter() - started, _processor_seconds() - processed
    results = json.loads((layout.dbt_target(settings) / "run_results.json").read_text())["results"]
    slowest = sorted((result["execution_time"], result["unique_id"].split(".")[-1]) for result in results)[-15:]
    with duckdb.connect(settings.warehouse_path, read_only=True) as connection:
        counts = {name: connection.execute(f"select count(*) from marts.{name}").fetchone() for name in FACTS}
    return {
        "seconds": took,
        "processor_seconds": processed,
        "facts": {name: row[0] for name, row in counts.items() if row},
        "slowest": {name: seconds for seconds, name in reversed(slowest)},
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3,
        "warehouse_mb": settings.warehouse_path.stat().st_size / 1e6,
    }


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.kpi_layer", description=__doc__)
    parser.add_argument("--scale", type=float, default=64, help="of the simulated company")
    parser.add_argument("--copies", type=int, default=16, help="how often it is in the warehouse")
    parser.add_argument("--memory", default="4GB", help="DuckDB's memory limit")
    parser.add_argument("--json", type=Path, default=Path("bench/kpi_layer.json"), help="where to write the numbers")
    options = parser.parse_args()
    said = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="funnelhouse-bench-") as folder:
        with Company(Path(folder), options.scale) as company:
            settings = load_settings(company.place("kpis"))
            assert [report.error for report in pipeline.extract(settings) if report.error] == []
        pipeline.load(settings)
        limited = settings.warehouse.model_copy(update={"memory_limit": options.memory})
        settings = settings.model_copy(update={"warehouse": limited})
        said.print("staging …")
        transform.prepare_manifest(settings)
        transform.run_models(settings, list(_STAGED))
        multiply(settings, options.copies)
        be_as_of(settings, EVENING)
        said.print("intermediate models and marts …")
        measured = {"machine": machine.describe(), "memory_limit": options.memory, **build(settings)}
        built = Path(folder) / "built.duckdb"
        shutil.copy(settings.warehouse_path, built)
        for name, which, known, day in _NIGHTS:
            said.print(f"the same again, {name} …")
            shutil.copy(built, settings.warehouse_path)
            if known > EVENING:
                be_as_of(settings, known)
                build(settings)
            os.sync()  # so that no run pays for the copy
            changed = change(settings, which=which, day=day)
            be_as_of(settings, day)
            after = {"changed_records": changed, **build(settings)}
            measured[name] = {
                **after,
                "ratio": after["seconds"] / measured["seconds"],
                "processor_ratio": after["processor_seconds"] / measured["processor_seconds"],
            }
    measured["fact_count"] = sum(measured["facts"].values())
    Console().print_json(data=measured)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(measured, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
