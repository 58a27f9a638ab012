"""Files as a source: rows of CSV, JSON, Parquet or Excel into any unified entity."""

import hashlib
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from ingestion import file_formats, landing
from ingestion.catalog import Stream
from ingestion.errors import ConfigurationError, SourceError
from ingestion.file_formats import Line, Sheet
from ingestion.row_mapping import RowMapper, decimal_sign
from ingestion.row_rules import Twins, wrong_order
from ingestion.settings import FilesSettings, Settings
from ingestion.source import Page, Record, StreamState

_PAGE_ROWS = 5_000
_DECIMAL_SAMPLE = 1_000
_MAPPING_VERSION = 1


@dataclass(frozen=True)
class FoundFile:
    """One file with its content hash, and what the file system said while it was hashed."""

    path: Path
    content_hash: str
    size: int
    modified_ns: int


class FilesSource:
    """The files of one configured source."""

    def __init__(self, settings: Settings, name: str) -> None:
        source = settings.sources[name]
        assert isinstance(source, FilesSettings)
        self._settings = settings
        self._source = source
        self._name = name
        self._found: list[FoundFile] | None = None

    def pages(self, stream: Stream, state: StreamState) -> Iterator[Page]:
        """Yield all rows: `{"row": as sent, "mapped": unified names}`.

        In mode `incremental` only those of files that were not read before. Raises SourceError for a file
        that cannot be read or is still being written, ConfigurationError when its columns cannot be mapped.
        """
        files = self._files()
        if self._source.mode == "incremental":
            known = self._ledger().get("files", {}) if self._is_same_mapping() else {}
            files = [file for file in files if file.content_hash not in known]
        for file in files:
            yield from self._file_pages(file)

    def expected_count(self, stream: Stream) -> int | None:
        """Files do not tell how many rows they should have."""
        return None

    def close(self) -> None:
        """Nothing is held open."""

    def is_unchanged(self, stream: Stream) -> bool:
        """Whether the same contents were read with the same mapping before, under whatever names."""
        known = set(self._ledger().get("files", {}))
        present = {file.content_hash for file in self._files()}
        same = present <= known if self._source.mode == "incremental" else present == known
        return self._is_same_mapping() and same

    def pass_closed(self, stream: Stream) -> None:
        """Write the ledger of contents that have been read."""
        known = self._ledger().get("files", {}) if self._source.mode == "incremental" else {}
        files = {file.content_hash: {"name": file.path.name, "size": file.size} for file in self._files()}
        content = {"mapping": self._mapping_hash(), "files": {**known, **files}}
        landing.write_atomically(self._ledger_path, orjson.dumps(content, option=orjson.OPT_INDENT_2))

    @property
    def _ledger_path(self) -> Path:
        return landing.stream_folder(self._settings, self._name, self._source.entity) / "_files.json"

    def _ledger(self) -> dict[str, Any]:
        try:
            return dict(orjson.loads(self._ledger_path.read_bytes()))
        except (FileNotFoundError, ValueError):
            return {}

    def _is_same_mapping(self) -> bool:
        return bool(self._ledger().get("mapping") == self._mapping_hash())

    def _mapping_hash(self) -> str:
        meaning = self._source.model_dump_json(exclude={"enabled", "allow_stale", "settle"})
        zone = self._settings.company.reporting_timezone
        return hashlib.sha256(f"{_MAPPING_VERSION}|{zone}|{meaning}".encode()).hexdigest()[:32]

    def _files(self) -> list[FoundFile]:
        """All files of the pattern, each content once, in the order of their names."""
        if self._found is None:
            folder = self._settings.folder.resolve()
            paths = sorted(path for path in folder.glob(self._source.path) if path.is_file())
            if not paths:
                raise SourceError(
                    f"no file matches {self._source.path!r}",
                    where=f"source {self._name}",
                    next=f"Put one into {folder}, or set `enabled = false`",
                )
            once: dict[str, FoundFile] = {}
            for path in paths:
                self._refuse_outside(path, folder)
                found = _settled(path, self._source.settle.total_seconds())
                once.setdefault(found.content_hash, found)
            self._found = list(once.values())
        return self._found

    def _refuse_outside(self, path: Path, folder: Path) -> None:
        if not path.resolve().is_relative_to(folder):
            raise ConfigurationError(
                "the file leads out of the company's folder", where=f"source {self._name}, {path.name}"
            )

    def _file_pages(self, file: FoundFile) -> Iterator[Page]:
        sheet = file_formats.read(file.path, self._source)
        where = f"source {self._name}, {file.path.name}"
        mapper = RowMapper(
            self._source,
            sheet.headers,
            reporting_timezone=self._settings.company.reporting_timezone,
            where=where,
        )
        if twice := sorted(sheet.duplicate_headers & mapper.used_headers):
            raise SourceError(
                f"the header has {twice[0]!r} more than once",
                where=f"{where}, line {self._source.header_row}",
                next="Rename one of them, or map another column",
            )
        twins = Twins(mapper.entity)
        for lines in _chunks(self._with_decimal(sheet, mapper, where)):
            yield _page(lines, mapper, twins, file.path.name)
        after = file.path.stat()
        if (after.st_size, after.st_mtime_ns) != (file.size, file.modified_ns):
            raise SourceError("the file changed while it was read", where=where, next="Run again when it is complete")

    def _with_decimal(self, sheet: Sheet, mapper: RowMapper, where: str) -> Iterator[Line]:
        """The lines, after the first thousand have told which decimal sign the file uses."""
        if self._source.decimal:
            return sheet.lines
        sample = list(itertools.islice(sheet.lines, _DECIMAL_SAMPLE))
        values = [
            line.row[header]
            for line in sample
            for header in mapper.numeric_headers
            if isinstance(line.row.get(header), str)
        ]
        sign = decimal_sign(values, may_group_by_dots=sheet.uses_semicolon)
        if sign is None:
            raise SourceError(
                "whether numbers have a decimal comma or a decimal point is not clear",
                where=where,
                next="Set `decimal`; numbers of the other kind are then quarantined",
            )
        mapper.use_decimal(sign)
        return itertools.chain(sample, sheet.lines)


