"""What the simulated company sells through Stripe: products, prices per currency and interval, coupons."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MINOR_DIGITS = {"usd": 2, "eur": 2, "gbp": 2}
_CURRENCY_FACTORS = {"usd": Decimal(1), "eur": Decimal("0.9"), "gbp": Decimal("0.8")}
_SECONDS_BEFORE_START = 40 * 86400


@dataclass(frozen=True)
class Product:
    """A product; its US dollar price per interval for one unit, and how it is sold."""

    product_id: str
    name: str
    usd_by_interval: tuple[tuple[str, Decimal], ...]
    unit_label: str | None = None
    is_metered: bool = False


@dataclass(frozen=True)
class Price:
    """A recurring price; `unit_amount` in minor units, possibly with a fraction."""

    price_id: str
    product: Product
    currency: str
    interval: str
    unit_amount: Decimal
    is_metered: bool
    is_active: bool
    created: int


@dataclass(frozen=True)
class Coupon:
    """A coupon: percent or minor units off, for ever, once or for some months."""

    coupon_id: str
    duration: str
    percent_off: int | None = None
    amount_off_usd: int | None = None
    months: int | None = None


def _per_interval(**amounts: str) -> tuple[tuple[str, Decimal], ...]:
    return tuple((interval, Decimal(amount)) for interval, amount in amounts.items())


STARTER = Product("prod_Starter000001", "Starter", _per_interval(month="49", year="490", week="15"))
TEAM = Product("prod_TeamSeats0001", "Team", _per_interval(month="29", year="290"), "seat")
BUSINESS = Product("prod_Business00001", "Business", _per_interval(month="59", year="590"), "seat")
SUPPORT = Product("prod_PrioSupport01", "Priority support", _per_interval(month="99", year="990"))
COACHING = Product("prod_Coaching00001", "Weekly coaching", _per_interval(week="60"))
EVENTS = Product("prod_EventVolume01", "Event volume", _per_interval(month="0.125"), "event")
API_CALLS = Product("prod_ApiCalls00001", "API calls", _per_interval(month="0.02"), "call", is_metered=True)
SETUP = Product("prod_Setup0000001", "Set-up and training", ())
MODULES = tuple(
    Product(f"prod_Module{number:08d}", f"Module {number}", _per_interval(month=str(4 + number)))
    for number in range(1, 13)
)
PRODUCTS = (STARTER, TEAM, BUSINESS, SUPPORT, COACHING, EVENTS, API_CALLS, SETUP, *MODULES)

FOREVER_PERCENT = Coupon("LOYAL20", "forever", percent_off=20)
FOREVER_AMOUNT = Coupon("PARTNER10", "forever", amount_off_usd=1000)
ONCE = Coupon("WELCOME50", "once", percent_off=50)
REPEATING = Coupon("SPRING25", "repeating", percent_off=25, months=3)
COUPONS = (FOREVER_PERCENT, FOREVER_AMOUNT, ONCE, REPEATING)


def in_currency(amount_usd: Decimal, currency: str) -> Decimal:
    """Return minor units of a currency for a list price in US dollars, keeping fractions below one unit."""
    minor = (amount_usd * _CURRENCY_FACTORS[currency]).scaleb(MINOR_DIGITS[currency])
    if amount_usd >= 1:
        return minor.quantize(Decimal(1), ROUND_HALF_UP)
    return minor.normalize()


def to_major(minor: Decimal | int, currency: str) -> Decimal:
    """Return an amount in minor units as an amount in the currency, exactly."""
    return Decimal(minor).scaleb(-MINOR_DIGITS[currency])


class Catalogue:
    """All prices of a world; list prices rise once, the old ones stay with those who have them."""

    def __init__(self, started: int, raised: int) -> None:
        """Create the price list of a company whose history starts, and whose prices rise, at these seconds."""
        self.raised = raised
        self.created = started - _SECONDS_BEFORE_START
        self._prices: dict[tuple[str, str, str, bool], Price] = {}
        for product in PRODUCTS:
            for interval, amount in product.usd_by_interval:
                for currency in MINOR_DIGITS:
                    self._add(product, interval, amount, currency)

    def _add(self, product: Product, interval: str, amount: Decimal, currency: str) -> None:
        stem = f"price_{product.product_id[5:]}{interval.title()}{currency.upper()}"
        first = in_currency(amount, currency)
        rises = product in (TEAM, BUSINESS)
        metered = product.is_metered
        self._prices[product.product_id, interval, currency, False] = Price(
            f"{stem}v1", product, currency, interval, first, metered, not rises, self.created
        )
        if rises:
            second = in_currency(amount * Decimal("1.1"), currency)
            self._prices[product.product_id, interval, currency, True] = Price(
                f"{stem}v2", product, currency, interval, second, metered, True, self.raised
            )

    def price(self, product: Product, interval: str, currency: str, at: int) -> Price:
        """Return the price that a new subscriber gets at a moment."""
        raised = self._prices.get((product.product_id, interval, currency, True))
        if raised is not None and at >= self.raised:
            return raised
        return self._prices[product.product_id, interval, currency, False]

    def prices(self) -> list[Price]:
        """Return every price, oldest first."""
        return sorted(self._prices.values(), key=lambda price: (price.created, price.price_id))
