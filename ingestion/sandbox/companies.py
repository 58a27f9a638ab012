"""The companies that the simulated business sells to."""

import datetime as dt
import random
from dataclasses import dataclass

from ingestion.sandbox.records import Record
from ingestion.sandbox.reps import SalesForce

FIRST_COMPANY_ID = 5_000_000_001

# country name, ISO code, the company's region word, currency
COUNTRIES: tuple[tuple[str, str, str, str], ...] = (
    ("Germany", "DE", "DACH", "EUR"),
    ("Austria", "AT", "DACH", "EUR"),
    ("France", "FR", "South", "EUR"),
    ("Spain", "ES", "South", "EUR"),
    ("United Kingdom", "GB", "UKI", "GBP"),
    ("Ireland", "IE", "UKI", "EUR"),
    ("United States", "US", "Americas", "USD"),
    ("Canada", "CA", "Americas", "USD"),
)
_COUNTRY_WEIGHTS = (26, 6, 12, 6, 18, 4, 22, 6)
_SEGMENTS = (("smb", 5, 99), ("mid_market", 100, 999), ("enterprise", 1000, 20000))
_INDUSTRIES = (
    "COMPUTER_SOFTWARE",
    "RETAIL",
    "MACHINERY",
    "BANKING",
    "HOSPITAL_HEALTH_CARE",
    "LOGISTICS_AND_SUPPLY_CHAIN",
)
_FIRST = ("Alder", "Birch", "Cobalt", "Delta", "Ember", "Falcon", "Granite", "Harbor", "Iris", "Juniper", "Kestrel")
_SECOND = ("Works", "Systems", "Trading", "Labs", "Logistics", "Foods", "Energy", "Medical", "Media", "Robotics")


@dataclass(slots=True, eq=False)
class Company(Record):
    """One company as the CRM knows it; `region` and `segment` are the simulated business's own words or None."""

    name: str
    domain: str
    country: str
    country_code: str
    region: str | None
    segment: str | None
    industry: str
    employee_count: int
    currency: str
    owner_id: str | None

    @property
    def company_id(self) -> str:
        """The CRM's id, which is also the truth's account id."""
        return self.record_id

    @property
    def created_at(self) -> dt.datetime:
        """The moment the company was entered."""
        return self.inserted_at


def generate(rng: random.Random, moments: list[dt.datetime], sales_force: SalesForce) -> list[Company]:
    """Return one company per moment, in the order given (oldest first)."""
    companies: list[Company] = []
    for number, moment in enumerate(moments):
        country, code, region, currency = rng.choices(COUNTRIES, _COUNTRY_WEIGHTS)[0]
        segment, low, high = rng.choices(_SEGMENTS, (60, 30, 10))[0]
        first, second = rng.choice(_FIRST), rng.choice(_SECOND)
        oddity = rng.random()
        companies.append(
            Company(
                record_id=str(FIRST_COMPANY_ID + 7 * number),
                inserted_at=moment,
                name=f"{first} {second} {number + 1}",
                domain=f"{first}-{second}-{number + 1}.example".lower(),
                country=country,
                country_code=code,
                region=None if oddity < 0.03 else region,
                segment=None if 0.03 <= oddity < 0.06 else segment,
                industry=rng.choice(_INDUSTRIES),
                employee_count=rng.randint(low, high),
                currency=currency,
                owner_id=None if oddity > 0.95 else sales_force.choose(rng, moment),
            )
        )
    return companies
