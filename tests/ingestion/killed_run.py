"""A run in a process of its own, to be killed: `python -m tests.ingestion.killed_run FOLDER`."""

import sys
from pathlib import Path

from ingestion import landing
from ingestion.settings import load_settings
from tests.ingestion import scripted
from tests.ingestion.scripted import ScriptedSource, contact, owners

CONFIGURATION = """
[sources.hubspot]
access_token = { env = "NO_SUCH_TOKEN" }
[sources.quotas]
kind = "files"
path = "quotas.csv"
entity = "costs"
settle = "0s"
"""
HEADER = "cost_id,cost_date,category,amount,currency_code\n"
LATER = "2026-02-01T00:00:0{}Z"


def before(folder: Path) -> ScriptedSource:
    """The world of the first run."""
    lines = [f"K{number},2026-01-31,tools,{number},USD\n" for number in range(6)]
    (folder / "quotas.csv").write_text(HEADER + "".join(lines), encoding="utf-8")
    records = {
        "contacts": [contact(number) for number in range(5)],
        "owners": owners(1, 2, 3, 4, 5),
        "contact_companies": [_link(number, "a") for number in range(9)],
    }
    return ScriptedSource(records)


def after(folder: Path) -> ScriptedSource:
    """The world of the second run: new, changed, archived and vanished records, and one without a key."""
    lines = [f"K{number},2026-01-31,tools,{number * 2},USD\n" for number in range(1, 6)]
    (folder / "quotas.csv").write_text(HEADER + "".join(lines), encoding="utf-8")
    changed = [contact(number, LATER.format(number), archived=number == 3) for number in range(3, 9)]
    records = {
        "contacts": [*changed, {"properties": {}}],
        "owners": owners(1, 2, 6),
        "contact_companies": [_link(number, "b") for number in range(9)],
    }
    return ScriptedSource(records)


def run(folder: Path, source: ScriptedSource) -> None:
    """Extract and load, in batches of two records."""
    settings = load_settings(folder / "funnelhouse.toml", environment={})
    scripted.extract_all(settings, source)
    scripted.load(settings)


def _link(number: int, company: str) -> dict[str, object]:
    return {"from": {"id": str(number)}, "to": [{"toObjectId": company}]}


if __name__ == "__main__":
    landing.MAX_RECORDS = 2
    run(Path(sys.argv[1]), after(Path(sys.argv[1])))
