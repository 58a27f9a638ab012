"""The oracle itself is checked: it must give the hand-worked numbers before it may judge the marts."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from tests.oracle.kpis import compute
from tests.oracle.ledger import Rules
from tests.worked_example import EXAMPLE, differences, expected_rows

SCENARIOS = {"as_of_2026-03-31": date(2026, 3, 31), "as_of_2026-03-16": date(2026, 3, 16)}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_oracle_gives_every_number_of_the_worked_example(scenario: str) -> None:
    assert differences(expected_rows(scenario), compute(EXAMPLE, SCENARIOS[scenario])) == []


def payback(rules: Rules) -> dict[tuple[str, str], float]:
    """Payback of the whole company by grain and first day of the period."""
    values = compute(EXAMPLE, date(2026, 3, 31), rules).query("kpi == 'cac_payback_months' and dimension == 'total'")
    return {(row.period_grain, str(row.period_start_date)[:10]): row.value for row in values.itertuples()}


def test_the_oracle_knows_no_payback_of_revenue_without_a_margin() -> None:
    since_march = payback(Rules(gross_margins=((date(2026, 3, 1), Decimal("0.80")),)))
    assert since_march["month", "2026-03-01"] == payback(Rules())["month", "2026-03-01"] > 0
    for period in (("month", "2026-01-01"), ("quarter", "2026-01-01"), ("year", "2026-01-01")):
        assert pd.isna(since_march[period])


def test_a_missing_exchange_rate_stops_the_oracle(tmp_path: Path) -> None:
    for path in EXAMPLE.glob("*.csv"):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        if path.stem == "exchange_rates":
            frame = frame[frame.rate_date < "2026-02-20"]
        frame.to_csv(tmp_path / path.name, index=False)
    with pytest.raises(LookupError, match="no exchange rate for EUR on 2026-03"):
        compute(tmp_path, date(2026, 3, 31))
