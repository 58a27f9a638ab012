"""Marts leave Spark as Parquet and are read by DuckDB, which checks their content hash on the other side."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyarrow import fs

from ingestion import lake
from ingestion.settings import Settings
from ingestion.sql_text import literal
from orchestration.spark.reader import Columns, SparkReader
from orchestration.spark.session import session


@contextmanager
def exported_marts(settings: Settings) -> Iterator[dict[str, tuple[Columns, str]]]:
    """Every mart with its columns and the DuckDB query that reads its Parquet files, which go with the block."""
    uri, folder = f"{settings.lake}/export", settings.var / "spark" / "export"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with session(settings) as opened:
            reader = SparkReader(opened)
            known = {name: reader.columns("marts", name) for name in reader.marts()}
            for name in known:
                opened.execute(f"insert overwrite directory '{uri}/{name}' using parquet select * from marts.{name}")
        here = lake.local_path(uri) or _fetched(uri, folder)
        yield {name: (columns, _query(here / name, columns)) for name, columns in known.items()}
    finally:
        _remove(uri)
        shutil.rmtree(folder, ignore_errors=True)


def _query(folder: Path, columns: Columns) -> str:
    chosen = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in columns)
    return f"select {chosen} from read_parquet({literal(folder / '*.parquet')})"


def _fetched(uri: str, folder: Path) -> Path:
    folder.mkdir(parents=True)
    fs.copy_files(uri, folder.as_uri())
    return folder


def _remove(uri: str) -> None:
    system, path = fs.FileSystem.from_uri(uri)
    if system.get_file_info(path).type == fs.FileType.Directory:
        system.delete_dir(path)
