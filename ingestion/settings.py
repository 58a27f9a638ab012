"""Typed configuration of a company's folder: one `funnelhouse.toml`, secrets only as references."""

import os
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from ingestion import configuration_file
from ingestion.catalog import VENDORS
from ingestion.configuration_template import TEMPLATE
from ingestion.errors import ConfigurationError
from ingestion.kpi_settings import KpiSettings
from ingestion.serving_settings import PostgresSettings, ServingSettings
from ingestion.setting_types import IDENTIFIER, ClockRange, ReportingCurrency, Secret, Section, TimeZone, Word
from ingestion.source_settings import (
    FilesSettings,
    GoogleAdsSettings,
    HubSpotSettings,
    PipelineSettings,
    SellingSettings,
    SourceSettings,
    StripeSettings,
    ZendeskSettings,
)
from ingestion.target_settings import TargetSettings

__all__ = [
    "FilesSettings",
    "GoogleAdsSettings",
    "HubSpotSettings",
    "PipelineSettings",
    "PostgresSettings",
    "Secret",
    "Settings",
    "SourceSettings",
    "StripeSettings",
    "ZendeskSettings",
    "init_template",
    "load_settings",
]

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip


def _apart(ranges: tuple[str, ...]) -> tuple[str, ...]:
    for one, other in pairwise(sorted(ranges)):
        if other[:5] < one[6:]:
            raise ValueError(f"{one} and {other} overlap: minutes in both would count twice")
    return ranges


DayHours = Annotated[tuple[ClockRange, ...], AfterValidator(_apart)]


class Holiday(Section):
    """One day off."""

    date: date
    name: str = ""


class BusinessHours(Section):
    """`[company.business_hours]`: per weekday a list of ranges such as `"09:00-17:00"`, and the days off."""

    time_zone: TimeZone | None = None
    monday: DayHours = ()
    tuesday: DayHours = ()
    wednesday: DayHours = ()
    thursday: DayHours = ()
    friday: DayHours = ()
    saturday: DayHours = ()
    sunday: DayHours = ()
    holidays: tuple[Holiday, ...] = ()

    def ranges(self) -> list[tuple[int, str, str]]:
        """Weekday (1 = Monday), opening and closing time of every range."""
        return [
            (number, *text.split("-"))
            for number, weekday in enumerate(WEEKDAYS, start=1)
            for text in getattr(self, weekday)
        ]


class CompanySettings(Section):
    """`[company]`: who reports, in which currency, zone and calendar."""

    name: str = "Company"
    reporting_currency: ReportingCurrency = "USD"
    reporting_timezone: TimeZone = "UTC"
    fiscal_year_start_month: Annotated[int, Field(ge=1, le=12)] = 1
    week_start: Weekday = "monday"
    weekend: tuple[Weekday, ...] = ("saturday", "sunday")
    holiday_country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    as_of_date: date | None = None
    business_hours: BusinessHours | None = None


class WarehouseSettings(Section):
    """`[warehouse]`: the engine. DuckDB has one file, and takes at most `memory_limit` (default: 80 % of the machine)
    before it spills to disk; Spark has a cluster, by its master or its Thrift server, and a lake: a folder or a URI
    that every worker reads and writes.
    """

    engine: Literal["duckdb", "spark"] = "duckdb"
    path: Path = Path("var/warehouse.duckdb")
    memory_limit: Annotated[str, Field(pattern=r"^\d+(\.\d+)? ?[KMGT]i?B$")] | None = None
    master: str | None = None
    thrift: Annotated[str, Field(pattern=r"^[^:/\s]+:\d{1,5}$")] | None = None
    lake: str = "var/lake"
    table_format: Literal["parquet", "delta", "iceberg"] = "parquet"
    spark_python: Path | None = None
    spark: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _one_cluster(self) -> Self:
        if self.engine == "spark" and bool(self.master) == bool(self.thrift):
            raise ValueError('engine = "spark" needs either `master` (spark://…, local[2]) or `thrift` (host:port)')
        if reserved := sorted(set(self.spark) & {"spark.sql.session.timeZone", "spark.sql.ansi.enabled"}):
            raise ValueError(f"{', '.join(reserved)} is not yours to choose: numbers depend on it")
        return self


class AlertSettings(Section):
    """`[alerts]`: where a failed run is told."""

    webhook_url: Secret | None = None
    email_to: tuple[str, ...] = ()
    email_from: str = "funnelhouse@localhost"
    smtp_host: str | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_username: str | None = None
    smtp_password: Secret | None = None
    smtp_tls: bool = True


def _with_kinds(sources: Any) -> Any:
    """Give every source its `kind`: its own name when that is a vendor."""
    if not isinstance(sources, dict):
        return sources
    return {
        name: {"kind": name, **table} if isinstance(table, dict) and name in VENDORS else table
        for name, table in sources.items()
    }


AnySource = Annotated[
    HubSpotSettings | GoogleAdsSettings | ZendeskSettings | StripeSettings | FilesSettings,
    Field(discriminator="kind"),
]


