"""The configuration that `funnel init` writes: every source, with what it needs, switched off."""

TEMPLATE = """\
# Funnelhouse: one company. Every path is relative to this file.
# Secrets never stand here: write { env = "NAME" } or { file = "path" }.
# A variable such as FUNNELHOUSE__SOURCES__HUBSPOT__BASE_URL overrides the key of that name.

[company]
name = "My company"
reporting_currency = "USD"
reporting_timezone = "UTC"            # a zone of the IANA database, such as "Europe/Berlin"
fiscal_year_start_month = 1
week_start = "monday"
weekend = ["saturday", "sunday"]
# holiday_country = "DE"              # its public holidays are days off (ISO 3166-1 alpha-2)

[company.business_hours]              # response times count these hours; leave a weekday out for a day off
monday = ["09:00-17:00"]
tuesday = ["09:00-17:00"]
wednesday = ["09:00-17:00"]
thursday = ["09:00-17:00"]
friday = ["09:00-17:00"]
holidays = []                         # { date = 2026-01-01, name = "New Year" }

[warehouse]
path = "var/warehouse.duckdb"
# memory_limit = "4GB"                # what DuckDB may take before it spills to disk; default: 80 % of the machine
# engine = "spark"                    # a cluster instead of one machine; needs `make spark` in the project
# master = "spark://host:7077"        # or thrift = "host:10000"
# lake = "var/lake"                   # a folder or URI that every worker reads and writes

# [serving.postgres]                  # also publish to PostgreSQL, for Tableau and Power BI
# url = { env = "FUNNELHOUSE_POSTGRES_URL" }
# schema = "marts"
# meta_schema = "meta"

[kpi]
# gross_margin_ratio = 0.80           # without it, margin KPIs are empty; when it changed:
# gross_margin_ratio = [{ ratio = 0.75 }, { valid_from = 2026-01-01, ratio = 0.80 }]
attribution_model = "first_touch"     # by which `roas` credits sales; when it changed:
# attribution_model = [{ model = "first_touch" }, { valid_from = 2026-01-01, model = "linear" }]
attribution_lookback_days = 90
time_decay_half_life_days = 7
cac_lag_months = 0
clv_horizon_months = 36
cac_headline = "loaded"               # what `cac` is: paid, direct or loaded; when it changed:
# cac_headline = [{ level = "paid" }, { valid_from = 2026-01-01, level = "loaded" }]
exchange_rate_max_age_days = 7
trend_periods = 13                    # newest periods of each grain in kpi_trends
significance_level = 0.05             # a change is significant below this p-value

# [[kpi.definitions]]                 # a KPI that means what is computed as another one from a day on
# kpi = "win_rate"
# computed_as = "win_rate_by_value"
# formula = "..."                     # or in words, when it changed in the source
# valid_from = 2026-01-01

# [kpi.maturity_days]                 # days after which a cohort is old enough to be judged, where not the usual
# lead_to_won_rate = 270

[alerts]
# webhook_url = { env = "ALERT_WEBHOOK_URL" }
# email_to = ["data@example.com"]
# smtp_host = "smtp.example.com"

[sources.hubspot]
enabled = false
access_token = { env = "HUBSPOT_ACCESS_TOKEN" }
start_date = 2023-01-01
# allow_stale = "36h"                 # publish without this source for so long after it last worked
# [sources.hubspot.pipelines.default]
# first_real_stage = "appointmentscheduled"
# [sources.hubspot.values.event_type]  # lifecycle stages and lead statuses of the portal's own
# 98765432 = "mql"                    # lead, mql, sql, recycled or disqualified
# [sources.hubspot.values.opportunity_type]
# upsell = "expansion"                # new, expansion or renewal
# [sources.hubspot.values.campaign_id]
# "Search brand" = "2049481234"       # HubSpot's name of a campaign = the ad platform's id

[sources.google_ads]
enabled = false
customer_id = "000-000-0000"
developer_token = { env = "GOOGLE_ADS_DEVELOPER_TOKEN" }
client_id = ""
client_secret = { env = "GOOGLE_ADS_CLIENT_SECRET" }
refresh_token = { env = "GOOGLE_ADS_REFRESH_TOKEN" }
start_date = 2023-01-01

[sources.zendesk]
enabled = false
base_url = "https://example.zendesk.com"
email = "data@example.com"
api_token = { env = "ZENDESK_API_TOKEN" }
start_date = 2023-01-01

[sources.stripe]
enabled = false
api_key = { env = "STRIPE_API_KEY" }

# [[targets]]                         # or rows of a file; relative ones: relative_to, relative_change
# kpi = "win_rate"
# period_grain = "quarter"
# period_start_date = 2026-01-01
# dimension = "team"                  # without it, the total
# member = "North"
# target_value = 0.30

# Bring your own: any export, mapped to an entity (opportunities, leads, costs, targets, ...).
[sources.legacy_crm]
enabled = false
kind = "files"
path = "imports/opportunities-*.csv"
entity = "opportunities"
record_id = "opportunity_id"          # their column with the key
date_format = "%Y-%m-%d"              # optional: encoding, delimiter, decimal, time_zone, sheet
[sources.legacy_crm.columns]          # our name = their column
account_name = "account"
owner_name = "sales_agent"
stage = "deal_stage"
created_at = "engage_date"
closed_at = "close_date"
amount = "close_value"
[sources.legacy_crm.values.stage]     # their word = our word
Won = "won"
Lost = "lost"
Engaging = "open"
Prospecting = "open"
"""
