"""Writes a company's folder: the configuration that `funnel init` begins with, and the company of the demo."""

import re
from datetime import date
from pathlib import Path

from ingestion.errors import ConfigurationError
from ingestion.sandbox import credentials, marketing

_BEGINNING = """\
# Every path is relative to this file. Secrets stand elsewhere: { env = "NAME" } or { file = "path" }.
[company]
name = "Your company"
reporting_currency = "USD"
reporting_timezone = "UTC"
fiscal_year_start_month = 1
week_start = "monday"

[company.business_hours]
monday = ["09:00-17:00"]
tuesday = ["09:00-17:00"]
wednesday = ["09:00-17:00"]
thursday = ["09:00-17:00"]
friday = ["09:00-17:00"]

[warehouse]
path = "var/warehouse.duckdb"

# A vendor: take away the marks and give the secret.
# [sources.hubspot]
# access_token = { env = "HUBSPOT_ACCESS_TOKEN" }
# allow_stale = "36h"

# A CRM that can export files: our column = theirs, then their word = our word.
# [sources.legacy_crm]
# kind = "files"
# path = "imports/opportunities-*.csv"
# entity = "opportunities"
# record_id = "opportunity_id"
# [sources.legacy_crm.columns]
# account_name = "account"
# stage = "deal_stage"
# created_at = "engage_date"
# closed_at = "close_date"
# amount = "close_value"
# [sources.legacy_crm.values.stage]
# Won = "won"
# Lost = "lost"
# Engaging = "open"
"""

_DEMO = """\
# The simulated company of `funnel demo`. Its vendors answer on this machine while `funnel demo` runs, or
# `funnel sandbox serve --port {port}` does.
[company]
name = "Sandbox Ltd"
reporting_currency = "USD"
reporting_timezone = "Europe/Berlin"
fiscal_year_start_month = 1
week_start = "monday"
weekend = ["saturday", "sunday"]
as_of_date = {as_of}

[company.business_hours]
monday = ["09:00-17:00"]
tuesday = ["09:00-17:00"]
wednesday = ["09:00-17:00"]
thursday = ["09:00-17:00"]
friday = ["09:00-17:00"]

[warehouse]
path = "var/warehouse.duckdb"

[kpi]
gross_margin_ratio = 0.80

[sources.hubspot]
base_url = "http://127.0.0.1:{port}/hubspot"
access_token = {{ file = "secrets/hubspot_access_token" }}
requests_per_second = 1000

[sources.hubspot.values.campaign_id]
{campaigns}

[sources.google_ads]
base_url = "http://127.0.0.1:{port}/google_ads"
token_url = "http://127.0.0.1:{port}/google_ads/token"
customer_id = "{customer_id}"
developer_token = {{ file = "secrets/google_ads_developer_token" }}
client_id = "{client_id}"
client_secret = {{ file = "secrets/google_ads_client_secret" }}
refresh_token = {{ file = "secrets/google_ads_refresh_token" }}
requests_per_second = 1000

[sources.zendesk]
base_url = "http://127.0.0.1:{port}/zendesk"
email = "{zendesk_email}"
api_token = {{ file = "secrets/zendesk_api_token" }}
requests_per_second = 1000

[sources.stripe]
base_url = "http://127.0.0.1:{port}/stripe"
api_key = {{ file = "secrets/stripe_api_key" }}
requests_per_second = 1000
"""
_DEMO_FILE = """
[sources.{name}]
kind = "files"
path = "imports/{name}.csv"
entity = "{name}"
"""
_SECRETS = {
    "hubspot_access_token": credentials.HUBSPOT_ACCESS_TOKEN,
    "google_ads_developer_token": credentials.GOOGLE_ADS_DEVELOPER_TOKEN,
    "google_ads_client_secret": credentials.GOOGLE_ADS_CLIENT_SECRET,
    "google_ads_refresh_token": credentials.GOOGLE_ADS_REFRESH_TOKEN,
    "zendesk_api_token": credentials.ZENDESK_API_TOKEN,
    "stripe_api_key": credentials.STRIPE_API_KEY,
}


def begin(folder: Path) -> Path:
    """Write a first `funnelhouse.toml` and the folder of imports. Raises ConfigurationError when there is one."""
    file = folder / "funnelhouse.toml"
    if file.exists():
        raise ConfigurationError("there is a configuration already", where=str(file), next="Edit that file")
    (folder / "imports").mkdir(parents=True, exist_ok=True)
    file.write_text(_BEGINNING, encoding="utf-8")
    (folder / ".gitignore").write_text("var/\nserving/\nsecrets/\n.env\n", encoding="utf-8")
    return file


def write_demo(folder: Path, *, port: int, as_of: date) -> Path:
    """Write the demo company's configuration and secrets for a sandbox on `port` at the end of `as_of`.

    The file sources are those of `imports/`, one entity each. An existing configuration keeps everything but the
    port and the date.
    """
    file = folder / "funnelhouse.toml"
    (folder / "secrets").mkdir(parents=True, exist_ok=True)
    for name, secret in _SECRETS.items():
        path = folder / "secrets" / name
        path.write_text(secret, encoding="utf-8")
        path.chmod(0o600)
    if file.exists():
        text = re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}", file.read_text(encoding="utf-8"))
        text = re.sub(r"(?m)^as_of_date = \S+$", f"as_of_date = {as_of}", text)
        text = re.sub(r"--port \d+", f"--port {port}", text)
    else:
        text = _DEMO.format(
            port=port,
            as_of=as_of,
            campaigns="\n".join(f'"{name}" = "{number}"' for name, number in marketing.CAMPAIGN_IDS.items()),
            customer_id=credentials.GOOGLE_ADS_CUSTOMER_ID,
            client_id=credentials.GOOGLE_ADS_CLIENT_ID,
            zendesk_email=credentials.ZENDESK_EMAIL,
        )
        names = sorted(path.stem for path in (folder / "imports").glob("*.csv"))
        text += "".join(_DEMO_FILE.format(name=name) for name in names)
    file.write_text(text, encoding="utf-8")
    return file