def connect(settings: Settings, name: str) -> FilesSource:
    """The files of a configured source."""
    return FilesSource(settings, name)


def _page(lines: list[Line], mapper: RowMapper, twins: Twins, file_name: str) -> Page:
    records: list[Record] = []
    rejected: list[tuple[Any, str]] = []
    for line in lines:
        if line.problem is not None:
            rejected.append(({"row": line.row}, f"{file_name}, line {line.number}: {line.problem}"))
            continue
        mapped, reasons = mapper.map(line.row)
        reasons += wrong_order(mapper.entity, mapped)
        if not reasons:
            reasons = twins.reasons(mapped, line.number)
        record = {"row": line.row, "mapped": mapped}
        if reasons:
            rejected.append((record, f"{file_name}, line {line.number}: {'; '.join(reasons)}"))
        else:
            records.append(record)
    return Page(records, rejected=tuple(rejected))


def _chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while chunk := list(itertools.islice(lines, _PAGE_ROWS)):
        yield chunk


def _settled(path: Path, settle_seconds: float) -> FoundFile:
    """Hash a file that nobody is writing. Raises SourceError when its size or time moves meanwhile."""
    age = time.time() - path.stat().st_mtime
    if 0 <= age < settle_seconds:
        time.sleep(settle_seconds - age)
    before = path.stat()
    with path.open("rb") as file:
        content_hash = hashlib.file_digest(file, "sha256").hexdigest()
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise SourceError("the file is still being written", where=path.name, next="Run again when it is complete")
    return FoundFile(path, content_hash, after.st_size, after.st_mtime_ns)
