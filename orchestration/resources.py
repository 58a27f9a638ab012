"""What assets may ask for: the company's configuration and dbt; and the Dagster instance they are recorded in."""

import json
import os
from pathlib import Path

import dagster as dg
import dagster_dbt

from ingestion.settings import Settings, load_settings
from orchestration import layout, transform

# One run at a time: DuckDB allows one writing process.
_INSTANCE = """\
event_log_storage:
  module: orchestration.event_log
  class: EventLog
  config:
    base_dir: {events}
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
  start_timeout_seconds: 180
"""


class Company(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The company whose folder the assets work on."""

    configuration: str

    def settings(self) -> Settings:
        """The configuration, read anew so that a long-lived UI sees what stands in the file."""
        return load_settings(Path(self.configuration))


def resources(settings: Settings) -> dict[str, object]:
    """Resources of the definitions."""
    return {
        "company": Company(configuration=os.fspath(settings.file)),
        "dbt": dagster_dbt.DbtCliResource(
            project_dir=os.fspath(layout.DBT_PROJECT),
            profiles_dir=os.fspath(layout.DBT_PROJECT),
            dbt_executable=os.fspath(transform.executable(settings)),
        ),
    }


def prepare_instance(settings: Settings) -> Path:
    """Write `dagster.yaml` into the company's DAGSTER_HOME and return that folder."""
    home = layout.dagster_home(settings)
    home.mkdir(parents=True, exist_ok=True)
    configuration = home / "dagster.yaml"
    text = _INSTANCE.format(events=json.dumps(os.fspath(home / "history" / "runs")))
    if not configuration.exists() or configuration.read_text() != text:
        configuration.write_text(text)
    return home
