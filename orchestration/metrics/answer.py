"""Answers questions about KPIs from the published version.

Additive and ratio KPIs are compiled by MetricFlow and answer for any combination of their dimensions. The others cannot
be summed: they answer as they are published, one dimension at a time.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from ingestion.settings import Settings
from orchestration.errors import WrongQuestion
from orchestration.metrics import compiler
from orchestration.metrics.question import Kpi, Question, ask
from orchestration.metrics.semantic_layer import ENTITY
from orchestration.serving import reader

Answer = tuple[list[str], list[tuple[Any, ...]]]

# What the semantic layer calls the periods: a company's weeks and fiscal years are columns of the time spine.
_PERIODS = {"week": "company_week"}
_REPS = "(select sales_rep_id, max(sales_rep_name) as sales_rep_name from marts.dim_sales_reps group by sales_rep_id)"


def kpis(settings: Settings) -> list[Kpi]:
    """The KPIs of the published version, each in its newest version."""
    _, rows = reader.query(
        settings,
        "select kpi, min(computed_as) over versions <> max(computed_as) over versions as is_redefined,"
        " kpi in (select kpi from marts.kpi_components where numerator is null) as has_unknown_parts, label, unit,"
        " aggregation, smallest_grain, dimensions from marts.kpi_definitions window versions as (partition by kpi)"
        " qualify row_number() over (partition by kpi order by version desc) = 1 order by kpi",
    )
    return [Kpi(*row[:-1], dimensions=tuple(row[-1].split(", "))) for row in rows]


def listed(settings: Settings) -> Answer:
    """Every KPI that can be asked for, and whether its dimensions can be combined."""
    manifest = compiler.metrics(settings)
    rows: list[tuple[Any, ...]] = []
    for kpi in kpis(settings):
        is_metric = _why_published(manifest, kpi) is None
        combined = is_metric and not compiler.is_one_dimension_at_a_time(manifest, kpi.name)
        rows.append((kpi.name, kpi.label, kpi.unit, kpi.aggregation, kpi.grains[0], kpi.by, combined))
    return ["kpi", "label", "unit", "aggregation", "smallest_period", "dimensions", "can_be_combined"], rows


def answer(
    settings: Settings,
    name: str,
    *,
    by: Iterable[str] = (),
    where: str | None = None,
    first: date | None = None,
    last: date | None = None,
) -> Answer:
    """Column names and rows: the period, the dimensions, numerator, denominator and value.

    A period without a row is one in which nothing happened; by period alone, all periods have rows. Raises
    WrongQuestion when the KPI cannot answer, PipelineError when nothing is published, duckdb.Error when the condition
    is no SQL.
    """
    question = ask(kpis(settings), name, by=by, where=where, first=first, last=last)
    statement = _statement(settings, question)
    return reader.query(settings, statement)


def _statement(settings: Settings, question: Question) -> str:
    manifest = compiler.metrics(settings)
    name, used = question.kpi.name, question.used
    if reason := _why_published(manifest, question.kpi):
        _refuse_combinations(question, reason)
        if question.grain is None:
            raise WrongQuestion(f"{name} belongs to a period: add one of {', '.join(question.kpi.grains)} to --by")
        return _published(question)
    if compiler.is_one_dimension_at_a_time(manifest, name):
        _refuse_combinations(question, "what it divides by differs from dimension to dimension")
    metrics = compiler.chosen(manifest, name, used)
    compiled = compiler.sql(manifest, metrics, group_by=_group_by(question), where=_where(question))
    return _from_metrics(question, metrics, compiled)


def _why_published(manifest: compiler.Json, kpi: Kpi) -> str | None:
    """Why a KPI answers as it is published; None when its parts can be summed."""
    if kpi.is_redefined:
        return "its meaning changes on a date"
    if kpi.has_unknown_parts:
        return "a part of it is unknown"
    return None if _metrics(manifest, kpi.name) else "its values cannot be summed"


def _metrics(manifest: compiler.Json, kpi: str) -> tuple[str, ...]:
    return tuple(metric["name"] for metric in manifest["metrics"] if compiler.kpi_of(metric) == kpi)


def _refuse_combinations(question: Question, reason: str) -> None:
    kpi, used = question.kpi, question.used
    if len(used) > 1:
        raise WrongQuestion(
            f"{kpi.name} is told by one dimension at a time ({kpi.by}), because {reason}: not by {' and '.join(used)}"
        )
    if not used and not kpi.has_total:
        raise WrongQuestion(f"{kpi.name} has no total: add one of {kpi.by} to --by")


def _group_by(question: Question) -> list[str]:
    period = [f"metric_time__{_PERIODS.get(question.grain, question.grain)}"] if question.grain else []
    return [*period, *(f"{ENTITY}__{dimension}" for dimension in question.dimensions)]


def _where(question: Question) -> list[str]:
    found = []
    if question.condition:
        found.append(question.condition.sql(lambda name: f"{{{{ Dimension('{ENTITY}__{name}') }}}}"))
    for sign, day in ((">=", question.first), ("<=", question.last)):
        if day:
            found.append(f"{{{{ TimeDimension('metric_time', 'day') }}}} {sign} date '{day}'")
    return found


def _from_metrics(question: Question, metrics: Sequence[str], compiled: str) -> str:
    """The compiled statement with the names of the question; by period alone, with the periods that have no row."""
    is_dense = bool(question.grain) and not question.dimensions and question.kpi.has_total
    value, parts = metrics[0], metrics[1:] or metrics[:1]
    numbers = [
        f'answered."{column}"'
        if not is_dense
        else f'case when spine.is_known then coalesce(answered."{column}", 0) end'
        for column in parts
    ]
    if len(parts) == 1:
        columns = [f"{numbers[0]} as numerator", f"cast({numbers[0]} as double) as value"]
    else:
        columns = [f"{numbers[0]} as numerator", f"{numbers[1]} as denominator", f'answered."{value}" as value']
    if question.grain:
        period = _group_by(question)[0]
        start = "spine.period_start_date" if is_dense else f'cast(answered."{period}" as date)'
        columns.insert(0, f"{start} as {question.grain}")
    keys = [f'answered."{ENTITY}__{dimension}" as {dimension}' for dimension in question.dimensions]
    if is_dense:
        source = (
            f"{_spine(question)} as spine left join ({compiled}) as answered"
            f' on spine.period_start_date = cast(answered."{period}" as date)'
        )
    else:
        source = f"({compiled}) as answered"
    return _ordered(question, columns, keys, source)


def _spine(question: Question) -> str:
    """The periods of a KPI; without any source of its facts they are not known."""
    bounds = [f"period_end_date >= date '{question.first}'"] if question.first else []
    bounds += [f"period_start_date <= date '{question.last}'"] if question.last else []
    return (
        "(select period_start_date, numerator is not null as is_known from marts.kpi_values"
        f" where {_rows_of(question, 'total')}{''.join(f' and {bound}' for bound in bounds)})"
    )


def _published(question: Question) -> str:
    """The published values of one dimension; of the periods, those that lie between the days."""
    dimension = question.used[0] if question.used else "total"
    conditions = [_rows_of(question, dimension)]
    if question.condition:
        conditions.append(question.condition.sql(lambda _: "member"))
    if question.first:
        conditions.append(f"period_start_date >= date '{question.first}'")
    if question.last:
        conditions.append(f"least(period_end_date, as_of_date) <= date '{question.last}'")
    columns = [f"period_start_date as {question.grain}", "numerator", "denominator", "value"]
    keys = [f"member as {dimension}"] if question.used else []
    source = f"(select * from marts.kpi_values where {' and '.join(conditions)}) as answered"
    return _ordered(question, columns, keys, source)


def _rows_of(question: Question, dimension: str) -> str:
    kpi = question.kpi
    return (
        f"kpi = '{kpi.name}' and is_official_version and period_grain = '{question.grain}'"
        f" and dimension = '{dimension}'"
    )


def _ordered(question: Question, columns: list[str], keys: list[str], source: str) -> str:
    """One row per period and members, sorted; a rep's id is followed by the name."""
    names = [key.rsplit(" as ", 1)[1] for key in keys]
    if "sales_rep" in names:
        position = names.index("sales_rep")
        member = keys[position].rsplit(" as ", 1)[0]
        source += f" left join {_REPS} as reps on {member} = reps.sales_rep_id"
        keys = [*keys[: position + 1], "reps.sales_rep_name as sales_rep_name", *keys[position + 1 :]]
    period = 1 if question.grain else 0
    selected = [*columns[:period], *keys, *columns[period:]]
    order = f" order by {', '.join(str(number + 1) for number in range(period + len(keys)))}" if period or keys else ""
    return f"select {', '.join(selected)} from {source}{order}"
