"""The commands that begin something: demo, init, dev, and the sandbox."""

import os
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from ingestion.errors import ConfigurationError
from orchestration import builds
from orchestration.cli import output
from orchestration.cli.session import AsJson, Quiet, settings_of

DEMO_AS_OF = datetime(2026, 6, 30)
DEMO_PORT = 47600
_VENDORS = ("hubspot", "google_ads", "zendesk", "stripe")

_SCORECARD = """
    select
        label,
        any_value(unit),
        any_value(value) filter (where period_grain = 'month'),
        any_value(previous_value) filter (where period_grain = 'month'),
        any_value(trend_status) filter (where period_grain = 'month'),
        any_value(value) filter (where period_grain = 'quarter'),
        any_value(previous_value) filter (where period_grain = 'quarter'),
        any_value(trend_status) filter (where period_grain = 'quarter')
    from kpi_scorecard
    group by kpi, label, owner
    order by owner, label
"""
_PERIODS = """
    select
        period_grain,
        case period_grain
            when 'month' then strftime(max(period_start_date), '%B %Y')
            else strftime(max(period_start_date), '%Y') || ' Q' || quarter(max(period_start_date))
        end
    from kpi_scorecard
    group by period_grain
"""

sandbox = typer.Typer(help="The simulated vendors.", no_args_is_help=True)

