"""What one call of the command line works with: the chosen configuration, read when it is first needed."""

from functools import cached_property
from pathlib import Path
from typing import Annotated

import typer

from ingestion.settings import Settings, load_settings

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Wait = Annotated[
    float, typer.Option("--wait", help="Seconds to wait for another process that writes.", show_default=True)
]


class Session:
    """The configuration that `--config` or FUNNELHOUSE_CONFIG names."""

    def __init__(self, config: Path | None) -> None:
        self.config = config

    @cached_property
    def settings(self) -> Settings:
        """The checked configuration. Raises ConfigurationError naming line and key."""
        return load_settings(self.config)


def settings_of(context: typer.Context) -> Settings:
    """The configuration of this call."""
    session: Session = context.obj
    return session.settings
