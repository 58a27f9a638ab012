"""The `funnel` command: its options that hold for every command, and the commands in the order of the flow."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli import begin, knowledge, look, query, state, steps
from orchestration.cli.session import Session

app = typer.Typer(
    name="funnel",
    help="From marketing, sales and service sources to gated, published KPI marts.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for module in (begin, steps, look, query, knowledge):
    for name, command in module.COMMANDS.items():
        app.command(name)(command)
app.add_typer(state.app, name="state")
app.add_typer(begin.sandbox, name="sandbox")


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", help="The company's funnelhouse.toml.", envvar="FUNNELHOUSE_CONFIG"),
    ] = None,
) -> None:
    """Hold the options of every command."""
    context.obj = Session(config)


def main() -> None:
    """Entry point of the `funnel` command."""
    app()


if __name__ == "__main__":
    main()
