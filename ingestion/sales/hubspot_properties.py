"""Which properties are read: those with history, and those to ask for when a portal does not list its own."""

from collections.abc import Mapping

HISTORY: Mapping[str, tuple[str, ...]] = {
    "contacts": ("lifecyclestage", "hs_lead_status", "hubspot_owner_id"),
    "deals": ("dealstage", "amount", "closedate", "hubspot_owner_id"),
}

_EVERYWHERE = ("hs_object_id", "hs_createdate", "hs_lastmodifieddate", "hubspot_owner_id", "hs_merged_object_ids")

DOCUMENTED: Mapping[str, tuple[str, ...]] = {
    "contacts": (
        "hs_object_id", "createdate", "lastmodifieddate", "hubspot_owner_id", "hs_merged_object_ids",
        "hs_calculated_merged_vids", "email", "hs_additional_emails", "firstname", "lastname", "company",
        "jobtitle", "phone", "city", "state", "country", "industry", "website", "associatedcompanyid",
        "lifecyclestage", "hs_lead_status", "hs_lifecyclestage_lead_date",
        "hs_lifecyclestage_marketingqualifiedlead_date", "hs_lifecyclestage_salesqualifiedlead_date",
        "hs_lifecyclestage_opportunity_date", "hs_lifecyclestage_customer_date", "hs_analytics_source",
        "hs_analytics_source_data_1", "hs_analytics_source_data_2", "hs_analytics_first_timestamp",
        "hs_latest_source", "hs_latest_source_timestamp", "first_conversion_date",
        "first_conversion_event_name", "recent_conversion_date", "recent_conversion_event_name",
        "num_conversion_events", "region", "segment",
    ),
    "companies": (
        *_EVERYWHERE, "createdate", "name", "domain", "website", "country", "state", "city", "industry",
        "numberofemployees", "annualrevenue", "hs_parent_company_id", "lifecyclestage", "type", "region",
        "segment",
    ),
    "deals": (
        *_EVERYWHERE, "createdate", "dealname", "dealstage", "pipeline", "dealtype", "amount",
        "amount_in_home_currency", "deal_currency_code", "closedate", "hs_deal_stage_probability",
        "hs_is_closed", "hs_is_closed_won", "hs_manual_forecast_category", "hs_analytics_source",
        "hs_analytics_source_data_1", "closed_lost_reason", "closed_won_reason", "hs_next_step",
    ),
    "tickets": (
        *_EVERYWHERE, "createdate", "subject", "content", "hs_pipeline", "hs_pipeline_stage",
        "hs_ticket_category", "hs_ticket_priority", "source_type", "closed_date", "time_to_close",
        "time_to_first_agent_reply",
    ),
    "calls": (
        *_EVERYWHERE, "hs_timestamp", "hs_call_title", "hs_call_direction", "hs_call_status",
        "hs_call_duration", "hs_call_disposition", "hs_call_source", "hs_sequence_id",
    ),
    "meetings": (
        *_EVERYWHERE, "hs_timestamp", "hs_meeting_title", "hs_meeting_start_time", "hs_meeting_end_time",
        "hs_meeting_outcome", "hs_meeting_source", "hs_sequence_id",
    ),
    "emails": (
        *_EVERYWHERE, "hs_timestamp", "hs_email_subject", "hs_email_direction", "hs_email_status",
        "hs_email_source", "hs_sequence_id",
    ),
    "line_items": (
        *_EVERYWHERE, "createdate", "name", "hs_product_id", "hs_sku", "price", "quantity", "discount",
        "hs_discount_percentage", "tax", "amount", "hs_line_item_currency_code", "recurringbillingfrequency",
        "hs_recurring_billing_period", "hs_recurring_billing_start_date", "hs_tcv", "hs_acv", "hs_arr", "hs_mrr",
    ),
    "products": (
        *_EVERYWHERE, "createdate", "name", "description", "price", "hs_product_type", "hs_sku",
        "hs_cost_of_goods_sold", "recurringbillingfrequency", "hs_recurring_billing_period",
    ),
    "quotes": (
        *_EVERYWHERE, "hs_title", "hs_status", "hs_quote_amount", "hs_currency", "hs_expiration_date", "hs_language",
        "hs_quote_number", "hs_public_url_key",
    ),
}  # fmt: skip
