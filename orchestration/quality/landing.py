"""The landing check: what a batch must be before it is loaded. A refused batch stays in landing and holds its stream.

Keys, cursor and shape are Great Expectations suites on the batch; volume is held against the source's own count and
against the stream's history; JSON types against what earlier batches had.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ingestion import landing, state
from ingestion.catalog import stream as catalog_stream
from ingestion.landing import BatchInfo
from ingestion.settings import Settings
from orchestration import builds, layout
from orchestration.quality import expectations, suites
from orchestration.quality.verdicts import ERROR, FAILED, PASSED, Verdict

if TYPE_CHECKING:
    import pandas as pd

LEAST_OF_OWN_COUNT = 0.95
LEAST_OF_LAST_PASS = 0.5
MOST_QUARANTINED = 0.2
SMALL = 10
_STRUCTURES = {"object": "object", "dict": "object", "array": "list", "list": "list", "null": "null"}


class LandingCheck:
    """The hook that loading calls for every batch; remembers the verdicts of the run."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.verdicts: list[Verdict] = []

    def refuse(self, batch: BatchInfo) -> list[str]:
        """The reasons why this batch must not be loaded; empty when it may be, or when a person accepted it."""
        found = self._verdicts(batch)
        if state.is_accepted(self.settings, batch):
            for verdict in found:
                if verdict.blocks:
                    verdict.severity = "warn"
                    verdict.message = f"{verdict.message} (accepted by hand)"
        self.verdicts.extend(found)
        return [str(verdict) for verdict in found if verdict.blocks]

    def _verdicts(self, batch: BatchInfo) -> list[Verdict]:
        history = [other for other in landing.batches(batch.folder) if other.batch_id < batch.batch_id]
        judged = [
            _judge(batch, "volume_against_own_count", _own_count(batch, history)),
            _judge(batch, "volume_against_history", _history(batch, history)),
            _judge(batch, "quarantine_is_small", _quarantine(batch)),
            _judge(batch, "json_types_are_kept", _types(batch, history)),
        ]
        return judged + self._expectations(batch)

    def _expectations(self, batch: BatchInfo) -> list[Verdict]:
        if not batch.row_count:
            return []
        try:
            stream = catalog_stream(batch.kind, batch.entity)
            suite = suites.landed_batch(f"{batch.kind}.{batch.entity}", has_cursor=bool(stream.cursor))
            return expectations.validate([(suite, _frame(landing.read_batch(batch), stream.cursor is not None))])
        except (OSError, pa.ArrowException) as error:
            return [_judge(batch, "batch_can_be_read", str(error), status=ERROR)]


def held(settings: Settings) -> dict[str, list[BatchInfo]]:
    """Batches that wait in landing, by stream, oldest first."""
    waiting: dict[str, list[BatchInfo]] = {}
    for batch in landing.pending_batches(settings):
        waiting.setdefault(batch.stream, []).append(batch)
    return waiting


def record(settings: Settings, verdicts: Sequence[Verdict]) -> None:
    """Store the landing verdicts of a run, newest per check, for the UI and the report."""
    path = layout.runs(settings) / "landing_verdicts.json"
    known = {item["check"]: item for item in (builds.read_json(path) or {"verdicts": []})["verdicts"]}
    known.update({verdict.check: verdict.as_json() for verdict in verdicts})
    builds.write_json(path, {"verdicts": list(known.values())})


def _judge(batch: BatchInfo, name: str, problem: str, *, status: str = FAILED) -> Verdict:
    return Verdict(
        check=f"landing.{batch.stream}.{name}",
        kind="landing",
        assets=[f"raw_{batch.kind}.{batch.entity}"],
        severity="error",
        status=status if problem else PASSED,
        evaluated_at=builds.now_text(),
        measured={"batch": batch.batch_id, "rows": batch.row_count, "fetched": batch.fetched_count},
        message=problem,
    )


def _own_count(batch: BatchInfo, history: Sequence[BatchInfo]) -> str:
    """A complete pass must hold nearly what the source itself says it has."""
    is_complete = batch.mode == "snapshot" or (batch.cursor_before is None and batch.mode == "incremental")
    if not batch.closes_pass or batch.expected_count is None or not is_complete:
        return ""
    fetched = _fetched(batch, history)
    if fetched >= batch.expected_count * LEAST_OF_OWN_COUNT:
        return ""
    return f"the source counts {batch.expected_count} records and gave {fetched}"


def _history(batch: BatchInfo, history: Sequence[BatchInfo]) -> str:
    """A complete pass must not be much smaller than the last one; else absent keys would become deletes."""
    if not batch.closes_pass or batch.mode != "snapshot":
        return _shrunken_count(batch, history)
    passes = [other for other in history if other.closes_pass and other.pass_id != batch.pass_id]
    if not passes:
        return ""
    last = passes[-1]
    before = sum(other.fetched_count for other in history if other.pass_id == last.pass_id)
    fetched = _fetched(batch, history)
    if before < SMALL or fetched >= before * LEAST_OF_LAST_PASS:
        return ""
    return f"the last complete pass had {before} records, this one has {fetched}"


def _shrunken_count(batch: BatchInfo, history: Sequence[BatchInfo]) -> str:
    counted = [other.expected_count for other in history if other.expected_count is not None]
    if not counted or batch.expected_count is None or counted[-1] < SMALL:
        return ""
    if batch.expected_count >= counted[-1] * LEAST_OF_LAST_PASS:
        return ""
    return f"the source counted {counted[-1]} records before and counts {batch.expected_count} now"


def _quarantine(batch: BatchInfo) -> str:
    refused, total = batch.quarantined_count, batch.fetched_count
    if not refused or (refused < total and (refused < SMALL or refused <= total * MOST_QUARANTINED)):
        return ""
    return f"{refused} of {total} records are unusable; see var/quarantine/{batch.source}/{batch.entity}"


def _types(batch: BatchInfo, history: Sequence[BatchInfo]) -> str:
    """An object that becomes a list, or text that becomes an object, would turn every value below it into NULL."""
    before: dict[str, set[str]] = {}
    for other in history:
        for name, kinds in other.fields.items():
            before.setdefault(name, set()).update(_structure(kind) for kind in kinds)
    changed = []
    for name, kinds in batch.fields.items():
        now = {_structure(kind) for kind in kinds} - {"null"}
        then = before.get(name, set()) - {"null"}
        if now and then and not now <= then and (now | then) & {"object", "list"}:
            changed.append(f"{name} was {' or '.join(sorted(then))} and is {' or '.join(sorted(now))}")
    return "; ".join(changed[:5])


def _structure(kind: str) -> str:
    return _STRUCTURES.get(kind.lower(), "value")


def _fetched(batch: BatchInfo, history: Sequence[BatchInfo]) -> int:
    return batch.fetched_count + sum(other.fetched_count for other in history if other.pass_id == batch.pass_id)


def _frame(table: pa.Table, has_cursor: bool) -> "pd.DataFrame":
    payload = table["payload"]
    is_object = pc.fill_null(pc.starts_with(payload, "{"), False)
    is_tombstone = pc.and_(pc.is_null(payload), table["is_deleted"])
    kind = pc.if_else(is_object, "OBJECT", pc.if_else(is_tombstone, "TOMBSTONE", "OTHER"))
    chosen = table.select(["record_id", "updated_at", "extracted_at"]).append_column("payload_type", kind)
    if has_cursor:
        # A tombstone that extraction itself made has no instant of the source.
        chosen = chosen.filter(pc.or_(pc.is_valid(chosen["updated_at"]), pc.is_valid(payload)))
    return chosen.to_pandas()
