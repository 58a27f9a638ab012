"""Marketing's vocabulary: campaigns, where people come from, how sources map to channels, who is not a lead."""

from dataclasses import dataclass

INTERNAL_DOMAIN = "sandbox-ltd.example"


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign of an ad platform; `converts` False is spend that never brings anybody."""

    campaign_id: str
    name: str
    platform: str
    advertising_channel_type: str
    channel: str
    daily_budget: int
    converts: bool = True


CAMPAIGNS: tuple[Campaign, ...] = (
    Campaign("20412345601", "Search brand", "google_ads", "SEARCH", "paid_search", 60),
    Campaign("20412345602", "Search generic", "google_ads", "SEARCH", "paid_search", 140),
    Campaign("20412345603", "Search competitors", "google_ads", "SEARCH", "paid_search", 70),
    Campaign("20412345604", "Performance everywhere", "google_ads", "PERFORMANCE_MAX", "paid_search", 90),
    Campaign("20412345605", "Search experiment", "google_ads", "SEARCH", "paid_search", 25, converts=False),
)

# how the CRM names the campaigns, which only the ad platform knows by id
CAMPAIGN_IDS = {campaign.name: campaign.campaign_id for campaign in CAMPAIGNS}

# the CRM's source word, weight, the detail it shows beside it
SOURCES: tuple[tuple[str | None, int, str | None], ...] = (
    ("ORGANIC_SEARCH", 24, "GOOGLE"),
    ("PAID_SEARCH", 22, None),
    ("PAID_SOCIAL", 12, "LinkedIn"),
    ("DIRECT_TRAFFIC", 12, "/pricing"),
    ("REFERRALS", 10, "partner.example"),
    ("EMAIL_MARKETING", 8, "Newsletter"),
    ("SOCIAL_MEDIA", 5, "LinkedIn"),
    ("OTHER_CAMPAIGNS", 4, "conference"),
    ("AI_REFERRALS", 2, "assistant"),
    (None, 1, None),
)
OUTBOUND_SOURCE = "OFFLINE"

# source, channel, is_paid; AI_REFERRALS has no row: an unknown source
CHANNEL_MAPPING: tuple[tuple[str, str, bool], ...] = (
    ("organic_search", "organic_search", False),
    ("paid_search", "paid_search", True),
    ("paid_social", "paid_social", True),
    ("direct_traffic", "direct", False),
    ("referrals", "referral", False),
    ("email_marketing", "email", False),
    ("social_media", "organic_social", False),
    ("other_campaigns", "events", False),
    ("offline", "outbound", False),
)

# rule_type, value, reason
LEAD_EXCLUSIONS: tuple[tuple[str, str, str], ...] = (
    ("email_domain", INTERNAL_DOMAIN, "internal"),
    ("email", "qa.robot@mailbox.example", "test person"),
)
