"""The oracle itself is checked: it must give the hand-worked numbers before it may judge the marts."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from tests.oracle.kpis import compute
from tests.worked_example import EXAMPLE, differences, expected_rows

SCENARIOS = {"as_of_2026-03-31": date(2026, 3, 31), "as_of_2026-03-16": date(2026, 3, 16)}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_oracle_gives_every_number_of_the_worked_example(scenario: str) -> None:
    assert differences(expected_rows(scenario), compute(EXAMPLE, SCENARIOS[scenario])) == []


def test_a_missing_exchange_rate_stops_the_oracle(tmp_path: Path) -> None:
    for path in EXAMPLE.glob("*.csv"):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        if path.stem == "exchange_rates":
            frame = frame[frame.rate_date < "2026-02-20"]
        frame.to_csv(tmp_path / path.name, index=False)
    with pytest.raises(LookupError, match="no exchange rate for EUR on 2026-03"):
        compute(tmp_path, date(2026, 3, 31))
