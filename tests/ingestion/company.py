"""A company's folder whose four vendors are the sandbox."""

from pathlib import Path

from ingestion.sandbox import credentials
from ingestion.sandbox.server import SandboxServer

SECRETS = {
    "HUBSPOT": credentials.HUBSPOT_ACCESS_TOKEN,
    "ADS_DEVELOPER": credentials.GOOGLE_ADS_DEVELOPER_TOKEN,
    "ADS_CLIENT": credentials.GOOGLE_ADS_CLIENT_SECRET,
    "ADS_REFRESH": credentials.GOOGLE_ADS_REFRESH_TOKEN,
    "ZENDESK": credentials.ZENDESK_API_TOKEN,
    "STRIPE": credentials.STRIPE_API_KEY,
}
"""Environment variable → secret."""


def write_company(folder: Path, server: SandboxServer) -> Path:
    """Write the configuration; its secrets are read from the environment variables of SECRETS."""
    path = folder / "funnelhouse.toml"
    path.write_text(
        f"""
[sources.hubspot]
base_url = "{server.base_url("hubspot")}"
access_token = {{ env = "HUBSPOT" }}
requests_per_second = 1000
[sources.google_ads]
base_url = "{server.base_url("google_ads")}"
token_url = "{server.base_url("google_ads")}/token"
customer_id = "{credentials.GOOGLE_ADS_CUSTOMER_ID}"
client_id = "{credentials.GOOGLE_ADS_CLIENT_ID}"
developer_token = {{ env = "ADS_DEVELOPER" }}
client_secret = {{ env = "ADS_CLIENT" }}
refresh_token = {{ env = "ADS_REFRESH" }}
requests_per_second = 1000
[sources.zendesk]
base_url = "{server.base_url("zendesk")}"
email = "{credentials.ZENDESK_EMAIL}"
api_token = {{ env = "ZENDESK" }}
requests_per_second = 1000
[sources.stripe]
base_url = "{server.base_url("stripe")}"
api_key = {{ env = "STRIPE" }}
requests_per_second = 1000
""",
        encoding="utf-8",
    )
    return path
