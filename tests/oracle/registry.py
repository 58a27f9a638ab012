"""What each KPI is: how its value is made, at which grains it is told and which input it cannot do without."""

from tests.oracle.retention import RETENTION
from tests.oracle.value import NO_VALUE_WITHOUT, SO_FAR

RATIOS = {
    "lead_to_mql_rate", "mql_to_sql_rate", "sql_to_opportunity_rate", "opportunity_to_won_rate", "lead_to_won_rate",
    "win_rate", "win_rate_by_value", "win_rate_of_created", "average_deal_amount", "cac_paid", "cac_direct",
    "cac_loaded", "csat", "csat_response_rate", "arpa", "cac_payback_months", "ticket_reopen_rate", "sla_met_rate",
    "tickets_per_customer", "lead_to_meeting_rate", "lead_to_quote_rate", "meeting_to_won_rate", "cost_per_lead",
    "cost_per_mql", "cost_per_sql", "cost_per_opportunity", "stage_conversion_rate",
    "stage_conversion_from_lead_rate", "stage_transition_rate", "roas", "cac",
    "roas_first_touch", "roas_last_touch", "roas_linear", "roas_position_based", "roas_time_decay",
}  # fmt: skip
SUMS = {
    "leads", "mqls", "mql_events", "re_mqls", "sqls", "opportunities_created", "opportunities_created_amount",
    "closings_undone", "credits", "deals_won", "deals_lost", "sales_amount", "credited_sales_amount",
    "data_quality_negative_durations", "pipeline_amount", "marketing_spend_amount", "new_customers", "mrr", "mrr_new",
    "mrr_reactivated", "mrr_churned", "mrr_expansion", "mrr_contraction", "mrr_fx", "active_customers",
    "customers_churned", "tickets_created", "pipeline_closing_amount", "weighted_pipeline_amount",
    "pipeline_created_amount", "pipeline_reopened_amount", "pipeline_amount_changes", "pipeline_won_amount",
    "pipeline_lost_amount", "pipeline_fx_amount", "pipeline_removed_amount", "pipeline_opening_amount",
    "pipeline_transferred_in_amount", "pipeline_transferred_out_amount",
    "tickets_solved", "ticket_backlog", "tickets_waiting_first_response",
    "calls", "meetings", "emails_sent", "engagement_minutes", "quotes_sent", "leads_waiting_response",
    "repeat_purchases", "revenue_invoiced_amount", "impressions", "clicks", "web_sessions",
    "attributed_sales_amount_first_touch", "attributed_sales_amount_last_touch", "attributed_sales_amount_linear",
    "attributed_sales_amount_position_based", "attributed_sales_amount_time_decay",
}  # fmt: skip
# Whose total is empty where there is nothing: told by step or stage only, or by target, or by the source's own period.
NO_TOTAL = {
    "stage_conversion_rate", "stage_conversion_from_lead_rate", "stage_transition_rate", "quota_attainment",
    "quota_pace", "pipeline_coverage", "pipeline_coverage_remaining", "sales_velocity_amount", "web_visitors",
    "visitor_to_lead_rate", *NO_VALUE_WITHOUT,
}  # fmt: skip
# What is known by the month only has no days and weeks.
MONTHLY = {
    "mrr", "mrr_new", "mrr_reactivated", "mrr_churned", "mrr_expansion", "mrr_contraction", "mrr_fx", "arpa",
    "active_customers", "customers_churned", "cac", "cac_paid", "cac_direct", "cac_loaded", "quota_attainment",
    "quota_pace", "pipeline_coverage", "pipeline_coverage_remaining", "sales_velocity_amount", "tickets_per_customer",
    "cac_payback_months", "customer_lifetime_months", *RETENTION, *NO_VALUE_WITHOUT,
}  # fmt: skip
NEEDS = {
    "mql": {"mqls", "mql_events", "re_mqls", "lead_to_mql_rate", "mql_to_sql_rate", "cost_per_mql"},
    "sql": {"sqls", "mql_to_sql_rate", "sql_to_opportunity_rate", "cost_per_sql"},
    "contact": {
        "sql_to_opportunity_rate", "opportunity_to_won_rate", "lead_to_won_rate", "meeting_to_won_rate",
        "lead_to_quote_rate",
    },
    "cost": {
        "cac", "cac_paid", "cac_direct", "cac_loaded", "marketing_spend_amount", "cost_per_lead", "cost_per_mql",
        "cost_per_sql", "cost_per_opportunity", "cac_payback_months", "clv_to_cac_ratio", "roas",
        "roas_first_touch", "roas_last_touch", "roas_linear", "roas_position_based", "roas_time_decay",
    },
    "impressions": {"impressions"},
    "clicks": {"clicks"},
    "web": {"web_sessions"},
    "visitors": {"web_visitors", "visitor_to_lead_rate"},
    "subscription": {
        "mrr", "mrr_new", "mrr_reactivated", "mrr_churned", "mrr_expansion", "mrr_contraction", "mrr_fx", "arpa",
        "active_customers", "customers_churned", *RETENTION, "customer_lifetime_months", "cac_payback_months",
        "clv_simple", "clv_to_cac_ratio",
    },
    "probability": {"weighted_pipeline_amount"},
    "ticket": {"tickets_created", "tickets_per_customer"},
    "ticket_event": {
        "tickets_solved", "ticket_reopen_rate", "ticket_backlog", "tickets_waiting_first_response",
        "resolution_minutes_median", "resolution_minutes_p90", "first_resolution_minutes_median",
    },
    "sla": {"sla_met_rate"},
    "activity": {
        "calls", "meetings", "emails_sent", "engagement_minutes", "lead_to_meeting_rate", "meeting_to_won_rate",
    },
    "quote": {"quotes_sent", "lead_to_quote_rate"},
    "lead_response": {"lead_response_minutes_median", "leads_waiting_response"},
    "margin": {"clv_historic_margin", "cac_payback_months", *NO_VALUE_WITHOUT},
    "invoice": {"revenue_invoiced_amount"},
    "rating": {"csat", "csat_response_rate"},
}  # fmt: skip
QUANTILES = {"median": 0.5, "p90": 0.9}
DURATIONS = {
    "qualification_hours": ("median", "p90"),
    "sales_cycle_days": ("median", "mean", "p90"),
    "opportunity_cycle_days": ("median", "mean", "p90"),
    "lost_cycle_days": ("median",),
    "first_response_minutes": ("median", "p90"),
    "resolution_minutes": ("median", "p90"),
    "first_resolution_minutes": ("median",),
    "lead_response_minutes": ("median",),
    "first_response_minutes_vendor": ("median", "p90"),
    "resolution_minutes_vendor": ("median", "p90"),
    "time_in_stage_days": ("median", "mean", "p90"),
}

__all__ = [
    "DURATIONS", "MONTHLY", "NEEDS", "NO_TOTAL", "QUANTILES", "RATIOS", "RETENTION", "SO_FAR", "SUMS",
]  # fmt: skip
