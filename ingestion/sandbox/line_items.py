"""What deals are made of: the CRM's product library and line items, whose sum need not be the deal's amount."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import TYPE_CHECKING

from ingestion.sandbox.deals import Deal, is_made_by_merging, standing_for
from ingestion.sandbox.records import Record

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

Row = dict[str, str]
_FIRST_PRODUCT_ID, _FIRST_LINE_ID = 21_000_000_001, 51_000_000_001
# name, kind, price, billing frequency
_LIBRARY: tuple[tuple[str, str, str, str | None], ...] = (
    ("Platform licence", "service", "4800.00", None),
    ("Support plan", "service", "150.00", "monthly"),
    ("Onboarding", "service", "1950.00", None),
    ("Training day", "service", "1180.00", None),
    ("Barcode scanner", "inventory", "349.90", None),
    ("Old licence", "service", "3900.00", None),
)
_DISCONTINUED = 5
_PURGED_PRODUCT_ID = "20999999999"
_CENT = Decimal("0.01")


@dataclass(slots=True, eq=False)
class Product(Record):
    """One product of the library."""

    name: str
    kind: str
    price: Decimal
    frequency: str | None

    @property
    def created_at(self) -> dt.datetime:
        """The moment it was entered."""
        return self.inserted_at


@dataclass(slots=True, eq=False)
class LineItem(Record):
    """One line of the deal that it was entered in; the mutation `price` holds the price of one unit."""

    deal: Deal
    name: str
    product_id: str | None
    quantity: int
    discount_percent: int
    frequency: str | None

    @property
    def created_at(self) -> dt.datetime:
        """The moment it was entered."""
        return self.inserted_at

    def amount(self, now: dt.datetime) -> Decimal:
        """Return price times quantity less the discount, as the CRM computes it."""
        price = Decimal(self.value("price", now) or "0")
        net = price * self.quantity * (100 - self.discount_percent) / 100
        return net.quantize(_CENT, ROUND_HALF_UP)


def library(world: "World") -> list[Product]:
    """Return the product library; one product is discontinued half a year before the first as-of date."""
    products = []
    for number, (name, kind, price, frequency) in enumerate(_LIBRARY):
        product = Product(
            str(_FIRST_PRODUCT_ID + 7 * number), world.start, name=name, kind=kind, price=Decimal(price),
            frequency=frequency,
        )  # fmt: skip
        if number == _DISCONTINUED:
            product.change("is_deleted", "true", world.start + dt.timedelta(days=550))
        products.append(product)
    return products


def simulate(world: "World") -> list[LineItem]:
    """Return every line item in the order of insertion; deals without any are frequent."""
    rng = world.random("line items")
    found: list[LineItem] = []
    for deal in world.deals:
        if is_made_by_merging(deal):
            continue
        count = rng.choice((0, 0, 0, 1, 1, 2, 2, 3, 4))
        if count and deal.amount is not None and deal.amount > 0 and rng.random() < 0.6:
            found.extend(_adding_up(world, rng, deal, count))
        else:
            found.extend(_as_listed(world, rng, deal) for _ in range(count))
    for line in found:
        line.mutations.sort(key=lambda change: change.recorded_at)
    found.sort(key=lambda line: line.inserted_at)
    for number, line in enumerate(found):
        line.record_id = str(_FIRST_LINE_ID + 3 * number)
    return found


def lines_of(world: "World", deal: Deal, now: dt.datetime) -> Iterator[LineItem]:
    """Yield the living lines of a deal and of all that it absorbed."""
    for line in world.part("lines by deal", _by_deal).get(deal.record_id, ()):
        if line.is_visible(now):
            yield line
    for _, absorbed in deal.history("merged_from", now):
        yield from lines_of(world, world.deal(absorbed or ""), now)


def ledger_tables(world: "World", now: dt.datetime) -> dict[str, list[Row]]:
    """Return the truth about products and lines."""
    lines = [
        {
            "line_item_id": line.record_id,
            "opportunity_id": standing_for(world, line.deal, now).deal_id,
            "product_id": line.product_id or "",
            "quantity": str(line.quantity),
            "amount": str(line.amount(now)),
            "is_deleted": "true" if line.is_deleted(now) else "false",
        }
        for line in world.line_items
        if line.exists(now)
    ]
    products = [{"product_id": one.record_id, "product_name": one.name, "product_family": one.kind}
                for one in world.products if one.exists(now)]  # fmt: skip
    return {"products": products, "opportunity_line_items": lines}


def _by_deal(world: "World") -> dict[str, list[LineItem]]:
    found: dict[str, list[LineItem]] = {}
    for line in world.line_items:
        found.setdefault(line.deal.record_id, []).append(line)
    return found


def _moments(deal: Deal) -> list[dt.datetime]:
    """When a deal changes by itself: its lines change then too, since touching them modifies the deal."""
    merged = [change.recorded_at for change in deal.mutations if change.field == "merged_into"]
    end = min(merged, default=None)
    return sorted({change.recorded_at for change in deal.mutations if end is None or change.recorded_at < end})


def _adding_up(world: "World", rng: Random, deal: Deal, count: int) -> Iterator[LineItem]:
    """Yield lines that make up the deal's amount, kept up with it unless nobody cared."""
    amounts = [(change.recorded_at, change.value) for change in deal.mutations if change.field == "amount"]
    is_kept_up = rng.random() < 0.7
    weights = [rng.randint(1, 9) for _ in range(count)]
    lines = [_line(world, rng, deal, deal.inserted_at) for _ in weights]
    for at, value in amounts if is_kept_up else amounts[:1]:
        left = Decimal(value or "0")
        for number, (line, weight) in enumerate(zip(lines, weights, strict=True)):
            is_last = number == count - 1
            part = left if is_last else (Decimal(value or "0") * weight / sum(weights)).quantize(_CENT)
            line.change("price", str(part), at)
            left -= part
    yield from lines


def _as_listed(world: "World", rng: Random, deal: Deal) -> LineItem:
    """Return a line at the price of the list, entered with the deal or later, sometimes taken out again."""
    moments = _moments(deal)
    at = deal.inserted_at if rng.random() < 0.8 else rng.choice(moments)
    line = _line(world, rng, deal, max(at, deal.inserted_at))
    product = next((one for one in world.products if one.record_id == line.product_id), None)
    price = product.price if product else Decimal(rng.randrange(20_000, 400_000)) / 100
    line.change("price", str(price), line.inserted_at)
    line.quantity = rng.choice((1, 1, 2, 5, 12))
    line.discount_percent = rng.choice((0, 0, 0, 5, 10, 33))
    later = [moment for moment in moments if moment > line.inserted_at]
    if later and rng.random() < 0.1:
        line.change("is_deleted", "true", rng.choice(later))
    return line


def _line(world: "World", rng: Random, deal: Deal, at: dt.datetime) -> LineItem:
    draw = rng.random()
    product = world.products[rng.randrange(len(world.products))]
    known = product if draw < 0.88 else None
    purged = _PURGED_PRODUCT_ID if draw > 0.96 else None
    return LineItem(
        "", at, deal=deal, name=known.name if known else "Special arrangement",
        product_id=known.record_id if known else purged, quantity=1, discount_percent=0,
        frequency=known.frequency if known else None,
    )  # fmt: skip
