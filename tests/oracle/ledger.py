"""Reading a ledger: CSV files named like the unified entities, with times, dates and money as exact values."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from tests.oracle.deal_merges import merged_deals
from tests.oracle.periods import Calendar

Row = dict[str, Any]
UNKNOWN = "(unknown)"


def instant(text: str | None) -> datetime | None:
    """A timestamp as an aware UTC instant; a bare date stays a date and is handled by `Ledger.day`."""
    if not text:
        return None
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def money(text: str | None) -> Decimal:
    """An amount as written; empty is 0."""
    return Decimal(text) if text else Decimal(0)


def truth(text: str | None, default: bool) -> bool:
    """A boolean word of the ledger; empty takes the default."""
    return default if not text else {"true": True, "false": False}[text.lower()]


@dataclass(frozen=True)
class Rules:
    """The settings that a company chooses (the worked example's by default)."""

    currency: str = "USD"
    zone: str = "Europe/Berlin"
    renewal_pipelines: frozenset[str] = frozenset()
    rate_max_age_days: int = 7
    minor_units: int = 2
    media_is_in_ad_spend: bool = True
    week_start: int = 1
    fiscal_start: int = 1
    weekend: tuple[int, ...] = (6, 7)
    gross_margins: tuple[tuple[date, Decimal], ...] = ((date(1900, 1, 1), Decimal("0.80")),)
    clv_horizon_months: int = 12
    maturity_days: tuple[tuple[str, int], ...] = ()
    headlines: tuple[tuple[date, str, str], ...] = (
        (date(1900, 1, 1), "cac", "cac_loaded"),
        (date(1900, 1, 1), "roas", "roas_first_touch"),
    )
    lookback_days: int = 90
    half_life_days: int = 7

    def margin(self, day: date) -> Decimal | None:
        """The gross margin in force on a day; None when there is none."""
        known = [share for start, share in sorted(self.gross_margins) if start <= day]
        return known[-1] if known else None

    def meant_by(self, kpi: str, day: date) -> str:
        """What a plain name stands for in a period that begins on a day."""
        known = [variant for start, name, variant in sorted(self.headlines) if name == kpi and start <= day]
        return known[-1] if known else kpi


@dataclass
class Ledger:
    """All rows of a ledger folder as seen by a build with one `as_of` date."""

    tables: dict[str, list[Row]]
    as_of: date
    rules: Rules = field(default_factory=Rules)

    @classmethod
    def read(cls, folder: Path, as_of: date, rules: Rules | None = None) -> Ledger:
        """Read every CSV file of a folder; a missing file is an empty table."""
        tables: dict[str, list[Row]] = defaultdict(list)
        for path in sorted(folder.glob("*.csv")):
            if path.stem == "expected":
                continue
            frame = pd.read_csv(path, dtype=str, keep_default_na=False)
            tables[path.stem] = frame.drop_duplicates().to_dict("records")
        return cls(tables, as_of, rules or Rules())

    @cached_property
    def calendar(self) -> Calendar:
        """The company's weeks and fiscal years."""
        return Calendar(self.rules.week_start, self.rules.fiscal_start)

    def rows(self, name: str) -> list[Row]:
        """The rows of one entity, in file order; those of deals that were merged are the survivor's."""
        return self._merged_deals.get(name, self.tables.get(name, []))

    @cached_property
    def _merged_deals(self) -> dict[str, list[Row]]:
        return merged_deals(self.tables, self.happened)

    def day(self, text: str | None) -> date | None:
        """The reporting-zone date of an instant; a bare date is that date."""
        if not text:
            return None
        if len(text) == 10:
            return date.fromisoformat(text)
        moment = instant(text)
        assert moment is not None
        return moment.astimezone(ZoneInfo(self.rules.zone)).date()

    def happened(self, text: str | None) -> bool:
        """Whether an instant or date lies on or before the as-of date."""
        moment = self.day(text)
        return moment is not None and moment <= self.as_of

    @cached_property
    def has_contacts(self) -> bool:
        """Whether any source tells the contacts of opportunities; without them nobody is known to have one."""
        named = (row.get("lead_id") for row in self.rows("opportunities"))
        return bool(self.rows("opportunity_contacts")) or any(named)

    @cached_property
    def _rates(self) -> dict[str, list[tuple[date, Decimal]]]:
        rates: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
        for row in self.rows("exchange_rates"):
            rates[row["currency_code"]].append((date.fromisoformat(row["rate_date"]), Decimal(row["rate"])))
        return {code: sorted(days) for code, days in rates.items()}

    def rate(self, code: str, day: date) -> Decimal:
        """Reporting units for one unit of a currency: the newest rate on or before the day.

        Raises LookupError when there is none that is young enough.
        """
        if not code or code == self.rules.currency:
            return Decimal(1)
        known = self._rates.get(code, [])
        position = bisect_right(known, day, key=lambda dated: dated[0])
        if not position or day - known[position - 1][0] > timedelta(days=self.rules.rate_max_age_days):
            raise LookupError(f"no exchange rate for {code} on {day}")
        return known[position - 1][1]

    def rounded(self, amount: Decimal) -> Decimal:
        """Half away from zero to the reporting currency's minor unit."""
        return amount.quantize(Decimal(1).scaleb(-self.rules.minor_units), rounding=ROUND_HALF_UP)

    def convert(self, amount: Decimal, code: str, day: date) -> Decimal:
        """One row's amount in the reporting currency, rounded once."""
        return self.rounded(amount * self.rate(code, day))

    @cached_property
    def team_rows(self) -> dict[str, list[Row]]:
        """Validity rows by rep."""
        reps: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("sales_reps"):
            reps[row["sales_rep_id"]].append(row)
        return reps

    def team(self, rep: str | None, day: date) -> str:
        """The team of a rep on a day, or `(unknown)`."""
        for row in self.team_rows.get(rep or "", []):
            start = row.get("valid_from") or "1900-01-01"
            end = row.get("valid_to") or "9999-12-31"
            if start <= day.isoformat() < end:
                return row.get("team") or UNKNOWN
        return UNKNOWN

    def month_ends(self, first: date) -> list[date]:
        """Every month end from a date's month on, the last one cut to the as-of date."""
        ends, month = [], first.replace(day=1)
        while month <= self.as_of:
            following = (month + timedelta(days=32)).replace(day=1)
            ends.append(min(following - timedelta(days=1), self.as_of))
            month = following
        return ends


def largest_remainder(total: Decimal, weights: dict[str, Decimal], cent: Decimal) -> dict[str, Decimal]:
    """Split an amount in proportion to weights so that the parts sum to it exactly; ties by name."""
    whole = sum(weights.values())
    units = int(abs(total) / cent)
    exact = {name: units * Fraction(weight) / Fraction(whole) for name, weight in weights.items()}
    parts = {name: int(share) for name, share in exact.items()}
    left = units - sum(parts.values())
    for name in sorted(exact, key=lambda n: (-(exact[n] - parts[n]), n))[:left]:
        parts[name] += 1
    sign = -1 if total < 0 else 1
    return {name: sign * cent * part for name, part in parts.items()}
