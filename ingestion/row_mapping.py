"""From a row of somebody's file to a row of a unified entity: columns, words, types, defaults, keys."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from ingestion.entities import ENTITY_BY_NAME, Column, Entity
from ingestion.errors import ConfigurationError
from ingestion.settings import FilesSettings

Row = dict[str, Any]
Mapped = dict[str, str | None]

_Parsed = TypeVar("_Parsed")

_TRUE = {"true", "1", "yes", "on"}
_FALSE = {"false", "0", "no", "off"}
_BARE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMERIC = ("integer", "money", "decimal", "ratio")
_COMMA_SIGN = re.compile(r"[+-]?[\d.]*,(\d{1,2}|\d{4,})|[+-]?\d{1,3}(\.\d{3})+,\d+")
_DOT_SIGN = re.compile(r"[+-]?[\d,]*\.(\d{1,2}|\d{4,})|[+-]?\d{1,3}(,\d{3})+\.\d+")
_DOUBTFUL = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")


class UnusableValueError(Exception):
    """A value that is not of its column's type or vocabulary; the text is the reason."""


@dataclass(frozen=True)
class Target:
    """One unified column and where its values come from."""

    column: Column
    name: str
    header: str | None
    constant: str | None
    words: Mapping[str, str]


class RowMapper:
    """Maps rows with a given header line to an entity.

    Raises ConfigurationError when the header cannot give a required column, with what is there instead.
    """

    def __init__(self, settings: FilesSettings, headers: Sequence[str], *, reporting_timezone: str, where: str) -> None:
        self.entity: Entity = ENTITY_BY_NAME[settings.entity]
        self._settings = settings
        self._zone = ZoneInfo(settings.time_zone)
        self._reporting_zone = ZoneInfo(reporting_timezone)
        self._decimal = settings.decimal
        self._targets = self._find_targets(list(headers), where)
        self._given = {target.name for target in self._targets}
        self._check_required(headers, where)

    @property
    def numeric_headers(self) -> list[str]:
        """Columns of the file that hold numbers."""
        return [target.header for target in self._targets if target.header and target.column.type in _NUMERIC]

    @property
    def used_headers(self) -> set[str]:
        """Columns of the file that are mapped."""
        return {target.header for target in self._targets if target.header}

    def use_decimal(self, sign: str) -> None:
        """Settle the decimal sign that was found in the file."""
        self._decimal = "," if sign == "," else "."

    def map(self, row: Row) -> tuple[Mapped, list[str]]:
        """The mapped row, and the reasons why it cannot be used (none: it is fine)."""
        mapped: Mapped = {}
        reasons: list[str] = []
        for target in self._targets:
            raw = target.constant if target.header is None else row.get(target.header)
            try:
                mapped[target.name] = self._value(target, raw)
            except UnusableValueError as error:
                mapped[target.name] = None
                reasons.append(f"`{target.name}`: {error}")
        self._fill(mapped)
        reasons += self._missing(mapped)
        return mapped, reasons

    def _find_targets(self, headers: list[str], where: str) -> list[Target]:
        columns = dict(self._settings.columns)
        if self._settings.record_id:
            if len(self.entity.key) > 1:
                raise ConfigurationError(
                    f"{self.entity.name} has the key {', '.join(self.entity.key)}: map each of them in `columns`",
                    where=where,
                )
            columns.setdefault(self.entity.key[0], self._settings.record_id)
        lookup = {header.strip().casefold(): header for header in reversed(headers)}
        targets = []
        for name in (*self.entity.column_names, "monthly_amount"):
            wanted = columns.get(name)
            header = lookup.get((wanted or name).strip().casefold())
            if wanted is not None and header is None:
                raise ConfigurationError(
                    f"there is no column {wanted!r}, which `columns.{name}` names",
                    where=where,
                    next=f"The file has: {', '.join(headers)}",
                )
            constant = self._settings.constants.get(name)
            if header is not None or constant is not None:
                column = self._column(name)
                words = self._settings.words(name)
                targets.append(Target(column, name, None if constant is not None else header, constant, words))
        return [target for target in targets if target.name != "monthly_amount" or self._has_months()]

    def _has_months(self) -> bool:
        return self.entity.name == "subscription_periods"

    def _column(self, name: str) -> Column:
        if name == "monthly_amount":
            return Column(name, "money")
        return self.entity.column(name) or Column(name)

    def _check_required(self, headers: Sequence[str], where: str) -> None:
        for column in self.entity.columns:
            if column.is_required and not self._is_given(column):
                raise ConfigurationError(
                    f"{self.entity.name} needs `{column.name}`, and no column of the file is mapped to it",
                    where=where,
                    next=f"Map one in `columns`, or give it in `constants`. The file has: {', '.join(headers)}",
                )

    def _is_given(self, column: Column) -> bool:
        by_month = "monthly_amount" in self._given and column.name in ("recurring_amount", "billing_interval")
        return by_month or bool(self._given & {column.name, column.name_column})

    def _value(self, target: Target, raw: Any) -> str | None:
        text = _as_text(raw)
        if text is not None and target.words:
            text = target.words.get(text.casefold(), text)
        if text is None or text == "":
            return target.column.default
        return self._typed(target.column, text)

    def _typed(self, column: Column, text: str) -> str:
        if column.vocabulary and text not in column.vocabulary:
            if text.lower() not in column.vocabulary:
                words = ", ".join(column.vocabulary)
                raise UnusableValueError(f"{text[:60]!r} is none of {words}; map it in `values`")
            return text.lower()
        match column.type:
            case "text":
                return text
            case "boolean":
                return _boolean(text)
            case "date":
                return self._date(text)
            case "timestamp":
                return self._timestamp(text)
            case "integer":
                return _integer(self._number(text))
            case "ratio":
                return _ratio(self._number(text))
            case _:
                return f"{self._number(text):f}"

    def _number(self, text: str) -> Decimal:
        cleaned = text.replace(" ", "").replace("\u00a0", "").replace("\u202f", "").replace("'", "")
        if self._decimal == ",":
            cleaned = cleaned.replace(".", "").replace(",", ".") if _is_comma_number(cleaned) else "?"
        elif _GROUPED.fullmatch(cleaned) and ("." in cleaned or self._settings.decimal == "."):
            cleaned = cleaned.replace(",", "")
        if not _PLAIN.fullmatch(cleaned):
            raise UnusableValueError(f"{text[:60]!r} is no number; `decimal` says which sign the file uses")
        try:
            return Decimal(cleaned)
        except InvalidOperation:
            raise UnusableValueError(f"{text[:60]!r} is no number") from None

    def _moment(self, text: str) -> datetime | date:
        """An aware instant, or a bare date."""
        pattern = self._settings.date_format
        parsed: datetime | None = None
        if pattern:
            try:
                parsed = datetime.strptime(text, pattern)
            except ValueError:
                parsed = None
            else:
                if not any(part in pattern for part in ("%H", "%I", "%X", "%c", "%T")):
                    return parsed.date()
        if parsed is None:
            if _BARE_DATE.fullmatch(text):
                return _checked(date.fromisoformat, text)
            if not re.match(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:?\d{2}", text):
                raise UnusableValueError(f"{text[:60]!r} is no date; `date_format` says how the file writes them")
            parsed = _checked(datetime.fromisoformat, text)
        return parsed.replace(tzinfo=self._zone) if parsed.tzinfo is None else parsed

    def _timestamp(self, text: str) -> str:
        """UTC text. A bare date becomes the beginning of that day in the reporting zone, so it stays that day."""
        moment = self._moment(text)
        if not isinstance(moment, datetime):
            moment = datetime(moment.year, moment.month, moment.day, tzinfo=self._reporting_zone)
        try:
            return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
        except OverflowError:
            raise UnusableValueError(f"{text[:60]!r} is out of range") from None

    def _date(self, text: str) -> str:
        moment = self._moment(text)
        if isinstance(moment, datetime):
            moment = moment.astimezone(self._reporting_zone).date()
        return moment.isoformat()

    def _fill(self, mapped: Mapped) -> None:
        """Defaults of columns that the file does not have, the derived key, and a monthly amount."""
        if "monthly_amount" in mapped:
            mapped["recurring_amount"] = mapped.pop("monthly_amount")
            mapped["billing_interval"] = "month"
            mapped["billing_interval_count"] = "1"
        for column in self.entity.columns:
            if column.default is not None and mapped.get(column.name) is None:
                mapped[column.name] = column.default
        if self.entity.derived_key:
            name, parts = self.entity.derived_key
            if mapped.get(name) is None:
                values = [mapped.get(part) or "" for part in parts]
                joined = "\x1f".join(values)
                mapped[name] = values[0] if len(parts) == 1 else hashlib.md5(joined.encode()).hexdigest()

    def _missing(self, mapped: Mapped) -> list[str]:
        return [
            f"required `{column.name}` is empty"
            for column in self.entity.columns
            if column.is_required
            and mapped.get(column.name) is None
            and (column.name_column is None or mapped.get(column.name_column) is None)
        ]


def decimal_sign(values: Sequence[str], *, may_group_by_dots: bool = False) -> str | None:
    """The decimal sign that these numbers prove: `,` or `.` (also without proof); None when it is not clear.

    They may contradict each other; and with `may_group_by_dots`, 1.234 without any proof may be a thousand.
    """
    texts = [value.strip().replace(" ", "") for value in values]
    has_comma = any(_COMMA_SIGN.fullmatch(text) for text in texts)
    has_dot = any(_DOT_SIGN.fullmatch(text) for text in texts)
    if has_comma and has_dot:
        return None
    if not has_comma and not has_dot and may_group_by_dots and any(_DOUBTFUL.fullmatch(text) for text in texts):
        return None
    return "," if has_comma else "."


def _is_comma_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?", text))


def _as_text(raw: Any) -> str | None:
    if raw is None:
        return None
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return str(raw).replace("\0", "\ufffd").strip()


def _boolean(text: str) -> str:
    word = text.lower()
    if word in _TRUE:
        return "true"
    if word in _FALSE:
        return "false"
    raise UnusableValueError(f"{text[:60]!r} is neither true nor false")


def _integer(number: Decimal) -> str:
    if number != number.to_integral_value():
        raise UnusableValueError(f"{number} is no whole number")
    return f"{number.to_integral_value():f}"


def _ratio(number: Decimal) -> str:
    if not 0 <= number <= 1:
        raise UnusableValueError(f"{number} is not between 0 and 1")
    return f"{number:f}"


def _checked(parse: Callable[[str], _Parsed], text: str) -> _Parsed:
    try:
        return parse(text)
    except ValueError:
        raise UnusableValueError(f"{text[:60]!r} is no date") from None
