"""Where a company keeps what the pipeline makes: every path under `var/` and `serving/`, named once."""

from pathlib import Path

from ingestion.settings import Settings

PROJECT_ROOT = Path(__file__).resolve().parents[1]
DBT_PROJECT = PROJECT_ROOT / "dbt_project"


def builds(settings: Settings) -> Path:
    """Folder with one folder per build."""
    return settings.var / "builds"


def runs(settings: Settings) -> Path:
    """Folder with the run reports and the last status of every source."""
    return settings.var / "runs"


def as_was(settings: Settings) -> Path:
    """Folder with one folder per day of which the knowledge was built."""
    return settings.var / "as_was"


def locks(settings: Settings) -> Path:
    """Folder of the lock files."""
    return settings.var / "locks"


def dbt_target(settings: Settings) -> Path:
    """dbt's `target/` of this company: manifest, compiled statements, run results."""
    return settings.var / "dbt" / "target"


def dbt_logs(settings: Settings) -> Path:
    """dbt's log folder of this company."""
    return settings.var / "dbt" / "logs"


def dagster_home(settings: Settings) -> Path:
    """DAGSTER_HOME of this company."""
    return settings.var / "dagster"


def data_docs(settings: Settings) -> Path:
    """The rendered Great Expectations pages."""
    return settings.var / "data_docs"


def current_link(settings: Settings) -> Path:
    """Symlink to the published version."""
    return settings.serving / "current.duckdb"


def current_json(settings: Settings) -> Path:
    """The same pointer as a file, for systems without symlinks."""
    return settings.serving / "current.json"
