"""A verdict: what one check found, with its measured value and examples. Failed, passed and error are three things."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from orchestration.errors import EngineError
from orchestration.warehouse import Reader

PASSED, FAILED, ERROR, SKIPPED = "passed", "failed", "error", "skipped"
_DBT_STATUS = {"pass": PASSED, "warn": FAILED, "fail": FAILED, "error": ERROR, "runtime error": ERROR}
_EXAMPLES = 5
_EXAMPLE_LENGTH = 300


@dataclass
class Verdict:
    """The result of one check.

    `kind` is dbt, expectation, identity or landing; `assets` are the models or raw entities it speaks of; `severity`
    error blocks a publication, warn reports; `status` error means that the check itself could not be run.
    """

    check: str
    kind: str
    assets: list[str]
    severity: str
    status: str
    evaluated_at: str
    measured: dict[str, Any] = field(default_factory=dict)
    examples: list[dict[str, Any]] = field(default_factory=list)
    message: str = ""

    @property
    def blocks(self) -> bool:
        """Whether this verdict stands in the way of a publication."""
        return self.severity == "error" and self.status != PASSED

    def as_json(self) -> dict[str, Any]:
        """The verdict as stored."""
        return asdict(self)

    def __str__(self) -> str:
        said = f": {self.message}" if self.message else ""
        first = str(self.examples[0])[:_EXAMPLE_LENGTH] if self.examples else ""
        return f"{self.check} {self.status}{said}" + (f", first {first}" if first and first not in said else "")


def from_dbt(reader: Reader, results: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[Verdict]:
    """The verdict of every data test in dbt's run results, with a few of the rows that failed it."""
    found = [
        _from_result(result, manifest["nodes"][result["unique_id"]], manifest)
        for result in results["results"]
        if manifest["nodes"].get(result["unique_id"], {}).get("resource_type") == "test"
    ]
    codes = {result["unique_id"]: result.get("compiled_code") for result in results["results"]}
    for verdict in found:
        if verdict.status == FAILED and codes.get(verdict.check):
            verdict.examples = _examples(reader, codes[verdict.check] or "")
    return found


def expected_checks(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """Every error-severity data test of the project with the models it reads, by its identifier."""
    return {
        name: _assets(node, manifest)
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "test" and _severity(node) == "error"
    }


def stored(values: Iterable[Mapping[str, Any]]) -> list[Verdict]:
    """Verdicts from their stored form."""
    return [Verdict(**value) for value in values]


def _from_result(result: Mapping[str, Any], node: Mapping[str, Any], manifest: Mapping[str, Any]) -> Verdict:
    status = _DBT_STATUS.get(result["status"], SKIPPED)
    ended = [step["completed_at"] for step in result.get("timing", []) if step["name"] == "execute"]
    return Verdict(
        check=result["unique_id"],
        kind="dbt",
        assets=_assets(node, manifest),
        severity="warn" if result["status"] == "warn" else _severity(node),
        status=status,
        evaluated_at=ended[0] if ended else datetime.now(UTC).isoformat(),
        measured={"failing_rows": result.get("failures")},
        message="" if status == PASSED else str(result.get("message") or ""),
    )


def _severity(node: Mapping[str, Any]) -> str:
    return str(node.get("config", {}).get("severity", "error")).lower()


def _assets(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[str]:
    known = {**manifest["nodes"], **manifest.get("sources", {})}
    return [
        f"{known[name]['schema']}.{known[name]['name']}"
        for name in node.get("depends_on", {}).get("nodes", [])
        if name in known
    ]


def _examples(reader: Reader, code: str) -> list[dict[str, Any]]:
    try:
        names, rows = reader.rows(f"select * from ({code.rstrip().rstrip(';')}) as failing limit {_EXAMPLES}")  # noqa: S608
    except EngineError as error:
        return [{"error": str(error)}]
    return [
        {name: None if value is None else str(value) for name, value in zip(names, row, strict=True)} for row in rows
    ]