Seed = Annotated[int, typer.Option("--seed", help="Another seed is another company.")]
Scale = Annotated[float, typer.Option("--scale", help="1 is about 2,000 people, 500 deals, 800 tickets.")]
AsOf = Annotated[datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The company's present day.")]
Port = Annotated[int, typer.Option("--port", help="Loopback port; 0 takes a free one.")]


def demo(
    folder: Annotated[Path, typer.Option("--folder", help="Where the demo company lives.")] = Path("demo"),
    seed: Seed = 7,
    scale: Scale = 1.0,
    as_of: AsOf = DEMO_AS_OF,
    advance: Annotated[
        int, typer.Option("--advance", help="Days that pass at the vendors before a repeated demo.")
    ] = 1,
    port: Port = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Start the simulated vendors, run everything against them, print the KPI scorecard.

    A repeated demo lets a day pass at the vendors and is incremental.

    Example: funnel demo --scale 0.5
    """
    from ingestion.sandbox.server import serve
    from ingestion.sandbox.world import World
    from ingestion.settings import load_settings
    from orchestration import company, job

    with output.errors_as_exit_codes(as_json=as_json):
        began = time.monotonic()
        first, day = _demo_days(folder, seed, scale, as_of.date(), advance)
        demo_of = {"seed": seed, "scale": scale, "as_of": first, "day": day}
        builds.write_json(folder / "var" / "demo.json", {**demo_of, "is_done": False})
        world = World.create(seed, scale, first)
        world.advance(day)
        with serve(world, port=port) as server:
            _write_imports(world, folder / "imports")
            settings = load_settings(company.write_demo(folder.absolute(), port=server.port, as_of=day))
            with output.progress_shown(quiet=quiet or as_json):
                summary = job.run(settings)
        builds.write_json(folder / "var" / "demo.json", {**demo_of, "is_done": True})
    if as_json:
        output.show(summary, as_json=True)
        return
    _show_scorecard(settings)
    _say_what_next(settings, summary, time.monotonic() - began, seed, scale, first, day)


def init(
    folder: Annotated[Path, typer.Argument(help="The company's folder; made when absent.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Write a first configuration.

    Example: funnel init acme
    """
    from orchestration import company

    with output.errors_as_exit_codes(as_json=as_json):
        file = company.begin(folder.absolute())
    output.show(
        {"file": str(file)}, as_json=as_json, lines=[f"{file} is written; edit it, then `funnel -c {file} check`"]
    )


def dev(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", help="Port of the UI on 127.0.0.1.")] = 3000,
) -> None:
    """Open the Dagster UI of the company on 127.0.0.1.

    Example: funnel --config demo/funnelhouse.toml dev
    """
    from orchestration import layout, transform
    from orchestration.resources import prepare_instance

    with output.errors_as_exit_codes():
        settings = settings_of(context)
        transform.prepare_manifest(settings)
        home = prepare_instance(settings)
    environment = {**os.environ, "DAGSTER_HOME": str(home), "FUNNELHOUSE_CONFIG": str(settings.file)}
    command = [str(Path(sys.executable).with_name("dagster")), "dev", "-w", str(layout.PROJECT_ROOT / "workspace.yaml")]
    os.chdir(layout.PROJECT_ROOT)
    os.execve(command[0], [*command, "-h", "127.0.0.1", "-p", str(port)], environment)  # signals reach Dagster itself


@sandbox.command("serve")
def serve_sandbox(
    seed: Seed = 7,
    scale: Scale = 1.0,
    as_of: AsOf = DEMO_AS_OF,
    port: Port = DEMO_PORT,
    now: Annotated[
        datetime | None, typer.Option("--now", formats=["%Y-%m-%d"], help="Let the company's clock stand here.")
    ] = None,
    files: Annotated[Path | None, typer.Option("--files", help="Write the company's files here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Serve the simulated vendors on loopback until interrupted.

    Example: funnel sandbox serve --port 0
    """
    from ingestion.sandbox.server import serve
    from ingestion.sandbox.world import World

    world = World.create(seed, scale, as_of.date())
    if now:
        world.advance(now.date())
    with serve(world, port=port) as server:
        urls = {vendor: server.base_url(vendor) for vendor in _VENDORS}
        if files:
            _write_imports(world, files)
        output.show(urls, as_json=as_json, lines=[f"{vendor} {url}" for vendor, url in urls.items()])
        sys.stdout.flush()
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return


COMMANDS: dict[str, Callable[..., None]] = {"demo": demo, "init": init, "dev": dev}


def _demo_days(folder: Path, seed: int, scale: float, as_of: date, advance: int) -> tuple[date, date]:
    """The first day of this demo company and its present day; a demo that did not end is taken up on its day.

    Raises ConfigurationError for another company's folder.
    """
    known = builds.read_json(folder / "var" / "demo.json")
    if known is None:
        return as_of, as_of
    if (known["seed"], known["scale"], known["as_of"]) != (seed, scale, as_of.isoformat()):
        raise ConfigurationError(
            f"it holds the demo company of seed {known['seed']}, scale {known['scale']}, as of {known['as_of']}",
            where=str(folder),
            next="Remove that folder, or choose another with --folder",
        )
    day = date.fromisoformat(known["day"])
    return as_of, day + timedelta(days=advance) if known.get("is_done", True) else day


def _write_imports(world: Any, folder: Path) -> None:
    from ingestion.sandbox import files

    files.write(world, folder)


def _show_scorecard(settings: Any) -> None:
    from orchestration.serving import reader

    _, rows = reader.query(settings, _SCORECARD)
    _, periods = reader.query(settings, _PERIODS)
    names = dict(periods)
    month, quarter = names.get("month", "month"), names.get("quarter", "quarter")
    output.table(
        f"KPI scorecard of {settings.company.name} (amounts in {settings.company.reporting_currency})",
        ["KPI", "unit", month, "before", "trend", quarter, "before", "trend"],
        [[_shown(cell) for cell in row] for row in rows],
    )


def _shown(cell: Any) -> Any:
    from decimal import Decimal

    if isinstance(cell, Decimal | float):
        return f"{cell:,.0f}" if cell == int(cell) else f"{cell:,.3f}" if abs(cell) < 10 else f"{cell:,.2f}"
    return cell


def _say_what_next(
    settings: Any, summary: builds.Json, seconds: float, seed: int, scale: float, first: date, day: date
) -> None:
    published = summary["published"]
    config, funnel = _short(settings.file), _short(Path(sys.argv[0]))
    serving = f"{settings.serving}/current.duckdb"
    for line in (
        f"Done in {seconds:.0f} s. Published: {published['path']}",
        f"  (build {published['build_id']}, as of {published['as_of_date']}; `{serving}` always points at the newest)",
        "",
        f"Query it:        {funnel} -c {config} sql 'from kpi_scorecard'",
        f"Open the UI:     {funnel} -c {config} dev     then http://127.0.0.1:3000",
        "  and for runs from the UI, the vendors:",
        f"                 {funnel} sandbox serve --seed {seed} --scale {scale:g} --as-of {first} --now {day}"
        f" --port {_port_of(settings)}",
        f"Checks:          {settings.var}/data_docs/index.html",
        "Connect BI:      open that file read-only with DuckDB's connector, schemas `marts` and `meta`",
        "                 Tableau: Other Databases (JDBC), DuckDB driver, `jdbc:duckdb:<file>`, read-only",
        "                 Power BI: ODBC, DuckDB driver, `Database=<file>;access_mode=READ_ONLY`",
        "A second demo lets a day pass at the vendors and loads only what changed.",
    ):
        output.say(line)


def _short(path: Path) -> str:
    """The path as one would type it here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _port_of(settings: Any) -> int:
    from urllib.parse import urlsplit

    return urlsplit(settings.sources["hubspot"].base_url).port or DEMO_PORT
