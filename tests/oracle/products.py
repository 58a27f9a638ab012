"""What was sold: an opportunity's amount by product."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from tests.oracle.ledger import UNKNOWN, Ledger, Row, money, truth
from tests.oracle.opportunities import Opportunity
from tests.oracle.people import latest


def _known(ledger: Ledger) -> set[str]:
    return set(latest(ledger.rows("products"), "product_id"))


def _lines(ledger: Ledger, deal: Opportunity) -> list[Row]:
    return [
        row
        for row in latest(ledger.rows("opportunity_line_items"), "line_item_id").values()
        if row["opportunity_id"] == deal.key and not truth(row.get("is_deleted"), False)
    ]


def main_product(ledger: Ledger, deal: Opportunity) -> str:
    """The one product of an opportunity: what its lines amount to most, the first by id when several do."""
    known = _known(ledger)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in _lines(ledger, deal):
        sums[row["product_id"] if row["product_id"] in known else UNKNOWN] += money(row["amount"])
    return min(sums, key=lambda product: (-sums[product], product), default=UNKNOWN)


def products(ledger: Ledger, deal: Opportunity, amount: Decimal) -> dict[str, Decimal]:
    """The parts of an opportunity's amount in the reporting currency, by product; they sum to it exactly.

    What the lines do not tell is of an unknown product. Lines that make up the whole amount leave nothing but what
    rounding them one by one has left, which is the largest line's.
    """
    known, lines = _known(ledger), _lines(ledger, deal)
    code, day = deal.row.get("currency_code", ""), deal.closed or ledger.as_of
    parts: dict[str, Decimal] = defaultdict(Decimal)
    for row in lines:
        parts[row["product_id"] if row["product_id"] in known else UNKNOWN] += ledger.convert(
            money(row["amount"]), code, day
        )
    rest = amount - sum(parts.values())
    if lines and deal.amount == sum(money(row["amount"]) for row in lines):
        largest = min(lines, key=lambda row: (-abs(money(row["amount"])), row["line_item_id"]))
        parts[largest["product_id"] if largest["product_id"] in known else UNKNOWN] += rest
    else:
        parts[UNKNOWN] += rest
    return dict(parts)
