"""Amounts are rounded to the minor unit of the reporting currency, by the one list that the models read too."""

import json
from pathlib import Path

import pytest

from ingestion.settings import load_settings
from orchestration import layout, transform


def reported_digits(folder: Path, currency: str) -> int:
    """Decimal places to which the models of a company round."""
    file = folder / "funnelhouse.toml"
    file.write_text(f'[company]\nreporting_currency = "{currency}"\n')
    variables = json.loads(transform.arguments(load_settings(file))[1])
    return int(variables["reporting_minor_units"])


@pytest.mark.parametrize(
    ("currency", "digits"), [("USD", 2), ("EUR", 2), ("JPY", 0), ("XOF", 0), ("UGX", 0), ("PYG", 0), ("XPF", 0)]
)
def test_amounts_have_the_digits_of_the_reporting_currency(currency: str, digits: int, tmp_path: Path) -> None:
    assert reported_digits(tmp_path, currency) == digits


def test_every_currency_of_the_seed_without_decimals_is_reported_without(tmp_path: Path) -> None:
    rows = (layout.DBT_PROJECT / "seeds" / "currency_minor_units.csv").read_text().splitlines()[1:]
    whole = [row.split(",")[0] for row in rows if row.endswith(",0")]
    assert len(whole) > 10
    assert {reported_digits(tmp_path, currency) for currency in whole} == {0}
