"""The ad account of the simulated company: what each campaign shows, costs and brings per day."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from ingestion.sandbox.clock import local_date
from ingestion.sandbox.marketing import Campaign

if TYPE_CHECKING:
    from ingestion.sandbox.world import World

ACCOUNT_CURRENCY = "EUR"
ACCOUNT_ZONE = "Europe/Berlin"
PLATFORM = "google_ads"
SETTLING_DAYS = 3


@dataclass(frozen=True, slots=True)
class DailyMetrics:
    """One campaign on one day; the cost is settled, invalid clicks taken out, three days later."""

    campaign: Campaign
    date: dt.date
    impressions: int
    clicks: int
    first_cost_micros: int
    settled_cost_micros: int
    conversions: float

    def cost_micros(self, today: dt.date) -> int:
        """Return the cost as the platform reports it on a day."""
        is_settled = (today - self.date).days >= SETTLING_DAYS
        return self.settled_cost_micros if is_settled else self.first_cost_micros


@dataclass(frozen=True)
class Ads:
    """All daily metrics up to the horizon, by campaign and day; days without impressions are not there."""

    campaigns: tuple[Campaign, ...]
    metrics: tuple[DailyMetrics, ...]

    def until(self, today: dt.date) -> list[DailyMetrics]:
        """Return the metrics of complete days."""
        return [row for row in self.metrics if row.date <= today]

    def ledger_tables(self, now: dt.datetime) -> dict[str, list[dict[str, str]]]:
        """Return the truth about campaigns and spend as known at a moment."""
        today = local_date(now)
        return {
            "campaigns": [
                {
                    "campaign_id": campaign.campaign_id,
                    "campaign_name": campaign.name,
                    "channel": campaign.channel,
                }
                for campaign in self.campaigns
            ],
            "ad_spend": [
                {
                    "spend_date": row.date.isoformat(),
                    "campaign_id": row.campaign.campaign_id,
                    "spend_amount": f"{Decimal(row.cost_micros(today)).scaleb(-6):.6f}",
                    "currency_code": ACCOUNT_CURRENCY,
                    "impressions": str(row.impressions),
                    "clicks": str(row.clicks),
                }
                for row in self.until(today)
            ],
        }


def simulate(world: "World") -> Ads:
    """Return the ad account of a world: every day from its start to its horizon."""
    first, last = local_date(world.start), local_date(world.end)
    campaigns = tuple(campaign for campaign in world.campaigns if campaign.platform == PLATFORM)
    rows: list[DailyMetrics] = []
    for number, campaign in enumerate(campaigns):
        begins = first + dt.timedelta(days=0 if campaign.converts else 200)
        rows += _daily(world, campaign, begins, last, is_pausing=number == 2)
    return Ads(campaigns, tuple(rows))


def _daily(
    world: "World", campaign: Campaign, first: dt.date, last: dt.date, *, is_pausing: bool
) -> list[DailyMetrics]:
    rng = world.random(f"ads {campaign.campaign_id}")
    budget = campaign.daily_budget * max(world.scale, 0.05)
    rows: list[DailyMetrics] = []
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        strength = (0.6 if day.isoweekday() > 5 else 1.0) * rng.uniform(0.7, 1.15) * (1 + number / 1500)
        cost = round(budget * strength * 1_000_000)
        click_price = rng.uniform(0.8, 3.2)
        clicks = max(1, round(cost / 1_000_000 / click_price))
        impressions = clicks * rng.randrange(18, 60)
        invalid = rng.randrange(5_000, 60_000) * max(1, clicks // 40) if rng.random() < 0.3 else 0
        conversions = round(clicks * rng.uniform(0.0, 0.06), 2) if campaign.converts else 0.0
        if is_pausing and day.month in (1, 8):
            continue
        rows.append(DailyMetrics(campaign, day, impressions, clicks, cost, max(0, cost - invalid), conversions))
    return rows
