"""The files that the simulated company keeps beside its systems: targets, costs, rates, mappings, calendars.

Each is a function of the day: costs are corrected in the month after, targets are revised within their month.
"""

import calendar
import csv
import datetime as dt
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from ingestion.sandbox import marketing, reps
from ingestion.sandbox.clock import at_local, local_date

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

Row = dict[str, str]
OPENS_AT, CLOSES_AT = "09:00", "17:00"
TIME_ZONE = "Europe/Berlin"

# month, day, name: the company's fixed holidays
_TEAM_WITHOUT_QUOTA = "Commercial"
HOLIDAYS = ((1, 1, "New Year"), (5, 1, "Labour Day"), (10, 3, "German Unity Day"), (12, 24, "Christmas Eve"),
            (12, 25, "Christmas Day"), (12, 26, "Boxing Day"))  # fmt: skip

# category, channel, currency, US dollars or euros a month at scale 1, allocation ratio, level, written in the file?
_COSTS: tuple[tuple[str, str, str, int, str, str, bool], ...] = (
    ("sales_pay", "", "USD", 14000, "1.00", "direct", True),
    ("sales_pay", "", "EUR", 11000, "1.00", "direct", True),
    ("marketing_pay", "", "EUR", 7000, "1.00", "direct", False),
    ("commission", "", "USD", 2600, "1.00", "direct", True),
    ("travel", "", "EUR", 900, "1.00", "direct", False),
    ("tools", "", "USD", 1500, "1.00", "direct", False),
    ("agency", "paid_search", "EUR", 1200, "1.00", "direct", True),
    ("content", "organic_search", "USD", 800, "1.00", "direct", True),
    ("overhead", "", "EUR", 6000, "0.40", "loaded", True),
    ("media_online", "paid_search", "EUR", 11000, "1.00", "none", False),
    ("customer_success", "", "USD", 5000, "1.00", "none", False),
    ("cogs", "", "USD", 3000, "1.00", "none", True),
)


def write(world: "World", folder: Path) -> None:
    """Write every file as it stands at `world.now`; a file whose content is the same is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables(world).items():
        content = _csv(rows)
        path = folder / f"{name}.csv"
        if path.exists() and path.read_bytes() == content:
            continue
        draft = folder / f".{name}.csv.part"
        draft.write_bytes(content)
        draft.replace(path)


def tables(world: "World") -> dict[str, list[Row]]:
    """Return the rows of every file at `world.now`; `cac_level` is empty where its default is right."""
    truth = ledger_tables(world, world.now)
    by_default = {category for category, _, _, _, _, _, is_written in _COSTS if not is_written}
    for row in truth["costs"]:
        if row["category"] in by_default:
            row["cac_level"] = ""
    return truth


def ledger_tables(world: "World", now: dt.datetime) -> dict[str, list[Row]]:
    """Return the truth behind the files as known at a moment."""
    today = local_date(now)
    return {
        "targets": list(_targets(world, today)),
        "costs": list(_costs(world, today)),
        "exchange_rates": [
            {"rate_date": day.isoformat(), "currency_code": currency, "rate": f"{rate:f}"}
            for currency, days in world.rates.items()
            for day, rate in days.items()
            if day <= today
        ],
        "channel_mapping": [
            {"source": source, "channel": channel, "is_paid": str(is_paid).lower()}
            for source, channel, is_paid in marketing.CHANNEL_MAPPING
        ],
        "lead_exclusions": [
            {"rule_type": rule, "value": value, "reason": reason} for rule, value, reason in marketing.LEAD_EXCLUSIONS
        ],
        "business_hours": [
            {
                "schedule_id": "default",
                "time_zone": TIME_ZONE,
                "weekday": str(weekday),
                "opens_at": OPENS_AT,
                "closes_at": CLOSES_AT,
            }
            for weekday in range(1, 6)
        ],
        "holidays": [
            {"schedule_id": "default", "holiday_date": day.isoformat(), "holiday_name": name}
            for day, name in holidays(local_date(world.start), local_date(world.end))
        ],
    }


def holidays(first: dt.date, last: dt.date) -> list[tuple[dt.date, str]]:
    """Return the company's holidays of all years touched by two dates."""
    years = range(first.year, last.year + 1)
    return [(dt.date(year, month, day), name) for year in years for month, day, name in HOLIDAYS]


def _months(world: "World", today: dt.date) -> Iterator[dt.date]:
    first = local_date(world.start).replace(day=1)
    month = (first + dt.timedelta(days=32)).replace(day=1)
    while month <= today:
        yield month
        month = (month + dt.timedelta(days=32)).replace(day=1)


