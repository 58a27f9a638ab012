"""A company that sells deal by deal: what its customers are worth is fitted to what they bought."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from ingestion.settings import Settings, load_settings
from tests.oracle.compare import disagreements
from tests.oracle.kpis import compute
from tests.oracle.ledger import Rules
from tests.simulated_company import load_and_build

BEGINNING, AS_OF = date(2024, 1, 1), date(2026, 6, 16)
R, ALPHA, A, B = 0.9, 60.0, 0.7, 3.0
P, Q, GAMMA = 6.0, 4.0, 500.0
CONFIGURATION = """\
[company]
name = "Deal by deal"
reporting_currency = "USD"
reporting_timezone = "Europe/Berlin"
as_of_date = 2026-06-16

[kpi]
gross_margin_ratio = 0.80
clv_horizon_months = 12
"""
SOURCE = """
[sources.{name}]
kind = "files"
path = "ledger/{name}.csv"
entity = "{name}"
source_system = "crm"
"""


def write_ledger(folder: Path) -> None:
    """Deals of customers that buy and leave as the models say, every parameter known."""
    random = np.random.default_rng(17)
    accounts, deals = [], []
    for number in range(500):
        first = BEGINNING + timedelta(days=int(random.integers(0, 500)))
        rate, leaving, scale = random.gamma(R, 1 / ALPHA), random.beta(A, B), random.gamma(Q, 1 / GAMMA)
        account = {"account_id": f"A{number:03d}", "account_name": f"A{number:03d}", "created_at": f"{first}T08:00:00Z"}
        accounts.append(
            {**account, "region": "DE" if number % 2 else "FR", "segment": "smb" if number % 3 else "large"}
        )
        days = 0.0
        while days <= (AS_OF - first).days + 20:
            amount = max(1.0, float(random.gamma(P, 1 / scale)))
            deals.append(deal(len(deals), account["account_id"], first + timedelta(days=int(days)), "won", amount))
            if days and random.random() < leaving:
                break
            days += random.exponential(1 / rate)
    deals.append(deal(len(deals), "A000", AS_OF, "lost", 5.0))
    folder.mkdir()
    stages = [
        {
            "pipeline_id": "main",
            "stage_id": stage,
            "stage_order": str(order),
            "probability": probability,
            "is_closed": closed,
            "is_won": won,
        }
        for order, (stage, probability, closed, won) in enumerate(
            [("open", "0.5", "false", "false"), ("won", "1", "true", "true"), ("lost", "0", "true", "false")], start=1
        )
    ]
    tables = {"accounts": accounts, "opportunities": deals, "pipeline_stages": stages}
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)


def deal(number: int, account: str, closed: date, stage: str, amount: float) -> dict[str, str]:
    """One row of the opportunities, closed on the day on which it was created."""
    return {
        "opportunity_id": f"D{number:05d}",
        "account_id": account,
        "pipeline_id": "main",
        "stage": stage,
        "opportunity_type": "new",
        "amount": f"{amount:.2f}",
        "currency_code": "USD",
        "closed_at": str(closed),
        "created_at": f"{closed}T08:00:00Z",
        "is_deleted": "false",
        "updated_at": f"{closed}T09:00:00Z",
    }


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The company, loaded and built."""
    folder = tmp_path_factory.mktemp("deals")
    write_ledger(folder / "ledger")
    text = CONFIGURATION + "".join(
        SOURCE.format(name=name) for name in ("accounts", "opportunities", "pipeline_stages")
    )
    (folder / "funnelhouse.toml").write_text(text)
    settings = load_settings(folder / "funnelhouse.toml")
    load_and_build(settings)
    return settings


def test_every_value_equals_the_oracle(company: Settings) -> None:
    with duckdb.connect(company.warehouse_path, read_only=True) as connection:
        values = connection.sql("select * from marts.kpi_values").df()
    predicted = values[(values.kpi == "clv_predictive") & (values.period_grain == "month")]
    assert predicted[predicted.dimension == "total"].value.notna().sum() > 12
    assert {"total", "channel", "region", "segment"} == set(predicted[predicted.value.notna()].dimension)
    truth = compute(company.folder / "ledger", AS_OF, Rules(clv_horizon_months=12))
    assert disagreements(truth, values, {"clv_predictive": 1e-5}) == []


def test_the_fit_is_told_and_finds_the_parameters_that_made_the_deals(company: Settings) -> None:
    with duckdb.connect(company.warehouse_path, read_only=True) as connection:
        newest = (
            connection.sql("select * from marts.fct_purchase_models order by closing_date desc limit 1").df().iloc[0]
        )
    assert newest.closing_date.date() == AS_OF
    assert newest.has_purchase_fit
    assert newest.has_amount_fit
    known = {"purchase_r": R, "purchase_alpha": ALPHA, "purchase_a": A, "purchase_b": B, "amount_p": P, "amount_q": Q}
    for name, value in {**known, "amount_gamma": GAMMA}.items():
        unit = "_days" if name == "purchase_alpha" else ""
        assert abs(newest[name + unit] - value) < 3 * newest[f"{name}_standard_error{unit}"]
    assert newest.customer_count == 500
    assert newest.purchase_log_likelihood < 0
