"""The fixed, worthless credentials that the simulated vendors accept."""

HUBSPOT_ACCESS_TOKEN = "sandbox-hubspot-token"

GOOGLE_ADS_DEVELOPER_TOKEN = "sandbox-google-ads-developer-token"
GOOGLE_ADS_CLIENT_ID = "sandbox-google-ads-client"
GOOGLE_ADS_CLIENT_SECRET = "sandbox-google-ads-secret"
GOOGLE_ADS_REFRESH_TOKEN = "sandbox-google-ads-refresh-token"
GOOGLE_ADS_CUSTOMER_ID = "1234567890"

ZENDESK_EMAIL = "operator@sandbox-ltd.example"
ZENDESK_API_TOKEN = "sandbox-zendesk-token"

STRIPE_API_KEY = "sk_test_sandbox"