class Settings(Section):
    """The whole configuration; every path is absolute."""

    folder: Path
    file: Path
    company: CompanySettings = CompanySettings()
    warehouse: WarehouseSettings = WarehouseSettings()
    kpi: KpiSettings = KpiSettings()
    targets: tuple[TargetSettings, ...] = ()
    alerts: AlertSettings = AlertSettings()
    doors: Annotated[ServingSettings, Field(alias="serving")] = ServingSettings()
    sources: Annotated[Mapping[Word, AnySource], BeforeValidator(_with_kinds)] = {}

    @model_validator(mode="after")
    def _one_target_each(self) -> Self:
        keys = [target.key for target in self.targets]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"`targets` names one target twice: {twice[0]}")
        return self

    @property
    def var(self) -> Path:
        """Landing, builds, run reports, state and logs."""
        return self.folder / "var"

    @property
    def serving(self) -> Path:
        """Published versions."""
        return self.folder / "serving"

    @property
    def warehouse_path(self) -> Path:
        """The DuckDB file that only the pipeline opens."""
        return self.folder / self.warehouse.path

    @property
    def lake(self) -> str:
        """URI of the lake without a slash at its end; a path without a scheme is relative to the folder."""
        if "://" in self.warehouse.lake:
            return self.warehouse.lake.rstrip("/")
        return (self.folder / self.warehouse.lake).as_uri()

    @property
    def enabled_sources(self) -> dict[str, SourceSettings]:
        """Name to settings of the sources that are on."""
        return {name: source for name, source in self.sources.items() if source.enabled}

    def source_system(self, name: str) -> str:
        """The name under which the ids of a source live (file sources may share one)."""
        source = self.sources[name]
        return source.source_system or name if isinstance(source, FilesSettings) else name

    def as_of_date(self, today: datetime | None = None) -> date:
        """The last complete day of the reporting zone, unless the configuration pins a date.

        `today` is an aware instant; the present one by default.
        """
        if self.company.as_of_date:
            return self.company.as_of_date
        zone = ZoneInfo(self.company.reporting_timezone)
        now = today.astimezone(zone) if today else datetime.now(zone)
        return now.date() - timedelta(days=1)


def load_settings(path: Path | None = None, *, environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check a configuration.

    `path` is the TOML file (default: the variable FUNNELHOUSE_CONFIG, then `funnelhouse.toml` here).
    Raises ConfigurationError that names the line and the key.
    """
    variables = os.environ if environment is None else environment
    file = Path(path or variables.get("FUNNELHOUSE_CONFIG") or "funnelhouse.toml").absolute()
    tree, text = configuration_file.read_toml(file)
    overridden = configuration_file.override(tree, variables)
    _refuse_hostile_names(tree, file, text)
    try:
        settings = Settings.model_validate(
            {**tree, "folder": file.parent, "file": file}, context={"folder": file.parent}
        )
    except ValidationError as error:
        raise _explained(error, file, text, overridden) from None
    _refuse_pipelines_told_twice(settings, text)
    return settings


def init_template() -> str:
    """The text of a new `funnelhouse.toml`: every source explained and switched off."""
    return TEMPLATE


def _refuse_hostile_names(tree: configuration_file.Tree, file: Path, text: str) -> None:
    for reserved in ("folder", "file"):
        if reserved in tree:
            raise ConfigurationError(f"unknown key `{reserved}`", where=_place(file, text, (reserved,)))
    sources = tree.get("sources", {})
    for name, table in sources.items() if isinstance(sources, dict) else ():
        where = _place(file, text, ("sources", name))
        if not IDENTIFIER.fullmatch(name):
            raise ConfigurationError(
                f"the source name {name!r} is not allowed",
                where=where,
                next="Use lower-case letters, digits and underscores, beginning with a letter",
            )
        if isinstance(table, dict) and "kind" not in table and name not in VENDORS:
            kinds = ", ".join((*VENDORS, "files"))
            raise ConfigurationError(f"`sources.{name}` needs a `kind`", where=where, next=f"One of {kinds}")
        kind = table.get("kind", name) if isinstance(table, dict) else name
        if kind in VENDORS and kind != name:
            raise ConfigurationError(
                f"a source of kind {kind} must be called {kind}: there is one set of its tables",
                where=where,
                next=f"Write [sources.{kind}]",
            )


def _refuse_pipelines_told_twice(settings: Settings, text: str) -> None:
    """Several sources may share one source system, whose pipelines are then theirs together."""
    told: dict[tuple[str, str], str] = {}
    for name, source in settings.sources.items():
        for pipeline in source.pipelines if isinstance(source, SellingSettings) else ():
            before = told.setdefault((settings.source_system(name), pipeline), name)
            if before != name:
                key = ("sources", name, "pipelines", pipeline)
                raise ConfigurationError(
                    f"`{'.'.join(key)}`: this pipeline of {settings.source_system(name)} is told by {before} already",
                    where=_place(settings.file, text, key),
                    next=f"Write it once, as [sources.{before}.pipelines.{pipeline}]",
                )


def _explained(error: ValidationError, file: Path, text: str, overridden: set[tuple[str, ...]]) -> ConfigurationError:
    """The first problem as a sentence with line and key, and how many more there are; never the value."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    first = problems[0]
    key = tuple(str(part) for part in first["loc"])
    if len(key) > 2 and key[0] == "sources" and key[2] in (*VENDORS, "files"):
        key = (*key[:2], *key[3:])
    what = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        what = "unknown key"
    elif first["type"] == "missing":
        what = "this key is required"
    dotted = ".".join(key)
    where = _place(file, text, key)
    if key in overridden:
        where = "environment variable FUNNELHOUSE__" + "__".join(part.upper() for part in key)
    more = f"{len(problems) - 1} more problem(s) follow" if len(problems) > 1 else ""
    return ConfigurationError(f"`{dotted}`: {what}" if dotted else what, where=where, next=more)


def _place(file: Path, text: str, key: tuple[str, ...]) -> str:
    line = configuration_file.line_of(text, key)
    return f"{file}, line {line}" if line else str(file)
