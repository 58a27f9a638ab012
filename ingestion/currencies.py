"""How many decimal places a currency has (ISO 4217): one list, which the models read as a seed too."""

import csv
from functools import cache
from pathlib import Path

SEED = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds" / "currency_minor_units.csv"


@cache
def _exceptions() -> dict[str, int]:
    with SEED.open(encoding="utf-8", newline="") as file:
        return {row["currency_code"]: int(row["exponent"]) for row in csv.DictReader(file)}


def minor_units(code: str) -> int:
    """Decimal places of a currency; the seed lists those that do not have two."""
    return _exceptions().get(code, 2)
