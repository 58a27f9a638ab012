"""Runs suites with Great Expectations on small pandas frames, and renders its data docs.

The library is imported only when something is validated (it takes seconds), knows no database, and sends nothing out.
"""

import functools
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.quality.suites import Expectation, Suite
from orchestration.quality.verdicts import ERROR, FAILED, PASSED, Verdict

if TYPE_CHECKING:
    import pandas as pd

_SITE = "funnelhouse"
_MEASURED = ("observed_value", "element_count", "unexpected_count", "unexpected_percent", "missing_count")
_EXAMPLES = 5


def validate(frames: Sequence[tuple[Suite, "pd.DataFrame"]], *, docs: Path | None = None) -> list[Verdict]:
    """The verdict of every expectation on its frame; with `docs` the data docs are rendered into that folder.

    An exception inside an expectation gives the verdict `error`, never `failed` or `passed`.
    """
    if not frames:
        return []
    place = _shared() if docs is None else _fresh(docs)
    found: list[Verdict] = []
    for suite, frame in frames:
        found.extend(_validate(place, suite, frame))
    if docs is not None:
        place.context.build_data_docs()
    return found


@dataclass(frozen=True)
class _Place:
    """Where suites are run: the library's context, its source of frames, and how often each suite was there."""

    context: Any
    source: Any
    known: Counter[str] = field(default_factory=Counter)


@functools.cache
def _shared() -> _Place:
    """One context for all validations without docs: making one costs more than most validations."""
    return _fresh(None)


def _fresh(docs: Path | None) -> _Place:
    context = _context(docs)
    return _Place(context, context.data_sources.add_pandas("frames"))


def _context(docs: Path | None) -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    for site in list(context.variables.data_docs_sites or {}):
        context.delete_data_docs_site(site)
    if docs is not None:
        shutil.rmtree(docs, ignore_errors=True)
        store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": os.fspath(docs)}
        index = {"class_name": "DefaultSiteIndexBuilder"}
        context.add_data_docs_site(
            _SITE, {"class_name": "SiteBuilder", "store_backend": store, "site_index_builder": index}
        )
    return context


def _validate(place: _Place, suite: Suite, frame: "pd.DataFrame") -> list[Verdict]:
    import great_expectations as gx
    import great_expectations.expectations as library

    name = f"{suite.name}.v{suite.version}"
    before = place.known[name]
    place.known[name] += 1
    name += f"#{before}" if before else ""
    expectations = [
        getattr(library, item.kind)(**item.arguments, meta={"check": suite.check(item)}) for item in suite.expectations
    ]
    definition = place.context.validation_definitions.add(
        gx.ValidationDefinition(
            name=name,
            data=place.source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("whole"),
            suite=place.context.suites.add(gx.ExpectationSuite(name=name, expectations=expectations)),
        )
    )
    outcome = definition.run(
        batch_parameters={"dataframe": frame},
        result_format={"result_format": "SUMMARY", "partial_unexpected_count": _EXAMPLES},
    )
    by_check = {result.expectation_config.meta["check"]: result for result in outcome.results}
    return [_verdict(suite, item, by_check.get(suite.check(item))) for item in suite.expectations]


def _verdict(suite: Suite, item: Expectation, result: Any) -> Verdict:
    raised = _exception(result.exception_info) if result is not None else "the library gave no result"
    measured = result.result if result is not None else {}
    status = ERROR if raised else PASSED if result.success else FAILED
    examples = [{"value": str(value)} for value in measured.get("partial_unexpected_list", [])[:_EXAMPLES]]
    return Verdict(
        check=suite.check(item),
        kind="expectation",
        assets=[suite.asset],
        severity=item.severity,
        status=status,
        evaluated_at=datetime.now(UTC).isoformat(),
        measured={key: measured[key] for key in _MEASURED if measured.get(key) is not None},
        examples=examples,
        message=raised or (_say(item, measured) if status == FAILED else ""),
    )


def _exception(info: Any) -> str:
    """The message of an exception inside the library; its info is one record, or one per metric that raised."""
    if not info:
        return ""
    records = [info] if "raised_exception" in info else list(info.values())
    said = [str(record["exception_message"]) for record in records if record.get("raised_exception")]
    return said[0].strip() if said else ""


def _say(item: Expectation, measured: dict[str, Any]) -> str:
    wanted = ", ".join(f"{key} {value}" for key, value in item.arguments.items())
    if "unexpected_count" in measured:
        return f"{measured['unexpected_count']} of {measured.get('element_count')} rows break it ({wanted})"
    return f"observed {measured.get('observed_value')} ({wanted})"
