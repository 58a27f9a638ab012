"""Rows of CSV, JSON, JSON lines, Parquet and Excel files, with the line each came from."""

import csv
import gzip
import io
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, cast

import pyarrow.parquet as pq

from ingestion import exact_json
from ingestion.errors import SourceError
from ingestion.settings import FilesSettings

Row = dict[str, Any]

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 50
_SUFFIXES = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".parquet": "parquet", ".xlsx": "excel", ".xlsm": "excel",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One row and the line (or sheet row, or number) it stands on; `problem` says why it is no row."""

    number: int
    row: Row
    problem: str | None = None


@dataclass(frozen=True)
class Sheet:
    """The header and the rows of one file. `duplicate_headers` stand more than once in it.

    `uses_semicolon`: so write programs in countries with a decimal comma.
    """

    headers: list[str]
    lines: Iterator[Line]
    duplicate_headers: frozenset[str] = frozenset()
    uses_semicolon: bool = False


def read(path: Path, settings: FilesSettings) -> Sheet:
    """Open a file by its format. Raises SourceError, with the line where there is one."""
    readers: dict[str, Callable[[Path, FilesSettings], Sheet]] = {
        "csv": _read_csv,
        "json": _read_json,
        "jsonl": _read_json_lines,
        "parquet": _read_parquet,
        "excel": _read_excel,
    }
    kind = settings.format or _SUFFIXES.get(Path(path.name.removesuffix(".gz")).suffix.lower())
    if kind is None:
        raise SourceError("the name does not tell the format", where=path.name, next="Set `format`")
    try:
        return readers[kind](path, settings)
    except SourceError:
        raise
    except Exception as error:
        raise SourceError(f"this is no readable {kind} file ({error})", where=path.name) from error


class _Capped(io.RawIOBase):
    """A byte stream that refuses to give more than a number of bytes."""

    def __init__(self, inner: IO[bytes], limit: int, name: str) -> None:
        self._inner = inner
        self._left = limit
        self._name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._inner.read(len(buffer))
        self._left -= len(chunk)
        if self._left < 0:
            raise SourceError("the file is larger than allowed", where=self._name, next="Raise `max_bytes`")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._inner.close()
        super().close()


def _open(path: Path, settings: FilesSettings) -> io.BufferedReader:
    is_packed = path.suffix.lower() == ".gz"
    inner = cast("IO[bytes]", gzip.open(path, "rb") if is_packed else path.open("rb"))  # noqa: SIM115
    return io.BufferedReader(_Capped(inner, settings.max_bytes, path.name), 1 << 16)


def _encoding(path: Path, settings: FilesSettings) -> str:
    if settings.encoding:
        return settings.encoding
    with _open(path, settings) as file:
        start = file.read(4096)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if not start.startswith(b"\xef\xbb\xbf") and start.count(b"\0") > len(start) // 4:
        return "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
    return "utf-8-sig"


def _text(path: Path, settings: FilesSettings) -> io.TextIOWrapper:
    return io.TextIOWrapper(_open(path, settings), encoding=_encoding(path, settings), newline="")


def _read_csv(path: Path, settings: FilesSettings) -> Sheet:
    delimiter = settings.delimiter or _delimiter(path, settings)
    records = _csv_records(path, settings, delimiter)
    header: list[str] = []
    for _ in range(settings.header_row):
        header = next(records, (0, []))[1]
    if not any(name.strip() for name in header):
        raise SourceError("there is no header line", where=f"{path.name}, line {settings.header_row}")
    names, duplicates = _header_names(header)
    return Sheet(names, _csv_lines(records, names), duplicates, uses_semicolon=delimiter == ";")


def _csv_records(path: Path, settings: FilesSettings, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        with _text(path, settings) as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            for fields in reader:
                yield number + 1, fields
                number = reader.line_num
    except UnicodeDecodeError as error:
        raise SourceError(
            f"the file is not {error.encoding}",
            where=f"{path.name}, line {_undecodable_line(path, settings)}",
            next='Set `encoding`, for example "cp1252"',
        ) from None
    except csv.Error as error:
        raise SourceError(f"the quoting is broken ({error})", where=f"{path.name}, after line {number}") from None


def _undecodable_line(path: Path, settings: FilesSettings) -> int:
    encoding = _encoding(path, settings)
    with _open(path, settings) as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                return number
    return 0


def _csv_lines(records: Iterator[tuple[int, list[str]]], names: list[str]) -> Iterator[Line]:
    for number, fields in records:
        if not any(value.strip() for value in fields):
            continue
        surplus = fields[len(names) :]
        row: Row = dict(zip(names, fields, strict=False))
        problem = None
        if len(fields) < len(names) or any(value.strip() for value in surplus):
            row["(all fields)"] = fields
            problem = f"{len(fields)} fields where the header has {len(names)}"
        yield Line(number, row, problem)


def _delimiter(path: Path, settings: FilesSettings) -> str:
    """The delimiter that gives every first line the same number of fields, more than one."""
    counts: dict[str, list[int]] = {}
    for candidate in _DELIMITERS:
        try:
            sample = list(itertools.islice(_csv_records(path, settings, candidate), _SAMPLE_LINES))
        except SourceError:
            sample = []
        counts[candidate] = [len(fields) for _, fields in sample[settings.header_row - 1 :] if any(fields)]
    widths = {
        candidate: sizes[0]
        for candidate, sizes in counts.items()
        if sizes and sizes[0] > 1 and sizes.count(sizes[0]) * 2 > len(sizes)
    }
    if not widths:
        return ","
    exact = [one for one in widths if len(set(counts[one])) == 1]
    best = [one for one in exact or widths if widths[one] == max(widths[other] for other in exact or widths)]
    if len(best) > 1:
        raise SourceError(
            "the delimiter is not clear", where=f"{path.name}, line {settings.header_row}", next="Set `delimiter`"
        )
    return best[0]


def _header_names(header: list[str]) -> tuple[list[str], frozenset[str]]:
    names: list[str] = []
    duplicates: set[str] = set()
    for position, raw in enumerate(header, start=1):
        name = raw.strip() or f"column_{position}"
        if name in names:
            duplicates.add(name)
            name = f"{name} ({position})"
        names.append(name)
    return names, frozenset(duplicates)


def _read_json(path: Path, settings: FilesSettings) -> Sheet:
    with _open(path, settings) as file:
        content = exact_json.parse(file.read())
    if isinstance(content, dict):
        lists = [value for value in content.values() if isinstance(value, list)]
        if len(lists) != 1:
            raise SourceError("there is no single list of rows in the object", where=path.name)
        content = lists[0]
    if not isinstance(content, list):
        raise SourceError("there is no list of rows", where=path.name)
    return _objects(list(enumerate(content, start=1)))


def _read_json_lines(path: Path, settings: FilesSettings) -> Sheet:
    rows: list[tuple[int, Any]] = []
    with _open(path, settings) as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                try:
                    rows.append((number, exact_json.parse(line)))
                except ValueError as error:
                    raise SourceError(f"this is no JSON ({error})", where=f"{path.name}, line {number}") from None
    return _objects(rows)


def _objects(rows: list[tuple[int, Any]]) -> Sheet:
    headers = list(dict.fromkeys(name for _, row in rows if isinstance(row, dict) for name in row))
    lines = (
        Line(number, row) if isinstance(row, dict) else Line(number, {"(value)": row}, "the row is not an object")
        for number, row in rows
    )
    return Sheet(headers, lines)


def _read_parquet(path: Path, settings: FilesSettings) -> Sheet:
    file = pq.ParquetFile(path)
    headers = list(file.schema_arrow.names)

    def lines() -> Iterator[Line]:
        number = 0
        for batch in file.iter_batches(batch_size=5_000):
            for row in batch.to_pylist():
                number += 1
                yield Line(number, {name: _plain(value) for name, value in row.items()})

    return Sheet(headers, lines())


def _read_excel(path: Path, settings: FilesSettings) -> Sheet:
    import openpyxl

    _refuse_bomb(path, settings)
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    if settings.sheet is not None and settings.sheet not in book.sheetnames:
        raise SourceError(f"there is no sheet {settings.sheet!r}", where=path.name, next=str(book.sheetnames))
    sheet = book[settings.sheet] if settings.sheet is not None else book.worksheets[0]
    rows = enumerate(sheet.iter_rows(values_only=True), start=1)
    header: tuple[Any, ...] = ()
    for _ in range(settings.header_row):
        header = next(rows, (0, ()))[1]
    names, duplicates = _header_names(["" if cell is None else str(cell) for cell in header])

    def lines() -> Iterator[Line]:
        for number, cells in rows:
            if any(cell is not None for cell in cells):
                yield Line(number, {name: _plain(cell) for name, cell in zip(names, cells, strict=False)})
        book.close()

    return Sheet(names, lines(), duplicates)


def _refuse_bomb(path: Path, settings: FilesSettings) -> None:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > settings.max_bytes:
        raise SourceError("the file is larger than allowed once unpacked", where=path.name, next="Raise `max_bytes`")


def _plain(value: Any) -> Any:
    """A value as JSON can hold it, exactly."""
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second or value.tzinfo):
        return value.date().isoformat()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bytes):
        return value.hex()
    if value is None or isinstance(value, str | int | float | bool | list | dict):
        return value
    return str(value)