def _targets(world: "World", today: dt.date) -> Iterator[Row]:
    """Yield quotas per rep and team, and company-wide goals; every sixth monthly quota is revised on the tenth.

    Every third rep and those who leave have one quota for the whole quarter; one team has none of its own.
    """
    for month in _months(world, today):
        moment = at_local(month, 12)
        by_team: dict[str, Decimal] = {}
        for rep in world.sales_force.reps:
            if not rep.is_employed(moment) or _has_quarterly_quota(rep):
                continue
            rng = world.random(f"target {rep.rep_id} {month}")
            value = Decimal(rng.randrange(8, 30) * 1000)
            if rng.random() < 1 / 6 and today >= month.replace(day=10):
                value += 2000
            team = reps.team_name(rep.team_at(moment))
            by_team[team] = by_team.get(team, Decimal(0)) + value
            currency = "EUR" if int(rep.rep_id) % 3 == 0 else "USD"
            yield _target("credited_sales_amount", month, "sales_rep", rep.rep_id, value, currency)
        for team, value in sorted(by_team.items()):
            if team == _TEAM_WITHOUT_QUOTA:
                continue
            yield _target("credited_sales_amount", month, "team", team, value * Decimal("1.1"), "USD")
        goal = Decimal(round(70 * world.scale))
        yield _target("leads", month, "total", "all", goal, "")
        if month.month % 3 == 1:
            yield from _quarterly_quotas(world, month, today)


def _has_quarterly_quota(rep: reps.SalesRep) -> bool:
    return int(rep.rep_id) % 3 == 2 or rep.left_at is not None


def _quarterly_quotas(world: "World", quarter: dt.date, today: dt.date) -> Iterator[Row]:
    """Yield the quotas of a quarter, in uneven cents, of the reps who work on one of its days."""
    last = min(today, quarter + dt.timedelta(days=89))
    for rep in world.sales_force.reps:
        has_left = rep.left_at is not None and local_date(rep.left_at) <= quarter
        if _has_quarterly_quota(rep) and local_date(rep.joined_at) <= last and not has_left:
            value = Decimal(world.random(f"target {rep.rep_id} {quarter}").randrange(2_000_000, 9_000_000)) / 100
            yield _target("credited_sales_amount", quarter, "sales_rep", rep.rep_id, value, "USD", "quarter")


def _target(
    kpi: str, start: dt.date, dimension: str, member: str, value: Decimal, currency: str, grain: str = "month"
) -> Row:
    return {
        "kpi": kpi,
        "period_grain": grain,
        "period_start_date": start.isoformat(),
        "dimension": dimension,
        "member": member,
        "target_value": f"{value:.2f}",
        "currency_code": currency,
    }


def _costs(world: "World", today: dt.date) -> Iterator[Row]:
    for month in _months(world, today):
        last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
        late_from = last + dt.timedelta(days=12)
        for number, (category, channel, currency, base, ratio, level, _) in enumerate(_COSTS):
            rng = world.random(f"cost {month} {number}")
            amount = _amount(rng, base, world.scale)
            is_corrected = number == month.month % len(_COSTS) or rng.random() < 0.04
            day = last if category not in ("travel", "agency", "tools") else month.replace(day=rng.randrange(3, 26))
            if is_corrected and today >= late_from:
                amount = (amount * Decimal("1.15")).quantize(Decimal("0.01"))
            if day <= today:
                yield _cost(f"K{month:%Y%m}-{number:02d}", day, category, level, channel, amount, currency, ratio, "")
        yield from _occasional(world, month, today, late_from)


def _occasional(world: "World", month: dt.date, today: dt.date, late_from: dt.date) -> Iterator[Row]:
    """Yield what does not come every month: fairs, print media, a travel invoice that turns up late."""
    rng = world.random(f"occasional {month}")
    fair, advert = month.replace(day=14), month.replace(day=20)
    fair_amount, print_amount, late_amount = (_amount(rng, base, world.scale) for base in (4000, 1200, 500))
    if month.month % 3 == 2 and fair <= today:
        yield _cost(f"K{month:%Y%m}-E", fair, "events", "direct", "events", fair_amount, "EUR", "1.00", "fair")
    if month.month % 2 and advert <= today:
        yield _cost(
            f"K{month:%Y%m}-M", advert, "media_offline", "paid", "offline", print_amount, "USD", "1.00", "print"
        )
    if month.month % 4 == 1 and late_from <= today:
        note = "invoice found late"
        yield _cost(f"K{month:%Y%m}-L", fair, "travel", "direct", "", late_amount, "USD", "1.00", note)


def _amount(rng: Random, base: int, scale: float) -> Decimal:
    return Decimal(f"{base * max(scale, 0.02) * rng.uniform(0.85, 1.15):.2f}")


def _cost(
    cost_id: str,
    day: dt.date,
    category: str,
    level: str,
    channel: str,
    amount: Decimal,
    currency: str,
    ratio: str,
    note: str,
) -> Row:
    return {
        "cost_id": cost_id,
        "cost_date": day.isoformat(),
        "category": category,
        "cac_level": level,
        "channel": channel,
        "amount": f"{amount:.2f}",
        "currency_code": currency,
        "allocation_ratio": ratio,
        "note": note,
    }


def _csv(rows: list[Row]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()
