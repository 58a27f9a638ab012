"""A question about one KPI: by which period and dimensions, under which condition, and whether it can be asked."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches

from orchestration.errors import WrongQuestion

GRAINS = ("day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year")
_BELOW_MONTH = ("day", "week")
_WORDS = {"and", "or", "not", "in", "is", "null", "like", "between"}
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)|(?P<word>[A-Za-z_]\w*)|(?P<sign><>|!=|<=|>=|[=<>(),]))"
)


@dataclass(frozen=True)
class Kpi:
    """What the registry says of a KPI, as far as a question needs it.

    A redefined one is computed otherwise from a date on, so nothing can be summed over that date; nor over a part that
    is unknown.
    """

    name: str
    is_redefined: bool
    has_unknown_parts: bool
    label: str
    unit: str
    aggregation: str
    smallest_grain: str
    dimensions: tuple[str, ...]

    @property
    def grains(self) -> tuple[str, ...]:
        """The periods by which it is told."""
        return GRAINS if self.smallest_grain == "day" else tuple(one for one in GRAINS if one not in _BELOW_MONTH)

    @property
    def has_total(self) -> bool:
        """Whether it is told without a dimension."""
        return "total" in self.dimensions

    @property
    def by(self) -> str:
        """Its dimensions, for people."""
        return ", ".join(one for one in self.dimensions if one != "total") or "none"


@dataclass(frozen=True)
class Condition:
    """A condition on members, taken apart so that only dimensions, constants and comparisons can stand in it."""

    parts: tuple[tuple[str, str], ...]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that it names, each once."""
        return tuple(dict.fromkeys(text for kind, text in self.parts if kind == "dimension"))

    def sql(self, column: Callable[[str], str]) -> str:
        """The condition with the column of each dimension put in its place."""
        return "(" + " ".join(column(text) if kind == "dimension" else text for kind, text in self.parts) + ")"


@dataclass(frozen=True)
class Question:
    """A question that has been found to make sense for its KPI."""

    kpi: Kpi
    grain: str | None
    dimensions: tuple[str, ...]
    condition: Condition | None
    first: date | None
    last: date | None

    @property
    def used(self) -> tuple[str, ...]:
        """Every dimension that is asked by or filtered by."""
        return tuple(dict.fromkeys([*self.dimensions, *(self.condition.dimensions if self.condition else ())]))


def ask(
    kpis: Sequence[Kpi],
    name: str,
    *,
    by: Iterable[str] = (),
    where: str | None = None,
    first: date | None = None,
    last: date | None = None,
) -> Question:
    """The question, checked against the registry.

    Raises WrongQuestion naming an unknown KPI or dimension with the nearest names, a period below the KPI's smallest
    grain, or a condition that is more than comparisons of its dimensions.
    """
    kpi = next((one for one in kpis if one.name == name), None)
    if kpi is None:
        raise WrongQuestion(f"there is no KPI {name!r}{_nearest(name, [one.name for one in kpis])}")
    known = sorted({dimension for one in kpis for dimension in one.dimensions} - {"total"})
    names = [one for one in dict.fromkeys(part.strip() for part in by) if one]
    grains = [one for one in names if one in GRAINS]
    if len(grains) > 1:
        raise WrongQuestion(f"one period at a time, not {' and '.join(grains)}")
    for grain in grains:
        if grain not in kpi.grains:
            raise WrongQuestion(f"{name} is not told by {grain}: its periods are {', '.join(kpi.grains)}")
    dimensions = [one for one in names if one not in GRAINS]
    condition = _condition(where, known) if where is not None else None
    question = Question(kpi, grains[0] if grains else None, tuple(dimensions), condition, first, last)
    for dimension in question.used:
        _check_dimension(kpi, dimension, known)
    _check_days(question)
    return question


def _check_dimension(kpi: Kpi, dimension: str, known: Sequence[str]) -> None:
    if dimension not in known:
        raise WrongQuestion(f"there is no dimension {dimension!r}{_nearest(dimension, [*known, *GRAINS])}")
    if dimension not in kpi.dimensions:
        raise WrongQuestion(f"{kpi.name} is not told by {dimension}: its dimensions are {kpi.by}")


def _check_days(question: Question) -> None:
    first, last = question.first, question.last
    if first and last and last < first:
        raise WrongQuestion(f"--to {last} lies before --from {first}")
    if question.kpi.smallest_grain == "day":
        return
    if first and first.day != 1:
        raise WrongQuestion(f"{question.kpi.name} is told by whole months: --from is the first day of one")
    if last and (last + timedelta(days=1)).day != 1:
        raise WrongQuestion(f"{question.kpi.name} is told by whole months: --to is the last day of one")


def _condition(where: str, known: Sequence[str]) -> Condition:
    parts: list[tuple[str, str]] = []
    depth, position = 0, 0
    where = where.strip()
    while position < len(where):
        match = _TOKEN.match(where, position)
        if match is None:
            raise WrongQuestion(f"--where cannot be read from here on: {where[position:]}")
        kind, text = str(match.lastgroup), match.group(str(match.lastgroup))
        if kind == "word" and text.lower() not in _WORDS:
            if text not in known:
                raise WrongQuestion(f"there is no dimension {text!r}{_nearest(text, known)}")
            kind = "dimension"
        if kind == "text" and "{" in text:
            raise WrongQuestion("--where compares with text that has no braces in it")
        depth += {"(": 1, ")": -1}.get(text, 0)
        if depth < 0:
            raise WrongQuestion("--where closes a bracket that it has not opened")
        parts.append((kind, text))
        position = match.end()
    if depth or not any(kind == "dimension" for kind, _ in parts):
        raise WrongQuestion("--where is a condition like: channel = 'paid_search' and team in ('North', 'South')")
    return Condition(tuple(parts))


def _nearest(name: str, names: Iterable[str]) -> str:
    near = get_close_matches(name, list(names), n=3, cutoff=0.5)
    return f"; the nearest are {', '.join(near)}" if near else ""
