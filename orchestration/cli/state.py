"""`funnel state`: where every stream stands and what waits; let a batch in, give it up, or fetch it again."""

from dataclasses import asdict
from typing import Annotated

import typer

from ingestion import state as streams
from ingestion.settings import Settings
from orchestration import pipeline
from orchestration.cli import output
from orchestration.cli.session import AsJson, settings_of
from orchestration.quality import landing

app = typer.Typer(help="Look at and mend the extraction state.", no_args_is_help=True)

Stream = Annotated[str, typer.Argument(help="A stream (`source.entity`), or the identifier of a waiting batch.")]


@app.command("show")
def show(
    context: typer.Context,
    source: Annotated[str | None, typer.Option("--source", "-s", help="Only this source.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show every stream: its cursor, its batches, what waits.

    Example: funnel state show --source hubspot
    """
    with output.errors_as_exit_codes(as_json=as_json):
        found = streams.show(settings_of(context), source)
    if as_json:
        output.show({"streams": [asdict(one) for one in found]}, as_json=True)
        return
    rows = [
        (f"{one.source}.{one.entity}", one.cursor, one.is_pass_open, one.batches, one.pending, one.error)
        for one in found
    ]
    output.table("Streams", ["stream", "cursor", "pass open", "batches", "waiting", "error"], rows)


@app.command("accept")
def accept(context: typer.Context, stream: Stream, as_json: AsJson = False) -> None:
    """Let the refused batch of a stream be loaded by the next run; the override stays on record.

    Example: funnel state accept hubspot.deals
    """
    with output.errors_as_exit_codes(as_json=as_json):
        settings = settings_of(context)
        batch_id = _waiting(settings, stream)
        streams.accept(settings, batch_id or stream)
    what = f"batch {batch_id}" if batch_id else f"the next pass of {stream}"
    output.show({"accepted": batch_id or stream}, as_json=as_json, lines=[f"{what} is accepted; run `funnel run`"])


@app.command("drop")
def drop(context: typer.Context, stream: Stream, as_json: AsJson = False) -> None:
    """Give up the oldest waiting batch of a stream; it is kept under var/dropped.

    Example: funnel state drop hubspot.deals
    """
    with output.errors_as_exit_codes(as_json=as_json):
        settings = settings_of(context)
        with pipeline.writing(settings, "funnel state drop"):
            batch = streams.drop(settings, _waiting(settings, stream) or stream)
    output.show({"dropped": batch.batch_id}, as_json=as_json, lines=[f"batch {batch.batch_id} is dropped"])


@app.command("refetch")
def refetch(context: typer.Context, stream: Stream, as_json: AsJson = False) -> None:
    """Drop the waiting batches of a stream and fetch them again in the next run.

    Example: funnel state refetch hubspot.deals
    """
    with output.errors_as_exit_codes(as_json=as_json):
        settings = settings_of(context)
        with pipeline.writing(settings, "funnel state refetch"):
            batch = streams.refetch(settings, _waiting(settings, stream) or stream)
    output.show(
        {"refetched": batch.batch_id}, as_json=as_json, lines=[f"{batch.stream} goes back before {batch.batch_id}"]
    )


@app.command("reset")
def reset(
    context: typer.Context,
    stream: Annotated[str, typer.Argument(help="A stream (`source.entity`).")],
    cursor: Annotated[str | None, typer.Option("--cursor", help="Go on from this value instead of the start.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let a stream begin again from the start or from a cursor; nothing that landed is lost or stored twice.

    Example: funnel state reset hubspot.deals --cursor 2026-01-01T00:00:00Z
    """
    with output.errors_as_exit_codes(as_json=as_json):
        settings = settings_of(context)
        with pipeline.writing(settings, "funnel state reset"):
            mark = streams.reset(settings, stream, cursor=cursor)
    output.show(
        {"reset": mark.stream}, as_json=as_json, lines=[f"{mark.stream} begins again from {cursor or 'the start'}"]
    )


def _waiting(settings: Settings, stream: str) -> str | None:
    """The oldest waiting batch of a stream, or None."""
    waiting = landing.held(settings).get(stream)
    return waiting[0].batch_id if waiting else None
