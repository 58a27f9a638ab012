"""Writes dbt_project/TIE_OUT.md, the page that tells how the KPIs relate to what vendors show, from its seed."""

import csv
import sys
from itertools import groupby
from pathlib import Path

from orchestration import layout

SEED = layout.DBT_PROJECT / "seeds" / "vendor_tie_outs.csv"
PAGE = layout.DBT_PROJECT / "TIE_OUT.md"

_VENDORS = {
    "hubspot": "HubSpot",
    "salesforce": "Salesforce",
    "stripe": "Stripe",
    "chartmogul": "ChartMogul",
    "zendesk": "Zendesk",
    "google_ads": "Google Ads",
}
_RELATIONS = {"same": "the same", "same_if": "the same if", "differs": "differs"}
_BEFORE = """# Does it tie out?

How each headline number relates to what the vendors show: the same number, the same under the condition that is
told, or another one and why. *Hold against* names the column of a mart (or the KPI) that keeps the vendor's own value
or date and ties where the headline does not. Queries find the same rows in `marts.kpi_tie_outs`. What a vendor does
was read in the documents linked; vendors change their reports, and a number in your account depends on its settings.

This page is written by `python -m orchestration.cli.tie_out` from `seeds/vendor_tie_outs.csv`.
"""
_HEADER = """| KPI | What the vendor shows | Relation | Why, or when | Hold against | Source |
|---|---|---|---|---|---|
"""


def tie_outs(path: Path = SEED) -> list[dict[str, str]]:
    """The seed's rows in its order."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def page(rows: list[dict[str, str]]) -> str:
    """The page in Markdown: a table per vendor, vendors and KPIs in the order of the rows."""
    parts = [_BEFORE]
    for vendor, group in groupby(rows, key=lambda row: row["vendor"]):
        parts.append(f"\n## {_VENDORS[vendor]}\n\n{_HEADER}{''.join(_line(row) for row in group)}")
    return "".join(parts)


def _line(row: dict[str, str]) -> str:
    cells = (
        f"`{row['kpi']}`",
        f"{row['vendor_name']} ({row['vendor_place']})",
        _RELATIONS[row["relation"]],
        row["explanation"],
        f"`{row['variant']}`" if row["variant"] else "",
        _links(row["source"]),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _links(source: str) -> str:
    if not source.startswith("https://"):
        return source
    return ", ".join(f"[{number}]({address})" for number, address in enumerate(source.split(), start=1))


def main() -> int:
    """Write the page; returns 0."""
    PAGE.write_text(page(tie_outs()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
